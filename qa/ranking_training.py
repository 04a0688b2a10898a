"""Question sets in, the weights of the ranking out: `python -m qa.ranking_training SHARED INDEX [--write]`.

SHARED holds `data` and `gold`; INDEX is an index of the gold's articles. Question sets of one language, those titles
only that the embedding never saw; translated lines across languages; the development gold, which counts most.
Prints figures out of fold (the gold's folds by article) and, with `--write`, writes `ranking_weights.json`.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.opened import OpenIndex, open_index
from index.training.sources import HeldOut, read_sources
from qa.query import understand
from qa.ranking_data import HeldIndex, Question, cross_lingual, question_sets
from qa.ranking_model import DEFAULT_PATH
from qa.regression import fit_listwise, folds
from qa.rerank import NAMES, Candidates
from qa.retriever import Retriever, Searchable
from qa.training_data import read_gold, squash

COUNT = 40
"""Candidates a question."""
GOLD_COPIES = 5
"""How often a question of the gold counts beside one of the other sets, of which there are fifteen times as many."""
RIDGE = 25.0
LATE_WEIGHT = 0.5
"""Set by hand: no set asks for the newest of two articles."""

Row = npt.NDArray[np.float64]
Labeller = Callable[[Question, Candidates], npt.NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The candidates of a question: features, which are right, the fused scores, and the key its fold goes by."""

    rows: Row
    right: npt.NDArray[np.bool_]
    fused: Row
    key: str


def main(arguments: Sequence[str]) -> None:
    """Fit, print the figures, and write the weights with `--write`."""
    shared, index = (Path(argument) for argument in arguments if argument != "--write")
    gold = read_gold([shared / "gold" / "corpus-dev.jsonl"])
    sets = {"gold": list(gold_examples(gold, open_index(index))), **dict(public_examples(shared / "data"))}
    figures = out_of_fold(sets)
    for name, (fused, ranked) in figures.items():
        sys.stdout.write(f"{name:24s} first right: fused {fused:.3f}, ranked {ranked:.3f}\n")
    if "--write" in arguments:
        write(fit(sets["gold"], [each for name in sets if name != "gold" for each in sets[name]]), figures)


def gold_examples(gold: Sequence[dict[str, Any]], opened: OpenIndex) -> Iterator[Ranked]:
    """Yield the answerable questions of a gold with their candidates."""
    for each in gold:
        if each["answers"]:
            question = Question(each["question"], each["article_key"], evidence=_evidence(each))
            yield from ranked(opened, [question], _of_evidence)


def public_examples(data: Path) -> Iterator[tuple[str, list[Ranked]]]:
    """Yield the other sets by name."""
    held: HeldOut = read_sources(data)[1]
    for name, index, questions in question_sets(data):
        yield name, list(ranked(index, questions, _holds_answer))
    for name, index, questions in cross_lingual(held):
        yield name, list(ranked(index, questions, _of_document))


def ranked(index: Searchable | HeldIndex, questions: Sequence[Question], labeller: Labeller) -> Iterator[Ranked]:
    """Yield the questions that have a right candidate."""
    retriever = Retriever(index)
    for question in questions:
        query = understand(question.text, index.lexical)
        found = retriever.candidates(query, COUNT)
        right = labeller(question, found) if found else np.zeros(0, dtype=np.bool_)
        if found and right.any():
            rows = retriever.features(query, found).astype(np.float64)
            yield Ranked(rows, right, found.legs["fused"].astype(np.float64), question.key)


def fit(gold: Sequence[Ranked], others: Sequence[Ranked]) -> Row:
    """Return the weights of the features."""
    examples = [*others, *(each for each in gold for _ in range(GOLD_COPIES))]
    return fit_listwise([each.rows for each in examples], [each.right for each in examples], ridge=RIDGE)


def out_of_fold(sets: dict[str, list[Ranked]], *, count: int = 5) -> dict[str, tuple[float, float]]:
    """Return for each set how often the first is right, by the fused score and by weights fitted without its fold."""
    fold_of = {name: folds([each.key for each in found], count=count) for name, found in sets.items()}
    right: dict[str, list[float]] = {name: [] for name in sets}
    for fold in range(count):
        kept = {
            name: [each for each, place in zip(found, fold_of[name], strict=True) if place != fold]
            for name, found in sets.items()
        }
        weights = fit(kept["gold"], [each for name in kept if name != "gold" for each in kept[name]])
        for name, found in sets.items():
            asked = [each for each, place in zip(found, fold_of[name], strict=True) if place == fold]
            right[name] += [float(each.right[np.argmax(each.rows @ weights)]) for each in asked]
    return {
        name: (float(np.mean([each.right[np.argmax(each.fused)] for each in found])), float(np.mean(right[name])))
        for name, found in sets.items()
    }


def write(weights: Row, figures: dict[str, tuple[float, float]]) -> None:
    """Write the weights beside the figures."""
    named = {name: round(float(weight), 4) for name, weight in zip(NAMES, weights, strict=True)}
    shown = {name: {"fused": round(fused, 3), "ranked": round(second, 3)} for name, (fused, second) in figures.items()}
    content = {"weights": named | {"late": LATE_WEIGHT}, "first_right_out_of_fold": shown}
    DEFAULT_PATH.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _evidence(gold: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(squash(quote["quote"]) for quote in group) for group in gold["evidence"])


def holds_evidence(evidence: Sequence[Sequence[str]], found: Candidates) -> npt.NDArray[np.bool_]:
    """Return which candidates hold as much of the (squashed) evidence as any."""
    texts = [squash(passage.text) for passage in found.passages]
    held = [sum(any(quote in text for quote in group) for group in evidence) for text in texts]
    return np.array([count > 0 and count == max(held) for count in held])


def _of_evidence(question: Question, found: Candidates) -> npt.NDArray[np.bool_]:
    return holds_evidence(question.evidence, found)


def _of_document(question: Question, found: Candidates) -> npt.NDArray[np.bool_]:
    return np.array([passage.article_id in question.documents for passage in found.passages])


def _holds_answer(question: Question, found: Candidates) -> npt.NDArray[np.bool_]:
    """Return which candidates of the right document hold an answer; all of it where none does."""
    of_document = _of_document(question, found)
    answers = [squash(answer) for answer in question.answers]
    texts = [squash(passage.text) for passage in found.passages]
    right = of_document & np.array([any(answer in text for answer in answers) for text in texts])
    return right if right.any() else of_document


if __name__ == "__main__":
    main(sys.argv[1:])
