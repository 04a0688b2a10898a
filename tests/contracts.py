"""What every implementation of a seam must do: one class a seam, inherited by the tests of each implementation."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.ports import Embedder, LexicalIndex, VectorIndex
from index.types import Article, Passage, Vectors

SENTENCES = [
    "江海市去年新建充电桩三万根。",
    "The harbour handled four million containers in 2024.",
    "本市把绿色金融写进了五年规划，利率比基准低 20%。",
    "A tram line links the old town with the airport.",
]


class EmbedderContract:
    """Give a fixture `embedder`."""

    def test_vectors_have_unit_length_and_the_stated_dimension(self, embedder: Embedder):
        for embed in (embedder.embed_passages, embedder.embed_queries):
            vectors = embed(SENTENCES)
            assert vectors.shape == (len(SENTENCES), embedder.dimension)
            assert vectors.dtype == np.float32
            assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)

    def test_no_texts_give_no_vectors(self, embedder: Embedder):
        assert embedder.embed_passages([]).shape == (0, embedder.dimension)
        assert embedder.embed_queries([]).shape == (0, embedder.dimension)

    def test_a_text_has_the_same_vector_alone_and_among_others(self, embedder: Embedder):
        together = embedder.embed_passages(SENTENCES)
        alone = np.concatenate([embedder.embed_passages([text]) for text in SENTENCES])
        assert np.allclose(together, alone, atol=1e-3)

    def test_an_empty_text_is_no_error_and_gives_finite_numbers(self, embedder: Embedder):
        assert np.isfinite(embedder.embed_passages(["", " ", "\n"])).all()

    def test_a_sentence_is_nearest_to_itself(self, embedder: Embedder):
        scores = embedder.embed_queries(SENTENCES) @ embedder.embed_passages(SENTENCES).T
        assert scores.argmax(axis=1).tolist() == list(range(len(SENTENCES)))

    def test_longer_text_has_more_tokens_and_special_tokens_are_plain_text(self, embedder: Embedder):
        assert embedder.count_tokens(SENTENCES[0] * 2) > embedder.count_tokens(SENTENCES[0]) > 0
        assert embedder.count_tokens("[CLS] <s> <|endoftext|> </s>") > 0
        assert embedder.max_tokens >= 64

    def test_the_fingerprint_is_the_same_each_time(self, embedder: Embedder):
        assert embedder.fingerprint
        assert embedder.fingerprint == embedder.fingerprint


def unit_vectors(count: int, dimension: int = 32, *, seed: int = 0) -> Vectors:
    """Return random unit vectors, the same for the same seed."""
    vectors = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class VectorIndexContract:
    """Give fixtures `build` (vectors -> index) and `reopen` (path -> index)."""

    count = 300
    tolerance = 1e-3

    @pytest.fixture
    def vectors(self) -> Vectors:
        return unit_vectors(self.count)

    @pytest.fixture
    def index(self, build: Callable[[Vectors], VectorIndex], vectors: Vectors) -> VectorIndex:
        return build(vectors)

    def test_the_best_row_of_a_stored_vector_is_its_own(self, index: VectorIndex, vectors: Vectors):
        scores, rows = index.search(vectors[:20], 1)
        assert rows[:, 0].tolist() == list(range(20))
        assert np.allclose(scores[:, 0], 1, atol=self.tolerance)

    def test_scores_are_inner_products_and_fall(self, index: VectorIndex, vectors: Vectors):
        query = unit_vectors(1, seed=7)
        scores, rows = index.search(query, 10)
        assert np.allclose(scores[0], vectors[rows[0]] @ query[0], atol=self.tolerance)
        assert (np.diff(scores[0]) <= 0).all()

    def test_missing_places_have_row_minus_one_and_score_minus_infinity(self, index: VectorIndex):
        scores, rows = index.search(unit_vectors(2, seed=7), self.count + 5)
        assert (rows[:, -5:] == -1).all()
        assert np.isneginf(scores[:, -5:]).all()
        assert sorted(rows[0, : self.count].tolist()) == list(range(self.count))

    def test_only_allowed_rows_are_found(self, index: VectorIndex):
        allowed = np.array([3, 17, 200], dtype=np.int64)
        scores, rows = index.search(unit_vectors(1, seed=7), 5, allowed=allowed)
        assert sorted(rows[0, :3].tolist()) == [3, 17, 200]
        assert rows[0, 3:].tolist() == [-1, -1]
        assert np.isneginf(scores[0, 3:]).all()

    def test_nothing_is_found_where_nothing_is_allowed(self, index: VectorIndex):
        _, rows = index.search(unit_vectors(1, seed=7), 3, allowed=np.zeros(0, dtype=np.int64))
        assert rows.tolist() == [[-1, -1, -1]]

    def test_a_saved_index_answers_as_before(
        self, index: VectorIndex, reopen: Callable[[Path], VectorIndex], tmp_path: Path
    ):
        query = unit_vectors(3, seed=7)
        index.save(tmp_path / "vectors")
        scores, rows = reopen(tmp_path / "vectors").search(query, 10)
        expected_scores, expected_rows = index.search(query, 10)
        assert rows.tolist() == expected_rows.tolist()
        assert np.allclose(scores, expected_scores)


def lexical_corpus() -> tuple[list[Passage], dict[str, Article]]:
    """Return four passages of two articles of our own."""
    articles = {
        "a": Article("a", "a.txt", 1, 9, "江海市的充电网络", "\n".join(SENTENCES[:2])),
        "b": Article("b", "b.txt", 1, 9, "A tram for the airport", "\n".join(SENTENCES[2:])),
    }
    passages = []
    for article in articles.values():
        start = 0
        for line in article.text.split("\n"):
            end = start + len(line)
            passages.append(Passage(f"{article.id}-{start}", article.id, start, end, (), line))
            start = end + 1
    return passages, articles


class LexicalIndexContract:
    """Give fixtures `build` (passages, articles -> index), `reopen` (folder -> index) and `terms` (text -> terms)."""

    @pytest.fixture
    def index(self, build: Callable[[Sequence[Passage], Mapping[str, Article]], LexicalIndex]) -> LexicalIndex:
        return build(*lexical_corpus())

    def test_the_passage_with_the_words_comes_first(self, index: LexicalIndex, terms: Callable[[str], list[str]]):
        _, rows = index.search(terms("绿色金融利率"), 4)
        assert rows[0] == 2
        _, rows = index.search(terms("harbour containers"), 4)
        assert rows[0] == 1

    def test_what_matches_nothing_is_not_returned(self, index: LexicalIndex, terms: Callable[[str], list[str]]):
        for question in ("zebra quagga", "熊猫"):
            scores, rows = index.search(terms(question), 4)
            assert len(scores) == len(rows) == 0
        assert len(index.search([], 4)[0]) == 0

    def test_scores_are_above_zero_fall_and_number_at_most_k(
        self, index: LexicalIndex, terms: Callable[[str], list[str]]
    ):
        question = terms("the harbour, the tram, the airport, 充电桩")
        scores, rows = index.search(question, 10)
        assert (scores > 0).all()
        assert (np.diff(scores) <= 0).all()
        assert len(set(rows.tolist())) == len(rows)
        assert len(index.search(question, 1)[1]) == 1

    def test_only_allowed_rows_are_found(self, index: LexicalIndex, terms: Callable[[str], list[str]]):
        _, rows = index.search(terms("the harbour, the tram"), 10, allowed=np.array([3], dtype=np.int64))
        assert rows.tolist() == [3]

    def test_an_unknown_term_has_no_weight_and_a_rare_one_more_than_a_common_one(
        self, index: LexicalIndex, terms: Callable[[str], list[str]]
    ):
        assert index.idf("quagga") == 0.0
        assert index.idf(terms("harbour")[0]) > 0

    def test_a_saved_index_answers_as_before(
        self,
        index: LexicalIndex,
        reopen: Callable[[Path], LexicalIndex],
        terms: Callable[[str], list[str]],
        tmp_path: Path,
    ):
        index.save(tmp_path / "lexical")
        question = terms("充电桩 harbour")
        scores, rows = reopen(tmp_path / "lexical").search(question, 4)
        expected_scores, expected_rows = index.search(question, 4)
        assert rows.tolist() == expected_rows.tolist()
        assert np.allclose(scores, expected_scores)
