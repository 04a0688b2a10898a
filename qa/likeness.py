"""A question and hits in, cosines of each hit's windows out: read from the index, embedded by nobody twice."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from index.opened import OpenIndex
from index.ports import Scores
from index.types import Filters, Hit, Vectors

ARTICLES_KEPT = 2048


class WindowLikeness:
    """How like a text is to the windows of hits, and to other texts."""

    def __init__(self, opened: OpenIndex) -> None:
        self._opened = opened
        self._rows = lru_cache(ARTICLES_KEPT)(self._read_rows)

    def windows(self, question: str, hits: Sequence[Hit]) -> list[list[tuple[int, int, float]]]:
        """Return the windows of each hit: start and end in its article, cosine with the question."""
        vector = self._opened.embedder.embed_queries([question])
        found = []
        for hit in hits:
            spans, cosines = self._against(vector, hit)
            found.append([(*span, float(cosine)) for span, cosine in zip(spans, cosines[0], strict=True)])
        return found

    def terms(self, texts: Sequence[str], hit: Hit) -> tuple[list[tuple[int, int]], Scores]:
        """Return the windows of a hit and the cosine of each text with each of them, (texts, windows)."""
        return self._against(self._opened.embedder.embed_queries(list(texts)), hit)

    def cosines(self, text: str, others: Sequence[str]) -> list[float]:
        """Return the cosine of a text with each of several others."""
        vector = self._opened.embedder.embed_queries([text])[0]
        return [float(value) for value in self._opened.embedder.embed_passages(list(others)) @ vector]

    def _against(self, vectors: Vectors, hit: Hit) -> tuple[list[tuple[int, int]], Scores]:
        """Return the windows of every passage that lies in the hit: a hit may be several neighbours joined."""
        start, end = hit.passage.start, hit.passage.end
        rows = [row for span, row in self._rows(hit.article.id).items() if start <= span[0] and span[1] <= end]
        if not rows:
            return [(start, end)], np.zeros((len(vectors), 1), dtype=np.float32)
        coded = self._opened.windows.coded(np.array(rows, dtype=np.int64))
        cosines = (vectors @ coded.codes.astype(np.float32).T) * coded.scales
        return [span for row in rows for span in self._opened.windows.spans(row)], cosines

    def _read_rows(self, article_id: str) -> dict[tuple[int, int], int]:
        rows = self._opened.rows_matching(Filters(article_ids=(article_id,)))
        numbers = [] if rows is None else [int(row) for row in rows]
        passages = self._opened.passages(numbers)
        return {(p.start, p.end): row for row, p in zip(numbers, passages, strict=True)}
