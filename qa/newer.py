"""Quotes and hits in, the quotes as the newest article has it out, and which older article says something else.

Asked only of questions about how things stand now. Two sentences tell of the same thing where most of their words are
the same; they tell something else where figures of one kind, or the people named, have nothing in common.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.scripts import fold
from index.sentences import spans
from index.types import Article, Hit
from index.words import terms
from qa.figures import DATES, figures
from qa.language import language
from qa.polarity import turned
from qa.types import Citation

SAME = 0.5
"""Share of the words of the shorter sentence that must stand in the other for both to tell of the same thing."""
FEWEST = 3
"""Words that two sentences must share."""

Span = tuple[Hit, int, int]


@dataclass(frozen=True, slots=True)
class Rivalry:
    """Two articles that say different things of the same, and which of them is the newer."""

    newer: Article
    older: Article


def newest(quotes: Sequence[Span], hits: Sequence[Hit]) -> tuple[list[Span], Rivalry | None]:
    """Return the quotes, each older one that a newer hit contradicts put as the newer has it, and the first rivalry."""
    kept: list[Span] = []
    found: Rivalry | None = None
    for quote in quotes:
        rival = next(_rivals(quote, hits), None)
        newer = rival is not None and _later(rival[0].article, quote[0].article)
        said = rival if rival is not None and newer else quote
        if rival is not None:
            other = quote if newer else rival
            found = found or Rivalry(said[0].article, other[0].article)
        if not any(_overlap(said, each) for each in kept):
            kept.append(said)
    return kept, found


def rivalry_of(citations: Sequence[Citation], hits: Sequence[Hit]) -> Rivalry | None:
    """Return which cited article a hit of an older date contradicts; None where the newer is not cited."""
    held = {hit.article.id: hit for hit in hits}
    quotes = [(held[each.article.id], each.start, each.end) for each in citations if each.article.id in held]
    rivalry = newest(quotes, hits)[1]
    return rivalry if rivalry and any(each.article.id == rivalry.newer.id for each in citations) else None


def _rivals(quote: Span, hits: Sequence[Hit]) -> Iterator[Span]:
    """Yield sentences of other articles, the newest first, that say something else of what a quote tells."""
    hit, start, end = quote
    told = [hit.article.text[start + low : start + high] for low, high in spans(hit.article.text[start:end])]
    for other in sorted(hits, key=lambda each: each.article.date or "", reverse=True):
        if _later(other.article, hit.article) or _later(hit.article, other.article):
            for low, high in spans(other.passage.text):
                if any(_differ(one, other.passage.text[low:high]) for one in told):
                    yield other, other.passage.start + low, other.passage.start + high


def _later(one: Article, other: Article) -> bool:
    """Tell whether an article is of a later date; `2024-05` and `2024-05-03` may be the same day."""
    if not one.date or not other.date or one.id == other.id:
        return False
    return one.date > other.date and not one.date.startswith(other.date)


def _overlap(one: Span, other: Span) -> bool:
    return one[0].article.id == other[0].article.id and one[1] < other[2] and other[1] < one[2]


def _differ(one: str, other: str) -> bool:
    """Tell whether two sentences tell different things of the same."""
    a, b = _facts(one), _facts(other)
    common = a.words & b.words
    if len(common) < max(FEWEST, SAME * min(len(a.words), len(b.words))):
        return False
    kinds = {kind for kind, _ in a.figures} & {kind for kind, _ in b.figures}
    if any(not {f for f in a.figures if f[0] == kind} & b.figures for kind in kinds):
        return True
    if a.people and b.people and not a.people & b.people:
        return True
    return language(one) == language(other) == "zh" and bool(turned(fold(one), fold(other)))


@dataclass(frozen=True, slots=True)
class _Facts:
    words: frozenset[str]
    figures: frozenset[tuple[str, str]]
    people: frozenset[str]


@lru_cache(maxsize=1024)
def _facts(sentence: str) -> _Facts:
    import rjieba

    folded = fold(sentence)
    told = frozenset((figure.kind, figure.term) for figure in figures(folded) if figure.kind not in DATES)
    people = frozenset(word for word, tag in rjieba.tag(folded) if tag.startswith("nr") and len(word) > 1)
    return _Facts(frozenset(term for term in terms(sentence) if not term.startswith("#")), told, people)
