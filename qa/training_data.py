"""Gold files and an index in, questions with hits and labelled sentences out: what weights are fitted on.

The development gold is read here as plain lines; its checked form is `eval.gold`, which this floor may not import.
"""

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.extractive import ExtractiveAnswerer, Reading
from qa.gathering import Gathered, gather
from qa.ports import RetrieverPort

K = 8


@dataclass(frozen=True, slots=True)
class Example:
    """A gold question with what was found and read for it; `labels[i, g]`: sentence i holds evidence of group g."""

    gold: dict[str, Any]
    gathered: Gathered
    reading: Reading
    labels: npt.NDArray[np.bool_]

    @property
    def answerable(self) -> bool:
        """Whether the corpus answers the question."""
        return bool(self.gold["answers"])

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which sentences hold evidence of any group."""
        return np.asarray(self.labels.any(axis=1))

    @property
    def key(self) -> str:
        """The article of the question: folds go by it."""
        return str(self.gold["article_key"])


def read_gold(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Return the questions of gold files."""
    return [
        json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def read_foreign(paths: Sequence[Path], count: int) -> list[dict[str, Any]]:
    """Return `count` questions of each set, evenly spread over it, as gold that nothing answers."""
    found: list[dict[str, Any]] = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            questions = [json.loads(line) for line in lines]
        found += questions[:: max(1, len(questions) // count)][:count]
    nothing = {"answers": [], "evidence": [], "near": False, "kind": "unanswerable"}
    return [{**nothing, "question": q["question"], "lang": q["lang"], "article_key": q["id"]} for q in found]


def examples(
    gold: Sequence[dict[str, Any]], retriever: RetrieverPort, answerer: ExtractiveAnswerer
) -> Iterator[Example]:
    """Yield each question with its hits read."""
    for question in gold:
        gathered = gather(retriever, question["question"], k=K)
        reading = answerer.read(gathered)
        groups = [[squash(quote["quote"]) for quote in group] for group in question["evidence"]]
        texts = [squash(candidate.text) for candidate in reading.candidates]
        labels = [[any(overlap(text, quote) for quote in group) for group in groups] for text in texts]
        yield Example(question, gathered, reading, np.array(labels, dtype=bool).reshape(len(texts), len(groups)))


def squash(text: str) -> str:
    """Return a text as evidence is compared: NFKC, white space removed."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def overlap(text: str, quote: str) -> bool:
    """Tell whether squashed texts share a run of 12 characters and of half the shorter one."""
    if not text or not quote:
        return False
    run = SequenceMatcher(None, text, quote, autojunk=False).find_longest_match().size
    return run >= min(12, len(quote)) and run >= 0.5 * min(len(text), len(quote))
