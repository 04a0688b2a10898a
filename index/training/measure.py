"""An embedder and the held-out texts go in; recall and reciprocal rank of each kind of search come out.

Questions of translated text are made up: six words of the English line that are no function words, or a question
word and eleven words in a row. They stand in for real questions across languages, of which the data hold none.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.ports import Embedder
from index.training.sources import HeldOut, Pair, QuestionSet, split_sentences

OPENINGS = (
    *("What is", "How many", "How did", "Which", "When did", "What percentage of", "Why does", "Who", "In which"),
    *("According to the article, what", "Name the", "What are the", "How much", "Where was", "What does it say about"),
)
FUNCTION_WORDS = frozenset(
    [
        *("the", "a", "an", "of", "to", "in", "and", "for", "on", "is", "are", "was", "were", "be", "been", "by"),
        *("with", "that", "this", "it", "as", "at", "from", "or", "his", "her", "he", "she", "they", "has", "have"),
        *("had", "not", "but", "its", "their", "which", "who", "will", "would", "said", "we", "you", "i"),
    ]
)
PARAGRAPH = 4
"""Translated lines that make a paragraph to be found."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How one kind of search does: among how many texts, of how many questions, and how well."""

    name: str
    texts: int
    questions: int
    recall_1: float
    recall_10: float
    mrr_10: float


def measure(embedder: Embedder, held: HeldOut) -> list[Figure]:
    """Return the figures of an embedder over all held-out parts."""
    rng = random.Random(5)
    figures = [_questions(embedder, name, found) for name, found in held.questions.items()]
    figures += [_lines(embedder, f"ntrex {lang} to zh", pairs) for lang, pairs in held.ntrex.items()]
    makers: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = (("words", keywords), ("question", question))
    for kind, make in makers:
        for name, pairs in (("ntrex", held.ntrex["en"]), ("tico19", held.tico), ("tw-law", held.law)):
            asked = [(a, make(b, rng)) for a, b in pairs]
            figures.append(_lines(embedder, f"{name} en {kind} to zh", asked))
    return figures


def keywords(line: str, rng: random.Random) -> str:
    """Return up to six words in a row of an English line, function words left out."""
    words = [word for word in re.findall(r"[\w'-]+", line) if word.lower() not in FUNCTION_WORDS]
    start = rng.randrange(max(1, len(words) - 5))
    return " ".join(words[start : start + 6])


def question(line: str, rng: random.Random) -> str:
    """Return a question word and eleven words in a row of an English line."""
    words = line.split()
    start = rng.randrange(max(1, len(words) - 10))
    return f"{rng.choice(OPENINGS)} {' '.join(words[start : start + 11]).rstrip('.,')}?"


def _questions(embedder: Embedder, name: str, found: QuestionSet) -> Figure:
    lang = "en" if name == "qed" else "zh"
    units = [split_sentences(text, lang) or [text] for text in found.paragraphs]
    return _figure(embedder, name, found.questions, units, found.positive)


def _lines(embedder: Embedder, name: str, pairs: Sequence[Pair]) -> Figure:
    chinese = [a for a, _ in pairs]
    units = [chinese[start : start + PARAGRAPH] for start in range(0, len(chinese), PARAGRAPH)]
    return _figure(embedder, name, [b for _, b in pairs], units, [i // PARAGRAPH for i in range(len(pairs))])


def _figure(
    embedder: Embedder, name: str, questions: Sequence[str], texts: list[list[str]], positive: Sequence[int]
) -> Figure:
    """Score each text by its best sentence, as the retriever does."""
    queries = embedder.embed_queries(questions)
    scores = np.stack([(queries @ embedder.embed_passages(units).T).max(axis=1) for units in texts], axis=1)
    right = scores[np.arange(len(queries)), positive]
    ranks: npt.NDArray[np.int64] = (scores > right[:, None]).sum(axis=1) + 1
    found = (float((ranks <= 1).mean()), float((ranks <= 10).mean()), float((1 / ranks * (ranks <= 10)).mean()))
    return Figure(name, len(texts), len(questions), *(round(value, 3) for value in found))
