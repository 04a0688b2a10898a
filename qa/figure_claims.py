"""A sentence and a text in, out: the figures of the sentence that the text lacks or gives to something else.

Both are folded text. A figure stands in the text where the same number stands with the same sort of unit; it is given
to something else where the text says the same words with another number, or the same number of other years.
"""

import re
from collections.abc import Sequence

from qa.figures import DATES, Figure, figures, lone_numbers, lone_numerals, odd_decades

ALIKE = 4
"""Characters of shared context from which on the same words with another number contradict (see `_contradicted`)."""

_DATED = re.compile(r"\b((?:19|20)\d\d)-\d\d\b")
_RELATIVE = {"今年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1}
_LISTED = re.compile(r"[、/]|和|与|及|以及|;")


def unsupported(sentence: str, text: str) -> list[str]:
    """Return the figures of a sentence that do not stand in the text, or not with that.

    >>> unsupported("物流成本降低15%。", "物流成本降低18%,用工减少15%。")
    ['#15%']
    """
    stated = [*figures(text), *lone_numbers(text), *odd_decades(text)]
    asserted = [*figures(sentence), *odd_decades(sentence)]
    years = _relative_years(text)
    absent = [figure.term for figure in asserted if figure.term not in years and not _stands(figure, stated)]
    return absent + [figure.term for figure in lone_numerals(sentence) if not _counts(figure, sentence, stated)]


def _stands(asserted: Figure, stated: Sequence[Figure]) -> bool:
    same = [figure for figure in stated if _says(figure, asserted)]
    return bool(same) and not _of_other_years(asserted, same) and not _contradicted(asserted, stated)


def _says(stated: Figure, asserted: Figure) -> bool:
    """Tell whether a figure of the text is the one asserted: `30%` may be called 30, 5 kg is not `5个`."""
    if stated.term == asserted.term:
        return stated.unit == asserted.unit or not stated.unit or not asserted.unit
    return stated.term == f"{asserted.term}%" and not asserted.unit


def _of_other_years(asserted: Figure, same: Sequence[Figure]) -> bool:
    """Tell whether every sentence that has a figure names years, and none of them the year it is asserted of."""
    if asserted.year is None or asserted.term[1] in DATES:
        return False
    return all(figure.years and asserted.year not in figure.years for figure in same)


def _contradicted(asserted: Figure, stated: Sequence[Figure]) -> bool:
    """Tell whether the text has the words around a figure around another one, and much less of them around this."""
    same = [figure for figure in stated if figure.term == asserted.term]
    others = [figure for figure in stated if figure.term != asserted.term and figure.kind == asserted.kind]
    if asserted.kind in DATES:
        # one sentence may tell of two years in turn, and a shorter one names the second beside what was said of both
        told = {figure.sentence for figure in same}
        others = [figure for figure in others if figure.sentence not in told]
    agreed = max((_agreement(figure, asserted) for figure in others), default=0)
    return agreed >= ALIKE and agreed >= 3 + max((_likeness(figure, asserted) for figure in same), default=0)


def _agreement(one: Figure, other: Figure) -> int:
    return _common(one.before[::-1], other.before[::-1]) + _common(one.after, other.after)


def _likeness(one: Figure, other: Figure) -> int:
    """Return how many characters around a figure stand around the other in any order: good words may be moved."""
    around = set(one.before + one.after)
    return sum(character in around for character in other.before + other.after)


def _common(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _counts(asserted: Figure, sentence: str, stated: Sequence[Figure]) -> bool:
    """Tell whether a count that is spelt out stands in the text, or counts what the sentence itself lists."""
    if asserted.unit is None or asserted.term in ("#1", "#2"):
        return True
    if any(figure.term == asserted.term for figure in stated):
        return not _contradicted(asserted, stated)
    return f"#{len(_LISTED.split(sentence))}" == asserted.term


def _relative_years(text: str) -> set[str]:
    """Return the years that `去年` and the like mean where the text's date stands before it (`2024-05`)."""
    dates = [int(year) for year in _DATED.findall(text)]
    return {f"#y{year + off}" for word, off in _RELATIVE.items() if word in text for year in dates}
