"""A PDF in, a document out: a line for each printed line, with page and box, and a blank one for a gap."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from index.errors import UnreadableFile
from index.types import Document, Line

if TYPE_CHECKING:
    import pypdfium2

Box = tuple[float, float, float, float]

GAP = 0.75  # of a line's height between two lines, beyond the usual: a paragraph ends there
LARGE, LARGER = 1.4, 1.12  # times the usual height of a line: the title, a heading
_HYPHEN = re.compile("[\ufffe\u0002]\\s*")  # what PDFium leaves of a hyphen at a line's end
_FEWEST = 3  # characters a page that has a text layer


@dataclass(frozen=True, slots=True)
class _Printed:
    """A printed line: its text, its page and where it stands on it."""

    text: str
    page: int
    box: Box

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


def read_pdf(path: Path, source: str) -> Document:
    """Return the lines of a PDF in reading order; one that holds only pictures of pages is refused."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise _refusal(str(error), source) from error
    try:
        printed = [line for number in range(len(pdf)) for line in _page(pdf, number)]
        pages = len(pdf)
    except pypdfium2.PdfiumError as error:
        raise _refusal(str(error), source) from error
    finally:
        pdf.close()
    if sum(len(line.text) for line in printed) < _FEWEST * max(1, pages):
        raise UnreadableFile(f"{source}: a scan without a text layer. Run OCR over it (for example ocrmypdf) first.")
    return Document(source, "pdf", tuple(_lines(printed)))


def _refusal(reason: str, source: str) -> UnreadableFile:
    if "password" in reason.lower() or "security" in reason.lower():
        return UnreadableFile(f"{source}: locked by a password. Save a copy without a password.")
    return UnreadableFile(f"{source}: the PDF is damaged or cut short. Fetch it again or print it to a new PDF.")


def _page(pdf: "pypdfium2.PdfDocument", number: int) -> Iterator[_Printed]:
    """Yield the lines of one page."""
    page = pdf[number]
    height = page.get_height()
    content = page.get_textpage()
    text = _HYPHEN.sub(lambda match: " " * len(match.group()), content.get_text_range())
    for match in re.finditer(r"[^\r\n]*\S[^\r\n]*", text):
        boxes = [content.get_charbox(at, loose=True) for at in _sampled(match, content)]
        left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
        top, bottom = height - max(box[3] for box in boxes), height - min(box[1] for box in boxes)
        yield _Printed(match.group().strip(), number + 1, (left, top, right, bottom))
    content.close()
    page.close()


def _sampled(match: re.Match[str], content: "pypdfium2.PdfTextPage") -> list[int]:
    """Return the character indexes that a line's box is measured by: its first, middle and last visible ones."""
    from pypdfium2 import raw

    visible = [match.start() + i for i, sign in enumerate(match.group()) if not sign.isspace()]
    chosen = {visible[0], visible[len(visible) // 2], visible[-1]}
    last = content.count_chars() - 1
    indexes = (raw.FPDFText_GetCharIndexFromTextIndex(content, at) for at in sorted(chosen))
    return [min(max(0, index), last) for index in indexes]


def _lines(printed: list[_Printed]) -> list[Line]:
    """Return the lines numbered, with blank ones in the gaps and styles where the type is large."""
    usual = median(line.height for line in printed)
    gaps = [b.box[1] - a.box[3] for a, b in pairwise(printed) if a.page == b.page]
    leading = median(gap for gap in gaps if gap > -usual) if any(gap > -usual for gap in gaps) else 0.0
    lines: list[Line] = []
    before: _Printed | None = None
    for line in printed:
        if before and before.page == line.page and line.box[1] - before.box[3] > leading + GAP * usual:
            lines.append(Line(len(lines) + 1, "", line.page))
        style = _style(line, usual)
        if before and style == "title" and lines[-1].style == "title" and abs(before.height - line.height) < 1:
            lines[-1] = _longer(lines[-1], line)
        else:
            lines.append(Line(len(lines) + 1, line.text, line.page, line.box, style))
        before = line
    return lines


def _style(line: _Printed, usual: float) -> str | None:
    """Return what the size of a line's type says: the title on the first page, a heading, or nothing."""
    if line.page == 1 and line.height >= LARGE * usual and len(line.text) <= 120:
        return "title"
    return "h2" if line.height >= LARGER * usual and len(line.text) <= 60 else None


def _longer(title: Line, rest: _Printed) -> Line:
    """Return a title that goes on in a second line."""
    blank = " " if title.text[-1] < "\u2000" and rest.text[0] < "\u2000" else ""
    box = title.box or rest.box
    whole = (min(box[0], rest.box[0]), box[1], max(box[2], rest.box[2]), rest.box[3])
    return Line(title.number, title.text + blank + rest.text, title.page, whole, "title")
