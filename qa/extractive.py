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
from index.types import Article, Hit
from qa.antecedents import with_antecedent
from qa.candidates import FEATURES, Candidate, Lens, Row, Sims, candidates, features, is_heading
from qa.citations import cite
from qa.composition import compose, compose_summary, with_missing, with_rivalry
from qa.gathering import Gathered, View, alone
from qa.joint import together
from qa.listing import listed
from qa.newer import newest
from qa.pairs import sides
from qa.query import Query, understand
from qa.sides import told_apart
from qa.summaries import summary
from qa.types import Asked, Draft

WEIGHTS = Path(__file__).with_name("extractive.json")

ROOM = 210
"""Characters of all quotes together; `score_server` judges the first 200 of an answer."""
LONGEST, LONGEST_OF_PART = 190, 130
"""Characters of one quote where a question asks once, and where it asks several times: of the two-part questions of the
development gold 150 there answers .06 less within 200 characters, 110 .06 less and .09 less of the comparisons."""
EDGE = 0.005
"""A sentence at the end of a window stays in if it is at least this likely to answer."""
ENOUGH = 0.13
"""A further quote must be this likely. These were chosen out of fold on the development gold: LONGEST 150 costs .02 of
the Chinese answers, ENOUGH 0.2 .03, ECHO 0.6 .02."""
ECHO, ECHO_OF_POOR = 0.15, 0.8
"""How much the whole question counts beside one of its parts, and how much more beside one that says nothing: what
`又排第几？` is about stands in the other part. Out of fold the second raises precision zh .819 -> .829, recall .868 ->
.872."""
COST = 0.0001
"""What a character costs in likelihood: of two windows as likely the shorter is taken."""
SHARP = 1.2
"""What scores are multiplied by before they become shares: 0.8 makes answers long (168), 1.5 costs .02 of them."""
MOST = 3

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
    subject: Article | None = None
    """The article whose contents are asked for."""


class ExtractiveAnswerer:
    """The Answerer without an LLM."""

    def __init__(self, lexical: BM25Index, sims: Sims, weights: Shares | None = None) -> None:
        self.lexical = lexical
        self._sims = sims
        self._weights = load_weights() if weights is None else weights

    def draft(self, asked: Asked, hits: Sequence[Hit]) -> Draft:
        """Return the likeliest sentences of the hits; an empty draft where there are none."""
        return self.write(asked, self.read(alone(asked.standalone, hits)))

    def read(self, gathered: Gathered) -> Reading:
        """Return every sentence of the hits with its likelihood, and which are to be quoted."""
        found = candidates(gathered.hits)
        lens, rows = self._measured(understand(gathered.whole.question, self.lexical), gathered.whole, found)
        scores = rows @ self._weights
        plans = self._plans(gathered.parts, found, scores) or [_softmax(scores)]
        chosen = tuple(choose(found, plans)) if found else ()
        return Reading(tuple(found), rows, _softmax(scores), scores, chosen, lens, tuple(plans), gathered.subject)

    def _summed_up(self, asked: Asked, reading: Reading, article: Article) -> Draft | None:
        """Return the opening statement and the main points of an article."""
        hit = next(each.hit for each in reading.candidates if each.hit.article.id == article.id)
        found = summary(article, hit, self._sims)
        if found is None:
            return None
        spans = (found.lead, *found.points)
        return compose_summary([cite(i, hit, *span) for i, span in enumerate(spans, 1)], asked, headed=found.headed)

    def _plans(self, parts: Sequence[View], found: Sequence[Candidate], whole: Shares) -> list[Shares]:
        """Return the likelihoods for each part; `whole` are the scores for the whole question."""
        queries = [understand(part.question, self.lexical) for part in parts]
        shared = _shared(queries)
        measured = [self._measured(query, part, found, shared) for query, part in zip(queries, parts, strict=True)]
        most = max((lens.mass for lens, _ in measured), default=0.0) or 1.0
        echoes = [ECHO + ECHO_OF_POOR * (1 - lens.mass / most) for lens, _ in measured]
        return [_softmax(rows @ self._weights + echo * whole) for (_, rows), echo in zip(measured, echoes, strict=True)]

    def _measured(
        self, query: Query, view: View, found: Sequence[Candidate], shared: frozenset[str] = frozenset()
    ) -> tuple[Lens, Row]:
        """Return the features of candidates for a question, by how it ranks their hits."""
        lens = Lens(query, self.lexical, shared)
        seen = [replace(candidate, hit=view.hits[candidate.place]) for candidate in found]
        return lens, features(lens, seen, self._sims(view.question, view.hits) if found else [])

    def write(self, asked: Asked, reading: Reading) -> Draft:
        """Return the chosen sentences as a text with citations."""
        if reading.subject:
            short = self._summed_up(asked, reading, reading.subject)
            if short:
                return short
        spans = []
        for window in reading.chosen:
            first, last = reading.candidates[window.sentences[0]], reading.candidates[window.sentences[-1]]
            spans.append(with_antecedent(first.hit, first.start, last.end, LONGEST))
        if spans and len(reading.plans) == 1:
            window = reading.chosen[0]
            spans = listed(reading.lens, reading.candidates, reading.shares, spans[0], window.share, ROOM) or spans
        missing: list[str] = []
        if len(reading.plans) > 1:
            spans, missing = told_apart(sides(asked.standalone), spans, self.lexical)
        rivalry = None
        if reading.lens.query.latest:
            hits = {candidate.hit.passage.id: candidate.hit for candidate in reading.candidates}
            spans, rivalry = newest(spans, list(hits.values()))
        draft = compose([cite(i, *span) for i, span in enumerate(spans, 1)], asked)
        draft = with_missing(draft, missing, asked.lang) if missing else draft
        return with_rivalry(draft, rivalry, asked.lang) if rivalry else draft


def _shared(queries: Sequence[Query]) -> frozenset[str]:
    """Return the terms that stand in every part of a question."""
    found = [{*query.weights, *(term for each in query.classes for term, _ in each.terms)} for query in queries]
    return frozenset(set.intersection(*found)) if found else frozenset()


def choose(found: Sequence[Candidate], plans: Sequence[Shares]) -> Iterator[Chosen]:
    """Yield the windows to quote, likeliest first; with several plans (the parts of a question) those of all parts."""
    following = _following(found)
    if len(plans) > 1:
        yield from _of_parts(found, plans, following)
        return
    shares = plans[0]
    used: set[int] = set()
    room = ROOM
    for _ in range(MOST):
        longest = min(LONGEST, room) if used else LONGEST
        window = _best(found, shares, following, longest, used)
        if window is None or (used and (window.share < ENOUGH or _length(found, window.sentences) > room)):
            continue
        window = _told(_trimmed(window, shares), found, {i: j for i, j in following.items() if j not in used}, longest)
        used |= set(window.sentences)
        room -= _length(found, window.sentences)
        yield window


def _of_parts(found: Sequence[Candidate], plans: Sequence[Shares], following: dict[int, int]) -> Iterator[Chosen]:
    """Yield the windows that together answer the parts of a question, each without unlikely ends."""
    likeliest = np.max(plans, axis=0)
    lengths = np.array([len("".join(each.text.split())) for each in found])
    windows = list(_windows(found, following, LONGEST_OF_PART))
    used: set[int] = set()
    for sentences in together(windows, plans, lengths, ROOM):
        window = _trimmed(Chosen(sentences, float(likeliest[list(sentences)].sum())), likeliest)
        free = {i: j for i, j in following.items() if j not in used}
        window = _told(window, found, free, LONGEST_OF_PART)
        used |= set(window.sentences)
        yield window


def _windows(found: Sequence[Candidate], following: dict[int, int], longest: int) -> Iterator[tuple[int, ...]]:
    """Yield every run of sentences that follow one another, no longer than `longest` unless it is one sentence."""
    for first in range(len(found)):
        window, at = [first], following.get(first)
        yield (first,)
        while at is not None and _length(found, [*window, at]) <= longest:
            window.append(at)
            yield tuple(window)
            at = following.get(at)


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


def _told(window: Chosen, found: Sequence[Candidate], following: dict[int, int], longest: int) -> Chosen:
    """Return the window with what follows where it ends in a heading: that alone tells nothing."""
    inside = list(window.sentences)
    while is_heading(found[inside[-1]].hit.article, found[inside[-1]].start) and inside[-1] in following:
        inside.append(following[inside[-1]])
    return Chosen(tuple(inside), window.share) if _length(found, inside) <= longest else window


def _following(found: Sequence[Candidate]) -> dict[int, int]:
    """Return for each candidate the one that follows it in its article with only white space between.

    A heading belongs to what comes after it: no window goes from text on into one.
    """
    headings = [is_heading(each.hit.article, each.start) for each in found]
    order = sorted(range(len(found)), key=lambda i: (found[i].hit.article.id, found[i].start))
    return {
        i: j
        for i, j in itertools.pairwise(order)
        if found[i].hit.article.id == found[j].hit.article.id
        and found[i].end <= found[j].start
        and not found[i].hit.article.text[found[i].end : found[j].start].strip()
        and (headings[i] or not headings[j])
    }


def _length(found: Sequence[Candidate], window: Sequence[int]) -> int:
    return sum(found[i].end - found[i].start for i in window)


def _softmax(scores: Shares) -> Shares:
    if not len(scores):
        return scores
    exp = np.exp(SHARP * (scores - scores.max()))
    return np.asarray(exp / exp.sum())
