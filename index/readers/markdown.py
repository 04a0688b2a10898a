"""A Markdown file in, a document out: a line for each paragraph, heading, item or table row, numbered as there."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.front_matter import STYLE as FRONT
from index.front_matter import front_lines, read_front
from index.readers.text import decode
from index.types import Document, Line

if TYPE_CHECKING:
    from markdown_it.token import Token

_SOFT_BREAK = re.compile(r"(?<=[^\x00-\u2000])\n(?=[^\x00-\u2000])")


def read_markdown(path: Path, source: str) -> Document:
    """Return the text of a Markdown file; the lines of its front matter come first, in a style of their own."""
    from markdown_it import MarkdownIt

    text = re.sub(r"\r\n?", "\n", decode(path.read_bytes(), source))
    raw = text.split("\n")
    skipped = front_lines(raw)
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(raw[skipped:]))
    front = [Line(number, line, style=FRONT) for number, line in enumerate(raw[:skipped], 1)]
    return Document(source, "md", (*front, *_lines(tokens, skipped)), read_front(raw[:skipped]).title)


def _lines(tokens: Sequence["Token"], skipped: int) -> list[Line]:
    """Return a line for each block that holds text."""
    lines: list[Line] = []
    style: str | None = None
    cells: list[str] | None = None
    depth = 0
    for token in tokens:
        number = skipped + (token.map[0] if token.map else 0) + 1
        if token.type == "heading_open":
            style = token.tag
        elif token.type in ("heading_close", "paragraph_close"):
            style = None
        elif token.type in ("list_item_open", "list_item_close"):
            depth += token.nesting
        elif token.type == "tr_open":
            cells, row = [], number
        elif token.type == "tr_close" and cells is not None:
            lines.append(Line(row, "\t".join(cells), style="table"))
            cells = None
        elif token.type == "inline" and cells is not None:
            cells.append(_plain(token))
        elif token.type == "inline":
            end = skipped + token.map[1] if token.map else None
            lines.append(Line(number, _plain(token), style=style or ("li" if depth else None), end=end))
        elif token.type in ("fence", "code_block"):
            lines += [Line(number + i, code) for i, code in enumerate(token.content.splitlines())]
        elif token.type == "html_block":
            lines.append(Line(number, re.sub(r"<[^>]*>", " ", token.content).strip()))
    return lines


def _plain(token: "Token") -> str:
    """Return inline Markdown without its marks; a line break inside Chinese leaves no blank."""
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type != "html_inline":
            parts.append(child.content)
    return _SOFT_BREAK.sub("", "".join(parts)).replace("\n", " ").strip()
