"""Every fitted stage out of fold, as served: `python -m eval.out_of_fold SHARED INDEX` (`eval/OUT_OF_FOLD.md`).

The questions of the development gold are cut into folds by article. For each fold the ranking, the weights of
sentences, the confidence and its threshold are fitted anew on the other folds, and the assistant made of them is asked.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.errors import SystemFailed
from eval.gold import load_gold
from eval.run import evaluate_case
from eval.summary import summarize
from eval.systems import InProcess
from eval.types import Case, Estimate, Row
from index.embedding import static_of
from index.opened import OpenIndex, open_index
from qa import confidence_training, extractive_training, ranking_training
from qa.answerability import Answerability
from qa.assistant import Assistant
from qa.candidates import FEATURES
from qa.confidence import Confidence
from qa.extractive import ExtractiveAnswerer
from qa.imprints import ImprintRetriever
from qa.library import IndexLibrary
from qa.likeness import WindowLikeness
from qa.ranking_model import RankingModel
from qa.regression import folds
from qa.rerank import NAMES
from qa.retriever import Retriever
from qa.steps import Steps
from qa.training_data import examples, read_gold
from qa.word_vectors import WordVectors

OUT = Path(__file__).parent / "OUT_OF_FOLD.md"
GOLD = ("corpus-dev.jsonl", "unanswerable-dev.jsonl")
FOREIGN = ("cmrc2018-train", "qed")
MEASURES = (
    "all@1",
    "all@5",
    "all@1000ch",
    "all@2000ch",
    "mrr@10",
    "correct@200",
    "citation precision",
    "citation recall",
    "verbatim",
    "false refusal",
    "false answer near",
    "false answer far",
)

Questions = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Known:
    """What may be fitted on: public questions, ranked; the gold's, ranked and whole; files of far-off ones."""

    opened: OpenIndex
    public: Sequence[ranking_training.Ranked]
    ranked: Sequence[ranking_training.Ranked]
    gold: Questions
    foreign: Sequence[Path]

    def without(self, keys: set[str]) -> "Known":
        """Return the same less the questions on these articles."""
        ranked = [each for each in self.ranked if each.key not in keys]
        return replace(self, ranked=ranked, gold=[each for each in self.gold if each["article_key"] not in keys])


def main(arguments: Sequence[str]) -> None:
    """Fit without each fold, ask it, and write the table."""
    shared, opened = Path(arguments[0]), open_index(Path(arguments[1]))
    files = [shared / "gold" / name for name in GOLD]
    gold = read_gold(files)
    known = Known(
        opened,
        [each for _, found in ranking_training.public_examples(shared / "data") for each in found],
        list(ranking_training.gold_examples(gold, opened)),
        gold,
        [shared / "data" / name / "queries.jsonl.gz" for name in FOREIGN],
    )
    text = page(list(rows(known, load_gold(files))))
    OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def rows(known: Known, cases: Sequence[Case]) -> Iterator[Row]:
    """Yield the measured answer to each question, by an assistant that was not fitted on its article."""
    keys = [each["article_key"] for each in known.gold]
    fold_of = dict(zip(keys, folds(keys).tolist(), strict=True))
    for fold in sorted(set(fold_of.values())):
        left_out = {key for key, place in fold_of.items() if place == fold}
        system = InProcess(fitted(known.without(left_out)))
        for row in (evaluate_case(case, system) for case in cases if case.article_key in left_out):
            if row.error:
                raise SystemFailed(f"Question {row.id} was not answered: {row.error}")
            yield row


def fitted(known: Known) -> Assistant:
    """Return an assistant whose every weight comes from these questions."""
    opened = known.opened
    weights = ranking_training.fit(known.ranked, known.public)
    model = RankingModel(dict(zip(NAMES, weights.tolist(), strict=True)) | {"late": ranking_training.LATE_WEIGHT})
    plain = Retriever(opened, model=model)
    retriever = ImprintRetriever(plain, opened.leftovers())
    likeness = WindowLikeness(opened)
    untrained = ExtractiveAnswerer(opened.lexical, likeness.windows, np.zeros(len(FEATURES)))
    read = [each for each in examples(known.gold, plain, untrained) if each.labels.any()]
    answerer = ExtractiveAnswerer(opened.lexical, likeness.windows, extractive_training.fit(read))
    trained = confidence_training.train(known.gold, known.foreign, retriever, answerer, opened)
    words = Answerability(opened.lexical, WordVectors(static_of(opened.embedder)))
    steps = Steps(retriever, answerer, Confidence(likeness.terms, words, trained.model), trained.model.threshold)
    return Assistant(steps, IndexLibrary(opened))


def page(found: Sequence[Row]) -> str:
    """Return the table in Markdown."""
    summary = summarize(found)
    lines = [
        "# Answers as they are served, out of fold",
        "",
        f"Made by `python -m eval.out_of_fold ../shared INDEX` over {len(found)} questions of the development gold: "
        "ranking, weights of sentences, confidence and threshold fitted five times, each time without the articles of "
        "the questions that are then asked. Not refitted: the sizes of passages, the weights of the first stage, and "
        "rules, which were made with the gold in sight. In brackets 95 % intervals.",
        "",
        "| | all | Chinese | English |",
        "|---|---|---|---|",
        *(
            f"| {name} | {' | '.join(_cell(summary.get(f'{name}/{part}')) for part in ('all', 'zh', 'en'))} |"
            for name in MEASURES
        ),
        "",
    ]
    return "\n".join(lines)


def _cell(found: Estimate | None) -> str:
    return f"{found.value:.3f} ({found.low:.2f} to {found.high:.2f})" if found else ""


if __name__ == "__main__":
    main(sys.argv[1:])
