"""A query's classes and a passage in, where they stand in it out: by sentence, in text and in title."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from index.lexical import TermClass
from index.numbers import quantities
from index.ports import Scores
from index.scripts import fold
from index.types import Article, Passage

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”’\"'」』）)]*|[。！？!?]+")

Finder = Callable[["View"], list[int]]


@dataclass(frozen=True)
class View:
    """A passage as it is matched: folded text, where its sentences begin, its quantities, title and headings."""

    folded: str
    starts: tuple[int, ...]
    title: str

    @cached_property
    def quantities(self) -> tuple[tuple[int, str], ...]:
        """Where each quantity begins, and its term; found when first asked for, as half of the reading goes here."""
        return tuple((quantity.start, quantity.term) for quantity in quantities(self.folded))

    def sentences(self, first: int, count: int) -> str:
        """Return the folded text of `count` sentences from `first`."""
        last = first + count
        return self.folded[self.starts[first] : self.starts[last] if last < len(self.starts) else None]


def view(passage: Passage, article: Article) -> View:
    """Return what of a passage is matched (worth keeping)."""
    folded = fold(passage.text)
    starts = tuple(match.start() for match in _SENTENCE.finditer(folded)) or (0,)
    title = fold("\n".join((article.title, article.subtitle or "", *article.authors, *passage.headings)))
    return View(folded, starts, title)


class Matcher:
    """The classes of one query, ready to be found in many passages."""

    def __init__(self, classes: Sequence[TermClass]) -> None:
        self._finders = [[(strength, _finder(term)) for term, strength in each.terms] for each in classes]

    def by_sentence(self, seen: View) -> Scores:
        """Return how strongly each class (row) stands in each sentence (column) of a passage, 0 to 1."""
        matrix = np.zeros((len(self._finders), len(seen.starts)), dtype=np.float32)
        for row, finders in enumerate(self._finders):
            for strength, finder in finders:
                for place in finder(seen):
                    column = _column(seen.starts, place)
                    matrix[row, column] = max(matrix[row, column], strength)
        return matrix

    def in_title(self, title: str) -> Scores:
        """Return how strongly each class stands in a folded title (with authors and headings)."""
        seen = View(title, (0,), "")
        return np.array(
            [max((s for s, finder in finders if finder(seen)), default=0.0) for finders in self._finders],
            dtype=np.float32,
        )


def _column(starts: Sequence[int], place: int) -> int:
    for column in range(len(starts) - 1, 0, -1):
        if place >= starts[column]:
            return column
    return 0


def _finder(term: str) -> Finder:
    """Return what finds a term: quantities as such, Chinese anywhere, Latin stems at the beginning of words."""
    if term.startswith("#"):
        return lambda seen: [place for place, found in seen.quantities if found == term]
    if not term[:1].isascii():
        return lambda seen: list(_places(seen.folded, term))
    first = term.split(" ")[0]
    pattern = re.compile(r"(?<![a-z0-9])" + r"\w*\W+(?:\w+\W+)?".join(map(re.escape, term.split(" "))))
    return lambda seen: [match.start() for match in pattern.finditer(seen.folded)] if first in seen.folded else []


def _places(text: str, term: str) -> Iterator[int]:
    place = text.find(term)
    while place >= 0:
        yield place
        place = text.find(term, place + 1)
