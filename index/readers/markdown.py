"""A Markdown file in, a document out: a line for each paragraph, heading, item or table row, numbered as there."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.readers.text import decode
from index.types import Document, Line

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n(?:---|\.\.\.)\r?\n", re.DOTALL)
_FIELD = re.compile(r"^(title|author|authors|date)\s*:\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)
_SOFT_BREAK = re.compile(r"(?<=[^\x00-\u2000])\n(?=[^\x00-\u2000])")


def read_markdown(path: Path, source: str) -> Document:
    """Return the text of a Markdown file; title, author and date of its front matter come first."""
    from markdown_it import MarkdownIt

    text = decode(path.read_bytes(), source)
    front = _FRONT.match(text)
    fields = {name.lower(): value.strip("\"'[] ") for name, value in _FIELD.findall(front[1])} if front else {}
    skipped = front[0].count("\n") if front else 0
    tokens = MarkdownIt("commonmark").enable("table").parse(text[front.end() :] if front else text)
    lines = _lines(tokens, skipped)
    credits = _credits(fields)
    if credits and lines and lines[0].style == "h1":
        lines = [lines[0], *(Line(lines[0].number, credit) for credit in credits), *lines[1:]]
    elif credits or "title" in fields:
        head = [Line(1, fields["title"], style="title")] if "title" in fields else []
        lines = [*head, *(Line(1, credit) for credit in credits), *lines]
    return Document(source, "md", tuple(lines), fields.get("title"))


def _credits(fields: dict[str, str]) -> list[str]:
    """Return author and date of the front matter as the lines that printed articles have them on."""
    author = fields.get("author") or fields.get("authors")
    credits = [f"作者：{author}"] if author else []
    return credits + ([f"日期：{fields['date']}"] if "date" in fields else [])


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
            lines.append(Line(number, _plain(token), style=style or ("li" if depth else None)))
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
