"""The vector index on FAISS and the windows beside it."""

import threading
from pathlib import Path

import numpy as np
import pytest
from contracts import VectorIndexContract, unit_vectors
from index_fixtures import BigramEmbedder, article_of

from index.chunking import pack
from index.errors import IndexDamaged, IndexMismatch, IndexWriteFailed
from index.types import Passage
from index.vectors import build_vectors, kind_for, open_vectors
from index.windows import Windows, cut, empty_windows, open_windows, quantise


class TestFlat(VectorIndexContract):
    @pytest.fixture
    def build(self):
        return build_vectors

    @pytest.fixture
    def reopen(self):
        return open_vectors


class TestHalf(TestFlat):
    @pytest.fixture(autouse=True)
    def _smaller(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("index.vectors.EXACT_UP_TO", 100)


class TestInverted(TestFlat):
    tolerance = 0.02
    count = 4000

    @pytest.fixture(autouse=True)
    def _smaller(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("index.vectors.EXACT_UP_TO", 100)
        monkeypatch.setattr("index.vectors.HALF_UP_TO", 200)

    def test_missing_places_have_row_minus_one_and_score_minus_infinity(self):
        scores, rows = build_vectors(unit_vectors(self.count)).search(unit_vectors(1, seed=7), self.count + 5)
        assert (rows[0, -5:] == -1).all()
        assert np.isneginf(scores[0, -5:]).all()

    def test_nine_of_ten_nearest_are_found(self):
        vectors, queries = unit_vectors(self.count), unit_vectors(50, seed=3)
        _, rows = build_vectors(vectors).search(queries, 10)
        truth = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
        found = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(rows.tolist(), truth.tolist(), strict=True)])
        assert found > 0.85


def test_the_kind_is_chosen_by_the_number_of_passages():
    assert [kind_for(count).split(",")[0][:3] for count in (0, 20_000, 20_001, 300_000, 300_001)] == [
        "Fla",
        "Fla",
        "SQf",
        "SQf",
        "IVF",
    ]


def test_a_query_of_another_length_is_refused_with_a_sentence():
    with pytest.raises(IndexMismatch, match="length 8, the index holds 32"):
        build_vectors(unit_vectors(5)).search(unit_vectors(1, 8), 1)


def test_stored_vectors_come_back_by_row():
    vectors = unit_vectors(50)
    rows = np.array([7, 3, 40])
    assert np.allclose(build_vectors(vectors).reconstruct(rows), vectors[rows])


def test_a_damaged_file_and_a_place_that_cannot_be_written_say_what_to_do(tmp_path: Path):
    path = tmp_path / "vectors.faiss"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(IndexDamaged, match="wenju index"):
        open_vectors(path)
    with pytest.raises(IndexWriteFailed, match="cannot be written"):
        build_vectors(unit_vectors(5)).save(tmp_path / "no" / "such" / "folder")


def test_several_threads_may_search_at_once(tmp_path: Path):
    vectors = unit_vectors(2000)
    build_vectors(vectors).save(tmp_path / "v")
    index, wrong = open_vectors(tmp_path / "v"), []

    def search(first: int) -> None:
        for row in range(first, first + 50):
            if index.search(vectors[row : row + 1], 1)[1][0, 0] != row:
                wrong.append(row)

    threads = [threading.Thread(target=search, args=(50 * part,)) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


TEXT = (
    "江海港去年开通了九条新航线，班轮每周增加到四十班。好。码头装了两百台电动吊机，靠港的船可以接岸电。"
    "岸电的价格比柴油低三成，船公司大多愿意用。夜里的噪声也小了一半，附近的居民睡得好了。"
)


def windowed(texts: list[str], titles: list[str] | None = None) -> tuple[list[Passage], BigramEmbedder, Windows]:
    embedder = BigramEmbedder()
    passages = [pack(article_of(text, name=f"a{number}"), embedder)[0] for number, text in enumerate(texts)]
    places = [cut(passage) for passage in passages]
    pieces = [[each.text[start:end] for start, end in spans] for each, spans in zip(passages, places, strict=True)]
    told = embedder.embed_passages(titles) if titles else np.zeros((len(texts), embedder.dimension), dtype=np.float32)
    windows = empty_windows(places, told, range(len(texts)))
    for row, part in enumerate(pieces):
        windows.fill(np.array([row]), quantise(embedder.embed_passages(part), told[row : row + 1]))
    return passages, embedder, windows


def test_windows_are_sentences_and_pairs_of_them_and_short_ones_join_their_neighbour():
    passage = pack(article_of(TEXT), BigramEmbedder())[0]
    pieces = [passage.text[start:end] for start, end in cut(passage)]
    singles, pairs = pieces[:4], pieces[4:]
    assert singles[0].endswith("四十班。好。")
    assert "".join(singles) == TEXT
    assert pairs == [singles[at] + singles[at + 1] for at in range(3)]


def test_windows_are_absolute_in_the_article():
    article = article_of("\n".join([TEXT * 6, TEXT * 6]))
    for passage in pack(article, BigramEmbedder()):
        for start, end in cut(passage):
            assert passage.start <= start < end <= passage.end


def test_the_best_window_of_each_passage_is_the_one_that_holds_the_words():
    passages, embedder, windows = windowed(["甲乙丙丁戊己庚辛壬癸。" * 3, TEXT, TEXT[::-1]])
    query = embedder.embed_queries(["岸电的价格比柴油低三成，船公司大多愿意用。"])[0]
    scores, best = windows.best(query, np.array([1, 0, 2]))
    assert scores.argmax() == 0
    assert scores[0] == pytest.approx(1, abs=0.02)
    start, end = windows.spans(1)[best[0]]
    assert passages[1].text[start:end] == "岸电的价格比柴油低三成，船公司大多愿意用。"


def test_best_windows_are_those_that_a_plain_loop_finds(tmp_path: Path):
    passages, embedder, windows = windowed([TEXT[start:] for start in range(0, 84, 7)])
    windows.save(tmp_path / "w")
    opened = open_windows(tmp_path / "w")
    query = embedder.embed_queries(["码头装了电动吊机"])[0]
    rows = np.array([5, 0, 11, 3])
    scores, best = opened.best(query, rows)
    for row, score, place in zip(rows, scores, best, strict=True):
        texts = [passages[row].text[start:end] for start, end in windows.spans(row)]
        plain = embedder.embed_passages(texts) @ query
        assert score == pytest.approx(plain.max(), abs=0.01)
        assert plain[place] == pytest.approx(plain.max(), abs=0.01)


def test_a_window_counts_with_half_its_title(tmp_path: Path):
    passages, embedder, windows = windowed([TEXT, TEXT, TEXT[::-1]], ["江海港岸电", "梨园的收成", "江海港岸电"])
    windows.save(tmp_path / "w")
    query = embedder.embed_queries(["江海港的岸电比柴油便宜多少"])[0]
    rows = np.array([2, 1, 0])
    scores, _ = open_windows(tmp_path / "w").best(query, rows)
    for row, score in zip(rows, scores, strict=True):
        texts = [passages[row].text[start:end] for start, end in windows.spans(row)]
        both = embedder.embed_passages(texts) + 0.5 * embedder.embed_passages([["江海港岸电", "梨园的收成"][row % 2]])
        plain = both / np.linalg.norm(both, axis=1, keepdims=True) @ query
        assert score == pytest.approx(plain.max(), abs=0.01)
    assert scores[2] > scores[1] + 0.1


def test_no_rows_have_no_best_window():
    _, embedder, windows = windowed([TEXT])
    scores, best = windows.best(embedder.embed_queries(["x"])[0], np.zeros(0, dtype=np.int64))
    assert len(scores) == len(best) == 0


def test_eight_bits_keep_a_vector_to_a_hundredth_and_zero_stays_zero():
    vectors = np.concatenate([unit_vectors(100, 256), np.zeros((1, 256), dtype=np.float32)])
    coded = quantise(vectors, np.zeros_like(vectors))
    restored = coded.codes * coded.scales[:, None]
    assert np.abs(restored - vectors).max() < 0.002
    assert (np.sum(restored[:100] * vectors[:100], axis=1) > 0.998).all()
    assert not restored[100].any()


def test_damaged_windows_say_what_to_do(tmp_path: Path):
    with pytest.raises(IndexDamaged, match="wenju index"):
        open_windows(tmp_path)
