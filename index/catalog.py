"""The catalogue of a generation (SQLite): sources, articles, passages in; look-ups by row, id and filter out."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

import numpy as np

from index.errors import IndexDamaged
from index.types import Article, Filters, Heading, Passage, Rows

SCHEMA = """
CREATE TABLE sources (source TEXT PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL, refused TEXT);
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, source_start INTEGER NOT NULL,
    authors TEXT NOT NULL, section TEXT, issue TEXT, date TEXT, lang TEXT NOT NULL, kind TEXT NOT NULL,
    first_row INTEGER NOT NULL, row_count INTEGER NOT NULL, described TEXT NOT NULL, folded TEXT NOT NULL,
    text TEXT NOT NULL);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, article INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, headings TEXT NOT NULL, key BLOB NOT NULL, text TEXT NOT NULL);
CREATE INDEX articles_by_source ON articles (source, source_start, kind);
CREATE INDEX articles_by_filter ON articles (
    first_row, row_count, id, source, section, issue, date, lang, authors);
"""
ARTICLE = "described, text"
PASSAGE = 'passages.id, articles.id, start, "end", passages.headings, passages.text'
# A text given as such would keep its bytes beside it as long as it lives (75 MB for 120,000 passages).
INSERT_ARTICLE = f"INSERT INTO articles VALUES ({', '.join('?' * 14)}, CAST(? AS TEXT))"
LISTED = "IN (SELECT value FROM json_each(?))"
JOINED = f"SELECT row, {PASSAGE} FROM passages JOIN articles ON articles.number = passages.article"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the indexed folder: its path, the hash of its bytes, and why it was refused (or None)."""

    source: str
    digest: str
    size: int
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An article with its passages (none for a leftover) and the key of each passage's cached vectors."""

    article: Article
    passages: tuple[Passage, ...]
    keys: tuple[bytes, ...]


def write_catalog(path: Path, sources: Iterable[Source], entries: Iterable[Entry]) -> None:
    """Write a new catalogue; passages get rows in the order given."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        # the file is new and thrown away when the build fails: no journal is needed
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.executescript(SCHEMA)
        db.execute("BEGIN")
        rows = ((each.source, each.digest, each.size, each.refused) for each in sources)
        db.executemany("INSERT INTO sources VALUES (?, ?, ?, ?)", rows)
        first = 0
        for number, entry in enumerate(entries):
            db.execute(INSERT_ARTICLE, _article_row(number, entry, first))
            db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _passage_rows(number, entry, first))
            first += len(entry.passages)
        db.execute("COMMIT")


class Catalog:
    """Read-only look-ups, safe from any thread: each call borrows a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._free: LifoQueue[sqlite3.Connection] = LifoQueue()
        with self._reading() as db:
            # rows are 0, 1, 2, …; counting them would read the whole table (230 MB for 100,000)
            self.passage_count = int(db.execute("SELECT coalesce(max(row) + 1, 0) FROM passages").fetchone()[0])

    def close(self) -> None:
        """Close the connections that are not in use."""
        while not self._free.empty():
            self._free.get().close()

    def sources(self) -> list[Source]:
        """Return every file that was indexed or refused."""
        with self._reading() as db:
            return [Source(*row) for row in db.execute("SELECT source, digest, size, refused FROM sources")]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of rows, in the order asked."""
        with self._reading() as db:
            found = db.execute(f"{JOINED} WHERE row {LISTED}", [json.dumps([int(row) for row in rows])])
            by_row = {row[0]: _passage(row[1:]) for row in found}
        return [by_row[int(row)] for row in rows]

    def article_ids(self, rows: Sequence[int]) -> list[str]:
        """Return the article id of each row, in the order asked."""
        with self._reading() as db:
            query = "SELECT row, articles.id FROM passages JOIN articles ON articles.number = passages.article"
            by_row = dict(db.execute(f"{query} WHERE row {LISTED}", [json.dumps([int(row) for row in rows])]))
        return [by_row[int(row)] for row in rows]

    def article(self, article_id: str) -> Article | None:
        """Return an article or leftover, or None."""
        with self._reading() as db:
            row = db.execute(f"SELECT {ARTICLE} FROM articles WHERE id = ?", [article_id]).fetchone()
        return row and _article(row)

    def leftovers(self) -> list[Article]:
        """Return contents lists, imprints and other leftovers."""
        with self._reading() as db:
            found = db.execute(f"SELECT {ARTICLE} FROM articles WHERE kind != 'article' ORDER BY number")
            return [_article(row) for row in found]

    def rows_matching(self, filters: Filters) -> Rows | None:
        """Return the sorted rows whose articles pass the filters, None when nothing is restricted."""
        condition, values = where(filters)
        if not condition:
            return None
        # answered from `articles_by_filter` alone: the table itself holds the texts (50 ms for 20,000 articles)
        query = f"SELECT first_row, row_count FROM articles WHERE row_count > 0 AND {condition} ORDER BY first_row"
        with self._reading() as db:
            ranges = np.array(db.execute(query, values).fetchall(), dtype=np.int64).reshape(-1, 2)
        first, count = ranges[:, 0], ranges[:, 1]
        rows: Rows = np.arange(count.sum()) + np.repeat(first - (np.cumsum(count) - count), count)
        return rows

    def articles(self, query: str, filters: Filters, *, limit: int, offset: int) -> tuple[list[Article], int]:
        """Return articles whose title, authors or text hold every word of the query, and how many there are."""
        parts, values = ["kind = 'article'"], list[object]()
        condition, given = where(filters)
        if condition:
            parts.append(condition)
            values += given
        for word in folded(query).split():
            parts.append("instr(folded, ?) > 0")
            values.append(word)
        kept = " AND ".join(parts)
        with self._reading() as db:
            total = db.execute(f"SELECT count(*) FROM articles WHERE {kept}", values).fetchone()[0]
            page = f"SELECT {ARTICLE} FROM articles WHERE {kept} ORDER BY source, source_start LIMIT ? OFFSET ?"
            return [_article(row) for row in db.execute(page, [*values, limit, offset])], int(total)

    def entries(self, source: str) -> list[Entry]:
        """Return the articles of a file with their passages and keys."""
        query = f"SELECT first_row, row_count, {ARTICLE} FROM articles WHERE source = ? ORDER BY number"
        with self._reading() as db:
            return [self._entry(db, *row) for row in db.execute(query, [source]).fetchall()]

    def keyed_rows(self) -> list[tuple[int, bytes, int]]:
        """Return each row with the key of its cached vectors and where its passage starts."""
        with self._reading() as db:
            return db.execute("SELECT row, key, start FROM passages ORDER BY row").fetchall()

    def rows_by_source(self) -> dict[str, range]:
        """Return the rows of each file's passages, which follow each other."""
        query = "SELECT source, min(first_row), sum(row_count) FROM articles GROUP BY source"
        with self._reading() as db:
            return {source: range(first, first + count) for source, first, count in db.execute(query)}

    def _entry(self, db: sqlite3.Connection, first: int, count: int, *described: str) -> Entry:
        query = f"SELECT {PASSAGE}, key FROM passages JOIN articles ON articles.number = passages.article"
        rows = db.execute(f"{query} WHERE row >= ? AND row < ? ORDER BY row", [first, first + count]).fetchall()
        return Entry(_article(described), tuple(_passage(row[:-1]) for row in rows), tuple(row[-1] for row in rows))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection; those given back are used again, so there are as many as threads at work at once."""
        try:
            db = self._free.get_nowait()
        except Empty:
            db = self._connect()
        try:
            yield db
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(
                f"The catalogue of the index cannot be read ({error}). Run `wenju index ARTICLES` to build it again."
            ) from error
        finally:
            self._free.put(db)

    def _connect(self) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(self._address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise IndexDamaged(
                f"The catalogue of the index cannot be opened ({error}). Run `wenju index ARTICLES` to build it again."
            ) from error
        db.execute("PRAGMA mmap_size = 1073741824")
        return db


def where(filters: Filters) -> tuple[str, list[object]]:
    """Return the SQL condition of the filters and its values; an empty one when nothing is restricted.

    A source is a file or a folder; an author is part of a name; dates are compared as far as both are known.
    """
    conditions: list[tuple[str, list[object]]] = []
    if filters.source is not None:
        folder = filters.source.rstrip("/") + "/"
        conditions.append(("(source = ? OR substr(source, 1, ?) = ?)", [filters.source, len(folder), folder]))
    for column in ("issue", "section", "lang"):
        if (value := getattr(filters, column)) is not None:
            conditions.append((f"{column} = ?", [value]))
    if filters.author is not None:
        conditions.append(("instr(authors, ?) > 0", [json.dumps(filters.author, ensure_ascii=False)[1:-1]]))
    for sign, date in ((">=", filters.date_from), ("<=", filters.date_to)):
        if date is not None:
            conditions.append((f"substr(date, 1, length(?)) {sign} substr(?, 1, length(date))", [date, date]))
    if filters.article_ids is not None:
        conditions.append((f"id {LISTED}", [json.dumps(filters.article_ids)]))
    return " AND ".join(sql for sql, _ in conditions), [value for _, values in conditions for value in values]


def folded(text: str) -> str:
    """Return text as the article list is searched: lower case, white space single."""
    return " ".join(text.lower().split())


def _article_row(number: int, entry: Entry, first: int) -> tuple[object, ...]:
    article = entry.article
    authors = json.dumps(article.authors, ensure_ascii=False)
    described = {name: value for name, value in asdict(article).items() if name != "text"}
    searched = folded("\n".join([article.title, article.subtitle or "", *article.authors, article.text]))
    return (
        *(number, article.id, article.source, article.source_start, authors, article.section, article.issue),
        *(article.date, article.lang, article.kind, first, len(entry.passages)),
        *(json.dumps(described, ensure_ascii=False), searched, article.text.encode()),
    )


def _passage_rows(number: int, entry: Entry, first: int) -> Iterator[tuple[object, ...]]:
    for row, (passage, key) in enumerate(zip(entry.passages, entry.keys, strict=True), first):
        headings = json.dumps(passage.headings, ensure_ascii=False)
        yield row, passage.id, number, passage.start, passage.end, headings, key, passage.text


def _article(row: Sequence[str]) -> Article:
    described, text = row
    pairs = json.loads(described).items()
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in pairs}
    headings = tuple(Heading(**heading) for heading in values.pop("headings"))
    return Article(**values, headings=headings, text=text)


def _passage(row: Sequence[object]) -> Passage:
    name, article, start, end, headings, text = row
    return Passage(name, article, start, end, tuple(json.loads(str(headings))), text)  # type: ignore[arg-type]
