"""Text with markers and quotes in, citations out: markers as `[n]`, quotes by their offsets in an article.

Every `Citation` of the project is made by `cite`, so that `quote == article.text[start:end]` holds by construction.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from index.types import Hit
from qa.types import Citation

QUOTE = 200
"""The longest quote, in characters."""

SHORTEST = 4
"""Letters that a quote must have to be looked for in folded form; shorter ones stand anywhere by chance."""

_NUMBERS = r"\^?\s*(?:(?:来源|资料|段落|文献|passage|source)\s*)?\d{1,3}(?:\s*[,，、;；和]\s*\d{1,3})*\s*"
_MARKER = re.compile(rf"[\[【［]({_NUMBERS})[\]】］]", re.IGNORECASE)
_LONGEST_MARKER = 40
_UNFINISHED = re.compile(r"[\[【［][^\[\]【】［］\n]*\Z")
_CLAUSE_END = "，,；;：:、。！？!? "


@dataclass(frozen=True, slots=True)
class Marks:
    """The numbers of one marker, in the order in which they stood there."""

    numbers: tuple[int, ...]


class MarkerStream:
    """Takes an answer in pieces as a model writes it, gives out text and `Marks`, however a marker was cut.

    >>> stream = MarkerStream()
    >>> [*stream.feed("种了三亩【1"), *stream.feed("，2】。"), *stream.close()]
    ['种了三亩', Marks(numbers=(1, 2)), '。']
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> Iterator[str | Marks]:
        """Yield what is certain so far; the beginning of a possible marker is held back."""
        text = self._held + piece
        unfinished = _UNFINISHED.search(text)
        cut = (
            len(text) if unfinished is None or len(text) - unfinished.start() > _LONGEST_MARKER else unfinished.start()
        )
        self._held = text[cut:]
        yield from split_markers(text[:cut])

    def close(self) -> Iterator[str | Marks]:
        """Yield what was held back; an unfinished marker at the very end (`[1`) is dropped."""
        held, self._held = self._held, ""
        if held and not re.fullmatch(rf"[\[【［]({_NUMBERS})?", held, re.IGNORECASE):
            yield from split_markers(held)


def split_markers(text: str) -> Iterator[str | Marks]:
    """Yield the texts and markers of a whole text, in order: `[1]`, `[1,2]`, `【1】`, `［１］`, `[来源1]`."""
    at = 0
    for match in _MARKER.finditer(text):
        if match.start() > at:
            yield text[at : match.start()]
        yield Marks(tuple(int(unicodedata.normalize("NFKC", number)) for number in re.findall(r"\d+", match.group(1))))
        at = match.end()
    if at < len(text):
        yield text[at:]


def cite(marker: int, hit: Hit, start: int, end: int) -> Citation:
    """Return the citation of `hit.article.text[start:end]`, cut at a clause where it is longer than a quote may be."""
    start, end = clip(hit.article.text, start, end)
    return Citation(marker, hit.article, hit.passage.id, start, end, hit.article.text[start:end])


def clip(text: str, start: int, end: int, *, longest: int = QUOTE) -> tuple[int, int]:
    """Return the span without white space at its ends and not longer than `longest`, ended at a clause if one ends.

    Raises ValueError for a span that is empty or lies outside the text: nothing could be quoted from it.
    """
    start, end = max(0, start), min(end, len(text))
    while start < end and text[start].isspace():
        start += 1
    if end - start > longest:
        room = text[start : start + longest]
        last = max((room.rfind(sign) for sign in _CLAUSE_END), default=-1)
        end = start + (last + 1 if last >= longest // 2 else longest)
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        raise ValueError(f"nothing to quote at {start}:{end}")
    return start, end


def locate(quote: str, text: str, *, within: tuple[int, int] | None = None) -> tuple[int, int] | None:
    """Return where `quote` stands in `text`: exactly, else with width, case, space and punctuation folded; else None.

    >>> locate("种了 1,280亩", "县里种了１２８０ 亩。")
    (2, 10)
    """
    low, high = within or (0, len(text))
    quote = quote.strip()
    if not quote:
        return None
    at = text.find(quote, low, high)
    if at >= 0:
        return at, at + len(quote)
    letters, _ = _folded(quote)
    if len(letters) < SHORTEST:
        return None
    folded, places = _folded(text[low:high])
    at = folded.find(letters)
    if at < 0:
        return None
    return low + places[at], low + places[at + len(letters) - 1] + 1


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text in one width and case, and where each stood."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for folded in unicodedata.normalize("NFKC", character).casefold():
            decimal = folded == "." and text[place + 1 : place + 2].isdigit()
            if folded.isalnum() or folded == "%" or decimal:
                letters.append(folded)
                places.append(place)
    return "".join(letters), places
