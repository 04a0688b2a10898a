"""A text file in, a document of its lines out; `decode`: bytes of unknown encoding in, text out."""

import codecs
import re
from pathlib import Path

from index.errors import UnreadableFile
from index.types import Document, Line

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or Office file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
DAMAGE = 100  # a text with fewer broken characters than one in so many is still UTF-8; they show as U+FFFD
_SAMPLE = 200_000  # bytes from which the encoding is told


def read_text(path: Path, source: str) -> Document:
    """Return the lines of a text file; form feeds count pages."""
    text = decode(path.read_bytes(), source)
    numbered = list(enumerate(re.split(r"\r\n|\r|\n", text), 1))
    if "\f" not in text:
        return Document(source, "txt", tuple(Line(number, line) for number, line in numbered))
    lines, page = [], 1
    for number, line in numbered:
        page += line.count("\f")
        lines.append(Line(number, line.replace("\f", ""), page))
    return Document(source, "txt", tuple(lines))


def decode(data: bytes, source: str) -> str:
    """Return bytes as text: UTF-8, UTF-16, UTF-32, GB18030, Big5, Windows-1252, or whatever else fits."""
    for magic, name in _MAGIC.items():
        if data.startswith(magic):
            raise UnreadableFile(f"{source}: this is {name}, not text. Give it its proper ending or leave it out.")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data, encoding, source)
    if b"\x00" in data[:_SAMPLE]:
        return _checked(_strict(data, _sixteen_bits(data, source), source), source)
    return _checked(_eight_bits(data, source), source)


def _strict(data: bytes, encoding: str, source: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{source}: its beginning says {encoding}, but byte {error.start} does not fit. Save it again as UTF-8."
        ) from error


def _sixteen_bits(data: bytes, source: str) -> str:
    """Return which UTF-16 bytes with zeros are, told by where the zeros stand."""
    even, odd = data[0:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0)
    half = len(data[:_SAMPLE]) / 2
    if len(data) % 2 == 0 and max(even, odd) > 0.02 * half and max(even, odd) > 8 * min(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    raise UnreadableFile(f"{source}: it holds binary data, not text. Leave it out, or convert it to text.")


def _eight_bits(data: bytes, source: str) -> str:
    """Return bytes without zeros as text, in the encoding that reads most like a language."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 1 and error.start > len(data) - 4 and error.start > 0:
            return data[: error.start].decode("utf-8")  # the last character was cut in two
    mended = data.decode("utf-8", errors="replace")
    if mended.count("\ufffd") * DAMAGE < sum(sign >= "\u0080" for sign in mended):
        return mended
    readings = [(_chineseness(data, encoding), encoding) for encoding in ("gb18030", "big5")]
    best, encoding = max(readings)
    if best >= 0.8:
        return data.decode(encoding)
    return _by_statistics(data, source)


def _chineseness(data: bytes, encoding: str) -> float:
    """Return the share of everyday characters among the Chinese ones that this encoding reads; 0 if it reads none.

    Everyday characters stand first in both standards: lead bytes B0-D7 in GB 2312, A4-C6 in Big5.
    """
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    sample = [sign for sign in text[:_SAMPLE] if sign >= "\u2e80"]
    if not sample or len(sample) < 0.03 * len(text[:_SAMPLE]):
        return 0.0
    low, high = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    han = [sign for sign in sample if _HAN.match(sign)]
    everyday = sum(low <= sign.encode(encoding)[0] <= high and len(sign.encode(encoding)) == 2 for sign in han)
    return everyday / len(sample) + 0.2 * sum(sign in "，。、；：？！“”《》（）「」" for sign in sample) / len(sample)


def _by_statistics(data: bytes, source: str) -> str:
    """Return the text in the encoding that charset-normalizer finds most likely."""
    from charset_normalizer import from_bytes

    high = sum(byte >= 0x80 for byte in data[:_SAMPLE])
    if high < 0.1 * len(data[:_SAMPLE]):
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    best = from_bytes(data[:_SAMPLE]).best()
    if best is not None:
        try:
            return data.decode(best.encoding)
        except UnicodeDecodeError:
            pass
    raise UnreadableFile(f"{source}: its encoding cannot be told. Open it in an editor and save it as UTF-8.")


def _checked(text: str, source: str) -> str:
    """Return the text unless too many control characters show that it is none."""
    if len(_CONTROL.findall(text[:_SAMPLE])) > 0.005 * len(text[:_SAMPLE]) + 2:
        raise UnreadableFile(f"{source}: it holds binary data, not text. Leave it out, or convert it to text.")
    return text
