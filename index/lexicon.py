"""A word or phrase in, its translations out: the bilingual term list (`index/model/LEXICON.md`)."""

import gzip
from functools import lru_cache
from pathlib import Path

import numpy as np

DEFAULT_PATH = Path(__file__).parent / "model" / "lexicon.gz"


class Lexicon:
    """English stems and phrases with their Chinese words, Chinese words with English stems, each with its share."""

    def __init__(self, lines: bytes) -> None:
        self._lines = lines
        self._ends = np.flatnonzero(np.frombuffer(lines, dtype=np.uint8) == 10)

    def __len__(self) -> int:
        return len(self._ends)

    def translations(self, key: str) -> list[tuple[str, float]]:
        """Return the translations of a term or of a phrase of terms, commonest first, shares of 1; [] if unknown."""
        wanted = key.encode() + b"\t"
        low, high = 0, len(self._ends)
        while low < high:
            middle = (low + high) // 2
            if self._line(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        line = self._line(low) if low < len(self._ends) else b""
        return _parsed(line[len(wanted) :].decode()) if line.startswith(wanted) else []

    def _line(self, place: int) -> bytes:
        start = int(self._ends[place - 1]) + 1 if place else 0
        return self._lines[start : int(self._ends[place])]


@lru_cache(maxsize=2)
def load_lexicon(path: Path = DEFAULT_PATH) -> Lexicon:
    """Return the term list (60 ms, 6 MB), an empty one where the file is not there."""
    return Lexicon(gzip.decompress(path.read_bytes()) if path.is_file() else b"")


def _parsed(listing: str) -> list[tuple[str, float]]:
    pairs = (item.rsplit(":", 1) for item in listing.split(" "))
    return [(term, int(percent) / 100) for term, percent in pairs]
