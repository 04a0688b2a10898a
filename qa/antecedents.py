"""A quote that begins with a pronoun in, what it leans on out: the sentence before it, or the title of its article."""

import re

from index.sentences import spans
from index.types import Hit

SHORT = 60
"""Characters of a sentence that is quoted only for what follows it."""

_LEANS = re.compile(
    r"(?:但是?|而且?|同时|因此|所以|不过|并且|况且|显然|可见)?[，,]?"
    r"(?:[他她它]们?|该(?!不)|这(?!里说)|其(?![中次实余他间一二三四五])|此(?![外前后时次])|那(?!么))"
    r"|(?:(?:But|And|However|Thus|So),? )?(?:It|He|She|They|This|These|That|Those|Its|His|Her|Their)\b",
    re.IGNORECASE,
)


def leans(quote: str) -> bool:
    """Tell whether a quote begins with a pronoun whose meaning stands before it.

    >>> leans("该园去年扩建。"), leans("其中三家是新的。"), leans("However, it was closed.")
    (True, False, True)
    """
    return _LEANS.match(quote) is not None


def with_antecedent(hit: Hit, start: int, end: int, longest: int) -> tuple[Hit, int, int]:
    """Return the span with the sentence before it, where it leans on that and both together are not too long."""
    text, low = hit.article.text, hit.passage.start
    if not leans(text[start:end]):
        return hit, start, end
    before = [(low + first, low + last) for first, last in spans(text[low:start])]
    first, last = before[-1] if before else (start, start)
    beside = "\n" not in text[last:start] and not text[last:start].strip()
    fits = 0 < last - first <= SHORT and end - first <= longest
    return (hit, first, end) if beside and fits else (hit, start, end)
