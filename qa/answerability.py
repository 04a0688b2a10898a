"""A question and what was read for it in, features out that say whether the detail asked for is told there.

A near miss has everything but the detail: the topic stands in the passage, and no span of the asked sort stands among
the asked words, or it belongs to another year or place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.lexical import BM25Index
from index.scripts import fold
from qa.answer_spans import Span, answer_spans, tagged
from qa.asked_detail import NUMERIC, SORTS, Detail, asked_detail
from qa.asked_words import AskedWords, Strengths, WordVectors, asked_words
from qa.candidates import facts
from qa.extractive import Reading

CLAUSE, SENTENCE, PREVIOUS, TITLE = 1.0, 0.9, 0.6, 0.7
"""How much a word counts that stands in the span's clause, its sentence, the one before, the title."""
BESIDE = 0.5
"""Share of the words beside the asking word in how well a span is told, the rest by all words."""
OTHER_YEAR, OTHER_PLACE = 0.5, 0.7
"""Factors of a span whose sentence speaks of another year, another place."""
LOOKED_AT = 5
"""Sentences, best first, that are looked at beside the best one's neighbours."""
LONGEST = 600
FEATURES = (
    "told",
    "told_any",
    "told_beside",
    "told_all_sorts",
    "told_here",
    "span_fit",
    "spans",
    "gap",
    "gap_beside",
    "missing",
    "year",
    "place",
    "words",
    "asks_detail",
    "asks_number",
    *(f"detail_{sort}" for sort in SORTS),
)
_CLAUSES = re.compile(r"[^，,。；;：:！？!?]+")


@dataclass(frozen=True, slots=True)
class _Told:
    """A span with how well it is told: by all asked words, by those beside the asking word."""

    sort: str
    fit: float
    all: float
    beside: float
    here: float

    @property
    def whole(self) -> float:
        return self.fit * ((1 - BESIDE) * self.all + BESIDE * self.beside)


class Answerability:
    """Measures how far what was read tells the detail that is asked for."""

    def __init__(self, lexical: BM25Index, vectors: WordVectors) -> None:
        self._lexical = lexical
        self._vectors = vectors

    def measure(self, question: str, reading: Reading) -> dict[str, float]:
        """Return the features by name."""
        detail = asked_detail(question)
        words = AskedWords(asked_words(question, self._lexical), self._vectors)
        seen = _Seen(reading, words)
        told = list(self._told(detail, seen)) if len(words) else []
        return (
            {f"detail_{sort}": float(sort in detail.sorts) for sort in SORTS}
            | {
                "asks_detail": float(bool(detail.sorts)),
                "asks_number": float(not NUMERIC.isdisjoint(detail.sorts)),
                "words": float(np.log1p(len(words))),
                "year": seen.year(seen.best),
                "place": seen.place(seen.best),
            }
            | _gaps(words, seen)
            | _of_spans(detail, told)
        )

    def _told(self, detail: Detail, seen: "_Seen") -> Iterator[_Told]:
        words = seen.words
        stated = reading_quantities = frozenset(seen.reading.lens.query.wants.quantities)
        beside = np.where(words.beside, words.weights, 0.0)
        beside = beside / (beside.sum() or 1.0)
        for at in seen.looked_at():
            text = fold(seen.reading.candidates[at].text)[:LONGEST]
            around = None
            for match in _CLAUSES.finditer(text):
                spans = list(_sorted_spans(match.group(), detail, stated))
                if not spans:
                    continue
                if around is None:
                    around = seen.around(at)
                    factor = (OTHER_YEAR if seen.year(at) < 0 else 1.0) * (OTHER_PLACE if seen.place(at) < 0 else 1.0)
                clause = words.held(match.group())
                everything = np.maximum(CLAUSE * clause, around)
                all_share = float(words.shares @ everything)
                close = np.maximum(clause, 0.7 * seen.held(at))
                beside_share = float(beside @ close) if words.beside.any() else all_share
                for sort, span in spans:
                    yield _Told(sort, span.fit, all_share, beside_share, factor)


class _Seen:
    """What was read, by how strongly each sentence holds the asked words, its year and its place."""

    def __init__(self, reading: Reading, words: AskedWords) -> None:
        self.reading = reading
        self.words = words
        self.best = int(np.argmax(reading.scores))
        self._held: dict[str, Strengths] = {}
        asked = reading.lens.query.wants.quantities
        self._years = {term for term in asked if term.startswith("#y")}
        self._places = {form for word in words.words if word.is_place for form, s in word.forms if s > 0.5 and len(form) > 1}

    def looked_at(self) -> list[int]:
        """Return the best sentences and the best one's neighbours."""
        return sorted({*self.near(), *np.argsort(-self.reading.scores)[:LOOKED_AT].tolist()})

    def near(self) -> list[int]:
        """Return the best sentence and those beside it in its passage."""
        found = self.reading.candidates
        beside = (self.best - 1, self.best, self.best + 1)
        return [i for i in beside if 0 <= i < len(found) and found[i].place == found[self.best].place]

    def held(self, at: int) -> Strengths:
        """Return how strongly a sentence holds each asked word."""
        return self._of(self.reading.candidates[at].text)

    def title(self, at: int) -> Strengths:
        """Return how strongly the title and headings above a sentence hold each asked word."""
        hit = self.reading.candidates[at].hit
        return self._of(" ".join((hit.article.title, *hit.passage.headings)))

    def around(self, at: int) -> Strengths:
        """Return how strongly each word stands around a clause: in its sentence, the one before, the title."""
        known = np.maximum(SENTENCE * self.held(at), TITLE * self.title(at))
        return np.maximum(known, PREVIOUS * self.held(at - 1)) if self._follows(at) else known

    def year(self, at: int) -> float:
        """Return 1 where a sentence speaks of a year asked for, -1 of another one only, half as much for what it follows."""
        if not self._years:
            return 0.0
        strength = 1.0
        for i in range(at, max(-1, at - 4), -1):
            stated = facts(self.reading.candidates[i].text).years
            if stated:
                return strength if stated & self._years else -strength
            strength = 0.5
            if not self._follows(i):
                break
        return 0.0

    def place(self, at: int) -> float:
        """Return 1 where a sentence names a place asked for, half where its title does, -1 where only other places."""
        if not self._places:
            return 0.0
        candidate = self.reading.candidates[at]
        text = fold(candidate.text)
        if any(_bare(place) in text for place in self._places):
            return 1.0
        if any(_bare(place) in fold(candidate.hit.article.title) for place in self._places):
            return 0.5
        return -1.0 if any(tag == "ns" and len(word) > 1 for word, tag in tagged(text)) else 0.0

    def _follows(self, at: int) -> bool:
        found = self.reading.candidates
        return at > 0 and found[at - 1].place == found[at].place

    def _of(self, text: str) -> Strengths:
        if text not in self._held:
            self._held[text] = self.words.held(text)
        return self._held[text]


def _sorted_spans(clause: str, detail: Detail, stated: frozenset[str]) -> Iterator[tuple[str, Span]]:
    for sort in detail.sorts:
        for span in answer_spans(clause, Detail((sort,), detail.unit, detail.question), stated):
            yield sort, span


def _bare(place: str) -> str:
    return place.rstrip("省市区县") if len(place) > 2 else place


def _gaps(words: AskedWords, seen: _Seen) -> dict[str, float]:
    """Return the heaviest asked word that does not stand near the best sentence, and the share that is missing."""
    if not len(words):
        return {"gap": 0.0, "gap_beside": 0.0, "missing": 0.0}
    held = np.max([seen.title(seen.best), *(seen.held(i) for i in seen.near())], axis=0)
    gaps = words.weights * (1 - held)
    return {
        "gap": float(gaps.max()),
        "gap_beside": float((gaps * words.beside).max()),
        "missing": float(words.shares @ (1 - held)),
    }


def _of_spans(detail: Detail, told: Sequence[_Told]) -> dict[str, float]:
    if not detail.sorts:
        return dict.fromkeys(("told", "told_any", "told_beside", "told_all_sorts", "told_here", "span_fit"), 0.5) | {"spans": 0.0}
    best = {sort: max((each.whole for each in told if each.sort == sort), default=0.0) for sort in detail.sorts}
    return {
        "told": max(best.values()),
        "told_any": max((each.all * each.fit for each in told), default=0.0),
        "told_beside": max((each.beside * each.fit for each in told), default=0.0),
        "told_all_sorts": min(best.values()),
        "told_here": max((each.whole * each.here for each in told), default=0.0),
        "span_fit": max((each.fit for each in told), default=0.0),
        "spans": float(np.log1p(len(told))),
    }
