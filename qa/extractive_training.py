"""An index and gold in, the weights of the extractive answer out.

`python -m qa.extractive_training INDEX GOLD.jsonl... [--write]` prints the figures out of fold (folds by article) and
writes `qa/extractive.json`; some 20 seconds for 290 questions on one core.

Fitted on the gold alone. Tried besides and left out: 2,570 questions of cmrc2018, drcd and qed about titles that the
embedding never saw, the sentences that hold the answer being right. Counting .1 each they raise the first sentence on
the other half of those sets (.716 -> .728, .796 -> .811, .475 -> .478) and cost the gold (correct@200 zh .875 -> .862,
en .881 -> .833); alone they give .849 and .857, so it is the features that set the limit and not what they are fitted
on. Likeness of single words, a weight for each kind of answer and a hidden layer of 16 added nothing on the gold.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.opened import OpenIndex, open_index
from qa.candidates import FEATURES
from qa.extractive import WEIGHTS, ExtractiveAnswerer, Shares
from qa.likeness import WindowLikeness
from qa.regression import fit_listwise, folds
from qa.retriever import Retriever
from qa.training_data import Example, examples, read_gold

RIDGE = 10.0


def main(arguments: Sequence[str]) -> None:
    """Fit, print the figures, and write the weights with `--write`."""
    paths = [Path(argument) for argument in arguments if argument != "--write"]
    opened = open_index(paths[0])
    untrained = ExtractiveAnswerer(opened.lexical, WindowLikeness(opened).windows, np.zeros(len(FEATURES)))
    found = [each for each in examples(read_gold(paths[1:]), Retriever(opened), untrained) if each.labels.any()]
    figures = out_of_fold(found)
    for name, value in figures.items():
        sys.stdout.write(f"{name:24s} {value:.3f}\n")
    if "--write" in arguments:
        write(fit(found), figures, opened)


def fit(found: Sequence[Example]) -> Shares:
    """Return the weights fitted on examples that hold evidence."""
    return fit_listwise([each.reading.features for each in found], [each.right for each in found], ridge=RIDGE)


def out_of_fold(found: Sequence[Example]) -> dict[str, float]:
    """Return how often the first and one of the first three sentences hold evidence, by language, out of fold."""
    fold = folds([each.key for each in found])
    right: dict[str, list[bool]] = {}
    for left_out in np.unique(fold):
        weights = fit([each for each, at in zip(found, fold, strict=True) if at != left_out])
        for each in (each for each, at in zip(found, fold, strict=True) if at == left_out):
            order = np.argsort(-(each.reading.features @ weights), kind="stable")
            for depth in (1, 3):
                hit = bool(each.right[order[:depth]].any())
                right.setdefault(f"evidence@{depth} {each.gold['lang']}", []).append(hit)
    return {name: float(np.mean(values)) for name, values in sorted(right.items())}


def write(weights: Shares, figures: dict[str, float], opened: OpenIndex) -> None:
    """Write the weights with their figures beside the code."""
    stored = {
        "weights": {name: round(float(value), 4) for name, value in zip(FEATURES, weights, strict=True)},
        "out_of_fold": {name: round(value, 3) for name, value in figures.items()},
        "embedding": opened.manifest.model.fingerprint,
    }
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
