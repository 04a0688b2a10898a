"""Files of every readable format in, documents (lines with numbers, pages, styles) out."""

from pathlib import Path

from index.readers.text import read_text
from index.types import Document

SUFFIXES: frozenset[str] = frozenset({".txt"})


def read_document(path: Path, source: str) -> Document:
    """Return the document in a file; raises UnreadableFile with the reason and what to do."""
    return read_text(path, source)
