"""Passages in, small windows with their vectors out: sentences and runs of two, in 8 bits, memory-mapped.

FAISS holds whole passages; the windows stand beside it, and rescore the first few hundred passages of a query.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged, IndexMismatch
from index.ports import Scores
from index.sentences import spans
from index.types import Passage, Rows, Vectors

SHORT = 16
"""A sentence with fewer characters is no window of its own: it joins the one before (or after) it."""
RUN = 2
"""The longest run of sentences that is a window."""

Span = tuple[int, int]
Codes = tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]


def cut(passage: Passage) -> list[Span]:
    """Return the windows of a passage, absolute in its article: each sentence, then each run of two."""
    units = _units(passage.text)
    windows = list(units)
    for length in range(2, RUN + 1):
        windows += [(units[at][0], units[at + length - 1][1]) for at in range(len(units) - length + 1)]
    return [(passage.start + start, passage.start + end) for start, end in windows]


def _units(text: str) -> list[Span]:
    units: list[Span] = []
    for start, end in spans(text):
        if units and (end - start < SHORT or units[-1][1] - units[-1][0] < SHORT):
            units[-1] = (units[-1][0], end)
        else:
            units.append((start, end))
    return units or [(0, len(text))]


class Windows:
    """The windows of every passage: spans, and vectors of 8-bit numbers with a scale each."""

    def __init__(
        self,
        codes: npt.NDArray[np.int8],
        scales: npt.NDArray[np.float32],
        offsets: npt.NDArray[np.int64],
        places: npt.NDArray[np.int32],
    ) -> None:
        self._codes, self._scales, self._offsets, self._places = codes, scales, offsets, places

    def __len__(self) -> int:
        return len(self._scales)

    @property
    def passage_count(self) -> int:
        """Number of passages that the windows belong to."""
        return len(self._offsets) - 1

    def spans(self, row: int) -> list[Span]:
        """Return the windows of a passage, (start, end) in the article's text."""
        first, last = self._offsets[row : row + 2]
        return [(int(start), int(end)) for start, end in self._places[first:last]]

    def best(self, query: npt.NDArray[np.float32], rows: Rows) -> tuple[Scores, Rows]:
        """Return for each passage the score of its best window and which one that is (for `spans(row)`)."""
        if len(rows) == 0:
            return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)
        if query.shape != (self._codes.shape[1],):
            raise IndexMismatch(
                f"The question's vector has shape {query.shape}, the windows have length {self._codes.shape[1]}. "
                "Run `wenju index ARTICLES` with this embedding model."
            )
        starts, counts = self._offsets[rows], self._offsets[rows + 1] - self._offsets[rows]
        begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
        taken = np.arange(counts.sum()) - np.repeat(begins - starts, counts)
        scores = self._codes[taken].astype(np.float32) @ query * self._scales[taken]
        best = np.maximum.reduceat(scores, begins)
        hits = np.flatnonzero(scores == np.repeat(best, counts))
        owners = np.searchsorted(begins, hits, side="right") - 1
        _, first = np.unique(owners, return_index=True)
        return best, hits[first] - begins

    def coded(self, row: int) -> Codes:
        """Return codes and scales of a passage's windows, so that an unchanged passage can keep them."""
        first, last = self._offsets[row : row + 2]
        return self._codes[first:last], self._scales[first:last]

    def fill(self, row: int, coded: Codes) -> None:
        """Set codes and scales of a passage's windows; only while an index is built."""
        first, last = self._offsets[row : row + 2]
        self._codes[first:last], self._scales[first:last] = coded

    def save(self, folder: Path) -> None:
        """Write the windows into a folder, one .npy file for each array."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "codes.npy", self._codes)
        np.save(folder / "scales.npy", self._scales)
        np.save(folder / "offsets.npy", self._offsets)
        np.save(folder / "places.npy", self._places)


def empty_windows(places: Sequence[Sequence[Span]], dimension: int) -> Windows:
    """Return the windows of all passages, in row order, with no vectors yet."""
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in places])]).astype(np.int64)
    return Windows(
        np.zeros((int(offsets[-1]), dimension), dtype=np.int8),
        np.zeros(int(offsets[-1]), dtype=np.float32),
        offsets,
        np.array([span for part in places for span in part], dtype=np.int32).reshape(-1, 2),
    )


def open_windows(folder: Path) -> Windows:
    """Return the windows of a folder, memory-mapped. Raises IndexDamaged."""
    try:
        arrays: list[Any] = [
            np.load(folder / f"{name}.npy", mmap_mode="r" if name == "codes" else None)
            for name in ("codes", "scales", "offsets", "places")
        ]
    except (OSError, ValueError, EOFError) as error:
        raise IndexDamaged(
            f"{folder} cannot be read ({error}). Run `wenju index ARTICLES` to build the index again."
        ) from error
    return Windows(*arrays)


def quantise(vectors: Vectors) -> Codes:
    """Return 8-bit codes and a scale for each vector: `codes * scale` is the vector to 0.4 % of its largest part."""
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    scales = (largest / 127).astype(np.float32)
    safe = np.where(scales > 0, scales, 1.0)
    return np.rint(vectors / safe[:, None]).astype(np.int8), scales
