"""The catalogue: look-ups by row, id and filter, from several threads."""

import threading
from pathlib import Path

import numpy as np
import pytest
from index_fixtures import BigramEmbedder

from index.catalog import Catalog, Entry, Source, write_catalog
from index.chunking import pack
from index.errors import IndexDamaged
from index.types import Article, Filters, Heading

LINE = "江海市的港口去年又开通了一条新航线，每周多开两班船。"
ARTICLES = [
    Article(
        *("a1", "2024/harbour.txt", 1, 40, "港口的新航线", "\n".join(["一、现状", *[LINE * 12] * 3])),
        subtitle="四十班船",
        byline="（周远 Li Wei，江海市港务局）",
        authors=("周远", "Li Wei"),
        section="观察",
        issue="2024年第3期",
        date="2024-03",
        pages=(2, 3),
        headings=(Heading(0, 4, 1, "一、现状"),),
    ),
    Article("a2", "2024/harbour.txt", 41, 60, "港口之夜", LINE * 20, authors=("周小远",), date="2024-11-05", issue="x"),
    Article("a3", "library.txt", 1, 20, "The Night Library", "Open until two. " * 60, date="2025", lang="en"),
    Article("a4", "undated.txt", 1, 20, "无日期", LINE * 20, section="观察"),
    Article("i1", "2024/harbour.txt", 61, 70, "版权页", "主办 港务局", kind="imprint"),
]
ROWS = {article.id: len(pack(article, BigramEmbedder())) for article in ARTICLES if article.kind == "article"}


@pytest.fixture
def catalog(tmp_path: Path):
    entries = []
    for article in ARTICLES:
        passages = tuple(pack(article, BigramEmbedder())) if article.kind == "article" else ()
        entries.append(Entry(article, passages, tuple(each.id.encode() for each in passages)))
    sources = [Source("2024/harbour.txt", "d1", 10), Source("broken.pdf", "d2", 5, "it has a password")]
    write_catalog(tmp_path / "catalog.sqlite", sources, entries)
    opened = Catalog(tmp_path / "catalog.sqlite")
    yield opened
    opened.close()


def articles_of(catalog: Catalog, **filters: object) -> list[str]:
    rows = catalog.rows_matching(Filters(**filters))  # type: ignore[arg-type]
    assert rows is not None
    assert rows.dtype == np.int64
    assert rows.tolist() == sorted(rows.tolist())
    found = list(dict.fromkeys(catalog.article_ids(rows.tolist())))
    assert len(rows) == sum(ROWS[name] for name in found)
    return found


def test_every_article_comes_back_as_it_was_written(catalog: Catalog):
    assert [catalog.article(article.id) for article in ARTICLES] == ARTICLES
    assert catalog.article("nobody") is None


def test_passages_come_back_in_the_order_asked_and_are_their_spans(catalog: Catalog):
    rows = [catalog.passage_count - 1, 0, 2, 0]
    for passage in catalog.passages(rows):
        article = catalog.article(passage.article_id)
        assert article is not None
        assert article.text[passage.start : passage.end] == passage.text
    assert [each.article_id for each in catalog.passages(rows)] == catalog.article_ids(rows)
    assert catalog.passages([0])[0].headings == ("一、现状",)
    assert catalog.passages([]) == []


def test_no_filter_is_no_restriction(catalog: Catalog):
    assert catalog.rows_matching(Filters()) is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"source": "library.txt"}, ["a3"]),
        ({"source": "2024"}, ["a1", "a2"]),
        ({"source": "2024/"}, ["a1", "a2"]),
        ({"source": "20"}, []),
        ({"issue": "2024年第3期"}, ["a1"]),
        ({"section": "观察"}, ["a1", "a4"]),
        ({"section": "观察", "date_from": "2024"}, ["a1"]),
        ({"author": "周远"}, ["a1"]),
        ({"author": "Li Wei"}, ["a1"]),
        ({"author": '"'}, []),
        ({"lang": "en"}, ["a3"]),
        ({"date_from": "2024-03-01", "date_to": "2024-12"}, ["a1", "a2"]),
        ({"date_from": "2024-04"}, ["a2", "a3"]),
        ({"date_to": "2024-10"}, ["a1"]),
        ({"date_from": "2025-06"}, ["a3"]),
        ({"article_ids": ("a4", "a3", "nobody")}, ["a3", "a4"]),
        ({"article_ids": ()}, []),
        ({"article_ids": ("i1",)}, []),
    ],
)
def test_filters_restrict_the_rows(catalog: Catalog, filters: dict[str, object], expected: list[str]):
    assert articles_of(catalog, **filters) == expected


def test_articles_are_listed_by_source_and_line_without_leftovers(catalog: Catalog):
    found, total = catalog.articles("", Filters(), limit=3, offset=0)
    assert ([article.id for article in found], total) == (["a1", "a2", "a3"], 4)
    found, total = catalog.articles("", Filters(), limit=3, offset=3)
    assert ([article.id for article in found], total) == (["a4"], 4)
    assert catalog.articles("", Filters(), limit=3, offset=9) == ([], 4)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("NIGHT library", ["a3"]),
        ("周小远", ["a2"]),
        ("新航线", ["a1", "a2", "a4"]),
        ("新航线 之夜", ["a2"]),
        ("四十班船", ["a1"]),
        ("%", []),
        ("主办", []),
    ],
)
def test_articles_are_found_by_words_of_title_author_and_text(catalog: Catalog, query: str, expected: list[str]):
    found, total = catalog.articles(query, Filters(), limit=50, offset=0)
    assert [article.id for article in found] == expected
    assert total == len(expected)


def test_leftovers_are_listed_apart(catalog: Catalog):
    assert [article.id for article in catalog.leftovers()] == ["i1"]


def test_refused_files_are_remembered(catalog: Catalog):
    assert [(each.source, each.refused) for each in catalog.sources()] == [
        ("2024/harbour.txt", None),
        ("broken.pdf", "it has a password"),
    ]


def test_many_threads_may_read_at_once(catalog: Catalog):
    wrong = []

    def read() -> None:
        for row in range(catalog.passage_count):
            if catalog.passages([row])[0].article_id != catalog.article_ids([row])[0]:
                wrong.append(row)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_file_that_is_no_catalogue_says_what_to_do(tmp_path: Path):
    (tmp_path / "catalog.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(IndexDamaged, match="wenju index"):
        Catalog(tmp_path / "catalog.sqlite")
    with pytest.raises(IndexDamaged, match="wenju index"):
        Catalog(tmp_path / "missing.sqlite")
