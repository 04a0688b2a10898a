"""A comparison and the spans to quote in, those that speak of a side out, and the sides of which none speaks."""

import re
from collections.abc import Sequence

from index.lexical import BM25Index
from index.scripts import fold
from index.types import Hit
from qa.candidates import facts, rarity, strength
from qa.names import chinese_names
from qa.pairs import Side
from qa.query import Query, understand

Span = tuple[Hit, int, int]

_NUMBERED = re.compile(r"第?[一二三四五六七八九十\d]+[年届轮期版批]")
NAMED = 0.5
"""Share of a name, by weight of its words, that a span must say."""


def told_apart(sides: Sequence[Side], spans: Sequence[Span], lexical: BM25Index) -> tuple[list[Span], list[str]]:
    """Return the spans that name a side, in the text or above it, and the names of the sides that none names.

    Where no side is named at all, the spans may answer in other words: they are returned as they are.
    """
    told = [[_names(side.name, span, lexical) for side in sides] for span in spans]
    unnamed = [at for at in range(len(sides)) if not any(each[at] for each in told)]
    missing = [sides[at].name for at in unnamed if is_name(sides[at].name)]
    if not missing or len(unnamed) == len(sides):
        return list(spans), []
    return [span for span, each in zip(spans, told, strict=True) if any(each)], missing


def is_name(text: str) -> bool:
    """Tell whether a side is a name, a year or an ordinal: only of these it can be told that a text is silent.

    >>> [is_name(text) for text in ("沈阳", "2015年", "第九轮", "Rotterdam", "按国铁标准", "the older rules")]
    [True, True, True, True, False, False]
    """
    if text.isascii():
        return all(word[0].isupper() or word.isdecimal() for word in text.removeprefix("the ").split())
    return _NUMBERED.match(text) is not None or bool(chinese_names(text))


def _names(name: str, span: Span, lexical: BM25Index) -> bool:
    """Tell whether a span, its article's title or the headings over it say enough of a name, in either language."""
    hit, start, end = span
    said = facts(" ".join((hit.article.text[start:end], hit.article.title, *hit.passage.headings)))
    query = understand(name, lexical)
    if fold(name) in said.folded or not query.classes:
        return True
    weights = [each.weight * rarity(each, lexical) for each in query.classes]
    held = sum(weight * strength(each, said) for each, weight in zip(query.classes, weights, strict=True))
    return held >= NAMED * sum(weights) or (held == 0 and query.lang != hit.article.lang and _unknown(query))


def _unknown(query: Query) -> bool:
    """Tell whether a name has no known form in the other language, in which it may stand all the same."""
    return not any(each.terms for each in query.classes)
