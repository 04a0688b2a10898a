"""Entries and the generation before in, vectors of passages and windows out; what did not change is not embedded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.catalog import Catalog, Entry
from index.chunking import embedded_text
from index.embedding_spans import embed_spans
from index.embedding_static import StaticEmbedder
from index.ports import Embedder
from index.types import Passage, Vectors
from index.vectors import FaissVectors
from index.windows import Codes, Span, Windows, cut, empty_windows, quantise
from index.workers import in_processes

BATCH = 64
"""Passages embedded at a time: some 16,000 pieces, whose rows take 16 MB."""
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

    def holds(self, item: "_Item") -> bool:
        """Tell whether a passage was embedded before and cut into the same windows."""
        if item.key not in self._places:
            return False
        row, start = self._places[item.key]
        moved = item.passage.start - start
        return item.windows == [(first + moved, last + moved) for first, last in self._windows.spans(row)]

    def vectors(self, keys: Sequence[bytes]) -> Vectors:
        """Return the passage vectors of known keys."""
        return self._vectors.reconstruct(np.array([self._places[key][0] for key in keys], dtype=np.int64))

    def windows(self, key: bytes) -> Codes:
        """Return the coded windows of a known passage."""
        return self._windows.coded(self._places[key][0])

    def title(self, key: bytes) -> Vectors:
        """Return the vector of a known passage's title."""
        return self._windows.title(self._places[key][0])


@dataclass(frozen=True, slots=True)
class _Item:
    """A passage with what is embedded of it."""

    passage: Passage
    title: str
    key: bytes
    windows: list[Span]

    def text(self) -> str:
        return embedded_text(self.passage, self.title)

    def spans(self) -> list[Span]:
        """Return the windows as places in the embedded text."""
        moved = len(self.text()) - len(self.passage.text) - self.passage.start
        return [(first + moved, last + moved) for first, last in self.windows]


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
        _Item(passage, entry.article.title, key, cut(passage))
        for entry in entries
        for passage, key in zip(entry.passages, entry.keys, strict=True)
    ]
    vectors = np.zeros((len(items), embedder.dimension), dtype=np.float32)
    known = {row for row, item in enumerate(items) if cache and cache.holds(item)}
    kept_titles = {items[row].title: cache.title(items[row].key) for row in known} if cache else {}
    titles, title_of = _titles(embedder, items, kept_titles)
    windows = empty_windows([item.windows for item in items], titles, title_of)
    if cache:
        kept = sorted(known)
        vectors[kept] = cache.vectors([items[row].key for row in kept])
        for row in kept:
            windows.fill(row, cache.windows(items[row].key))
        advance(len(kept))
    fresh = [row for row in range(len(items)) if row not in known]
    left = iter(fresh)
    for found, coded in _embedded([items[row] for row in fresh], embedder, cores):
        for vector, code, row in zip(found, coded, left, strict=False):
            vectors[row] = vector
            windows.fill(row, code)
        advance(len(found))
    return Encoded(vectors, windows, len(fresh), len(known))


def _embedded(items: Sequence[_Item], embedder: Embedder, cores: int) -> Iterator[tuple[Vectors, list[Codes]]]:
    """Yield the vectors of batches of passages, in order; many are worked on by several processes."""
    batches = (items[start : start + BATCH] for start in range(0, len(items), BATCH))
    if cores > 1 and len(items) >= PAYS_FROM and isinstance(embedder, StaticEmbedder):
        return in_processes(cores, _embed, embedder, batches)
    return (_embed(embedder, batch) for batch in batches)


def _embed(embedder: Embedder, items: Sequence[_Item]) -> tuple[Vectors, list[Codes]]:
    """Return the vectors of passages and the coded windows of each."""
    vectors, parts = embed_spans(embedder, [item.text() for item in items], [item.spans() for item in items])
    titles, title_of = _titles(embedder, items, {})
    counts = [len(item.windows) for item in items]
    coded = quantise(parts, titles[np.repeat(title_of, counts)])
    ends = np.cumsum(counts)[:-1]
    arrays = (np.split(array, ends) for array in (coded.codes, coded.scales, coded.titled))
    return vectors, [Codes(*own) for own in zip(*arrays, strict=True)]


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
