"""A file in, its articles out: title, subtitle, authors, section, issue, date, lines, text and headings."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from index.readers import read_document
from index.repair import Repaired, repair
from index.types import Article, Document, Repair


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: the document, its articles and leftovers in order, and the log of repairs."""

    document: Document
    articles: tuple[Article, ...]
    repairs: tuple[Repair, ...]


def read_articles(path: Path, source: str) -> Reading:
    """Return the articles and leftovers of a file; raises UnreadableFile."""
    document = read_document(path, source)
    repaired = repair(document)
    return Reading(document, split(document, repaired), repaired.repairs)


def split(document: Document, repaired: Repaired) -> tuple[Article, ...]:
    """Return every article and leftover of a document, in order."""
    first, *rest = repaired.blocks
    name = hashlib.sha256(f"{document.source}\n{first.text}\n0".encode()).hexdigest()[:16]
    text = "\n".join(block.text for block in rest)
    return (Article(name, document.source, first.start, repaired.blocks[-1].end, first.text, text),)
