"""Ranked hits in, fewer and wider ones out: neighbours that both match become one, near-copies fall behind.

Passages are indexed small, so that each is about one thing; what is shown and answered from may be wider.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.types import Article, Hit, Passage

WITHIN = 8
"""Only hits up to this rank are joined: of 4, 8 and 12 the best all@5 (.93 .93 .93 zh, .88 .95 .95 en)."""
WIDEST = 590
"""Characters, white space aside, of a joined hit: readers and scorers look at 600."""
COPY = 0.8
"""Share of a hit's characters in clauses that stand in better hits, from which it counts as a copy."""
CLAUSE_LENGTH = 6
"""Shorter clauses say nothing of where a text comes from."""

_BREAK = re.compile(r"[，。；：、！？,.;:!?“”\"（）()\s]+")


def joined(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with those of the first `WITHIN` that adjoin in one article made one, at the better's place."""
    kept: list[Hit] = []
    for place, hit in enumerate(hits):
        partner = _partner(kept, hit) if place < WITHIN else None
        if partner is None:
            kept.append(hit)
        else:
            kept[partner] = _wider(kept[partner], hit)
    return kept


def copies_last(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with those that repeat better ones behind all others."""
    seen: set[str] = set()
    first: list[Hit] = []
    last: list[Hit] = []
    for hit in hits:
        clauses = {clause for clause in _BREAK.split(hit.passage.text) if len(clause) >= CLAUSE_LENGTH}
        (last if _repeats(clauses, seen) else first).append(hit)
        seen |= clauses
    return first + last


def ranked(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits with their ranks counted anew."""
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits, 1)]


def _partner(kept: Sequence[Hit], hit: Hit) -> int | None:
    """Return the place of the best hit that `hit` adjoins and with which it is not too wide."""
    for place, other in enumerate(kept):
        if other.article.id == hit.article.id and _adjoin(other.passage, hit.passage, hit.article):
            start, end = _span(other.passage, hit.passage)
            if _size(hit.article.text[start:end]) <= WIDEST:
                return place
    return None


def _adjoin(one: Passage, other: Passage, article: Article) -> bool:
    first, second = sorted((one, other), key=lambda passage: passage.start)
    return first.end >= second.start or not article.text[first.end : second.start].strip()


def _wider(hit: Hit, other: Hit) -> Hit:
    start, end = _span(hit.passage, other.passage)
    first = min(hit.passage, other.passage, key=lambda passage: passage.start)
    passage = replace(hit.passage, start=start, end=end, text=hit.article.text[start:end], headings=first.headings)
    return replace(hit, passage=passage)


def _span(one: Passage, other: Passage) -> tuple[int, int]:
    return min(one.start, other.start), max(one.end, other.end)


def _size(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _repeats(clauses: set[str], seen: set[str]) -> bool:
    total = sum(map(len, clauses))
    return total > 0 and sum(map(len, clauses & seen)) >= COPY * total
