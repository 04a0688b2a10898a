"""Files of every readable format in, documents (lines with numbers, pages, styles) out."""

from collections.abc import Callable
from pathlib import Path

from index.errors import UnreadableFile
from index.front_matter import STYLE as FRONT
from index.readers.docx import read_docx
from index.readers.html import read_html
from index.readers.markdown import read_markdown
from index.readers.pdf import read_pdf
from index.readers.text import read_text
from index.types import Document

LARGEST = 200 * 1024 * 1024  # bytes; a file beyond that is no article but an export to be split

_READERS: dict[str, Callable[[Path, str], Document]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
}

SUFFIXES: frozenset[str] = frozenset(_READERS)
"""The endings of files that can be read, in lower case."""


def read_document(path: Path, source: str) -> Document:
    """Return the document in a file; raises UnreadableFile with the reason and what to do."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        endings = ", ".join(sorted(SUFFIXES))
        raise UnreadableFile(
            f"{source}: files ending in {path.suffix!r} cannot be read. Convert it to one of {endings}."
        )
    try:
        size = path.stat().st_size
        if size == 0:
            raise UnreadableFile(f"{source}: the file is empty. Put text into it or leave it out.")
        if size > LARGEST:
            raise UnreadableFile(
                f"{source}: {size // 2**20} MB are more than the {LARGEST // 2**20} MB a file may have. Split it."
            )
        document = reader(path, source)
    except OSError as error:
        raise UnreadableFile(
            f"{source}: {error.strerror or error}. Check that the file is there and readable."
        ) from error
    if not any(line.text.strip() for line in document.lines if line.style != FRONT):
        raise UnreadableFile(f"{source}: no text in it. Put text into it or leave it out.")
    return document
