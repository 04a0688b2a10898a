"""Texts cut up for display: articles into paragraphs with the quote marked, answers into text and markers.

In: an article and a span, or an answer's JSON. Out: plain pieces; templates escape them, nothing here makes HTML.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.types import Article
from qa.shapes import Shape

MARKER = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `mark` says whether it is the quote, or which marker stands here."""

    text: str
    marked: bool = False
    marker: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (level 0) or heading of an article; `start` is its offset and its anchor."""

    start: int
    level: int
    pieces: tuple[Piece, ...]


def blocks(article: Article, span: tuple[int, int] | None = None) -> list[Block]:
    """Return an article's paragraphs and headings in order, with what lies in `span` marked."""
    levels = {heading.start: heading.level for heading in article.headings}
    found, start = [], 0
    for line in article.text.split("\n"):
        if line.strip():
            pieces = tuple(_cut(article.text, start, start + len(line), span))
            found.append(Block(start, levels.get(start, 0), pieces))
        start += len(line) + 1
    return found


def locate(text: str, quote: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where a quote stands: at its offsets, or elsewhere if the text changed since; None if it is gone."""
    if text[start:end] == quote:
        return start, end
    found = text.find(quote)
    return (found, found + len(quote)) if found >= 0 and quote else None


def answer_pieces(shape: Shape) -> list[Piece]:
    """Return an answer's text and markers; a marker without a citation stays text."""
    known = {citation["marker"] for citation in shape["citations"]}
    pieces: list[Piece] = []
    for index, part in enumerate(MARKER.split(shape["answer"])):
        if index % 2 == 0:
            pieces.append(Piece(part))
        elif int(part) in known:
            pieces.append(Piece(part, marker=int(part)))
        else:
            pieces.append(Piece(f"[{part}]"))
    return [piece for piece in pieces if piece.text]


def byline(reference: Shape) -> str:
    """Return authors, issue and date of an article reference in one line."""
    parts: Sequence[str | None] = ("、".join(reference["authors"]), reference["issue"], reference["date"])
    return " · ".join(part for part in parts if part)


def _cut(text: str, start: int, end: int, span: tuple[int, int] | None) -> Iterator[Piece]:
    first, last = span or (0, 0)
    first, last = max(start, first), min(end, last)
    if first >= last:
        yield Piece(text[start:end])
        return
    if text[start:first]:
        yield Piece(text[start:first])
    yield Piece(text[first:last], marked=True)
    if text[last:end]:
        yield Piece(text[last:end])
