"""Candidates with the scores of their legs in, features and a better order out: a linear model over cheap features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.ports import Scores
from index.types import Article, Passage, Rows
from qa.answer_types import fitness
from qa.fusion import standardised
from qa.matching import Matcher, View
from qa.query import Query

Features = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages to be ranked, with what each leg says of them and what of them is matched."""

    rows: Rows
    legs: Mapping[str, Scores]
    standard: Mapping[str, Scores]
    """The legs' scores standardised over all that was found, not only over these candidates."""
    idf: Scores
    seen: float
    """Share of the question, by idf, that its exact terms see in the index."""
    passages: Sequence[Passage]
    articles: Sequence[Article]
    views: Sequence[View]


NAMES = (
    "bm25", "dictionary", "dense", "window", "bm25_near", "dictionary_near", "window_near",
    "covered", "sentence", "pair", "title", "rarest", "grams3", "grams4", "fit", "numbers", "names",
    "article", "neighbour", "length", "start", "dense_foreign", "window_foreign", "pair_foreign", "late",
    "bm25_z", "dictionary_z", "dense_z", "window_z", "bm25_blind", "dictionary_blind", "dense_blind", "window_blind",
    "pair_blind",
)  # fmt: skip


def features(query: Query, found: Candidates) -> Features:
    """Return one row of `NAMES` a candidate."""
    mass = found.idf * np.array([each.weight for each in query.classes], dtype=np.float32)
    matcher = Matcher(query.classes)
    texts = np.array([_text_features(query, matcher, mass, seen) for seen in found.views], dtype=np.float32)
    legs = found.legs
    foreign = np.array([float(article.lang != query.lang) for article in found.articles], dtype=np.float32)
    near = {name: _beside_best(legs[name]) for name in ("bm25", "dictionary", "window")}
    rough = standardised(legs["dictionary"]) + standardised(legs["window"]) + standardised(legs["bm25"])
    article, neighbour = _company(rough, found)
    columns = [
        legs["bm25"] / max(float(sum(query.weights.values())), 1e-6),
        legs["dictionary"] / max(float(mass.sum()), 1e-6),
        legs["dense"],
        legs["window"],
        near["bm25"],
        near["dictionary"],
        near["window"],
        *texts.T,
        article,
        neighbour,
        np.array([min(len(passage.text), 600) / 600 for passage in found.passages]),
        np.array([1.0 if passage.start < 50 else 0.0 for passage in found.passages]),
        legs["dense"] * foreign,
        legs["window"] * foreign,
        texts[:, 2] * foreign,
        _lateness(found.articles) * query.latest,
        *(found.standard[name] for name in ("bm25", "dictionary", "dense", "window")),
        *(found.standard[name] * (1 - found.seen) for name in ("bm25", "dictionary", "dense", "window")),
        texts[:, 2] * (1 - found.seen),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _text_features(query: Query, matcher: Matcher, mass: Scores, seen: View) -> list[float]:
    """Return covered, sentence, pair, title, rarest, grams3, grams4, fit, numbers, names."""
    total = max(float(mass.sum()), 1e-6)
    present = matcher.by_sentence(seen)
    by_sentence = mass @ present
    pairs = mass @ np.maximum(present[:, :-1], present[:, 1:]) if present.shape[1] > 1 else by_sentence
    best = int(np.argmax(pairs)) if len(pairs) else 0
    whole = present.max(axis=1, initial=0.0)
    rare = np.argsort(-mass)[:3]
    held = {term for _, term in seen.quantities}
    return [
        float(mass @ whole) / total,
        float(by_sentence.max(initial=0.0)) / total,
        float(pairs.max(initial=0.0)) / total,
        float(mass @ matcher.in_title(seen)) / total,
        float(mass[rare] @ whole[rare]) / max(float(mass[rare].sum()), 1e-6),
        _grams(query.focus, seen.folded, 3),
        _grams(query.focus, seen.folded, 4),
        fitness(query.wants, seen.sentences(best, 2)),
        _share([term in held for term in query.quantities]),
        _share([name in seen.folded or name in seen.title for name in query.quoted]),
    ]


def _grams(focus: str, text: str, size: int) -> float:
    grams = {run[at : at + size] for run in focus.split() for at in range(len(run) - size + 1)}
    return _share([gram in text for gram in grams])


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0


def _beside_best(scores: Scores) -> Scores:
    top = float(scores.max(initial=0.0))
    return np.asarray(scores / top if top > 0 else np.zeros_like(scores), dtype=np.float32)


def _company(rough: Scores, found: Candidates) -> tuple[Scores, Scores]:
    """Return for each candidate the best score of its article's other candidates, and of the passages beside it."""
    by_row = {int(row): float(score) for row, score in zip(found.rows, rough, strict=True)}
    names = [article.id for article in found.articles]
    best: dict[str, list[float]] = {}
    for name, score in zip(names, rough, strict=True):
        best.setdefault(name, []).append(float(score))
    tops = {name: sorted(scores, reverse=True) for name, scores in best.items()}
    article = [
        (tops[name][1] if score >= tops[name][0] else tops[name][0]) if len(tops[name]) > 1 else 0.0
        for name, score in zip(names, rough, strict=True)
    ]
    beside = [max(by_row.get(int(row) - 1, 0.0), by_row.get(int(row) + 1, 0.0)) for row in found.rows]
    return np.array(article, dtype=np.float32), np.array(beside, dtype=np.float32)


def _lateness(articles: Sequence[Article]) -> Scores:
    """Return 0 to 1 by the article's place among the dates of the candidates, 0 for the oldest and the undated."""
    dates = sorted({article.date for article in articles if article.date})
    place = {date: (at + 1) / len(dates) for at, date in enumerate(dates)}
    return np.array([place.get(article.date or "", 0.0) for article in articles], dtype=np.float32)
