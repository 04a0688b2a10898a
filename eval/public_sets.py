"""Public question sets and translated lines in, what each leg, their fusion and the reranking find of them out.

`python -m eval.public_sets ../shared/data [--limit N] [--out eval/PUBLIC.md]`; three minutes of one core. Asked is
only of documents that the embedding was not trained on; searched is the whole set.
"""

import math
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from eval.public_tables import Across, Measured, Ranks, page
from index import lexicon_training
from index.lexicon import Lexicon, load_lexicon
from index.ports import Scores
from index.training.measure import question as english_question
from index.training.sources import QUESTION_SETS, HeldOut, Pair, read_rows, read_sources
from index.types import Article, Rows
from index.words import han_bigrams
from qa import ranking_data
from qa.fusion import Leg, fuse
from qa.query import Query, understand
from qa.ranking_data import CHINESE_QUERY, PARAGRAPH, HeldIndex, Question
from qa.retriever import DEPTH, RERANKED, Retriever

OUT = Path(__file__).parent / "PUBLIC.md"
LINES = 300
"""Translated lines asked of a set, each in five ways."""


@dataclass(frozen=True, slots=True)
class PublicSet:
    """Documents, questions about some of them, and the places of those questions that no weight was fitted on."""

    name: str
    articles: Sequence[Article]
    questions: Sequence[Question]
    unseen: Sequence[int]


@dataclass(frozen=True, slots=True)
class TranslatedSet:
    """Texts of one language, and the same lines as questions: in the other language and in their own."""

    name: str
    lang: str
    articles: Sequence[Article]
    asked: Mapping[str, Sequence[Question]]


def main(
    data: Annotated[Path, typer.Argument(help="the folder with the sets, one folder each")],
    limit: Annotated[int | None, typer.Option(min=1, help="only so many questions of a set, for a quick look")] = None,
    out: Annotated[Path, typer.Option(help="the file to write")] = OUT,
) -> None:
    """Measure retrieval on the public sets and write the tables."""
    held = read_sources(data)[1]
    text = page(*measure(data, held, limit))
    out.write_text(text, encoding="utf-8")
    typer.echo(text)


def measure(data: Path, held: HeldOut, limit: int | None = None) -> tuple[list[Measured], list[Measured], list[Across]]:
    """Return the question sets, the same without titles, and the translated sets, each measured."""
    titled, bare = [], []
    for found in question_sets(data, held):
        kept = limited(found, limit)
        titled.append(measure_set(kept))
        bare.append(measure_set(without_titles(kept)))
    lexicon = held_lexicon(data)
    return titled, bare, [measure_translated(each, lexicon) for each in translated_sets(held, limit or LINES)]


def question_sets(data: Path, held: HeldOut) -> Iterator[PublicSet]:
    """Yield the question sets whole, with the questions about documents that the embedding never saw."""
    for name, lang, _ in QUESTION_SETS:
        apart = held.questions[name]
        rows = read_rows(data / name / "corpus.jsonl.gz")
        articles = [Article(row["id"], name, 1, 1, row["title"], row["text"], lang=lang) for row in rows]
        holders: dict[str, list[str]] = {}
        for article in articles:
            holders.setdefault(article.text, []).append(article.id)
        questions = [
            Question(text, str(place), documents=tuple(holders[apart.paragraphs[place]]))
            for text, place in zip(apart.questions, apart.positive, strict=True)
        ]
        yield PublicSet(name, articles, questions, unseen(len(questions), ranking_data.QUERIES))


def translated_sets(held: HeldOut, lines: int = LINES) -> Iterator[TranslatedSet]:
    """Yield translated lines: four make a text, and lines that no weight was fitted on are asked."""
    for name, pairs in (("ntrex", held.ntrex["en"]), ("tico19", held.tico), ("tw-law", held.law)):
        retold = dict(held.ntrex.get("zh-Hant", ())) if name == "ntrex" else {}
        places = unseen(len(pairs) // PARAGRAPH * PARAGRAPH, ranking_data.ACROSS)[:lines]
        for lang in ("zh", "en") if places else ():
            yield _translated(name, lang, pairs, places, retold)


def unseen(count: int, fitted: int) -> list[int]:
    """Return the places of questions that `qa.ranking_data` does not fit on: it takes the first of the same shuffle."""
    order = list(range(count))
    random.Random(0).shuffle(order)
    return sorted(order[fitted:])


def limited(found: PublicSet, limit: int | None) -> PublicSet:
    """Return the set with `limit` questions at most, those that no weight was fitted on first."""
    if limit is None:
        return found
    first = set(found.unseen)
    places = sorted(sorted(range(len(found.questions)), key=lambda place: place not in first)[:limit])
    kept = [at for at, place in enumerate(places) if place in first]
    return replace(found, questions=[found.questions[place] for place in places], unseen=kept)


def without_titles(found: PublicSet) -> PublicSet:
    """Return the set with documents that bear no title."""
    return replace(found, articles=[replace(article, title="") for article in found.articles])


def measure_set(found: PublicSet) -> Measured:
    """Return the rank of the right document for each question, by each system."""
    searched = Searched(found.articles)
    return Measured(found.name, len(found.articles), searched.ranks(found.questions), found.unseen)


def held_lexicon(data: Path) -> Lexicon:
    """Return a bilingual term list made without the lines that are asked: the shipped one has read them."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "lexicon.gz"
        lexicon_training.main(data, place, hold_out=True)
        return load_lexicon(place)


def measure_translated(found: TranslatedSet, lexicon: Lexicon) -> Across:
    """Return the ranks of the right text, by how it was asked for and system."""
    searched = Searched(found.articles, lexicon=lexicon)
    ranks = {asked: searched.ranks(questions) for asked, questions in found.asked.items()}
    return Across(found.name, found.lang, len(found.articles), ranks)


class Searched:
    """Documents indexed as wenju does, asked by each leg, by their fusion and with the reranking."""

    def __init__(self, articles: Sequence[Article], *, lexicon: Lexicon | None = None) -> None:
        self.index = HeldIndex(articles)
        self._retriever = Retriever(self.index, lexicon=lexicon)
        self._lexicon = lexicon

    def ranks(self, questions: Sequence[Question]) -> dict[str, Ranks]:
        """Return by system the rank of the first right document of each question, infinite where it is not found."""
        ranks: dict[str, Ranks] = {}
        for question in questions:
            for system, documents in self.documents(question.text).items():
                ranks.setdefault(system, []).append(first_rank(documents, question.documents))
        return ranks

    def documents(self, text: str) -> dict[str, list[str]]:
        """Return by system the documents found, best first; a document stands where its best passage does."""
        query = understand(text, self.index.lexical, self._lexicon)
        return {
            "BM25, words": self._exact(words(query)),
            "BM25, bigrams": self._exact(bigrams(query)),
            "BM25": self._exact(query.weights),
            "lexical": self._lexical(query),
            "dense": self._dense(query),
            "fused": self._fused(query),
            "reranked": self._reranked(query),
        }

    def _exact(self, weights: Mapping[str, float]) -> list[str]:
        scores, rows = self.index.lexical.search_weighted(weights, DEPTH)
        return self._of(rows, scores)

    def _lexical(self, query: Query) -> list[str]:
        exact = self.index.lexical.scores(query.weights)
        across, _ = self.index.lexical.class_scores(query.classes)
        rows = np.flatnonzero((exact > 0) | (across > 0))
        return self._of(rows, fuse([Leg("bm25", exact[rows]), Leg("dictionary", across[rows])]))

    def _dense(self, query: Query) -> list[str]:
        # without terms the retriever has nothing but vectors to go by
        found = self._retriever.candidates(replace(query, weights={}, classes=()), DEPTH)
        return self._of(found.rows, found.standard["dense"] + found.standard["window"]) if found else []

    def _fused(self, query: Query) -> list[str]:
        found = self._retriever.candidates(query, RERANKED)
        return self._of(found.rows, found.legs["fused"]) if found else []

    def _reranked(self, query: Query) -> list[str]:
        return distinct([hit.article.id for hit in self._retriever.search(query.text, k=RERANKED)])

    def _of(self, rows: Rows, scores: Scores) -> list[str]:
        best = rows[np.argsort(-scores, kind="stable")[:DEPTH]].tolist()
        return distinct([article.id for article in self.index.articles_of(best)])


def words(query: Query) -> dict[str, float]:
    """Return the terms of a query less the bigrams that are no words."""
    return {term: weight for term, weight in query.weights.items() if weight == 1.0}


def bigrams(query: Query) -> dict[str, float]:
    """Return the bigrams of a query, all alike, with the terms that are not Chinese."""
    pairs = set(han_bigrams(query.focus))
    return {term: 1.0 for term in query.weights if term in pairs or not _is_han(term)}


def distinct(documents: Sequence[str]) -> list[str]:
    """Return the documents, each at its first place."""
    return list(dict.fromkeys(documents))


def first_rank(documents: Sequence[str], right: Sequence[str]) -> float:
    """Return the rank of the first right document, infinite where there is none."""
    return next((float(rank) for rank, document in enumerate(documents, 1) if document in right), math.inf)


def _translated(
    name: str, lang: str, pairs: Sequence[Pair], places: Sequence[int], retold: Mapping[str, str]
) -> TranslatedSet:
    rng, (own, joint) = random.Random(7), (0, "") if lang == "zh" else (1, " ")
    articles = [
        Article(str(at), name, 1, 1, "", joint.join(pair[own] for pair in pairs[at : at + PARAGRAPH]), lang=lang)
        for at in range(0, len(pairs) - PARAGRAPH + 1, PARAGRAPH)
    ]
    texts = {
        "zh line": [(place, pairs[place][0]) for place in places],
        "en line": [(place, pairs[place][1]) for place in places],
        "zh question": [(place, _chinese_question(pairs[place][0], rng)) for place in places],
        "en question": [(place, english_question(pairs[place][1], rng)) for place in places],
    }
    if lang == "zh" and retold:
        texts["zh retold"] = [(place, retold[pairs[place][0]]) for place in places if pairs[place][0] in retold]
    return TranslatedSet(name, lang, articles, {asked: _questions(found) for asked, found in texts.items()})


def _questions(found: Sequence[tuple[int, str]]) -> list[Question]:
    return [Question(text, str(place), documents=(str(place - place % PARAGRAPH),)) for place, text in found]


def _chinese_question(line: str, rng: random.Random) -> str:
    start = rng.randrange(max(1, len(line) - CHINESE_QUERY))
    return line[start : start + CHINESE_QUERY] + "？"


def _is_han(term: str) -> bool:
    return any("㐀" <= character <= "鿿" for character in term)


if __name__ == "__main__":
    typer.run(main)
