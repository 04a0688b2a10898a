"""A question and hits in, the sentences that answer it out, each a verbatim quote with its marker."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.lexical import BM25Index
from index.types import Hit
from qa.candidates import FEATURES, Candidate, Lens, Row, Sims, candidates, features
from qa.citations import cite
from qa.composition import compose, with_rivalry
from qa.enumerations import asked_count, enumeration_at, first_of_each
from qa.gathering import Gathered, View, alone
from qa.newer import newest
from qa.query import Query, understand
from qa.types import Asked, Draft

WEIGHTS = Path(__file__).with_name("extractive.json")

ROOM = 210
"""Characters of all quotes together; `score_server` judges the first 200 of an answer."""
LONGEST, LONGEST_OF_PART = 190, 140
"""Characters of one quote where a question asks once, and where it asks several times."""
EDGE = 0.005
"""A sentence at the end of a window stays in if it is at least this likely to answer."""
ENOUGH, ENOUGH_OF_PART = 0.13, 0.13
"""A further quote must be this likely. These were chosen out of fold on the development gold: LONGEST 150 costs .02 of
the Chinese answers, ENOUGH 0.2 .03, ECHO 0.6 .02."""
ECHO = 0.15
"""How much the whole question counts beside one of its parts."""
QUOTED = 0.85
"""A part of a question needs no quote of its own where what is quoted already answers it this likely."""
COST = 0.0001
"""What a character costs in likelihood: of two windows as likely the shorter is taken."""
SHARP = 1.2
"""What scores are multiplied by before they become shares: 0.8 makes answers long (168), 1.5 costs .02 of them."""
MOST = 3
LISTING = frozenset(("list", "reason"))

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A window of sentences that follow one another, and how likely they answer."""

    sentences: tuple[int, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in the hits: every candidate with its features and likelihood, and the windows chosen."""

    candidates: tuple[Candidate, ...]
    features: Row
    shares: Shares
    scores: Shares
    chosen: tuple[Chosen, ...]
    lens: Lens
    plans: tuple[Shares, ...] = ()
    """The likelihoods for each part of the question, one for a question that asks once."""


class ExtractiveAnswerer:
    """The Answerer without an LLM."""

    def __init__(self, lexical: BM25Index, sims: Sims, weights: Shares | None = None) -> None:
        self._lexical = lexical
        self._sims = sims
        self._weights = load_weights() if weights is None else weights

    def draft(self, asked: Asked, hits: Sequence[Hit]) -> Draft:
        """Return the likeliest sentences of the hits; an empty draft where there are none."""
        return self.write(asked, self.read(alone(asked.standalone, hits)))

    def read(self, gathered: Gathered) -> Reading:
        """Return every sentence of the hits with its likelihood, and which are to be quoted."""
        found = candidates(gathered.hits)
        lens, rows = self.measure(gathered.whole, found)
        scores = rows @ self._weights
        plans = [_softmax(self.measure(part, found)[1] @ self._weights + ECHO * scores) for part in gathered.parts]
        plans = plans or [_softmax(scores)]
        chosen = tuple(choose(found, plans)) if found else ()
        return Reading(tuple(found), rows, _softmax(scores), scores, chosen, lens, tuple(plans))

    def measure(self, view: View, found: Sequence[Candidate]) -> tuple[Lens, Row]:
        """Return the features of candidates for a question, by how it ranks their hits."""
        lens = Lens(understand(view.question, self._lexical), self._lexical)
        seen = [replace(candidate, hit=view.hits[candidate.place]) for candidate in found]
        return lens, features(lens, seen, self._sims(view.question, view.hits) if found else [])

    def write(self, asked: Asked, reading: Reading) -> Draft:
        """Return the chosen sentences as a text with citations."""
        spans = []
        for window in reading.chosen:
            first, last = reading.candidates[window.sentences[0]], reading.candidates[window.sentences[-1]]
            spans.append((first.hit, first.start, last.end))
        if len(reading.plans) == 1:
            spans = _with_enumeration(spans, reading.lens.query)
        rivalry = None
        if reading.lens.query.latest:
            hits = {candidate.hit.passage.id: candidate.hit for candidate in reading.candidates}
            spans, rivalry = newest(spans, list(hits.values()))
        draft = compose([cite(i, *span) for i, span in enumerate(spans, 1)], asked)
        return with_rivalry(draft, rivalry, asked.lang) if rivalry else draft


def _with_enumeration(spans: list[tuple[Hit, int, int]], query: Query) -> list[tuple[Hit, int, int]]:
    """Return the items of the enumeration that the first window begins, in place of the windows."""
    count = asked_count(query.text)
    if not spans or (count is None and LISTING.isdisjoint(query.wants.kinds)):
        return spans
    hit, start, end = spans[0]
    found = enumeration_at(hit.article, start, end, count)
    return [(hit, *span) for span in first_of_each(hit.article, found, ROOM)] if found else spans


def choose(found: Sequence[Candidate], plans: Sequence[Shares]) -> Iterator[Chosen]:
    """Yield the windows to quote, likeliest first; with several plans (the parts of a question) one for each.

    A part whose likeliest sentence is already quoted needs no quote of its own.
    """
    following = _following(found)
    used: set[int] = set()
    room = ROOM
    several = len(plans) > 1
    for shares in plans if several else [plans[0]] * MOST:
        if used and several and sum(shares[i] for i in used) > QUOTED:
            continue
        longest = LONGEST_OF_PART if several else LONGEST
        window = _best(found, shares, following, min(longest, room) if used else longest, used)
        enough = ENOUGH_OF_PART if several else ENOUGH
        if window is None or (used and (window.share < enough or _length(found, window.sentences) > room)):
            continue
        window = _trimmed(window, shares)
        used |= set(window.sentences)
        room -= _length(found, window.sentences)
        yield window


def load_weights(path: Path = WEIGHTS) -> Shares:
    """Return the weights of the features, as `qa.extractive_training` wrote them."""
    return _load(path).copy()


@lru_cache(maxsize=4)
def _load(path: Path) -> Shares:
    stored = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return np.array([stored.get(name, 0.0) for name in FEATURES])


def _best(
    found: Sequence[Candidate], shares: Shares, following: dict[int, int], longest: int, used: set[int]
) -> Chosen | None:
    """Return the window of most likelihood, less its cost, among those not longer than `longest`."""
    best: tuple[float, Chosen] | None = None
    for first in range(len(found)):
        window: list[int] = []
        at: int | None = first
        while at is not None and at not in used and (not window or _length(found, [*window, at]) <= longest):
            window.append(at)
            share = float(sum(shares[i] for i in window))
            value = share - COST * _length(found, window)
            if best is None or value > best[0]:
                best = value, Chosen(tuple(window), share)
            at = following.get(at)
    return best[1] if best else None


def _trimmed(window: Chosen, shares: Shares) -> Chosen:
    """Return the window without unlikely sentences at its ends."""
    inside = list(window.sentences)
    while len(inside) > 1 and min(shares[inside[0]], shares[inside[-1]]) < EDGE:
        inside.pop(0 if shares[inside[0]] < shares[inside[-1]] else -1)
    return Chosen(tuple(inside), float(sum(shares[i] for i in inside)))


def _following(found: Sequence[Candidate]) -> dict[int, int]:
    """Return for each candidate the one that follows it in its article with only white space between."""
    order = sorted(range(len(found)), key=lambda i: (found[i].hit.article.id, found[i].start))
    return {
        i: j
        for i, j in itertools.pairwise(order)
        if found[i].hit.article.id == found[j].hit.article.id
        and found[i].end <= found[j].start
        and not found[i].hit.article.text[found[i].end : found[j].start].strip()
    }


def _length(found: Sequence[Candidate], window: Sequence[int]) -> int:
    return sum(found[i].end - found[i].start for i in window)


def _softmax(scores: Shares) -> Shares:
    if not len(scores):
        return scores
    exp = np.exp(SHARP * (scores - scores.max()))
    return np.asarray(exp / exp.sum())
