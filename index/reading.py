"""Files in, their entries out: each file read, split into articles and packed, in several processes when it pays."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from hashlib import blake2b
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from index.articles import read_articles
from index.catalog import Entry, Source
from index.chunking import embedded_text, pack
from index.errors import UnreadableFile
from index.ports import TokenCounter
from index.types import Article

log = logging.getLogger(__name__)

PAYS_FROM = 8_000_000
"""Bytes of files from which a second process pays: it costs 0.3 s to start; one process reads about 5 MB a second."""
CODE = ("readers", "repair.py", "articles.py", "sentences.py", "chunking.py", "windows.py", "reading.py")


@dataclass(frozen=True, slots=True)
class Read:
    """A file with its entries; a refused file has none, and says why."""

    source: Source
    entries: tuple[Entry, ...]
    repairs: int = 0


def read_all(
    folder: Path, sources: Sequence[Source], counter: TokenCounter, *, cores: int, advance: Callable[[int], None]
) -> Iterator[Read]:
    """Yield every file as read, in the order given; large folders are read by several processes."""
    total = sum(source.size for source in sources)
    if cores > 1 and total >= PAYS_FROM and len(sources) > 1:
        yield from _in_processes(folder, sources, counter, cores, advance)
        return
    for source in sources:
        yield read_one(folder, source, counter)
        advance(1)


def read_one(folder: Path, source: Source, counter: TokenCounter) -> Read:
    """Return a file as read; one that cannot be read says why and stops nothing."""
    if source.refused is not None:
        return Read(source, ())
    try:
        reading = read_articles(folder / source.source, source.source)
    except UnreadableFile as error:
        log.warning("%s", error)
        return Read(replace(source, refused=str(error)), ())
    entries = tuple(entry_of(article, counter) for article in reading.articles)
    return Read(source, entries, len(reading.repairs))


def entry_of(article: Article, counter: TokenCounter) -> Entry:
    """Return an article with its passages and their keys; leftovers have no passages, so they are not retrieved."""
    if article.kind != "article":
        return Entry(article, (), ())
    passages = tuple(pack(article, counter))
    return Entry(article, passages, tuple(_key(embedded_text(passage, article.title)) for passage in passages))


def reading_code() -> str:
    """Return a hash of the code that reads and packs: entries made by other code are read again."""
    here = Path(__file__).parent
    files = [path for name in CODE for path in sorted((here / name).rglob("*.py")) or [here / name]]
    return blake2b(b"\0".join(path.read_bytes() for path in files), digest_size=8).hexdigest()


def _in_processes(
    folder: Path, sources: Sequence[Source], counter: TokenCounter, cores: int, advance: Callable[[int], None]
) -> Iterator[Read]:
    # fork would copy the threads' locks of tokenizers and OpenMP as they stand
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        tasks = [pool.submit(read_one, folder, source, counter) for source in sources]
        for task in tasks:
            yield task.result()
            advance(1)


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, even if that was killed."""
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()
