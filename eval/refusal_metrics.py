"""Confidences and what was true in, measures of refusal and calibration out: AUROC, Brier, risk-coverage.

`confidence` is the probability that the corpus answers the question, so what is true is whether it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from eval.types import Case, Reply

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence: what was said on average, and how many of them are answerable."""

    confidence: float
    answerable: float
    n: int


@dataclass(frozen=True, slots=True)
class Point:
    """Answering only the most confident share of questions (`coverage`), this share of the answers is wrong."""

    coverage: float
    risk: float
    threshold: float


def refusal_measures(case: Case, *, refused: bool) -> dict[str, float]:
    """Return whether a question was refused or answered wrongly, near misses and far ones told apart."""
    if case.answerable:
        return {"false refusal": float(refused)}
    answered = float(not refused)
    measures = {"false answer": answered}
    if case.near is not None:
        measures["false answer near" if case.near else "false answer far"] = answered
    return measures


def confidence_measures(case: Case, reply: Reply) -> dict[str, float]:
    """Return the Brier score of one confidence: the squared distance from what is true."""
    if reply.confidence is None:
        return {}
    return {"brier": (reply.confidence - float(case.answerable)) ** 2}


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """Return how often an answerable question has the higher confidence, ties half; None where a side is empty."""
    if not answerable or not unanswerable:
        return None
    import numpy as np

    no = np.sort(np.asarray(unanswerable))
    below = np.searchsorted(no, answerable, side="left")
    at_most = np.searchsorted(no, answerable, side="right")
    return float((below + at_most).mean() / 2 / len(no))


def reliability(confidences: Sequence[float], truths: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Return the filled bins of equal width, from low to high confidence."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for confidence, truth in zip(confidences, truths, strict=True):
        filled.setdefault(max(0, min(int(confidence * bins), bins - 1)), []).append((confidence, truth))
    return [
        Bin(fmean(c for c, _ in pairs), fmean(float(t) for _, t in pairs), len(pairs))
        for _, pairs in sorted(filled.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return the expected calibration error: the mean distance of the bins from the diagonal, by their size."""
    total = sum(b.n for b in bins)
    return sum(b.n * abs(b.confidence - b.answerable) for b in bins) / total if total else None


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[Point]:
    """Return the risk among the most confident answers for every coverage; equal confidences come in together."""
    pairs = sorted(zip(confidences, right, strict=True), key=lambda pair: -pair[0])
    points, wrong = [], 0
    for n, (confidence, ok) in enumerate(pairs, 1):
        wrong += not ok
        if n == len(pairs) or pairs[n][0] != confidence:
            points.append(Point(n / len(pairs), wrong / n, confidence))
    return points


def area_under_risk(points: Sequence[Point]) -> float | None:
    """Return the mean risk over all coverages (AURC; each step holds the risk at its end)."""
    if not points:
        return None
    starts = [0.0, *(point.coverage for point in points[:-1])]
    return sum((p.coverage - start) * p.risk for p, start in zip(points, starts, strict=True))
