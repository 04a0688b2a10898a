"""An index and gold in, the model of confidence and its threshold out.

`python -m qa.confidence_training INDEX GOLD.jsonl... QUESTIONS.jsonl.gz... [--write]` prints the figures out of fold
(folds by article, the sentence weights fitted anew in each) and writes `qa/confidence.json`; a minute for 290 questions
on one core. The gzipped question sets (cmrc2018-train, qed) are about other texts: far off, all of them.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.opened import OpenIndex, open_index
from qa import extractive_training
from qa.confidence import FEATURES, MODEL, Confidence, Logistic, Model
from qa.extractive import ExtractiveAnswerer
from qa.likeness import WindowLikeness
from qa.regression import fit_logistic, folds
from qa.retriever import Retriever
from qa.training_data import Example, examples, read_foreign, read_gold

RIDGE = 3.0
FOREIGN, FOREIGN_MASS = 100, 0.3
"""Questions taken of each foreign set, and what each counts beside a gold question: with them the false answers to
far-off questions fall from .11 to .06 out of fold; counted whole they cost near misses."""
REFUSED = 0.05
"""Share of answerable questions that the threshold may refuse: below 5 %, as it moves by a question or two."""

Values = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
_NOTHING = Logistic(np.zeros(len(FEATURES)), 0.0)
NEUTRAL = Model(_NOTHING, _NOTHING, 0.5)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Probabilities out of fold, beside what they were meant for."""

    probabilities: Values
    answerable: Marks
    far: Marks
    english: Marks


def main(arguments: Sequence[str]) -> None:
    """Fit, print the figures, and write the model with `--write`."""
    paths = [Path(argument) for argument in arguments if argument != "--write"]
    opened = open_index(paths[0])
    foreign = [path for path in paths[1:] if path.suffix == ".gz"]
    gold = read_gold([path for path in paths[1:] if path not in foreign])
    answerer = ExtractiveAnswerer(opened.lexical, WindowLikeness(opened).windows)
    found = list(examples(gold, Retriever(opened), answerer))
    strangers = examples(read_foreign(foreign, FOREIGN), Retriever(opened), answerer)
    strange = np.array([row for _, row in measured(list(strangers), opened)]).reshape(-1, len(FEATURES))
    fitted = out_of_fold(found, opened, strange)
    threshold = threshold_for(fitted)
    figures = figures_of(fitted, threshold)
    for name, value in figures.items():
        sys.stdout.write(f"{name:28s} {value:.3f}\n")
    if "--write" in arguments:
        rows = np.array([row for _, row in measured(found, opened)])
        write(fit(rows, fitted.answerable, fitted.far, strange, threshold), figures)


def measured(found: Sequence[Example], opened: OpenIndex) -> Iterator[tuple[Example, Values]]:
    """Yield each example for which anything was found with its features."""
    confidence = Confidence(WindowLikeness(opened).terms, NEUTRAL)
    for each in found:
        empty = not each.reading.candidates
        yield each, np.zeros(len(FEATURES)) if empty else confidence.measure(each.gold["question"], each.reading)


def out_of_fold(found: Sequence[Example], opened: OpenIndex, strange: Values) -> Fitted:
    """Return the probability of each question from a model, and sentence weights, that never saw its article."""
    fold = folds([each.key for each in found])
    answerable = np.array([each.answerable for each in found])
    far = np.array([each.gold.get("near") is False for each in found])
    probabilities = np.zeros(len(found))
    sims = WindowLikeness(opened).windows
    for left_out in np.unique(fold):
        known = [each for each, at in zip(found, fold, strict=True) if at != left_out and each.labels.any()]
        answerer = ExtractiveAnswerer(opened.lexical, sims, extractive_training.fit(known))
        again = [_reread(each, answerer) for each in found]
        rows = np.array([row for _, row in measured(again, opened)])
        train = fold != left_out
        model = fit(rows[train], answerable[train], far[train], strange, 0.5)
        probabilities[~train] = [model.probability(row) for row in rows[~train]]
    return Fitted(probabilities, answerable, far, np.array([each.gold["lang"] == "en" for each in found]))


def fit(rows: Values, answerable: Marks, far: Marks, strange: Values, threshold: float) -> Model:
    """Return the model: topic from far-off questions against all others, detail from near misses against the rest."""
    on_topic = np.concatenate([~far, np.zeros(len(strange), dtype=bool)]).astype(float)
    mass = np.concatenate([np.ones(len(rows)), np.full(len(strange), FOREIGN_MASS)])
    topic = fit_logistic(np.vstack([rows, strange]), on_topic, ridge=RIDGE, mass=mass)
    detail = fit_logistic(rows[~far], answerable[~far].astype(float), ridge=RIDGE)
    return Model(Logistic(topic[:-1], float(topic[-1])), Logistic(detail[:-1], float(detail[-1])), threshold)


def threshold_for(fitted: Fitted) -> float:
    """Return the threshold that refuses at most `REFUSED` of the answerable questions."""
    return float(np.quantile(fitted.probabilities[fitted.answerable], REFUSED, method="higher"))


def figures_of(fitted: Fitted, threshold: float) -> dict[str, float]:
    """Return false refusals and false answers by kind, AUROC, Brier score and calibration error, out of fold."""
    p, yes = fitted.probabilities, fitted.answerable
    refused = p < threshold
    near = ~yes & ~fitted.far
    return {
        "threshold": threshold,
        "false refusals zh": float(refused[yes & ~fitted.english].mean()),
        "false refusals en": float(refused[yes & fitted.english].mean()),
        "false answers far": float((~refused)[fitted.far].mean()),
        "false answers near": float((~refused)[near].mean()),
        "auroc": auroc(p[yes], p[~yes]),
        "auroc near": auroc(p[yes], p[near]),
        "brier": float(np.mean((p - yes) ** 2)),
        "calibration error": calibration_error(p, yes),
    }


def auroc(good: Values, bad: Values) -> float:
    """Return how often a good one stands above a bad one, ties half."""
    above = (good[:, None] > bad[None, :]).mean()
    return float(above + 0.5 * (good[:, None] == bad[None, :]).mean())


def calibration_error(probabilities: Values, right: npt.NDArray[np.bool_], *, bins: int = 10) -> float:
    """Return the mean distance of probability and share in bins of equal width, weighted by their size."""
    at = np.minimum((probabilities * bins).astype(int), bins - 1)
    filled = [at == b for b in range(bins) if (at == b).any()]
    return float(sum(abs(probabilities[b].mean() - right[b].mean()) * b.mean() for b in filled))


def write(model: Model, figures: dict[str, float]) -> None:
    """Write the model with its figures beside the code."""
    stored = {
        "topic": _stored(model.topic),
        "detail": _stored(model.detail),
        "threshold": round(model.threshold, 4),
        "out_of_fold": {name: round(value, 3) for name, value in figures.items()},
    }
    MODEL.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _stored(part: Logistic) -> dict[str, float]:
    named = zip(FEATURES, part.weights, strict=True)
    return {name: round(float(value), 4) for name, value in named} | {"intercept": round(part.intercept, 4)}


def _reread(each: Example, answerer: ExtractiveAnswerer) -> Example:
    return Example(each.gold, each.gathered, answerer.read(each.gathered), each.labels)


if __name__ == "__main__":
    main(sys.argv[1:])
