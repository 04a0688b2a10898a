"""Public question sets and translated lines in, small indexes in memory with their questions out."""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.embedding import load_embedder
from index.encoding import encode
from index.fitted_embedder import fit
from index.lexical import BM25Index, build_lexical
from index.ports import Embedder
from index.reading import entry_of
from index.training.measure import keywords, question
from index.training.sources import QUESTION_SETS, HeldOut
from index.types import Article, Filters, Passage, Rows
from index.vectors import FaissVectors, build_vectors
from index.windows import Windows

PARAGRAPH = 4
"""Lines of a translation that make a text."""
QUERIES, TEXTS = 500, 2500
ACROSS = 300
"""Questions, texts and questions across languages of a set."""
CHINESE_QUERY = 24
"""Characters of a Chinese line that are asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, the key its fold goes by, and what is right."""

    text: str
    key: str
    documents: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    evidence: tuple[tuple[str, ...], ...] = ()


class HeldIndex:
    """An index in memory, made as the one on disk is: adapted embedding, passages with titles, windows, terms."""

    def __init__(self, articles: Sequence[Article]) -> None:
        base = load_embedder()
        entries = [entry_of(article, base) for article in articles]
        self.embedder: Embedder = fit(base, entries, None).embedder
        encoded = encode(entries, self.embedder, None, cores=1, advance=lambda _: None)
        self._articles = {article.id: article for article in articles}
        self._passages = [passage for entry in entries for passage in entry.passages]
        self.lexical: BM25Index = build_lexical(self._passages, self._articles)
        self.vectors: FaissVectors = build_vectors(encoded.vectors)
        self.windows: Windows = encoded.windows

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of rows."""
        return [self._passages[row] for row in rows]

    def articles_of(self, rows: Sequence[int]) -> list[Article]:
        """Return the article of each row."""
        return [self._articles[self._passages[row].article_id] for row in rows]

    def rows_matching(self, filters: Filters) -> Rows | None:
        """Return None: nothing is filtered here."""
        return None


def question_sets(data: Path) -> Iterator[tuple[str, HeldIndex, list[Question]]]:
    """Yield the public sets; asked is only of titles that no embedding was trained on."""
    for name, lang, share in QUESTION_SETS:
        corpus = _rows(data / name / "corpus.jsonl.gz")
        apart = _held_titles(corpus, share)
        random.Random(0).shuffle(corpus)
        corpus.sort(key=lambda row: row["title"] not in apart)
        kept = corpus[: max(TEXTS, sum(row["title"] in apart for row in corpus))]
        titles = {row["id"]: row["title"] for row in kept}
        queries = [
            query for query in _rows(data / name / "queries.jsonl.gz") if titles.get(query["positive"][0]) in apart
        ]
        random.Random(0).shuffle(queries)
        articles = [Article(row["id"], name, 1, 1, row["title"], row["text"], lang=lang) for row in kept]
        yield name, HeldIndex(articles), [_question(query, titles) for query in queries[:QUERIES]]


def cross_lingual(held: HeldOut) -> Iterator[tuple[str, HeldIndex, list[Question]]]:
    """Yield translated lines as questions in the other language, both ways."""
    for name, pairs in (("ntrex", held.ntrex["en"]), ("tico19", held.tico), ("tw-law", held.law)):
        yield f"{name} en over zh", *_across(pairs, "zh")
        yield f"{name} zh over en", *_across([(english, chinese) for chinese, english in pairs], "en")


def _across(pairs: Sequence[tuple[str, str]], lang: str) -> tuple[HeldIndex, list[Question]]:
    """Return the index of the first texts, and questions made of the second."""
    rng = random.Random(5)
    articles, questions = [], []
    for start in range(0, len(pairs) - PARAGRAPH + 1, PARAGRAPH):
        part, key = pairs[start : start + PARAGRAPH], str(start)
        text = ("" if lang == "zh" else " ").join(line for line, _ in part)
        articles.append(Article(key, key, 1, 1, "", text, lang=lang))
        questions += [Question(_asked(line, lang, rng), key, documents=(key,)) for _, line in part]
    random.Random(0).shuffle(questions)
    return HeldIndex(articles), questions[:ACROSS]


def _asked(line: str, lang: str, rng: random.Random) -> str:
    if lang == "zh":
        return question(line, rng) if rng.random() < 0.5 else keywords(line, rng)
    start = rng.randrange(max(1, len(line) - CHINESE_QUERY))
    return line[start : start + CHINESE_QUERY] + "？"


def _question(query: dict[str, Any], titles: dict[str, str]) -> Question:
    key = titles[query["positive"][0]]
    return Question(query["question"], key, tuple(query["positive"]), tuple(query["answers"]))


def _held_titles(corpus: Sequence[dict[str, Any]], share: float) -> set[str]:
    """Return the titles that index/training keeps back."""
    titles = sorted({row["title"] for row in corpus})
    random.Random(1).shuffle(titles)
    return set(titles[: int(len(titles) * share)])


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
