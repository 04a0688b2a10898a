"""Lines of a Markdown file in, its front matter out: its end, and title, authors, section, issue and date.

Not all of YAML: `key: value`, lists in brackets or on lines of their own. A colon in a title needs no quotes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.bylines import authors
from index.imprint import iso_date

STYLE = "front"
"""The style of a front matter's lines in a document: they say what an article is, and are no part of its text."""
_FIELD = re.compile(r"([A-Za-z][\w-]*|[一-鿿]{2,4})\s*(?::(?:\s+|$)|：)\s*(.*)")
_FENCES = ("---", "...")
_GOES_ON = re.compile(r"\s|- |#|$")
_KEYS = {
    **{"title": "title", "标题": "title", "subtitle": "subtitle", "副标题": "subtitle"},
    **{"author": "authors", "authors": "authors", "作者": "authors", "date": "date", "日期": "date"},
    **{"section": "section", "category": "section", "栏目": "section", "issue": "issue", "期号": "issue"},
}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a front matter says of its article; what it does not say is None."""

    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    issue: str | None = None
    date: str | None = None


def front_lines(lines: Sequence[str]) -> int:
    """Return how many lines the front matter takes, its fences included; 0 when there is none.

    A rule above the first paragraph is none: between its fences nothing stands but fields, one of them a known one.
    """
    begin = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    if begin == len(lines) or lines[begin].rstrip() != "---":
        return 0
    for at, line in enumerate(lines[begin + 1 :], begin + 1):
        if line.rstrip() in _FENCES:
            return at + 1 if _fields(lines[begin + 1 : at]) else 0
        if not (_FIELD.match(line) or _GOES_ON.match(line)):
            return 0
    return 0


def read_front(lines: Sequence[str]) -> FrontMatter:
    """Return what the lines of a front matter say."""
    fields = _fields(lines)
    one = {key: " ".join(values) for key, values in fields.items()}
    year = re.fullmatch(r"(?:19|20)\d\d", one.get("date", ""))
    return FrontMatter(
        title=one.get("title"),
        subtitle=one.get("subtitle"),
        authors=tuple(dict.fromkeys(name for value in fields.get("authors", ()) for name in _names(value))),
        section=one.get("section"),
        issue=one.get("issue"),
        date=year[0] if year else iso_date(one.get("date", "")),
    )


def _fields(lines: Sequence[str]) -> dict[str, list[str]]:
    """Return the values of the known keys; lines without a key go on with the value before."""
    found: dict[str, list[str]] = {}
    key: str | None = None
    for line in lines:
        if line.rstrip() in _FENCES or line.startswith("#"):
            key = None
            continue
        field = _FIELD.match(line)
        key = _KEYS.get(field[1].lower()) if field else key
        values = _values(field[2] if field else line.strip().removeprefix("- "))
        if key and values:
            found.setdefault(key, []).extend(values)
    return found


def _values(text: str) -> list[str]:
    """Return the items of a list in brackets, or the one value, without quotes and the marks of folded text."""
    text = text.strip()
    items = text[1:-1].split(",") if text.startswith("[") and text.endswith("]") else [text]
    bare = (item.strip().removeprefix("name:").strip().strip("\"'") for item in items)
    return [item for item in bare if item not in ("", ">", "|", ">-", "|-")]


def _names(value: str) -> tuple[str, ...]:
    """Return the authors that a field names: read as a byline, or taken at its word where that finds nobody."""
    return authors(f"作者：{value}") or tuple(
        name.strip() for name in re.split(r"[,，、;；&]| and ", value) if name.strip()
    )
