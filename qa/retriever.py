"""A question in, hits out: exact terms, terms across languages and vectors find candidates, fused and ranked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from index.opened import OpenIndex
from index.ports import Scores
from index.types import Filters, Hit, Rows
from qa.fusion import Leg, fuse, parts
from qa.query import Query, understand

DEPTH = 100
"""Candidates taken from each leg."""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a question with what was searched for, and for each hit the features that ranked it."""

    query: Query
    hits: tuple[Hit, ...]
    features: tuple[Mapping[str, float], ...] = field(default=())


class Retriever:
    """The RetrieverPort over an open index."""

    def __init__(self, index: OpenIndex, *, depth: int = DEPTH) -> None:
        self._index = index
        self._depth = depth

    def search(self, question: str, *, k: int, filters: Filters | None = None) -> list[Hit]:
        """Return at most `k` hits, best first; an empty list when nothing matches."""
        return list(self.retrieve(question, k=k, filters=filters).hits)

    def retrieve(self, question: str, *, k: int, filters: Filters | None = None) -> Found:
        """Return the hits with the query's analysis and each hit's features."""
        query = understand(question, self._index.lexical)
        allowed = self._index.rows_matching(filters) if filters else None
        if allowed is not None and not len(allowed):
            return Found(query, ())
        legs, rows = self._candidates(query, allowed)
        if not len(rows):
            return Found(query, ())
        fused = fuse([Leg(name, scores) for name, scores in legs.items()])
        order = np.argsort(-fused, kind="stable")[:k]
        named = parts({**legs, "fused": fused})
        passages = self._index.passages([int(rows[at]) for at in order])
        articles = self._index.articles_of([int(rows[at]) for at in order])
        hits = tuple(
            Hit(passage, article, float(fused[at]), rank, named[at])
            for rank, (at, passage, article) in enumerate(zip(order, passages, articles, strict=True), 1)
        )
        return Found(query, hits)

    def _candidates(self, query: Query, allowed: Rows | None) -> tuple[dict[str, Scores], Rows]:
        lexical = self._index.lexical
        exact = lexical.scores(query.weights)
        across = lexical.class_scores(query.classes)
        vector = self._index.embedder.embed_queries([query.text])
        scores, near = self._index.vectors.search(vector, self._depth, allowed=allowed)
        near = near[0][near[0] >= 0]
        rows = np.unique(np.concatenate([near, _top(exact, self._depth, allowed), _top(across, self._depth, allowed)]))
        if not len(rows):
            return {}, rows
        dense = np.full(len(exact), float(scores[0][len(near) - 1]) if len(near) else 0.0, dtype=np.float32)
        dense[near] = scores[0][: len(near)]
        window, _ = self._index.windows.best(vector[0], rows)
        return {"bm25": exact[rows], "dictionary": across[rows], "dense": dense[rows], "window": window}, rows


def _top(scores: Scores, count: int, allowed: Rows | None) -> Rows:
    rows = np.flatnonzero(scores > 0) if allowed is None else allowed[scores[allowed] > 0]
    if len(rows) > count:
        rows = rows[np.argpartition(-scores[rows], count - 1)[:count]]
    return rows.astype(np.int64)
