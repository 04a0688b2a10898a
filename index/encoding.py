"""Entries and the generation before in, vectors of passages and windows out; what did not change is not embedded."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from index.catalog import Catalog, Entry
from index.chunking import embedded_text
from index.embedding_spans import embed_spans
from index.embedding_static import StaticEmbedder
from index.ports import Embedder
from index.types import Passage, Rows, Vectors
from index.vectors import FaissVectors
from index.windows import Codes, Span, Windows, cut, empty_windows, quantise
from index.workers import in_processes

BATCH = 64
"""Passages embedded at a time: some 16,000 pieces, whose rows take 16 MB."""
TOGETHER = 4 * BATCH
"""Passages handed to a process at a time."""
PAYS_FROM = 5_000
"""Passages from which more processes pay: they take 0.5 s to start, and one embeds 2,000 a second."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The vectors of every passage in row order, the windows, and how many passages were embedded or reused."""

    vectors: Vectors
    windows: Windows
    embedded: int
    reused: int


class Cache:
    """Vectors of the generation before, by the key of a passage."""

    def __init__(self, catalog: Catalog, vectors: FaissVectors, windows: Windows) -> None:
        self._places = {key: (row, start) for row, key, start in catalog.keyed_rows()}
        self._vectors, self._windows = vectors, windows

    def holds(self, item: "_Item", windows: Sequence[Span]) -> bool:
        """Tell whether a passage was embedded before and cut into the same windows."""
        if item.key not in self._places:
            return False
        row, start = self._places[item.key]
        moved = item.passage.start - start
        return windows == [(first + moved, last + moved) for first, last in self._windows.spans(row)]

    def vectors(self, items: Sequence["_Item"]) -> tuple[Vectors, Codes]:
        """Return the vectors of known passages, and their coded windows."""
        rows = np.array([self._places[item.key][0] for item in items], dtype=np.int64)
        return self._vectors.reconstruct(rows), self._windows.coded(rows)

    def titles(self, items: Sequence["_Item"]) -> dict[str, Vectors]:
        """Return the vectors of the titles of known passages."""
        rows = {item.title: self._places[item.key][0] for item in items if item.key in self._places}
        return {title: self._windows.title(row) for title, row in rows.items()}


@dataclass(frozen=True, slots=True)
class _Item:
    """A passage with what is embedded of it."""

    passage: Passage
    title: str
    key: bytes

    def text(self) -> str:
        return embedded_text(self.passage, self.title)

    def within(self, windows: Sequence[Span]) -> list[Span]:
        """Return the passage's windows as places in the embedded text."""
        moved = len(self.text()) - len(self.passage.text) - self.passage.start
        return [(first + moved, last + moved) for first, last in windows]


_Task = Sequence[tuple[_Item, Sequence[Span]]]
"""Passages, each with its windows."""


def encode(
    entries: Sequence[Entry],
    embedder: Embedder,
    cache: Cache | None,
    *,
    cores: int,
    advance: Callable[[int], None],
) -> Encoded:
    """Return the vectors of all passages and windows, those that are in the cache from there."""
    items = [
        _Item(passage, entry.article.title, key)
        for entry in entries
        for passage, key in zip(entry.passages, entry.keys, strict=True)
    ]
    vectors = np.zeros((len(items), embedder.dimension), dtype=np.float32)
    titles, title_of = _titles(embedder, items, cache.titles(items) if cache else {})
    windows = empty_windows((cut(item.passage) for item in items), titles, title_of)
    known = [row for row, item in enumerate(items) if cache and cache.holds(item, windows.spans(row))]
    fresh = np.delete(np.arange(len(items)), known)
    tasks = ([(items[row], windows.spans(row)) for row in rows] for rows in _together(fresh))
    kept = (cache.vectors([items[row] for row in rows]) for rows in _together(known) if cache)
    for rows, (found, coded) in chain(
        zip(_together(known), kept, strict=True),
        zip(_together(fresh), _embedded(tasks, len(fresh), embedder, cores), strict=True),
    ):
        vectors[rows] = found
        windows.fill(rows, coded)
        advance(len(rows))
    return Encoded(vectors, windows, len(fresh), len(known))


def _together(rows: Sequence[int] | Rows) -> Iterator[Rows]:
    """Yield rows by as many as a process is given at a time."""
    return (np.asarray(rows[start : start + TOGETHER], dtype=np.int64) for start in range(0, len(rows), TOGETHER))


def _embedded(tasks: Iterable[_Task], count: int, embedder: Embedder, cores: int) -> Iterator[tuple[Vectors, Codes]]:
    """Yield the vectors of each task's passages, in order; many are worked on by several processes."""
    if cores > 1 and count >= PAYS_FROM and isinstance(embedder, StaticEmbedder):
        return in_processes(cores, _embed, embedder, tasks)
    return (_embed(embedder, task) for task in tasks)


def _embed(embedder: Embedder, task: _Task) -> tuple[Vectors, Codes]:
    """Return the vectors of passages, and their coded windows."""
    found = [_embed_batch(embedder, task[start : start + BATCH]) for start in range(0, len(task), BATCH)]
    arrays = zip(*((vectors, each.codes, each.scales, each.titled) for vectors, each in found), strict=True)
    vectors, *coded = map(np.concatenate, arrays)
    return vectors, Codes(*coded)


def _embed_batch(embedder: Embedder, batch: _Task) -> tuple[Vectors, Codes]:
    within = [item.within(windows) for item, windows in batch]
    vectors, parts = embed_spans(embedder, [item.text() for item, _ in batch], within)
    titles, title_of = _titles(embedder, [item for item, _ in batch], {})
    return vectors, quantise(parts, titles[np.repeat(title_of, list(map(len, within)))])


def _titles(
    embedder: Embedder, items: Sequence[_Item], known: Mapping[str, Vectors]
) -> tuple[Vectors, npt.NDArray[np.int64]]:
    """Return the vectors of the titles, zeros for an empty one, and the number of each item's; some may be known."""
    places = {title: place for place, title in enumerate(dict.fromkeys(item.title for item in items))}
    vectors = np.zeros((len(places), embedder.dimension), dtype=np.float32)
    fresh = [title for title in places if title.strip() and title not in known]
    if fresh:
        vectors[[places[title] for title in fresh]] = embedder.embed_passages(fresh)
    for title in known:
        vectors[places[title]] = known[title]
    return vectors, np.array([places[item.title] for item in items], dtype=np.int64)
