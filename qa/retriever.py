"""A question in, hits out: exact terms, terms across languages and vectors find candidates, fused and reranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.embedding import static_of
from index.embedding_reranker import Reranker
from index.late_interaction import LateInteraction, Met
from index.lexical import BM25Index
from index.lexicon import Lexicon
from index.ports import Embedder, Scores
from index.types import Article, Filters, Hit, Passage, Rows
from qa.fusion import fused_legs, parts, standardised
from qa.joining import copies_last, joined, ranked
from qa.query import Query, understand
from qa.ranking_model import RankingModel, load_ranking
from qa.rerank import NAMES, Candidates, Features, features
from qa.views import Views

DEPTH = 100
"""Candidates taken from each leg."""
RERANKED = 40
"""Candidates, best fused first, that are looked at sentence by sentence."""
SPARE = 5
"""Hits looked at beyond those asked for, to take the place of near-copies."""


class _Vectors(Protocol):
    def search(self, queries: npt.NDArray[np.float32], k: int, *, allowed: Rows | None = None) -> tuple[Scores, Rows]:
        """Return scores and rows of the nearest passages."""


class _Windows(Protocol):
    def best(self, query: npt.NDArray[np.float32], rows: Rows) -> tuple[Scores, Rows]:
        """Return the best window's score of each row and which it is."""


class Searchable(Protocol):
    """What a retriever needs of an open index."""

    @property
    def lexical(self) -> BM25Index:
        """Exact and cross-lingual terms."""

    @property
    def vectors(self) -> _Vectors:
        """Whole passages."""

    @property
    def windows(self) -> _Windows:
        """Sentences and runs of two."""

    @property
    def embedder(self) -> Embedder:
        """The model of the vectors."""

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of rows."""

    def articles_of(self, rows: Sequence[int]) -> list[Article]:
        """Return the article of each row."""

    def rows_matching(self, filters: Filters) -> Rows | None:
        """Return the rows that may be searched, None for all."""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a question with what was searched for, and for each hit the features that ranked it."""

    query: Query
    hits: tuple[Hit, ...]
    features: tuple[Mapping[str, float], ...] = ()


class Retriever:
    """The RetrieverPort over an open index."""

    def __init__(
        self,
        index: Searchable,
        *,
        model: RankingModel | None = None,
        reranker: Reranker | None = None,
        lexicon: Lexicon | None = None,
        depth: int = DEPTH,
    ) -> None:
        self._index = index
        self._lexicon = lexicon
        self._reranker = reranker
        self._model = model or load_ranking()
        self._depth = depth
        self._interaction = LateInteraction(static_of(index.embedder))
        self._views = Views(index, self._interaction)

    def search(self, question: str, *, k: int, filters: Filters | None = None) -> list[Hit]:
        """Return at most `k` hits, best first; an empty list when nothing matches."""
        return list(self.retrieve(question, k=k, filters=filters).hits)

    def retrieve(self, question: str, *, k: int, filters: Filters | None = None) -> Found:
        """Return the hits with the query's analysis and each hit's features."""
        query = understand(question, self._index.lexical, self._lexicon)
        allowed = self._index.rows_matching(filters) if filters else None
        found = self.candidates(query, max(RERANKED, k), allowed)
        if found is None:
            return Found(query, ())
        met = self.met(query, found)
        table = features(query, found, met)
        said = {**found.legs, "tokens": met.text, "run": met.run, "rerank": self._model.scores(table)}
        if self._reranker:
            said["cross"] = self._reranker.scores(question, [passage.text for passage in found.passages])
        best = _best(found, said, "cross" if self._reranker else "rerank", k)
        rows = {passage.id: at for at, passage in enumerate(found.passages)}
        return Found(query, tuple(best), tuple(_named(table[rows[hit.passage.id]]) for hit in best))

    def candidates(self, query: Query, count: int, allowed: Rows | None = None) -> Candidates | None:
        """Return the `count` best candidates by the fused legs, None when nothing matches."""
        legs, idf, rows = self._legs(query, allowed)
        if not len(rows):
            return None
        seen = self._index.lexical.visible(query.weights)
        fused = fused_legs(legs, seen)
        best = np.sort(np.argsort(-fused, kind="stable")[:count])
        views = self._views.of([int(row) for row in rows[best]])
        return Candidates(
            rows=rows[best],
            legs={**{name: scores[best] for name, scores in legs.items()}, "fused": fused[best]},
            standard={name: standardised(scores)[best] for name, scores in legs.items()},
            idf=idf,
            seen=seen,
            passages=[each.passage for each in views],
            articles=[each.article for each in views],
            views=[each.view for each in views],
            pieces=[each.pieces for each in views],
        )

    def features(self, query: Query, found: Candidates) -> Features:
        """Return what the second stage looks at, one row of `qa.rerank.NAMES` a candidate."""
        return features(query, found, self.met(query, found))

    def met(self, query: Query, found: Candidates) -> Met:
        """Return how well each piece of the question is met in each candidate."""
        return self._interaction.met(query.text, found.pieces)

    def _legs(self, query: Query, allowed: Rows | None) -> tuple[dict[str, Scores], Scores, Rows]:
        exact = self._index.lexical.scores(query.weights)
        across, idf = self._index.lexical.class_scores(query.classes)
        vector = self._index.embedder.embed_queries([query.text])
        scores, near = self._index.vectors.search(vector, self._depth, allowed=allowed)
        near, scores = near[0][near[0] >= 0], scores[0][near[0] >= 0]
        seen = [near[scores > 0], _top(exact, self._depth, allowed), _top(across, self._depth, allowed)]
        rows = np.unique(np.concatenate(seen))
        if not len(rows):
            return {}, idf, rows
        dense = np.full(len(exact), scores.min(initial=1.0) if len(scores) else 0.0, dtype=np.float32)
        dense[near] = scores
        window, _ = self._index.windows.best(vector[0], rows)
        return {"bm25": exact[rows], "dictionary": across[rows], "dense": dense[rows], "window": window}, idf, rows


def _best(found: Candidates, said: Mapping[str, Scores], last: str, count: int) -> list[Hit]:
    """Return the hits by what `last` said, neighbours joined and copies behind."""
    named = parts(said)
    hits = [
        Hit(found.passages[at], found.articles[at], float(said[last][at]), 0, named[at])
        for at in np.argsort(-said[last], kind="stable").tolist()
    ]
    return ranked(copies_last(joined(hits)[: count + SPARE])[:count])


def _named(row: npt.NDArray[np.float32]) -> dict[str, float]:
    return dict(zip(NAMES, row.tolist(), strict=True))


def _top(scores: Scores, count: int, allowed: Rows | None) -> Rows:
    rows = np.flatnonzero(scores > 0) if allowed is None else allowed[scores[allowed] > 0]
    if len(rows) > count:
        rows = rows[np.argpartition(-scores[rows], count - 1)[:count]]
    return rows.astype(np.int64)
