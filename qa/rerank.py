"""Candidates with the scores of their legs in, features of each out: what the linear order of `ranking_model.py` reads.

Tried and left out, as they gained nothing out of fold: numbers and quoted names held, idf mass covered by passage and
by best sentence, four-grams, length and place in the article; scores of neighbours and of the article's other
passages (all@1000ch of Chinese questions .91 -> .86).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.late_interaction import Met, Pieces
from index.ports import Scores
from index.types import Article, Passage, Rows
from qa.answer_types import fitness
from qa.fusion import standardised
from qa.matching import Matcher, View
from qa.query import Query

Features = npt.NDArray[np.float32]

LEGS = ("bm25", "dictionary", "dense", "window")
NEAR = ("bm25", "dictionary", "window")
MET = ("tokens", "run")
NAMES = (
    *LEGS,
    *(f"{name}_blind" for name in LEGS),
    *(f"{name}_near" for name in NEAR),
    *MET,
    *(f"{name}_blind" for name in MET),
    "pair",
    "grams",
    "fit",
    "title",
    "late",
)
"""A leg's standardised score, the same times what the exact terms do not see of the question, its share of the best
score; how well the question's pieces are met in the passage and in its best run of pieces, standardised over the
candidates, and the same times what the exact terms do not see; idf mass of the question in the best two sentences in a
row; its character trigrams in the passage; whether those sentences hold the kind of answer asked for; idf mass in the
title; how new the article is, if newness is asked for."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages to be ranked, with what each leg says of them and what of them is matched."""

    rows: Rows
    legs: Mapping[str, Scores]
    standard: Mapping[str, Scores]
    """The legs' scores standardised over all that was found, not only over these candidates."""
    idf: Scores
    seen: float
    """Share of the question, by idf, that its exact terms see in the index."""
    passages: Sequence[Passage]
    articles: Sequence[Article]
    views: Sequence[View]
    pieces: Sequence[Pieces]


def features(query: Query, found: Candidates, met: Met) -> Features:
    """Return one row of `NAMES` a candidate."""
    mass = found.idf * np.array([each.weight for each in query.classes], dtype=np.float32)
    matcher = Matcher(query.classes)
    grams = _grams(query.focus)
    mass = mass / max(float(mass.sum()), 1e-6)
    titles = {title: float(mass @ matcher.in_title(title)) for title in {seen.title for seen in found.views}}
    texts = np.array(
        [
            (*_text_features(query, matcher.by_sentence(seen), mass, grams, seen), titles[seen.title])
            for seen in found.views
        ],
        dtype=np.float32,
    )
    together = [standardised(met.text), standardised(met.run)]
    columns = [
        *(found.standard[name] for name in LEGS),
        *(found.standard[name] * (1 - found.seen) for name in LEGS),
        *(_beside_best(found.legs[name]) for name in NEAR),
        *together,
        *(scores * (1 - found.seen) for scores in together),
        *texts.T,
        _lateness(found.articles) * query.latest,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _text_features(
    query: Query, present: Scores, mass: Scores, grams: set[str], seen: View
) -> tuple[float, float, float]:
    """Return pair, grams and fit; `present` says how strongly each class stands in each sentence."""
    pairs = mass @ (np.maximum(present[:, :-1], present[:, 1:]) if present.shape[1] > 1 else present)
    best = int(pairs.argmax())
    share = len([1 for gram in grams if gram in seen.folded]) / max(len(grams), 1)
    return float(pairs[best]), share, fitness(query.wants, seen.sentences(best, 2))


def _grams(focus: str) -> set[str]:
    return {run[at : at + 3] for run in focus.split() for at in range(len(run) - 2)}


def _beside_best(scores: Scores) -> Scores:
    top = float(scores.max(initial=0.0))
    return np.asarray(scores / top if top > 0 else np.zeros_like(scores), dtype=np.float32)


def _lateness(articles: Sequence[Article]) -> Scores:
    """Return 0 to 1 by the article's place among the dates of the candidates, 0 for the undated."""
    dates = sorted({article.date for article in articles if article.date})
    place = {date: (at + 1) / len(dates) for at, date in enumerate(dates)}
    return np.array([place.get(article.date or "", 0.0) for article in articles], dtype=np.float32)
