"""A text and quotes in, pieces of the text with what is in a quote marked: what reports highlight."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from eval.matching import RUN, squash


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `marked` where a quote says the same."""

    text: str
    marked: bool


def mark(text: str, quotes: Sequence[str], *, shortest: int = RUN) -> list[Piece]:
    """Return the text in pieces; runs of at least `shortest` characters in a quote are marked, layout aside."""
    letters, places = _squashed(text)
    marked = [False] * len(text)
    for quote in map(squash, quotes):
        least = min(shortest, len(quote))
        for block in SequenceMatcher(None, letters, quote, autojunk=False).get_matching_blocks():
            if block.size >= least > 0:
                first, last = places[block.a], places[block.a + block.size - 1]
                marked[first : last + 1] = [True] * (last + 1 - first)
    return _pieces(text, marked)


def _squashed(text: str) -> tuple[str, list[int]]:
    """Return the squashed text and, for each of its characters, where it stood."""
    pairs = [
        (letter, place)
        for place, character in enumerate(text)
        for letter in unicodedata.normalize("NFKC", character)
        if not letter.isspace()
    ]
    return "".join(letter for letter, _ in pairs), [place for _, place in pairs]


def _pieces(text: str, marked: Sequence[bool]) -> list[Piece]:
    pieces: list[Piece] = []
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or marked[i] != marked[start]:
            pieces.append(Piece(text[start:i], marked[start]))
            start = i
    return pieces
