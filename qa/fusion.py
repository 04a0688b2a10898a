"""Scores of several legs in, one order out: each leg weighs as much as it can see of the question.

Legs give a score for each candidate row; scores are made comparable by how far they stand above the leg's own mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.ports import Scores
from index.types import Part, Rows

WEIGHTS = {"bm25": (0.0, 0.6), "dictionary": (1.1, 0.6), "dense": (0.0, 0.0), "window": (1.6, 0.8)}
"""Weight of each leg where the exact terms see nothing of the question, and where they see all of it; rounded, chosen
on the fitted questions of `qa/ranking_data.py`. Passage vectors find candidates and are looked at by the second stage:
beside windows that know their title they add nothing here."""


@dataclass(frozen=True, slots=True)
class Leg:
    """What one way of searching says of the candidates: a score each, 0.0 or less where it sees nothing."""

    name: str
    scores: Scores
    weight: float = 1.0


def fuse(legs: Sequence[Leg]) -> Scores:
    """Return the weighted sum of the legs' standardised scores; a leg that tells nothing apart adds nothing."""
    total = np.zeros(len(legs[0].scores) if legs else 0, dtype=np.float32)
    for leg in legs:
        total += np.float32(leg.weight) * standardised(leg.scores)
    return total


def fused_legs(legs: Mapping[str, Scores], seen: float) -> Scores:
    """Return the first-stage score of each candidate; `seen` is the share of the question that the exact terms see.

    Where they see nothing (an English question over Chinese text) they weigh nothing, and windows most.
    """
    return fuse([Leg(name, scores, leg_weight(name, seen)) for name, scores in legs.items()])


def leg_weight(name: str, seen: float) -> float:
    """Return the weight of a leg, between its two values of `WEIGHTS` by what the exact terms see."""
    blind, sighted = WEIGHTS[name]
    return blind + (sighted - blind) * seen


def standardised(scores: Scores) -> Scores:
    """Return scores less their mean, over their standard deviation; zeros where all are equal."""
    spread = float(scores.std()) if len(scores) else 0.0
    if spread < 1e-6:
        return np.zeros_like(scores)
    return np.asarray((scores - scores.mean()) / spread, dtype=np.float32)


def ranks(scores: Scores) -> Rows:
    """Return the rank of each score, from 1, the earlier first among equals."""
    order = np.argsort(-scores, kind="stable")
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(1, len(order) + 1)
    return places


def parts(legs: Mapping[str, Scores]) -> list[dict[str, Part]]:
    """Return for each candidate what each leg said of it."""
    ranked = {name: ranks(scores) for name, scores in legs.items()}
    size = len(next(iter(legs.values()))) if legs else 0
    return [
        {name: Part(float(scores[at]), int(ranked[name][at])) for name, scores in legs.items()} for at in range(size)
    ]
