"""A question and what was read for it in, features out that say whether the detail asked for is told there.

A near miss has everything but the detail: the topic stands in the passage, but no span of the asked sort stands among
the asked words, or it belongs to another year or place.
"""

import re
from collections.abc import Iterator

import numpy as np

from index.lexical import BM25Index
from index.scripts import fold
from qa.answer_spans import answer_spans
from qa.asked_detail import Detail, Sort, asked_detail
from qa.asked_words import AskedWords, Strengths, asked_words
from qa.candidates import facts
from qa.extractive import Reading
from qa.word_vectors import WordVectors, tagged

CLAUSE, SENTENCE, PREVIOUS, TITLE = 1.0, 0.9, 0.6, 0.7
"""How much a word counts that stands in the span's clause, its sentence, the one before, the title: anything from 0.3
to 0.9 for the last two tells near misses from answerable questions as well (area under the ROC curve .81)."""
BESIDE, IN_SENTENCE = 0.5, 0.7
"""Share of the words beside the asking word in how well a span is told, the rest by all words; and how much such a
word counts that stands in another clause of the sentence."""
OTHER_YEAR, OTHER_PLACE = 0.4, 0.5
"""Factors of a span whose sentence speaks of another year, another place: without them the area falls to .78."""
LOOKED_AT = 3
"""Sentences, best first, that are looked at beside the best one's neighbours: with 12 some other figure always fits."""
BACK = 3
"""Sentences before one from which it may take its year."""
LONGEST = 600
UNKNOWN = 0.5
"""How well it is told what is no detail, a reason or a definition."""
FEATURES = ("told", "year", "words", "asks_detail", "asks_money", "asks_body")
_CLAUSES = re.compile(r"[^，,。；;：:！？!?]+")


class Answerability:
    """Measures how far what was read tells the detail that is asked for."""

    def __init__(self, lexical: BM25Index, vectors: WordVectors) -> None:
        self.lexical = lexical
        self.vectors = vectors

    def measure(self, question: str, reading: Reading) -> dict[str, float]:
        """Return the features by name.

        `told` is how well the best span of an asked sort is told: how it fits, times the share of the asked words that
        stand around it, less where its sentence is of another year or place. `year` is 1 where the best sentence is of
        a year asked for, -1 where of another one.
        """
        detail = asked_detail(question)
        seen = _Seen(reading, AskedWords(asked_words(question, self.lexical), self.vectors))
        told = max(_told(detail, seen), default=0.0) if detail.sorts else UNKNOWN
        return {
            "told": told,
            "year": seen.year(seen.best),
            "words": float(np.log1p(len(seen.words))),
            "asks_detail": float(bool(detail.sorts)),
            "asks_money": float("money" in detail.sorts),
            "asks_body": float("body" in detail.sorts),
        }


class _Seen:
    """What was read, by how strongly each sentence holds the asked words, by its year and its place."""

    def __init__(self, reading: Reading, words: AskedWords) -> None:
        self.words = words
        self.best = int(np.argmax(reading.scores))
        self.quantities = frozenset(reading.lens.query.wants.quantities)
        self._scores = reading.scores
        self._found = reading.candidates
        self._held: dict[str, Strengths] = {}
        self._years = {term for term in self.quantities if term.startswith("#y")}
        self._places = {_bare(form) for word in words.words if word.is_place for form, s in word.forms if s > 0.5}

    def looked_at(self) -> list[int]:
        """Return the best sentences, and those beside the best one in its passage."""
        beside = (i for i in (self.best - 1, self.best + 1) if 0 <= i < len(self._found))
        near = (i for i in beside if self._found[i].place == self._found[self.best].place)
        return sorted({*near, *np.argsort(-self._scores)[:LOOKED_AT].tolist()})

    def text(self, at: int) -> str:
        """Return a sentence."""
        return self._found[at].text[:LONGEST]

    def held(self, at: int) -> Strengths:
        """Return how strongly a sentence holds each asked word."""
        return self._of(self._found[at].text)

    def around(self, at: int) -> Strengths:
        """Return how strongly each word stands around a clause: in its sentence, the one before, the title."""
        hit = self._found[at].hit
        title = self._of(" ".join((hit.article.title, *hit.passage.headings)))
        known = np.maximum(SENTENCE * self.held(at), TITLE * title)
        return np.maximum(known, PREVIOUS * self.held(at - 1)) if self._follows(at) else known

    def factor(self, at: int) -> float:
        """Return what a span counts by the year and the place of its sentence."""
        return (OTHER_YEAR if self.year(at) < 0 else 1.0) * (OTHER_PLACE if self._elsewhere(at) else 1.0)

    def year(self, at: int) -> float:
        """Return 1 where a sentence is of a year asked for, -1 where of another; half where one before it says so."""
        strength = 1.0
        for i in range(at, max(-1, at - BACK - 1), -1) if self._years else ():
            stated = facts(self._found[i].text).years
            if stated:
                return strength if stated & self._years else -strength
            strength = 0.5
            if not self._follows(i):
                break
        return 0.0

    def _elsewhere(self, at: int) -> bool:
        """Tell whether a sentence names places, none of them asked for, and its title none of those either."""
        if not self._places:
            return False
        text = fold(self._found[at].text)
        known = text + fold(self._found[at].hit.article.title)
        if any(place in known for place in self._places):
            return False
        return any(tag == "ns" and len(word) > 1 for word, tag in tagged(text))

    def _follows(self, at: int) -> bool:
        return at > 0 and self._found[at - 1].place == self._found[at].place

    def _of(self, text: str) -> Strengths:
        if text not in self._held:
            self._held[text] = self.words.held(text)
        return self._held[text]


def _told(detail: Detail, seen: _Seen) -> Iterator[float]:
    """Yield how well each clause with a span of an asked sort tells it."""
    words = seen.words
    if not len(words):
        return
    for at in seen.looked_at():
        for match in _CLAUSES.finditer(seen.text(at)):
            fit = max((_fit(match.group(), sort, detail, seen.quantities) for sort in detail.sorts), default=0.0)
            if fit:
                clause = words.held(match.group())
                everything = float(words.shares @ np.maximum(CLAUSE * clause, seen.around(at)))
                close = np.maximum(clause, IN_SENTENCE * seen.held(at))
                beside = float(words.shares_beside @ close) if words.beside.any() else everything
                yield fit * ((1 - BESIDE) * everything + BESIDE * beside) * seen.factor(at)


def _fit(clause: str, sort: Sort, detail: Detail, stated: frozenset[str]) -> float:
    return max(answer_spans(clause, sort, detail, stated), default=0.0)


def _bare(place: str) -> str:
    return place.rstrip("省市区县") if len(place) > 2 else place
