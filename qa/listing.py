"""What was read and the likeliest window in, the enumeration that answers out: `有哪三类风险` is answered by its items.

An enumeration answers where the window begins or announces it, and where it has as many items as are asked for, speaks
of the question and no window surely answers: out of fold correct@200 zh .849 -> .855, en .833 -> .905. The headings
under one answer where that one, with its article's title, says nearly all that is asked; no question of the development
gold is answered so, so that this is read, not measured.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from index.types import Article, Heading, Hit
from qa.candidates import Candidate, Lens, facts
from qa.enumerations import Enumeration, asked_count, enumeration_at, enumerations, first_of_each, lists_inline
from qa.sections import sections

LISTING = frozenset(("list", "reason"))
SURE = 0.6
"""A window this likely is not replaced by an enumeration that it does not begin."""
COVER, SHARE = 0.25, 0.1
"""What an enumeration elsewhere must at least hold of the question, and of the likelihood."""
PARTS = frozenset(("list", "manner"))
FIRST, HELD = 4, 0.75
"""Headings answer in the first hits, and where the one over them and the title hold so much of the question."""
BEFORE, HEAD = 100, 30
"""Characters before an enumeration that may announce it, and those of an item that name it."""

_SEVERAL = re.compile(
    r"(?:什么|啥)样?的?(?:启示|问题|挑战|困难|难题|特点|特征|措施|举措|建议|对策|优势|路径|途径|影响|风险|瓶颈|短板)"
)
"""What there usually are several of."""

Span = tuple[Hit, int, int]


def listed(
    lens: Lens, found: Sequence[Candidate], shares: npt.NDArray[np.float64], window: Span, share: float, room: int
) -> list[Span]:
    """Return the beginning of each item of the enumeration that answers, nothing where none does."""
    count = lens.count
    has_parts = not PARTS.isdisjoint(lens.query.wants.kinds) or _SEVERAL.search(lens.query.text) is not None
    if count is None and LISTING.isdisjoint(lens.query.wants.kinds) and not has_parts:
        return []
    hit, start, end = window
    begun = enumeration_at(hit.article, start, end, count)
    if begun is None and count is not None and share < SURE and not lists_inline(hit.article.text[start:end], count):
        hit, begun = max(
            ((hit, each) for hit, each in _counted(found, count) if _speaks(lens, found, shares, hit.article, each)),
            key=lambda pair: _shares_in(found, shares, pair[0].article, pair[1]),
            default=(hit, None),
        )
    if begun:
        return [(hit, *span) for span in first_of_each(hit.article, begun, room)]
    return _parts(lens, found, count, room) if has_parts else []


def _parts(lens: Lens, found: Sequence[Candidate], count: int | None, room: int) -> list[Span]:
    """Return the headings under one that, with its article's title, holds nearly all that is asked: its parts."""
    hits = {candidate.hit.article.id: candidate.hit for candidate in found if candidate.place < FIRST}
    held = [
        (lens.class_share(lens.class_strengths(facts(f"{hit.article.title} {over.text if over else ''}"))), hit, below)
        for hit in hits.values()
        for over, below in sections(hit.article)
        if count in (None, len(below)) and _may_list(lens, hit.article, over, below)
    ]
    most, hit, below = max(held, key=lambda each: each[0], default=(0.0, None, ()))
    if hit is None or most < HELD:
        return []
    ends = itertools.accumulate(each.end - each.start for each in below)
    return [(hit, each.start, each.end) for each, end in zip(below, ends, strict=True) if end <= room]


def _may_list(lens: Lens, article: Article, over: Heading | None, below: Sequence[Heading]) -> bool:
    """Tell whether headings are what is asked for by the one over them, or the items that the title counts."""
    if over is None:
        return asked_count(article.title) == len(below)
    return bool(lens.class_strengths(facts(over.text)).any())


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
