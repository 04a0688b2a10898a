"""A document's lines in, clean paragraphs and a log of every change out. Rules only, no models.

Lines are put into one spelling, page furniture and footnote marks taken out, wrapped and cut paragraphs joined,
tables kept as rows. Nothing is lost: what is not in a block is in the log.
"""

import re
from dataclasses import dataclass, field, replace

from index.front_matter import STYLE as FRONT
from index.imprint import is_imprint_line
from index.repair_characters import is_chinese, normalize, unspace
from index.repair_furniture import drop_furniture, drop_marks, seam, undouble
from index.repair_joins import (
    SECTION,
    Cuts,
    is_advertisement,
    is_aside,
    is_back_matter,
    is_balanced,
    is_byline,
    is_item,
    stands_alone,
)
from index.repair_layout import NEARLY_FULL, Row, cells, ends_sentence, measure
from index.types import Block, BlockKind, Document, Repair

_NOTE = re.compile(r"[①-⑳]|\[\d{1,3}\]\s*\S")
_CAPTION = re.compile(r"(?:表|图|Table|Figure|Fig\.)\s*\d")
_DATUM = re.compile(
    r"(?:来源|日期|时间|发布|关键词|摘要|DOI|中图分类号|文献标识码|文章编号|Keywords|Source|Date)[^：:]{0,6}[：:]"
)
_LEAD_IN = re.compile("以下|如下|包括|分别|几点|几个|例如|比如|表示|指出|认为")
_LONGEST_HEADING, _LONGEST_MARKED, _LONGEST_ANY = 45, 70, 100
_MARKED = ("one", "two", "three", "four")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A document after cleaning: its blocks in order, and what was changed on the way."""

    blocks: tuple[Block, ...]
    repairs: tuple[Repair, ...]


def repair(document: Document) -> Repaired:
    """Return the document's paragraphs, headings, tables and notes, and the log of repairs."""
    rows, repairs = _rows(document)
    for step in (undouble, drop_furniture, drop_marks):
        rows, more = step(rows)
        repairs += more
    rows = measure(rows, document)
    pieces, more = _join(rows, structured=document.format in {"md", "html", "docx"})
    repairs += more
    return Repaired(tuple(_block(piece) for piece in pieces), tuple(sorted(repairs, key=lambda done: done.line)))


def _rows(document: Document) -> tuple[list[Row], list[Repair]]:
    """Return the lines that hold text, in one spelling."""
    rows, repairs = [], []
    for line in document.lines:
        if line.style == FRONT:
            repairs.append(Repair("metadata", line.number, line.text, ""))
            continue
        text, changed = normalize(line)
        width = cells(text)
        text, closed = unspace(text, line.number)
        repairs += changed + closed
        if text.strip():
            rows.append(Row(line.number, line.end or line.number, text, line.style, line.page, line.box, width))
    return rows, repairs


@dataclass(slots=True)
class _Piece:
    """A paragraph while it grows: its text so far and the rows it came from."""

    text: str
    rows: list[Row] = field(default_factory=list)

    @property
    def last(self) -> Row:
        """The last row with the whole text so far, as cuts are judged by it."""
        return replace(self.rows[-1], text=self.text) if len(self.rows) > 1 else self.rows[0]


def _join(rows: list[Row], *, structured: bool) -> tuple[list[_Piece], list[Repair]]:
    """Return the paragraphs that the rows make, and each join."""
    cuts = Cuts(rows, second_headlines(rows))
    pieces: list[_Piece] = []
    repairs: list[Repair] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        target = _continued(pieces, row, cuts) if pieces and not structured else None
        if target is None and not structured and pieces and is_aside(row):
            at, target = _over_aside(rows, at, pieces, cuts)
            row = rows[at]
        if target is None:
            pieces.append(_Piece(row.text, [row]))
        else:
            repairs.append(_grow(target, row, cuts))
        at += 1
    return pieces, repairs


def _continued(pieces: list[_Piece], row: Row, cuts: Cuts) -> _Piece | None:
    """Return the last piece when the row goes on with it."""
    piece = pieces[-1]
    if _is_table(piece.rows[-1]):
        return piece if _is_rest_of_cell(piece, row) else None
    if _is_open_byline(piece) and len(row.text) < 120:
        return piece
    if _is_vertical_name(piece, row) or row.number in cuts.headlines:
        return piece
    if cuts.wrapped(piece.rows[-1], row) or cuts.cut(piece.last, row):
        return piece
    return None


def _over_aside(rows: list[Row], at: int, pieces: list[_Piece], cuts: Cuts) -> tuple[int, _Piece | None]:
    """Return where the paragraph before an aside goes on, and that paragraph; the aside becomes a piece of its own."""
    end = at + 1
    while end < len(rows) and cuts.wrapped(rows[end - 1], rows[end]):
        end += 1
    before = pieces[-1]
    if end == len(rows) or ends_sentence(before.text) or not cuts.cut(before.last, rows[end]):
        return at, None
    aside = _Piece(rows[at].text, [rows[at]])
    for row in rows[at + 1 : end]:
        _grow(aside, row, cuts)
    pieces.append(aside)
    return end, before


def _grow(piece: _Piece, row: Row, cuts: Cuts) -> Repair:
    """Add a row to a piece and return the record of it."""
    first, second = piece.text, row.text.lstrip("\t")
    apart = row.number in cuts.headlines or (len(piece.rows) == 1 and _is_vertical_name(piece, row))
    piece.rows.append(row)
    twice = cuts.doubled(first, second)
    if twice:
        piece.text = first + second[twice:]
        return Repair("doubled", row.number, f"{first[-12:]}\n{second[:12]}", f"{first[-12:]}{second[twice:12]}")
    if first.endswith("-") and second[0].islower() and cuts.is_word(first, second):
        piece.text = first[:-1] + second
        return Repair("joined", row.number, f"{first[-12:]}\n{second[:12]}", f"{first[-12:-1]}{second[:12]}")
    between = " " if apart else _between(first, second)
    piece.text = first + between + second
    return seam(row.number, first, second, between=between)


def _between(first: str, second: str) -> str:
    """Return the blank that a line's end stood for: one between Latin words, none in Chinese, whose numbers it cuts."""
    latin = first[-1] < "\u2000" and second[0] < "\u2000"
    number = second[0].isdigit() and (first[-1].isdigit() or re.search(r"\d[.,]$", first)) and is_chinese(first)
    return " " if latin and first[-1] not in "-/" and not number else ""


def _is_table(row: Row) -> bool:
    return "\t" in row.text or row.style == "table"


def _is_rest_of_cell(piece: _Piece, row: Row) -> bool:
    """Tell whether a table row only goes on with the last cell of the row before, which a page cut."""
    *before, _ = row.text.split("\t")
    alone = bool(before) and not any(cell.strip() for cell in before)
    return alone and not ends_sentence(piece.text)


def _is_open_byline(piece: _Piece) -> bool:
    """Tell whether a piece is a signature whose bracket has not closed yet."""
    text = piece.text
    return text.startswith(("（", "(")) and not is_balanced(text) and len(piece.rows) < 4 and len(text) < 200


def _is_vertical_name(piece: _Piece, row: Row) -> bool:
    """Tell whether a row is the next character of a name set downwards under `本报记者`."""
    return len(row.text) == 1 and is_chinese(row.text) and is_byline(piece.rows[0].text) and len(piece.text) < 12


def second_headlines(rows: list[Row]) -> frozenset[int]:
    """Return the lines where a subhead of a hard-wrapped column goes on: two short lines, and text around them.

    Three and more short lines in a row are a list.
    """
    short = [
        0 < row.fill < NEARLY_FULL and not stands_alone(row) and _is_heading(row.text, marked=False) for row in rows
    ]
    short = [False, False, *short, False]
    return frozenset(
        row.number
        for i, row in enumerate(rows, 2)
        if i > 3 and short[i] and short[i - 1] and not short[i - 2] and not short[i + 1] and not row.gap
    )


def _block(piece: _Piece) -> Block:
    """Return the block that a finished piece makes."""
    text, _ = unspace(piece.text, piece.rows[0].number)
    first, last = piece.rows[0], piece.rows[-1]
    kind, level = _kind(first, text.strip())
    pages = (first.page, last.page) if first.page is not None and last.page is not None else None
    return Block(kind, text.strip(" ") if kind == "table" else text.strip(), first.number, last.end, level, pages)


def _kind(row: Row, text: str) -> tuple[BlockKind, int]:
    """Return what a text is, and its level when it is a heading."""
    if _is_table(row):
        return "table", 0
    if row.style and re.fullmatch(r"h[1-6]|title", row.style):
        return "heading", int(row.style[1]) if row.style != "title" else 1
    if _NOTE.match(text):
        return "note", 0
    marked = SECTION.match(text)
    if row.style == "li" or not _is_heading(text, marked=bool(marked)):
        return "paragraph", 0
    return "heading", 1 + _MARKED.index(marked.lastgroup) if marked and marked.lastgroup else 1


def _is_heading(text: str, *, marked: bool) -> bool:
    """Tell whether a text is set like a heading: short, and without the end of a sentence."""
    longest = _LONGEST_MARKED if marked else _LONGEST_HEADING
    if is_back_matter(text):
        return True
    if len(text) > _LONGEST_ANY:
        return False
    if is_byline(text) or is_advertisement(text):
        return False
    if not is_chinese(text):
        return not text.endswith((".", ",", ";", ":")) and len(text.split()) <= 14
    if len(text) > longest or text.endswith(("。", "；", ";", "，", ",", "、", "…", "⋯")) or _CAPTION.match(text):
        return False
    if text.startswith(("（", "(")) and not marked:
        return False
    if re.search(r"[。；]", text) or re.search(r"[:：].*\d{5,}", text):
        return False
    if text.endswith(("：", ":")):
        return marked or (len(text) <= 12 and not _LEAD_IN.search(text))
    return marked or not _is_entry(text)


def _is_entry(text: str) -> bool:
    """Tell whether a short line is an item or says `label: value`, as imprints and the lines under a title do."""
    return is_item(text) or is_imprint_line(text) or bool(_DATUM.match(text))
