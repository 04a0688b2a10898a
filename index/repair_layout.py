"""Cleaned lines in, rows out that know their layout: blank line before, indent, and whether the line is full.

A full line was broken by the width of its column, not by its author. Blank lines mark paragraphs only in files
where some lines have none between them: extracted pages often carry one after every line.
"""

import itertools
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, replace

from index.repair_characters import closing_bracket, is_chinese
from index.types import Document

WIDEST_COLUMN = 140  # cells; a line beyond that was never broken by a page
WRAPPED_SHARE = 0.4  # of all lines, unfinished ones that reach their column's edge: then the file is hard-wrapped
FULL = 0.94  # of the column's width; half-width signs and Latin words leave a ragged edge
NEARLY_FULL = 0.75  # an unfinished line this wide is no heading, but e.g. a paragraph's indented first line
_NARROW = re.compile("[\0-\u1fff]+")
_CLOSERS = "”’」』）)》】\"'"


@dataclass(frozen=True, slots=True)
class Row:
    """A line that holds text, with what its place on the page tells."""

    number: int
    end: int
    text: str
    style: str | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    width: int = 0
    """Cells it took before blanks were closed up."""
    gap: bool = False
    """A blank line stands before it, and blank lines mean something in this file."""
    indent: bool = False
    doubled: bool = False
    """It was printed twice, as large headlines are."""
    fill: float = 0.0
    """Its share of the column's width; 0 in a file that is not hard-wrapped."""


def measure(rows: list[Row], document: Document) -> list[Row]:
    """Return the rows with gaps, indents and their share of the column marked."""
    blanks_speak = _blanks_speak(rows)
    fill = _fill(rows)
    raw = {line.number: line.text for line in document.lines}
    marked = []
    for i, row in enumerate(rows):
        gap = blanks_speak and i > 0 and row.number - rows[i - 1].end > 1
        indent = raw[row.number].startswith(("\u3000\u3000", "  ")) if row.box is None else _is_indented(rows, i)
        marked.append(replace(row, gap=gap, indent=indent, fill=fill[i]) if gap or indent or fill[i] else row)
    return marked


def cells(text: str) -> int:
    """Return the width of a text in half-width cells: a Chinese character takes two."""
    return 2 * len(text) - sum(map(len, _NARROW.findall(text)))


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends like a whole sentence, closing quotes and brackets aside."""
    bare = text.rstrip(_CLOSERS + " ")
    if bare.endswith(("。", "｡", "！", "？", "!", "?", "…", "⋯", "；", ";")):
        return True
    if bare.endswith(".") and not is_chinese(bare[-12:]):
        return True
    bracket = closing_bracket(text)  # a signature glued to its paragraph: 。（作者：甲）
    return bool(bracket) and text[:bracket].rstrip(_CLOSERS + " ").endswith(("。", "！", "？", "."))


def _blanks_speak(rows: list[Row]) -> bool:
    """Tell whether blank lines mark paragraphs: not where nearly every line has one."""
    if len(rows) < 2:
        return True
    apart = sum(b.number - a.end > 1 for a, b in itertools.pairwise(rows))
    return apart < 0.85 * (len(rows) - 1)


def _fill(rows: list[Row]) -> list[float]:
    """Return each row's share of its column's width; all 0 in a file that is not hard-wrapped."""
    long = sum(len(row.text) for row in rows if row.box is None and cells(row.text) > WIDEST_COLUMN)
    if long > 0.2 * sum(len(row.text) for row in rows):
        return [0.0] * len(rows)
    wide = [_width(rows, i) for i in range(len(rows))]
    usual = sorted(wide)[len(wide) // 2] if wide else 0.0
    columns = [_columns(wide, i, 0.6 * usual) for i in range(len(rows))]
    shares = [min(1.0, width / min(column)) for width, column in zip(wide, columns, strict=True)]
    broken = sum(share >= 0.85 and not ends_sentence(row.text) for share, row in zip(shares, rows, strict=True))
    return shares if broken >= WRAPPED_SHARE * len(rows) else [0.0] * len(rows)


def _width(rows: list[Row], at: int) -> float:
    """Return how far a row reaches from its column's left edge: in cells, or in points where boxes are known."""
    box = rows[at].box
    if box is None:
        return float(max(1, cells(rows[at].text)))
    near = [row.box[0] for row in rows[max(0, at - 5) : at + 6] if row.box and abs(row.box[0] - box[0]) < 40]
    return max(1.0, box[2] - min(near))


def _columns(wide: list[float], at: int, least: float) -> tuple[float, float]:
    """Return the width of the column before and after a row, which differ where the layout changes."""
    return _common_width(wide[max(0, at - 8) : at + 1], least), _common_width(wide[at : at + 9], least)


def _common_width(window: list[float], least: float) -> float:
    """Return the greatest width that three rows of a window share, a ragged edge allowed for."""
    if len(window) < 4:  # too near an end of the file to tell
        return float("inf")
    ordered = sorted(window)
    for width in reversed(ordered):
        slack = max(2.0, 0.04 * width)
        if width >= least and bisect_right(ordered, width) - bisect_left(ordered, width - slack) >= 3:
            return width
    return max(least, ordered[-1])


def _is_indented(rows: list[Row], at: int) -> bool:
    """Tell whether a row on a page begins to the right of the column's common left edge."""
    box = rows[at].box
    if box is None:
        return False
    lefts = [round(row.box[0]) for row in rows[max(0, at - 6) : at + 7] if row.box and abs(row.box[0] - box[0]) < 60]
    common = Counter(lefts).most_common(1)[0][0]
    return 6 < box[0] - common < 40
