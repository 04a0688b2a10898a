"""A Word file in, a document out: a line for each paragraph, heading or table row, footnotes at the end."""

import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import UnreadableFile
from index.types import Document, Line

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-6])", re.IGNORECASE)
_UNPACKED = 1024 * 1024 * 1024  # bytes; more than that out of one file is a zip bomb
_UNPACKED_TEXT = 64 * 1024 * 1024  # bytes of XML: several million characters; as a tree it takes 13 times the memory
_COLUMNS = 1000  # of a table; Word itself allows 63
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(path: Path, source: str) -> Document:
    """Return the text of a Word file in reading order."""
    from docx.opc.exceptions import PackageNotFoundError

    _refuse_locked(path, source)
    # what zipfile, lxml and python-docx were seen to raise on 480 files damaged at random
    damage = (zipfile.BadZipFile, zlib.error, struct.error, PackageNotFoundError, LookupError, ValueError, SyntaxError)
    try:
        _refuse_bomb(path, source)
        return _read(path, source)
    except (*damage, EOFError, RuntimeError, AttributeError, TypeError) as error:
        raise UnreadableFile(
            f"{source}: the Word file is damaged or cut short. Open it in Word and save it again."
        ) from error


def _read(path: Path, source: str) -> Document:
    """Return the paragraphs, table rows and notes of a sound Word file."""
    import docx
    from docx.text.paragraph import Paragraph

    word = docx.Document(str(path))
    found: list[tuple[str, str | None]] = []
    for block in word.iter_inner_content():
        if isinstance(block, Paragraph):
            found.append((block.text.replace("\n", " ").replace("\t", " "), _style(block)))
        else:
            found += [(row, "table") for row in _rows(block)]
    notes = _footnotes(word)
    if notes:
        found += [("注释", None), *((note, None) for note in notes)]
    lines = tuple(Line(number, text, style=style) for number, (text, style) in enumerate(found, 1))
    title = (word.core_properties.title or "").strip()
    return Document(source, "docx", lines, title if title and any(title == text for text, _ in found) else None)


def _refuse_locked(path: Path, source: str) -> None:
    """Raise for a Word file locked by a password, which is no zip archive, and for the format before .docx."""
    with path.open("rb") as file:
        if file.read(4) == b"\xd0\xcf\x11\xe0":
            raise UnreadableFile(
                f"{source}: it is locked by a password or in the old .doc format. Save it as .docx without a password."
            )


def _refuse_bomb(path: Path, source: str) -> None:
    """Raise for a file that unpacks to more than any article."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > _UNPACKED:
        raise UnreadableFile(f"{source}: it unpacks to more than 1 GB. Take out its pictures or split it.")
    if sum(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels"))) > _UNPACKED_TEXT:
        raise UnreadableFile(f"{source}: its text unpacks to more than {_UNPACKED_TEXT // 2**20} MB. Split it.")


def _style(paragraph: "Paragraph") -> str | None:
    """Return what a paragraph's style says of it."""
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    heading = _HEADING.match(name)
    if heading:
        return f"h{heading[1]}"
    if name.lower() == "title" or name == "标题":
        return "title"
    return "li" if name.lower().startswith("list") else None


def _rows(table: "Table") -> list[str]:
    """Return a table's rows; a cell merged over several columns is given once. Raises ValueError for a row too wide."""
    rows = []
    for row in table.rows:
        if sum(cell.grid_span for cell in row._tr.tc_lst) > _COLUMNS:
            raise ValueError("a table row of more columns than Word can make")
        cells: list[str] = []
        last = None
        for cell in row.cells:
            text = "" if cell._tc is last else re.sub(r"\s+", " ", cell.text).strip()
            cells.append(text)
            last = cell._tc
        rows.append("\t".join(cells))
    return rows


def _footnotes(word: "WordDocument") -> list[str]:
    """Return the footnotes and endnotes, numbered as in the text."""
    from docx.oxml import parse_xml

    notes = []
    for part in word.part.package.iter_parts():
        if str(part.partname) not in ("/word/footnotes.xml", "/word/endnotes.xml"):
            continue
        for note in parse_xml(part.blob):
            text = "".join(node.text or "" for node in note.iter(f"{_WORD}t")).strip()
            if text:
                notes.append(f"[{note.get(f'{_WORD}id')}] {text}")
    return notes
