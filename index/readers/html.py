"""An HTML file in, a document out: a line for each block or table row, without navigation and footer."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from index.readers.text import decode
from index.types import Document, Line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_DROPPED = re.compile(
    "script|style|noscript|template|nav|footer|form|button|select|iframe|svg|canvas|video|audio|head|dialog|aside"
)
_BLOCK = re.compile(
    "p|div|section|article|main|h[1-6]|li|ul|ol|dl|dt|dd|blockquote|pre|table|thead|tbody|tfoot|tr|td|th|caption|figure"
    "|figcaption|hr|br|header|address|center|details|summary|body"
)
_FURNITURE = re.compile(
    r"(?:nav|navbar|navigation|menu|breadcrumbs?|footer|sidebar|share|sharing|social|related|comments?|cookie|copyright|pagination"
    r"|advert|ads?|banner|toolbar)(?:-\w+)?",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_ASCII = rb"<p> +AGE- \u0041"
_DEEPEST = 150  # elements inside each other; beyond that their text is taken as it is


def read_html(path: Path, source: str) -> Document:
    """Return the text of a page; the title is that of the page, its site's name cut off."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(_text(path.read_bytes(), source))
    body = tree.css_first("article") or tree.css_first("main") or tree.body
    if body is not None and tree.body is not None and 2 * len(body.text()) < len(tree.body.text()):
        body = tree.body
    collected = _Lines()
    if body is not None:
        collected.walk(body, None, 0)
        collected.flush(None)
    return Document(source, "html", tuple(collected.lines), _title(tree.css_first("title"), tree.css_first("h1")))


def _text(data: bytes, source: str) -> str:
    """Return the page as text in the encoding that it declares, if that fits."""
    declared = _CHARSET.search(data[:4096])
    if declared:
        name = declared[1].decode("ascii").lower()
        name = {"gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)
        try:
            # a declaration that is legible as ASCII rules out UTF-16, UTF-7 and Python's own escapes
            if _ASCII.decode(name) == _ASCII.decode("ascii"):
                return data.decode(name)
        except (LookupError, UnicodeError):
            pass
    return decode(data, source)


def _title(title: "LexborNode | None", headline: "LexborNode | None") -> str | None:
    """Return the headline, or the page's title without the name of the site after it."""
    if headline is not None and headline.text().strip():
        return _squeezed(headline.text())
    if title is None or not title.text().strip():
        return None
    return re.split(r"\s+[-|–—_]\s+|[_|]", _squeezed(title.text()))[0].strip()


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


class _Lines:
    """Collects the lines of a page while its elements are walked."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._inline: list[str] = []

    def flush(self, style: str | None) -> None:
        """End the line that the inline text so far makes."""
        text = _squeezed("".join(self._inline))
        self._inline.clear()
        if text:
            self.lines.append(Line(len(self.lines) + 1, text, style=style))

    def walk(self, node: "LexborNode", style: str | None, depth: int) -> None:
        """Collect the text inside an element."""
        for child in node.iter(include_text=True):
            tag = child.tag or ""
            if tag == "-text":
                self._inline.append(child.text(deep=False) or "")
            elif _DROPPED.fullmatch(tag) or tag.startswith("-") or _is_furniture(child):
                continue
            elif tag == "tr":
                self._row(child, style)
            elif _BLOCK.fullmatch(tag):
                self.flush(style)
                inner = tag if re.fullmatch("h[1-6]", tag) else "li" if tag == "li" else style
                if depth < _DEEPEST:
                    self.walk(child, inner, depth + 1)
                else:
                    self._inline.append(child.text())
                self.flush(inner)
            else:
                self._inline_element(child, style, depth)

    def _inline_element(self, node: "LexborNode", style: str | None, depth: int) -> None:
        if depth < _DEEPEST:
            self.walk(node, style, depth + 1)
        else:
            self._inline.append(node.text())

    def _row(self, row: "LexborNode", style: str | None) -> None:
        """Collect a table row; one that holds a single cell is layout, not data."""
        self.flush(style)
        cells = [_squeezed(cell.text()) for cell in row.iter() if cell.tag in ("td", "th")]
        if len(cells) > 1 and any(cells):
            self.lines.append(Line(len(self.lines) + 1, "\t".join(cells), style="table"))
        elif cells:
            self.walk(row, style, 1)
            self.flush(style)


def _is_furniture(node: "LexborNode") -> bool:
    """Tell whether an element is navigation, footer or the like, by its role, class or id."""
    given = node.attributes
    if given.get("role") in ("navigation", "contentinfo", "search", "complementary") or "hidden" in given:
        return True
    names = f"{given.get('class') or ''} {given.get('id') or ''}".split()
    return node.tag in ("div", "ul", "ol", "section", "header", "p") and any(map(_FURNITURE.fullmatch, names))
