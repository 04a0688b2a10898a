"""A plain text file in, a document of its lines out."""

from pathlib import Path

from index.types import Document, Line


def read_text(path: Path, source: str) -> Document:
    """Return the lines of a text file."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return Document(source, "txt", tuple(Line(n, text) for n, text in enumerate(lines, 1)))
