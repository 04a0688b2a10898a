"""Passages in, small windows with their vectors out: sentences and runs of two, in 8 bits, memory-mapped.

FAISS holds whole passages; the windows stand beside it, and rescore the first few hundred passages of a query. A window
is kept as its own words are, beside the title of its article: retrieval adds a share of the title, answers do not.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
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

TITLE = 0.5
"""What the title's vector counts beside a window's 1, before their sum is brought to length one. Sentences say "he" and
"the company"; the title says who. MRR@10 of the fused legs with 0, 0.3 and 0.5: QED .75, .78, .79, CMRC .963, .966,
.968, DRCD .960, .964, .966; Chinese questions of the gold .917 to .918, English ones .861 to .857."""
ARRAYS = ("codes", "scales", "titled", "offsets", "places", "titles", "title_of")
MAPPED = ("codes", "titles")

Span = tuple[int, int]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Codes:
    """Windows in 8 bits: (n, d) codes, (n,) scales, and (n,) cosines of each with its title (0 without a title)."""

    codes: npt.NDArray[np.int8]
    scales: Floats
    titled: Floats


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
    """The windows of every passage: spans, and vectors of 8-bit numbers with a scale each; the titles beside them."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self._arrays = arrays
        self._codes, self._scales, self._titled = (arrays[name] for name in ("codes", "scales", "titled"))
        self._offsets, self._places = arrays["offsets"], arrays["places"]
        self._titles, self._title_of = arrays["titles"], arrays["title_of"]

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

    def best(self, query: Floats, rows: Rows) -> tuple[Scores, Rows]:
        """Return for each passage the score of its best window and which one that is (for `spans(row)`).

        A score is the query's cosine with the window plus `TITLE` times its article's title.
        """
        if len(rows) == 0:
            return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)
        if query.shape != (self._codes.shape[1],):
            raise IndexMismatch(
                f"The question's vector has shape {query.shape}, the windows have length {self._codes.shape[1]}. "
                "Run `wenju index ARTICLES` with this embedding model."
            )
        taken, counts = self._taken(rows)
        begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
        scores = self._scores(query, taken, np.repeat(self._title_of[rows], counts))
        best = np.maximum.reduceat(scores, begins)
        hits = np.flatnonzero(scores == np.repeat(best, counts))
        owners = np.searchsorted(begins, hits, side="right") - 1
        _, first = np.unique(owners, return_index=True)
        return best, hits[first] - begins

    def _scores(self, query: Floats, taken: Rows, title_of: Rows) -> Scores:
        own = self._codes[taken].astype(np.float32) @ query * self._scales[taken]
        titles, place = np.unique(title_of, return_inverse=True)
        vectors = self._titles[titles].astype(np.float32)
        told = vectors @ query
        # the length of (window + TITLE x title), both of length one or the title of length zero
        squares = 1 + TITLE**2 * np.square(vectors).sum(axis=1)[place] + 2 * TITLE * self._titled[taken]
        return np.asarray((own + TITLE * told[place]) / np.sqrt(squares), dtype=np.float32)

    def coded(self, rows: Rows) -> Codes:
        """Return codes, scales and cosines of passages' windows, so that unchanged passages can keep them."""
        taken, _ = self._taken(rows)
        return Codes(self._codes[taken], self._scales[taken], self._titled[taken])

    def title(self, row: int) -> Floats:
        """Return the vector of the title that a passage's windows are under."""
        return np.asarray(self._titles[self._title_of[row]], dtype=np.float32)

    def fill(self, rows: Rows, coded: Codes) -> None:
        """Set the vectors of passages' windows; only while an index is built."""
        taken, _ = self._taken(rows)
        self._codes[taken], self._scales[taken], self._titled[taken] = coded.codes, coded.scales, coded.titled

    def _taken(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return the numbers of the windows of passages, one passage after the other, and how many each has."""
        starts, counts = self._offsets[rows], self._offsets[rows + 1] - self._offsets[rows]
        return np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts), counts

    def save(self, folder: Path) -> None:
        """Write the windows into a folder, one .npy file for each array."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, values in self._arrays.items():
            np.save(folder / f"{name}.npy", values)


def empty_windows(places: Iterable[Sequence[Span]], titles: Vectors, title_of: Sequence[int] | Rows) -> Windows:
    """Return the windows of all passages, in row order, with no vectors yet; `title_of` is each passage's title."""
    # as plain numbers at once: a tuple a window is ten times as large
    counts, edges = array("q", [0]), array("i")
    for part in places:
        counts.append(len(part))
        edges.extend(chain.from_iterable(part))
    count = len(edges) // 2
    return Windows(
        {
            "codes": np.zeros((count, titles.shape[1]), dtype=np.int8),
            "scales": np.zeros(count, dtype=np.float32),
            "titled": np.zeros(count, dtype=np.float32),
            "offsets": np.cumsum(counts),
            "places": np.array(edges, dtype=np.int32).reshape(-1, 2),
            "titles": titles.astype(np.float16),
            "title_of": np.asarray(title_of, dtype=np.int32),
        }
    )


def open_windows(folder: Path) -> Windows:
    """Return the windows of a folder, the vectors memory-mapped. Raises IndexDamaged."""
    try:
        arrays: dict[str, npt.NDArray[Any]] = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r" if name in MAPPED else None) for name in ARRAYS
        }
    except (OSError, ValueError, EOFError) as error:
        raise IndexDamaged(
            f"{folder} cannot be read ({error}). Run `wenju index ARTICLES` to build the index again."
        ) from error
    return Windows(arrays)


def quantise(vectors: Vectors, titles: Vectors) -> Codes:
    """Return windows in 8 bits, `codes * scale` being the vector to 0.4 % of its largest part; a title for each."""
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    scales = (largest / 127).astype(np.float32)
    safe = np.where(scales > 0, scales, 1.0)
    codes = np.rint(vectors / safe[:, None]).astype(np.int8)
    return Codes(codes, scales, (vectors * titles).sum(axis=1).astype(np.float32))
