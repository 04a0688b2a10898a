"""Files in, their entries out: each read, split into articles and packed, in several processes if it pays."""

import logging
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import chain, repeat
from pathlib import Path

import numpy as np

from index.articles import read_articles
from index.catalog import Catalog, Entry, Source
from index.chunking import embedded_text, pack
from index.embedding_static import StaticEmbedder
from index.errors import UnreadableFile
from index.ports import Embedder, TokenCounter
from index.types import Article, Rows
from index.workers import in_processes

log = logging.getLogger(__name__)

PAYS_FROM = 4_000_000
"""Bytes of files from which more processes pay: they take 0.5 s to start, and one reads 2 MB of text a second."""
TOGETHER = 64
"""Files handed to a process at a time: with 16 small ones, 7,300 files took 5.6 s in place of 4.4."""


@dataclass(frozen=True, slots=True)
class Read:
    """A file with its entries; a refused file has none, and says why."""

    source: Source
    entries: tuple[Entry, ...]
    repairs: int = 0
    rows: range = range(0)
    """Where its passages stood in the generation before, if it is as it was."""


def read_all(
    folder: Path, sources: Sequence[Source], embedder: Embedder, *, cores: int, advance: Callable[[int], None]
) -> Iterator[Read]:
    """Yield every file as read, in the order given; large folders are read by several processes."""
    alone = cores < 2 or sum(source.size for source in sources) < PAYS_FROM
    if alone or not isinstance(embedder, StaticEmbedder):
        reads: Iterator[Read] = (read_one(folder, source, embedder) for source in sources)
    else:
        batches = [sources[at : at + TOGETHER] for at in range(0, len(sources), TOGETHER)]
        reads = chain.from_iterable(in_processes(cores, _read_batch, (folder, embedder), batches))
    for read in reads:
        yield read
        advance(1)


def read_before(catalog: Catalog, names: Container[str]) -> dict[str, Read]:
    """Return files as they were read for the generation before."""
    rows = catalog.rows_by_source()
    return {
        each.source: Read(each, tuple(catalog.entries(each.source)), rows=rows.get(each.source, range(0)))
        for each in catalog.sources()
        if each.source in names
    }


def rows_before(reads: Sequence[Read]) -> Rows:
    """Return the row of each passage in the generation before, -1 where its file is new or has changed."""
    counted = ((read.rows, sum(len(entry.passages) for entry in read.entries)) for read in reads)
    return np.fromiter(chain.from_iterable(rows or repeat(-1, count) for rows, count in counted), dtype=np.int64)


def _read_batch(shared: tuple[Path, TokenCounter], sources: Sequence[Source]) -> list[Read]:
    folder, counter = shared
    return [read_one(folder, source, counter) for source in sources]


def read_one(folder: Path, source: Source, counter: TokenCounter) -> Read:
    """Return a file as read; one that cannot be read says why and stops nothing."""
    if source.refused is not None:
        return Read(source, ())
    try:
        reading = read_articles(folder / source.source, source.source)
        entries = tuple(entry_of(article, counter) for article in reading.articles)
    except UnreadableFile as error:
        log.warning("%s", error)
        return Read(replace(source, refused=str(error)), ())
    except UnicodeEncodeError:
        return Read(replace(source, refused="it holds halves of characters; save it as UTF-8"), ())
    return Read(source, entries, len(reading.repairs))


def entry_of(article: Article, counter: TokenCounter) -> Entry:
    """Return an article with its passages and their keys; leftovers have no passages, so they are not retrieved."""
    if article.kind != "article":
        return Entry(article, (), ())
    passages = tuple(pack(article, counter))
    return Entry(article, passages, tuple(_key(embedded_text(passage, article.title)) for passage in passages))


def distinct(reads: Sequence[Read]) -> list[Read]:
    """Return the reads with every article id used once: a later article of the same id gets a number behind it."""
    seen = dict[str, int]()
    return [replace(read, entries=tuple(_renamed(entry, seen) for entry in read.entries)) for read in reads]


def code_seal() -> str:
    """Return a hash of the code of this floor: what other code has read and packed is read again."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), *here.glob("readers/*.py")])
    return blake2b(b"\0".join(path.read_bytes() for path in files), digest_size=8).hexdigest()


def _renamed(entry: Entry, seen: dict[str, int]) -> Entry:
    name = entry.article.id
    seen[name] = seen.get(name, 0) + 1
    if seen[name] == 1:
        return entry
    new = f"{name}-{seen[name]}"
    passages = tuple(replace(each, id=f"{new}-{each.start}", article_id=new) for each in entry.passages)
    return replace(entry, article=replace(entry.article, id=new), passages=passages)


def _key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()
