"""An article and a place in it in, the enumeration that begins there out: `一是…二是…`, `（一）`, `首先…其次…`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.types import Article
from qa.citations import clip

SPAN = 1200
"""The longest item, in characters: what comes later belongs to something else."""
NEAR = 80
"""Characters between a sentence that announces an enumeration and its first item."""

_HAN = "一二三四五六七八九"
_FAMILIES: tuple[tuple[str, ...], ...] = (
    tuple(rf"(?<![一-鿿]){n}是" for n in _HAN),
    tuple(rf"[（(]{n}[）)]" for n in _HAN),
    tuple(rf"第{n}[，,、]" for n in _HAN),
    tuple(rf"(?:^|(?<=[\n。；;]))\s*{n}、" for n in _HAN),
    ("首先[，,]?", "其次[，,]?", "(?:再次|此外|最后|第三)[，,]?", "(?:最后|此外)[，,]?"),
    tuple(rf"[（(]{n}[）)]" for n in range(1, 10)),
    tuple(rf"(?:^|(?<=[\n。；;：:]))\s*{n}[.．、](?!\d)" for n in range(1, 10)),
    tuple("①②③④⑤⑥⑦⑧⑨"),
)
_COUNT = re.compile(
    r"(?<![一二三四五六七八九十百千零\d])[哪这那]?(?P<zh>[两二三四五六七八九十])(?:个|种|类|条|项|大|点|方面|件|步|环|轮|同|张|招)"
    r"|\b(?P<en>two|three|four|five|six|seven|eight|nine)\b"
)
_LEAD = re.compile(r"^(?P<verb>[一-鿿]{2})[^。\n]{2,22}。(?=[^\n])", re.MULTILINE)
_ENGLISH = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
_ANNOUNCES = re.compile(
    r"(?:以下|如下|下列|几个?方面|几点|[两二三四五六七八九]个?(?:方面|大?[类种点])|原因|措施).{0,20}[：:。]?$"
)


MOST, SHORTEST = 6, 20


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Where the items of an enumeration begin, and where the last one ends."""

    starts: tuple[int, ...]
    end: int

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield each item's start and end."""
        yield from zip(self.starts, (*self.starts[1:], self.end), strict=True)


def asked_count(question: str) -> int | None:
    """Return how many things a question asks for: 4 for `哪四个方面`, 3 for `which three`, else None."""
    match = _COUNT.search(question.casefold())
    if match is None:
        return None
    return (
        _ENGLISH.index(match["en"]) + 2
        if match["en"]
        else "两二三四五六七八九十".index(match["zh"]) + (2 if match["zh"] == "两" else 1)
    )


def enumeration_at(article: Article, start: int, end: int, count: int | None) -> Enumeration | None:
    """Return the enumeration that begins in a window or just after it, if it is what is asked for.

    That is one of `count` items, or one that the window announces (`原因有以下几点：`); a window that lists in one
    sentence (`甲、乙、丙`) needs none.
    """
    window = article.text[start:end]
    for found in enumerations(article.text):
        first = found.starts[0]
        before = article.text[start : min(first, end)]
        announced = _ANNOUNCES.search(before.rstrip()) is not None
        wanted = len(found.starts) == count or (count is None and announced)
        if start <= first <= end + NEAR and wanted and not lists_inline(window, count or 3):
            return found
    return None


def lists_inline(text: str, count: int) -> bool:
    """Tell whether one clause of a text lists as many things as are asked for, at least three.

    >>> lists_inline("园里有梨、桃、杏，都甜。", 3), lists_inline("梨、桃，路、桥，都好。", 3)
    (True, False)
    """
    return any(clause.count("、") >= max(2, count - 1) for clause in re.split(r"[，。；：,;:\n]", text))


def first_of_each(article: Article, found: Enumeration, room: int) -> list[tuple[int, int]]:
    """Return the beginning of each item, at most `MOST` of them, `room` characters together, each ended at a clause."""
    items = list(found.items())[:MOST]
    each = max(SHORTEST, room // len(items))
    return [
        clip(article.text, start, min(end, _sentence_end(article.text, start)), longest=each) for start, end in items
    ]


@lru_cache(maxsize=512)
def enumerations(text: str) -> tuple[Enumeration, ...]:
    """Return the enumerations of two items and more, in the order of the families above, then parallel paragraphs."""
    return (*(found for family in _FAMILIES for found in _of_family(text, family)), *_parallel(text))


def _parallel(text: str) -> Iterator[Enumeration]:
    """Yield three paragraphs and more whose short first sentences begin with the same two characters."""
    leads: dict[str, list[int]] = {}
    for match in _LEAD.finditer(text):
        leads.setdefault(match["verb"], []).append(match.start())
    for starts in leads.values():
        if len(starts) > 2:
            yield Enumeration(tuple(starts), _item_end(text, starts[-1]))


def _of_family(text: str, family: Sequence[str]) -> Iterator[Enumeration]:
    places = [[match.start() for match in re.finditer(marker, text, re.MULTILINE)] for marker in family]
    for first in places[0]:
        starts = [first]
        for later in places[1:]:
            following = next((at for at in later if starts[-1] < at <= starts[-1] + SPAN), None)
            if following is None or any(starts[-1] < at < following for at in places[0]):
                break
            starts.append(following)
        if len(starts) > 1:
            starts = [at + len(text[at:]) - len(text[at:].lstrip()) for at in starts]
            yield Enumeration(tuple(starts), _item_end(text, starts[-1]))


def _sentence_end(text: str, start: int) -> int:
    """Return where the first sentence of an item ends that says something: a bare heading takes the next."""
    ends = [match.end() for match in re.finditer(r"[。！？\n]", text[start : start + SPAN])]
    long = next((end for end in ends if end >= SHORTEST), None)
    return start + (long or SPAN)


def _item_end(text: str, start: int) -> int:
    end = text.find("\n", start + 1)
    return min(start + SPAN, end if end > 0 else len(text))
