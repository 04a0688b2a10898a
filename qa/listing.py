"""What was read and the likeliest window in, the enumeration that answers out: `有哪三类风险` is answered by its items.

An enumeration answers where the window begins it or announces it, and where it has as many items as are asked for,
speaks of the question and no window surely answers. With the second 2 of the Chinese and 1 of the English questions of
the development gold more are answered, none less.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from index.types import Article, Hit
from qa.candidates import Candidate, Lens, facts
from qa.enumerations import Enumeration, asked_count, enumeration_at, enumerations, first_of_each, lists_inline

LISTING = frozenset(("list", "reason"))
SURE = 0.6
"""A window this likely is not replaced by an enumeration that it does not begin."""
COVER, SHARE = 0.25, 0.1
"""What an enumeration elsewhere must at least hold of the question, and of the likelihood."""
BEFORE, HEAD = 100, 30
"""Characters before an enumeration that may announce it, and those of an item that name it."""

Span = tuple[Hit, int, int]


def listed(
    lens: Lens, found: Sequence[Candidate], shares: npt.NDArray[np.float64], window: Span, share: float, room: int
) -> list[Span]:
    """Return the beginning of each item of the enumeration that answers, nothing where none does."""
    count = asked_count(lens.query.text)
    if count is None and LISTING.isdisjoint(lens.query.wants.kinds):
        return []
    hit, start, end = window
    begun = enumeration_at(hit.article, start, end, count)
    if begun is None and count is not None and share < SURE and not lists_inline(hit.article.text[start:end], count):
        hit, begun = max(
            ((hit, each) for hit, each in _counted(found, count) if _speaks(lens, found, shares, hit.article, each)),
            key=lambda pair: _shares_in(found, shares, pair[0].article, pair[1]),
            default=(hit, None),
        )
    return [(hit, *span) for span in first_of_each(hit.article, begun, room)] if begun else []


def _counted(found: Sequence[Candidate], count: int) -> Iterator[tuple[Hit, Enumeration]]:
    """Yield the enumerations of so many items that stand in the hits, whole or in part."""
    for hit in {candidate.place: candidate.hit for candidate in found}.values():
        low, high = hit.passage.start - BEFORE, hit.passage.end
        for each in enumerations(hit.article.text):
            if len(each.starts) == count and any(low <= start < high for start in each.starts):
                yield hit, each


def _speaks(
    lens: Lens, found: Sequence[Candidate], shares: npt.NDArray[np.float64], article: Article, each: Enumeration
) -> bool:
    """Tell whether what announces an enumeration and the names of its items hold enough of the question."""
    heads = [article.text[start : min(end, start + HEAD)] for start, end in each.items()]
    text = article.text[max(0, each.starts[0] - BEFORE) : each.starts[0]] + " ".join(heads)
    return _shares_in(found, shares, article, each) >= SHARE and (
        lens.class_share(lens.class_strengths(facts(text))) >= COVER
    )


def _shares_in(
    found: Sequence[Candidate], shares: npt.NDArray[np.float64], article: Article, each: Enumeration
) -> float:
    """Return how likely the sentences answer that announce an enumeration or begin an item."""
    low, high = each.starts[0] - BEFORE, each.starts[-1] + 2 * HEAD
    inside = [c.hit.article.id == article.id and low < c.end and c.start < high for c in found]
    return float(shares[inside].sum())
