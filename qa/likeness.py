"""A question and hits in, cosines of each hit's windows out: read from the index, embedded by nobody twice."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from index.opened import OpenIndex
from index.types import Filters, Hit

ARTICLES_KEPT = 2048


class WindowLikeness:
    """How like a text is to the windows of hits, and to other texts."""

    def __init__(self, opened: OpenIndex) -> None:
        self._opened = opened
        self._rows = lru_cache(ARTICLES_KEPT)(self._read_rows)

    def windows(self, question: str, hits: Sequence[Hit]) -> list[list[tuple[int, int, float]]]:
        """Return the windows of each hit: start and end in its article, cosine with the question."""
        vector = self._opened.embedder.embed_queries([question])[0]
        found = []
        for hit in hits:
            row = self._rows(hit.article.id).get((hit.passage.start, hit.passage.end))
            if row is None:
                found.append([(hit.passage.start, hit.passage.end, 0.0)])
                continue
            codes, scales = self._opened.windows.vectors(row)
            cosines = (codes.astype(np.float32) @ vector) * scales
            spans = self._opened.windows.spans(row)
            found.append([(*span, float(cosine)) for span, cosine in zip(spans, cosines, strict=True)])
        return found

    def cosines(self, text: str, others: Sequence[str]) -> list[float]:
        """Return the cosine of a text with each of several others."""
        vector = self._opened.embedder.embed_queries([text])[0]
        return [float(value) for value in self._opened.embedder.embed_passages(list(others)) @ vector]

    def _read_rows(self, article_id: str) -> dict[tuple[int, int], int]:
        rows = self._opened.rows_matching(Filters(article_ids=(article_id,)))
        numbers = [] if rows is None else [int(row) for row in rows]
        passages = self._opened.passages(numbers)
        return {(p.start, p.end): row for row, p in zip(numbers, passages, strict=True)}
