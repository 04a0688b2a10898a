"""Rows in, rows without page numbers, running heads, rules and lone footnote marks out."""

import re
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

from index.repair_joins import SECTION, is_dashes
from index.repair_layout import Row, cells, ends_sentence
from index.types import Repair

_PAGE_NUMBER = re.compile(
    r"[-—–·•|\s]*(?:第\s*)?(\d{1,4})(?:\s*页)?(?:\s*(?:/|of|共)\s*(?:第|共)?\s*\d{1,4}(?:\s*页)?)?[-—–·•|\s]*"
    r"|(?:[Pp]age|P\.)\s*(\d{1,4})(?:\s*(?:of|/)\s*\d{1,4})?"
)
_MARK = re.compile(r"[①-⑳]|\[\d{1,2}\]|[¹²³⁴-⁹]{1,2}|[*†‡]")
REPEATS = 3  # a running head stands on so many pages at least


def drop_furniture(rows: list[Row]) -> tuple[list[Row], list[Repair]]:
    """Return the rows without page numbers, running heads and rules, and what was dropped."""
    dropped = _page_numbers(rows)
    dropped |= _running_heads(rows, dropped)
    dropped |= {i for i, row in enumerate(rows) if is_dashes(row.text)}
    repairs = [Repair("furniture", rows[i].number, rows[i].text, "") for i in sorted(dropped)]
    return [row for i, row in enumerate(rows) if i not in dropped], repairs


def undouble(rows: list[Row]) -> tuple[list[Row], list[Repair]]:
    """Return the rows with headlines that were printed twice for boldness given once."""
    kept, repairs = [], []
    for row in rows:
        half = len(row.text) // 2
        if half >= 4 and len(row.text) <= 80 and row.text[:half] == row.text[half:] and not ends_sentence(row.text):
            repairs.append(Repair("doubled", row.number, row.text, row.text[:half]))
            row = replace(row, text=row.text[:half], doubled=True)
        kept.append(row)
    return kept, repairs


def drop_marks(rows: list[Row]) -> tuple[list[Row], list[Repair]]:
    """Return the rows with lines that hold nothing but a footnote mark dropped, and the line they cut whole again."""
    if not any(_MARK.fullmatch(row.text) for row in rows):
        return rows, []
    kept: list[Row] = []
    repairs: list[Repair] = []
    resume = False
    line = sorted(cells(row.text) for row in rows)[int(0.9 * len(rows))]
    for at, row in enumerate(rows):
        if kept and _MARK.fullmatch(row.text):
            repairs.append(Repair("note", row.number, row.text, ""))
            rest = rows[at + 1].text if at + 1 < len(rows) else ""
            on_one_line = cells(kept[-1].text) + cells(rest) <= 1.08 * line and not SECTION.match(rest)
            resume = not ends_sentence(kept[-1].text) or on_one_line
            continue
        if resume:
            repairs.append(seam(row.number, kept[-1].text, row.text))
            kept[-1] = replace(kept[-1], text=kept[-1].text + row.text, end=row.end)
            resume = False
            continue
        kept.append(row)
    return kept, repairs


def seam(number: int, first: str, second: str, *, between: str = "") -> Repair:
    """Return the record of a join: a few characters on both sides, before and after."""
    return Repair("joined", number, f"{first[-12:]}\n{second[:12]}", f"{first[-12:]}{between}{second[:12]}")


def _page_numbers(rows: list[Row]) -> set[int]:
    """Return the rows that count the pages: numbers alone on their line that grow one by one."""
    found = [(i, int(next(filter(None, match.groups())))) for i, row in enumerate(rows) if (match := _number(row))]
    steps = sum(0 < b - a <= 2 for (_, a), (_, b) in pairwise(found))
    if len(found) < REPEATS - 1 or steps < 0.6 * (len(found) - 1):
        return set()
    return {i for i, _ in found}


def _number(row: Row) -> re.Match[str] | None:
    return _PAGE_NUMBER.fullmatch(row.text) if len(row.text) <= 16 else None


def _running_heads(rows: list[Row], numbers: set[int]) -> set[int]:
    """Return the rows that repeat on page after page, beside page numbers, page edges or cut sentences."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if len(row.text) <= 60 and "\t" not in row.text and not ends_sentence(row.text):
            places[re.sub(r"\d+", "#", row.text)].append(i)
    found: set[int] = set()
    for text, at in places.items():
        if len(at) >= REPEATS and len(text) >= 4 and sum(_at_edge(rows, i, numbers) for i in at) >= 0.7 * len(at):
            found.update(at)
    return found


def _at_edge(rows: list[Row], at: int, numbers: set[int]) -> bool:
    """Tell whether a row stands at the edge of a page."""
    if {at - 1, at + 1} & numbers:
        return True
    page = rows[at].page
    if page is not None:
        neighbours = [rows[i].page for i in (at - 2, at - 1, at + 1, at + 2) if 0 <= i < len(rows)]
        return any(other != page for other in neighbours) or len(neighbours) < 4
    if not 0 < at < len(rows) - 1 or ends_sentence(rows[at - 1].text):
        return False
    beside = min(cells(rows[at - 1].text), cells(rows[at + 1].text))
    return beside > 40 and cells(rows[at].text) < 0.75 * beside  # a wrapped line that recurs is as wide as its column
