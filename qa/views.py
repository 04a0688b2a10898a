"""Rows in, what is looked at of their passages out: read in one go, the last few thousand kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from index.chunking import embedded_text
from index.late_interaction import LateInteraction, Pieces
from index.types import Article, Passage
from qa.matching import View, view

KEPT = 4096


class Readable(Protocol):
    """What is needed of an index: the nouns of rows."""

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of rows."""

    def articles_of(self, rows: Sequence[int]) -> list[Article]:
        """Return the article of each row."""


@dataclass(frozen=True, slots=True)
class Viewed:
    """A passage with its article, as it is matched by terms and by the pieces of the model."""

    passage: Passage
    article: Article
    view: View
    pieces: Pieces


class Views:
    """What was looked at lately, and how to look at the rest."""

    def __init__(self, index: Readable, interaction: LateInteraction) -> None:
        self._index, self._interaction = index, interaction
        self._kept: dict[int, Viewed] = {}

    def of(self, rows: Sequence[int]) -> list[Viewed]:
        """Return what is looked at of each row, in the order asked."""
        found = {row: self._kept[row] for row in rows if row in self._kept}
        missing = [row for row in dict.fromkeys(rows) if row not in found]
        if missing:
            fresh = self._read(missing)
            found |= fresh
            self._keep(fresh)
        return [found[row] for row in rows]

    def _read(self, rows: Sequence[int]) -> dict[int, Viewed]:
        passages, articles = self._index.passages(rows), self._index.articles_of(rows)
        both = list(zip(passages, articles, strict=True))
        pieces = self._interaction.pieces([embedded_text(passage, article.title) for passage, article in both])
        return {
            row: Viewed(passage, article, view(passage, article), own)
            for row, (passage, article), own in zip(rows, both, pieces, strict=True)
        }

    def _keep(self, fresh: dict[int, Viewed]) -> None:
        # a new dict each time, so that a question in another thread never meets one that changes
        kept = self._kept | fresh
        self._kept = dict(islice(kept.items(), max(0, len(kept) - KEPT), None))
