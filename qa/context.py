"""Hits in, numbered passages for a prompt out: neighbours joined, repeats dropped, within a budget of tokens."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from index.sentences import spans
from index.types import Hit, Passage

OVERHEAD = 40
"""Tokens that the frame of a passage in the prompt takes: its number, title, date and tags."""


def numbered(hits: Sequence[Hit], budget: int, count: Callable[[str], int]) -> list[Hit]:
    """Return the passages that fit, best first; the number of a passage is its place, from 1.

    The last one is cut at a sentence; a passage that follows or overlaps a better one of its article is joined to it.
    """
    kept: list[Hit] = []
    left = budget
    for hit in _joined(hits):
        cost = count(hit.passage.text) + OVERHEAD
        if cost > left:
            short = _cut(hit, left - OVERHEAD, count)
            return [*kept, short] if short else kept
        kept.append(hit)
        left -= cost
    return kept


def _joined(hits: Sequence[Hit]) -> list[Hit]:
    joined: list[Hit] = []
    for hit in hits:
        at = next((i for i, other in enumerate(joined) if _adjoin(hit, other)), None)
        if at is None:
            joined.append(hit)
        else:
            joined[at] = _join(joined[at], hit)
    return joined


def _adjoin(hit: Hit, other: Hit) -> bool:
    if hit.article.id != other.article.id:
        return False
    first, second = sorted((hit.passage, other.passage), key=lambda passage: passage.start)
    return second.start <= first.end or not hit.article.text[first.end : second.start].strip()


def _join(hit: Hit, other: Hit) -> Hit:
    start, end = min(hit.passage.start, other.passage.start), max(hit.passage.end, other.passage.end)
    return _with_span(hit, start, end)


def _cut(hit: Hit, room: int, count: Callable[[str], int]) -> Hit | None:
    text = hit.passage.text
    fitting = [end for _, end in spans(text) if count(text[:end]) <= room]
    return _with_span(hit, hit.passage.start, hit.passage.start + fitting[-1]) if fitting else None


def _with_span(hit: Hit, start: int, end: int) -> Hit:
    old = hit.passage
    return replace(hit, passage=Passage(old.id, old.article_id, start, end, old.headings, hit.article.text[start:end]))
