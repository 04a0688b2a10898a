"""Entries and the generation before in, vectors of passages and windows out; what did not change is not embedded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from index.catalog import Catalog, Entry
from index.chunking import embedded_text
from index.ports import Embedder
from index.types import Passage, Vectors
from index.vectors import FaissVectors
from index.windows import Codes, Span, Windows, build_windows, cut, quantise

BATCH = 256
"""Passages embedded at a time, some 4,000 texts with their windows."""


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
        """Return codes and scales of a known passage's windows."""
        return self._windows.vectors(self._places[key][0])


@dataclass(frozen=True, slots=True)
class _Item:
    """A passage with what is embedded of it."""

    passage: Passage
    title: str
    key: bytes
    windows: list[Span]

    def pieces(self) -> list[str]:
        start = self.passage.start
        return [self.passage.text[first - start : last - start] for first, last in self.windows]


def encode(
    entries: Sequence[Entry], embedder: Embedder, cache: Cache | None, *, advance: Callable[[int], None]
) -> Encoded:
    """Return the vectors of all passages and windows, those that are in the cache from there."""
    items = [
        _Item(passage, entry.article.title, key, cut(passage))
        for entry in entries
        for passage, key in zip(entry.passages, entry.keys, strict=True)
    ]
    vectors = np.zeros((len(items), embedder.dimension), dtype=np.float32)
    codes: list[Codes | None] = [None] * len(items)
    known = [row for row, item in enumerate(items) if cache and cache.holds(item)]
    if cache:
        vectors[known] = cache.vectors([items[row].key for row in known])
        for row in known:
            codes[row] = cache.windows(items[row].key)
        advance(len(known))
    fresh = [row for row, code in enumerate(codes) if code is None]
    for start in range(0, len(fresh), BATCH):
        rows = fresh[start : start + BATCH]
        vectors[rows], coded = _embed(embedder, [items[row] for row in rows])
        for row, code in zip(rows, coded, strict=True):
            codes[row] = code
        advance(len(rows))
    windows = build_windows([code for code in codes if code], [item.windows for item in items], embedder.dimension)
    return Encoded(vectors, windows, len(fresh), len(known))


def _embed(embedder: Embedder, items: Sequence[_Item]) -> tuple[Vectors, list[Codes]]:
    """Return the vectors of passages and the coded windows of each, in one call of the model."""
    texts = [embedded_text(item.passage, item.title) for item in items]
    pieces = [item.pieces() for item in items]
    together = embedder.embed_passages([*texts, *(piece for part in pieces for piece in part)])
    codes, scales = quantise(together[len(texts) :])
    ends = np.cumsum([len(part) for part in pieces])[:-1]
    return together[: len(texts)], list(zip(np.split(codes, ends), np.split(scales, ends), strict=True))
