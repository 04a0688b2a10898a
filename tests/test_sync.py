"""A folder to an index: what is added, changed, moved, removed; what is read, refused and left out; reuse."""

import os
from pathlib import Path
from random import Random

import numpy as np
import pytest
from index_fixtures import HARBOUR, LIBRARY, BigramEmbedder, write_folder, write_many

from index.catalog import Source
from index.chunking import LIMIT
from index.counting import Bags, count
from index.embedding import load_embedder
from index.errors import NothingToIndex
from index.opened import open_index
from index.plan import compare, scan
from index.ports import Embedder
from index.report import Report
from index.sync import build_index
from index.types import Filters


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "articles", harbour=HARBOUR, library=LIBRARY)


@pytest.fixture
def model() -> Embedder:
    return load_embedder()


@pytest.fixture
def many(tmp_path: Path) -> Path:
    return write_many(tmp_path / "articles")


def build(articles: Path, embedder: BigramEmbedder | None = None, **options: object) -> Report:
    embedder = embedder or BigramEmbedder()
    return build_index(articles, articles.parent / "index", embedder=embedder, adapt=False, **options)  # type: ignore[arg-type]


def texts(articles: Path) -> list[str]:
    opened = open_index(articles.parent / "index", embedder=BigramEmbedder())
    found = [passage.text for passage in opened.passages(range(opened.passage_count))]
    opened.close()
    return found


def test_a_folder_becomes_an_index_that_answers_by_every_leg(articles: Path):
    report = build(articles)
    assert (report.counts.files, report.counts.articles, report.written) == (2, 2, True)
    assert report.plan.added == ("harbour.txt", "library.txt")
    embedder = BigramEmbedder()
    opened = open_index(articles.parent / "index", embedder=embedder)
    assert opened.passage_count == report.counts.passages == report.embedded
    _, rows = opened.vectors.search(embedder.embed_queries(["岸电的价格比柴油低"]), 1)
    passage = opened.passages([rows[0, 0]])[0]
    article = opened.article(passage.article_id)
    assert article is not None
    assert article.source == "harbour.txt"
    assert article.text[passage.start : passage.end] == passage.text
    assert opened.articles_of([rows[0, 0]]) == [article]
    _, lexical = opened.lexical.search(["volunteers", "volunt"], 5)
    assert opened.articles_of(lexical.tolist())[0].source == "library.txt"
    assert opened.rows_matching(Filters(source="library.txt")) is not None
    scores, _ = opened.windows.best(embedder.embed_queries(["serve tea"])[0], lexical)
    assert scores[0] > 0
    opened.close()


def test_an_unchanged_folder_makes_no_new_generation(articles: Path):
    first = build(articles)
    again = BigramEmbedder()
    second = build(articles, again)
    assert (second.generation, second.written, second.counts) == (first.generation, False, first.counts)
    assert again.texts_embedded == 0
    assert second.plan.unchanged == ("harbour.txt", "library.txt")


def test_only_what_changed_is_embedded_again(articles: Path):
    build(articles)
    write_folder(articles, harbour=HARBOUR.replace("四十班", "五十班"))
    embedder = BigramEmbedder()
    report = build(articles, embedder)
    assert report.plan.changed == ("harbour.txt",)
    assert (report.embedded, report.reused) == (1, 1)
    assert 0 < embedder.texts_embedded < 10
    assert any("五十班" in text for text in texts(articles))


def test_vectors_that_were_kept_are_those_that_would_be_made(articles: Path):
    build(articles)
    write_folder(articles, aaa="先来的一篇\n\n这一篇排在前面，后面的行号都往后挪了。\n")
    build(articles)
    opened = open_index(articles.parent / "index", embedder=BigramEmbedder())
    for row, text in enumerate(texts(articles)):
        title = opened.articles_of([row])[0].title
        vector = BigramEmbedder().embed_passages([f"{title}\n{text}"])
        scores, rows = opened.vectors.search(vector, 1)
        assert rows[0, 0] == row
        assert scores[0, 0] == pytest.approx(1, abs=1e-5)
        start, end = opened.windows.spans(row)[0]
        passage = opened.passages([row])[0]
        words = passage.text[start - passage.start : end - passage.start]
        window, told = BigramEmbedder().embed_queries([words, title])
        both = window + 0.5 * told
        best, place = opened.windows.best(both / np.linalg.norm(both), rows[0])
        assert (best[0] > 0.98, place[0]) == (True, 0)
    opened.close()


def test_a_file_that_moved_is_read_at_its_new_place_and_not_embedded_again(articles: Path):
    build(articles)
    (articles / "old").mkdir()
    (articles / "library.txt").rename(articles / "old" / "library.txt")
    embedder = BigramEmbedder()
    report = build(articles, embedder)
    assert report.plan.moved == (("library.txt", "old/library.txt"),)
    assert embedder.texts_embedded == 0
    opened = open_index(articles.parent / "index", embedder=BigramEmbedder())
    assert [article.source for article in opened.list_articles()[0]] == ["harbour.txt", "old/library.txt"]
    opened.close()


def test_a_file_that_is_gone_leaves_the_index(articles: Path):
    build(articles)
    (articles / "harbour.txt").unlink()
    report = build(articles)
    assert report.plan.removed == ("harbour.txt",)
    assert not any("岸电" in text for text in texts(articles))


def test_a_new_model_embeds_everything_again(articles: Path):
    build(articles)
    report = build(articles, BigramEmbedder(name="other"))
    assert (report.embedded, report.reused) == (report.counts.passages, 0)


def test_code_that_reads_otherwise_reads_everything_again_and_keeps_like_vectors(
    articles: Path, monkeypatch: pytest.MonkeyPatch
):
    build(articles)
    monkeypatch.setattr("index.sync.code_seal", lambda: "of another version")
    report = build(articles)
    assert report.written
    assert (report.embedded, report.reused) == (0, report.counts.passages)


def test_a_dry_run_tells_and_writes_nothing(articles: Path):
    report = build(articles, dry_run=True)
    assert (report.written, report.generation, report.counts.articles) == (False, None, 2)
    assert report.plan.added == ("harbour.txt", "library.txt")
    assert not (articles.parent / "index").exists()


def test_files_that_cannot_be_read_are_reported_by_name_and_the_rest_goes_on(articles: Path):
    (articles / "torn.pdf").write_bytes(b"%PDF-1.7\n%torn off")
    (articles / "picture.bin").write_bytes(bytes(range(256)) * 40)
    (articles / "empty.txt").write_bytes(b"")
    report = build(articles)
    assert {"torn.pdf", "picture.bin", "empty.txt"} == {source for source, _ in report.skipped}
    assert all(reason for _, reason in report.skipped)
    assert report.counts.articles == 2
    assert dict(build(articles).skipped) == dict(report.skipped)


def test_hidden_files_the_index_itself_and_links_out_of_the_folder_are_left_out(articles: Path):
    outside = write_folder(articles.parent / "outside", secret=LIBRARY)
    write_folder(articles / ".git", hidden=LIBRARY)
    (articles / ".hidden.txt").write_text(LIBRARY)
    (articles / "link.txt").symlink_to(outside / "secret.txt")
    (articles / "linked").symlink_to(outside)
    (articles / "alias.txt").symlink_to(articles / "harbour.txt")
    for _ in range(2):
        build_index(articles, articles / "index", embedder=BigramEmbedder(), adapt=False)
    found = scan(articles, leave_out=articles / "index")
    assert [source.source for source in found] == ["alias.txt", "harbour.txt", "library.txt"]


def test_a_pipe_in_the_folder_is_reported_and_not_waited_for(articles: Path):
    os.mkfifo(articles / "pipe.txt")
    assert build(articles).skipped == (("pipe.txt", "it is not a plain file"),)


def test_a_file_with_a_name_that_is_no_text_is_reported(articles: Path):
    (articles / os.fsdecode(b"\xbd\xad\xba\xa3.txt")).write_text(LIBRARY)
    report = build(articles)
    assert [reason for _, reason in report.skipped] == ["its name is not UTF-8; give it another"]
    assert report.counts.articles == 2
    assert not build(articles).written


def test_the_folder_of_the_articles_cannot_hold_the_index_itself(articles: Path):
    with pytest.raises(NothingToIndex, match="another --index"):
        build_index(articles, articles, embedder=BigramEmbedder(), adapt=False)


def test_a_missing_folder_a_file_and_a_folder_of_nothing_are_refused(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "unreadable").mkdir()
    (tmp_path / "unreadable" / "picture.png").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "file.txt").write_text("text")
    for name, words in {
        "missing": "no folder",
        "empty": "no file",
        "unreadable": r"Nothing in .*picture\.png",
        "file.txt": "is a file",
    }.items():
        with pytest.raises(NothingToIndex, match=words):
            build_index(tmp_path / name, tmp_path / "index", embedder=BigramEmbedder(), adapt=False)
    assert not (tmp_path / "index" / "current").exists()


def test_two_articles_of_one_id_are_both_kept(articles: Path, monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    import index.reading
    from index.articles import read_articles

    def same_id(path: Path, source: str) -> object:
        reading = read_articles(path, source)
        return replace(reading, articles=tuple(replace(article, id="same") for article in reading.articles))

    monkeypatch.setattr(index.reading, "read_articles", same_id)
    build(articles)
    opened = open_index(articles.parent / "index", embedder=BigramEmbedder())
    assert [article.id for article in opened.list_articles()[0]] == ["same", "same-2"]
    ids = [passage.id for passage in opened.passages(range(opened.passage_count))]
    assert len(set(ids)) == len(ids)
    opened.close()


def test_progress_hears_every_stage_and_every_passage(articles: Path):
    heard: list[tuple[str, int]] = []

    class Watch:
        def stage(self, name: str, total: int) -> None:
            heard.append((name, total))

        def advance(self, count: int) -> None:
            heard.append(("+", count))

    report = build(articles, progress=Watch())
    names = [name for name, _ in heard if name != "+"]
    assert names == ["scan", "read", "embed", "lexical", "write", "verify", "switch"] == list(report.seconds)
    at = heard.index(("embed", report.counts.passages))
    assert heard[at + 1] == ("+", report.counts.passages)


def test_large_folders_are_read_by_several_processes_with_the_same_result(
    many: Path, model: Embedder, monkeypatch: pytest.MonkeyPatch
):
    (many / "torn.pdf").write_bytes(b"%PDF-1.7\n%torn off")
    alone = build_index(many, many.parent / "one", embedder=model)
    monkeypatch.setattr("index.reading.PAYS_FROM", 0)
    monkeypatch.setattr("index.reading.TOGETHER", 2)
    monkeypatch.setattr("index.encoding.PAYS_FROM", 0)
    monkeypatch.setattr("index.postings.PAYS_FROM", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    together = build_index(many, many.parent / "two", embedder=model)
    assert [source for source, _ in together.skipped] == ["torn.pdf"]
    assert (together.counts, together.skipped) == (alone.counts, alone.skipped)
    for name in ("catalog.sqlite", "vectors.faiss", "windows/codes.npy", "lexical/impacts.npy"):
        first, second = (many.parent / place / "generations" / "1" / name for place in ("one", "two"))
        assert first.read_bytes() == second.read_bytes()


def lexical_files(index: Path, generation: int | None) -> dict[str, bytes]:
    folder = index / "generations" / str(generation) / "lexical"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def change(articles: Path, random: Random, step: int) -> None:
    """Add, change, remove or rename a file of a folder."""
    files = sorted(articles.iterdir())
    deed = random.choice(["add", "add", "change", "remove", "rename"]) if len(files) > 2 else "add"
    file = random.choice(files)
    if deed == "add":
        parts = random.sample([HARBOUR, LIBRARY, HARBOUR.replace("港", "渡"), f"第{step}篇\n\n渡轮停航。\n"], 2)
        write_folder(articles, **{f"{random.choice('amz')}{step}": "\n".join(parts)})
    elif deed == "change":
        file.write_text(f"{file.read_text()}\n第{step}次修改，加了{step * 7}班渡轮。\n")
    elif deed == "remove":
        file.unlink()
    else:
        file.rename(file.with_name(f"{random.choice('amz')}{step}-{file.name}"))


@pytest.mark.parametrize("seed", range(4))
def test_a_word_index_kept_up_over_changes_is_the_one_built_from_nothing(articles: Path, seed: int):
    random = Random(seed)
    build(articles)
    for step in range(5):
        for at in range(random.choice([1, 1, 2])):
            change(articles, random, 10 * step + at)
        kept = build(articles)
        anew = build_index(articles, articles.parent / f"new{step}", embedder=BigramEmbedder(), adapt=False)
        assert lexical_files(articles.parent / "index", kept.generation) == lexical_files(
            articles.parent / f"new{step}", anew.generation
        )


def test_only_passages_of_new_files_are_counted(articles: Path, monkeypatch: pytest.MonkeyPatch):
    build(articles)
    write_folder(articles, aaa="渡轮停航\n\n今天起渡轮停航三天。\n")
    counted: list[str] = []

    def record(texts: list[str]) -> Bags:
        counted.extend(texts)
        return count(texts)

    monkeypatch.setattr("index.postings.count", record)
    build(articles)
    assert any("停航三天" in text for text in counted)
    assert not any("岸电" in text for text in counted)


def test_the_plan_tells_new_changed_moved_and_gone_files_apart():
    before = [Source("same", "1", 1), Source("edited", "2", 1), Source("from", "3", 1), Source("gone", "4", 1)]
    now = [Source("edited", "9", 1), Source("new", "5", 1), Source("same", "1", 1), Source("to", "3", 1)]
    plan = compare(now, before)
    assert (plan.added, plan.changed, plan.removed) == (("new",), ("edited",), ("gone",))
    assert (plan.moved, plan.unchanged, plan.changes) == ((("from", "to"),), ("same",), 4)


def test_two_copies_of_a_moved_file_are_one_move_and_one_new_file():
    plan = compare([Source("b", "1", 1), Source("c", "1", 1)], [Source("a", "1", 1)])
    assert (plan.moved, plan.added, plan.removed) == ((("a", "b"),), ("c",), ())


def test_unreadable_files_are_not_taken_for_moved_ones():
    plan = compare([Source("b", "unreadable", 0, "no")], [Source("a", "unreadable", 0, "no")])
    assert (plan.moved, plan.added, plan.removed) == ((), ("b",), ("a",))


def check_whole(folder: Path, place: Path, articles: int) -> None:
    """Build the index of a folder and compare every passage and window with its article."""
    model = load_embedder()
    report = build_index(folder, place, embedder=model)
    assert report.skipped == ()
    assert report.counts.articles >= articles
    opened = open_index(place, embedder=model)
    listed, total = opened.list_articles(per_page=1000)
    assert len(listed) == total == report.counts.articles
    held = {article.id: set[int]() for article in listed}
    for row, passage in enumerate(opened.passages(range(opened.passage_count))):
        article = opened.article(passage.article_id)
        assert article is not None
        assert article.text[passage.start : passage.end] == passage.text
        assert len("".join(passage.text.split())) <= LIMIT
        assert all(passage.start <= start < end <= passage.end for start, end in opened.windows.spans(row))
        held[article.id].update(range(passage.start, passage.end))
    for article in listed:
        lost = [at for at in range(len(article.text)) if at not in held[article.id] and not article.text[at].isspace()]
        assert lost == []
    assert all(opened.article(each.id) == each for each in opened.leftovers())
    opened.close()


def test_every_passage_of_the_sample_stands_in_its_article_and_nothing_is_lost(sample: Path, tmp_path: Path):
    check_whole(sample, tmp_path / "index", 30)


@pytest.mark.shared
def test_every_passage_of_the_real_corpus_stands_in_its_article_and_nothing_is_lost(shared: Path, tmp_path: Path):
    check_whole(shared / "corpus", tmp_path / "index", 56)
