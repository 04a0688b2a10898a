"""A Chinese sentence and a text in, the places out of which the text says the same of another.

Both are folded text. A place is mistaken where the text has the same words around another place, or where every
sentence with the figure that is told of it names other places.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.figures import DATES, context, figures

ALIKE = 4
"""Characters of shared context from which on the same words with another place contradict."""

_END = re.compile(r"[。！？!?\n]")
_SORT = re.compile(r"(?<=..)(?:[省市区县镇乡村]|新区|自治区)$")


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    start: int
    before: str
    after: str


def mistaken_places(sentence: str, text: str) -> list[str]:
    """Return the places of a sentence that the text has of which it tells something else.

    >>> mistaken_places("宁波卖出8600吨梨。", "宁波种桃树。绍兴种梨树,卖出8600吨。")
    ['宁波']
    """
    asserted, told = _places(sentence), _places(text)
    known = {place.name for place in told}
    wrong = [place.name for place in asserted if place.name in known and _contradicted(place, told)]
    return wrong + [name for name in _of_other_figures(sentence, asserted, text, told) if name not in wrong]


def _places(text: str) -> list[_Place]:
    import rjieba

    found, at = [], 0
    for word, tag in rjieba.tag(text):
        at = text.index(word, at)
        if tag == "ns" and len(word) > 1:
            found.append(_Place(_SORT.sub("", word), at, *context(text, at, at + len(word))))
        at += len(word)
    return found


def _contradicted(asserted: _Place, told: Sequence[_Place]) -> bool:
    same = [place for place in told if place.name == asserted.name]
    others = [place for place in told if place.name != asserted.name]
    agreed = max((_agreement(place, asserted) for place in others), default=0)
    return agreed >= ALIKE and agreed >= 3 + max((_likeness(place, asserted) for place in same), default=0)


def _agreement(one: _Place, other: _Place) -> int:
    return _common(one.before[::-1], other.before[::-1]) + _common(one.after, other.after)


def _likeness(one: _Place, other: _Place) -> int:
    around = set(one.before + one.after)
    return sum(character in around for character in other.before + other.after)


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _of_other_figures(sentence: str, asserted: Sequence[_Place], text: str, told: Sequence[_Place]) -> list[str]:
    """Return the only place of a sentence where its figures stand in sentences of the text that name others only."""
    names = {place.name for place in asserted}
    telling = {figure.term for figure in figures(sentence) if figure.term[1] not in DATES and len(figure.term) > 3}
    if len(names) != 1 or not telling:
        return []
    ends = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    named = []
    for low, high in pairwise(ends):
        if telling & {figure.term for figure in figures(text[low:high])}:
            named.append({place.name for place in told if low <= place.start < high})
    return sorted(names) if named and all(named) and not any(names & each for each in named) else []
