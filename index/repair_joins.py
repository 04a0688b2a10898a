"""Two neighbouring rows in, the answer out: does the second go on where the first was cut?

Pages, columns and hard wrapping cut paragraphs; headings, list items, bylines and tables stay on their own.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index.repair_characters import CJK, closing_bracket, is_chinese
from index.repair_layout import FULL, NEARLY_FULL, WIDEST_COLUMN, Row, cells, ends_sentence

# What opens a section: 一、 （一） 1. 1、 （1） 第一章; `1.9 倍` and `2025 年` do not.
SECTION = re.compile(
    r"(?P<one>第?[一二三四五六七八九十]{1,3}[、．.章节]|[IVX]{1,4}\.\s)|(?P<two>[（(][一二三四五六七八九十]{1,3}[)）])"
    r"|(?P<three>\d{1,2}(?:[、．]|\.(?!\d)|(?:\.\d{1,2}){1,3}\.?\s))|(?P<four>[（(]\d{1,2}[)）]|[①-⑳])"
)
_ITEM = re.compile(
    r"(?:[一二三四五六七八九十]是|第[一二三四五六七八九十]+[，,、是]|其[一二三四五六][，,是]|首先|其次|再次|最后[，,])"
)
_BULLET = re.compile(r"[•●◆■□▲△★☆※◎○▪‧]|[-*+]\s|——")
_SPEAKER = re.compile(rf"[{CJK}·]{{2,4}}[:：](?!\d)")
_LABEL = re.compile(rf"(?:[{CJK}] ?){{2,6}}[:：]")
_BYLINE = re.compile(
    r"[（(](?:作者|执笔|撰稿|文/|主持人|记者|通讯员|本文作者|课题组|责任编辑|责编)|By\s+(?:the\s+)?[A-Z]"
    rf"|[■□◎●◆▲]\s*[{CJK}]{{2,4}}(?:\s|$)|[■□◎●◆▲]\s*[^\s。，,;；].{{1,28}}(?<![。；;])$|(?:作者|文|撰文|执笔)\s*[:：/|]"
    rf"|(?:本报|本刊|[{CJK}]{{2,6}}[报社刊])?(?:特约|特派)?(?:记者|通讯员|评论员)(?:[\s:：]|$)"
)
_NOTE = re.compile(r"[①-⑳]|\[\d{1,3}\]|注\s*\d*[:：]|注释|参考文献|References|Notes")
_ASIDE = re.compile(r"提要[:：]|导读[:：]|编者按|核心提示|图\s*\d+|表\s*\d+")
_DASHES = re.compile(r"[-=_*\s|:·.]{3,}")
_WORD = re.compile("[A-Za-z]+")
_BACK_MATTER = re.compile(r"(?:注\s*释|参\s*考\s*文\s*献|附\s*录|References|Notes|Appendix)[:：]?", re.IGNORECASE)
_AD = re.compile(r"[·•．.\-—【（(\[\s]*广\s*告[】）)\]\s]*|Advertisement", re.IGNORECASE)
_OPENERS, _CLOSERS = "“‘「『《（([【", "”’」』》）)]】"


class Cuts:
    """Judges cuts with what the document itself says of its words: how often two characters stand together."""

    def __init__(self, rows: Sequence[Row], headlines: frozenset[int] = frozenset()) -> None:
        self.headlines = headlines
        self._rows = rows
        text = "\0".join(row.text for row in rows)
        self._signs, self._pairs, self._triples = (_Runs(text, length) for length in (1, 2, 3))

    def wrapped(self, a: Row, b: Row) -> bool:
        """Tell whether `b` is the next line of the paragraph that `a` stands in (hard-wrapped text)."""
        if a.fill == 0 or b.gap or b.indent or stands_alone(a) or stands_alone(b) or is_aside(b):
            return False
        if not ends_sentence(a.text):
            dash = b.text.startswith("——") and a.fill < FULL  # a subtitle
            return (a.fill >= NEARLY_FULL or _is_unfinished(a.text)) and not _opens_section(b) and not dash
        if a.fill < FULL or opens(b.text):
            return False
        headline = b.fill < NEARLY_FULL and not ends_sentence(b.text)
        first_line = b.fill < 1 - 3.5 / max(36, cells(a.text)) and not ends_sentence(b.text)
        return not headline and not first_line

    def cut(self, a: Row, b: Row) -> bool:
        """Tell whether a page or column break cut `a`, and `b` goes on."""
        first, second = a.text, b.text
        if stands_alone(a) or stands_alone(b) or len(first) < 8 or first.endswith(("：", ":")):
            return False
        if not is_chinese(first):
            return _latin_cut(first, second)
        if ends_sentence(first) or _opens_section(b) or _BULLET.match(second) or is_aside(b):
            return False
        if _is_unfinished(first) or _running(first):
            return not _looks_like_heading(b) or self.together(first, second)
        if SECTION.match(first) and len(first) < 60:
            return False
        if len(first) >= 60 or _is_stub(second):
            return True
        if len(first) < 24 or _looks_like_heading(b):
            return False
        return self._fills_page_line(a) or self.together(first, second)

    @cached_property
    def _page_line(self) -> int | None:
        """Return how many cells a line took on the printed page, learnt from paragraphs cut after their first line."""
        ends = [(a, b) for a, b in pairwise(self._rows) if 50 <= a.width <= WIDEST_COLUMN and _may_be_first_line(a)]
        rows = Counter(a.width for a, _ in ends)
        widths = Counter(a.width for a, b in ends if rows[a.width] > 1 and self.together(a.text, b.text))
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        return width if count >= 2 else None

    def _fills_page_line(self, row: Row) -> bool:
        """Tell whether a row is as long as a line of the printed page, so that it may be a cut first line."""
        if not 50 <= row.width <= WIDEST_COLUMN + 4 or not _may_be_first_line(row):
            return False
        line = self._page_line
        return line is not None and line <= row.width <= line + 4

    def together(self, first: str, second: str) -> bool:
        """Tell whether the end of one text and the beginning of the other make a word of this document.

        `重大战略任` + `务。`: after 任 comes 务 often enough; `新质生产力` + `推动`: after 力 comes 推 by chance only.
        """
        pair, triple = self._pairs, self._triples
        seam = pair[first[-1] + second[0]]
        if seam < 2:  # nor do three signs stand together twice that hold these two
            return False
        if seam >= 0.1 * min(self._signs[first[-1]], self._signs[second[0]]):
            return True
        before, after = triple[first[-2:] + second[0]], triple[first[-1] + second[:2]]
        return (before >= 2 and before >= 0.1 * pair[first[-2:]]) or (after >= 2 and after >= 0.1 * pair[second[:2]])

    def doubled(self, first: str, second: str) -> int:
        """Return how many characters the break repeated: `趋势` + `势下` gives 1."""
        seam = second[0] * 2
        twice = first[-1] == second[0] and re.match(f"[{CJK}]", second[0]) and len(second) > 1
        if twice and not self._pairs[seam] and self._pairs[first[-2:]] >= 2 and self._pairs[second[:2]] >= 1:
            return 1
        return 0

    def is_word(self, first: str, second: str) -> bool:
        """Tell whether the halves beside a hyphen at a line's end make a word that stands unbroken elsewhere."""
        head, tail = re.search(r"[A-Za-z]+(?=-$)", first), _WORD.match(second)
        return bool(head and tail and head.group() + tail.group() in self._words)

    @cached_property
    def _words(self) -> set[str]:
        return {word for row in self._rows for word in _WORD.findall(row.text)}


class _Runs:
    """How often each run of so many signs stands in a text."""

    def __init__(self, text: str, length: int) -> None:
        self._text, self._length = text, length

    def __getitem__(self, run: str) -> int:
        if len(run) != self._length:
            return 0
        (code,) = _codes(run, self._length)
        low, high = np.searchsorted(self._sorted, [code, code + 1])
        return int(high - low)

    @cached_property
    def _sorted(self) -> npt.NDArray[np.int64]:
        # sorted when first asked for: 10 us for 3,000 signs, where a Counter takes 170
        return np.sort(_codes(self._text, self._length))


def _codes(text: str, length: int) -> npt.NDArray[np.int64]:
    """Return every run of so many signs as one number; a sign has 21 bits."""
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.int32).astype(np.int64)
    codes = signs
    for at in range(1, length):
        codes = codes[:-1] << 21 | signs[at:]
    return codes


def stands_alone(row: Row) -> bool:
    """Tell whether a row is a table row, a styled line or a byline: nothing is joined to it."""
    text = row.text
    bracketed = text.startswith(("（", "(")) and closing_bracket(text) == 0
    return "\t" in text or row.style in _STYLES or row.doubled or bracketed or is_byline(text) or is_dashes(text)


def is_byline(text: str) -> bool:
    """Tell whether a line names its author: `本报记者 …`, `■ …`, `（作者：…）`."""
    return bool(_BYLINE.match(text)) and len(text) < 200


_STYLES = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6", "table"})


def is_dashes(text: str) -> bool:
    """Tell whether a line holds nothing but rules: the line under a table's head."""
    return bool(_DASHES.fullmatch(text))


def is_aside(row: Row) -> bool:
    """Tell whether a row was set into the text: a pull-quote, a caption, a note at the foot of the page."""
    return bool(_ASIDE.match(row.text) or _NOTE.match(row.text))


def opens(text: str) -> bool:
    """Tell whether a text begins like a new paragraph: a number, an item, a bullet, a speaker, a note."""
    return any(sign.match(text) for sign in (SECTION, _ITEM, _BULLET, _SPEAKER, _LABEL, _NOTE, _ASIDE))


def is_item(text: str) -> bool:
    """Tell whether a text is an item of an enumeration, a bullet, a note or a caption."""
    return any(sign.match(text) for sign in (_ITEM, _BULLET, _NOTE, _ASIDE))


def is_back_matter(text: str) -> bool:
    """Tell whether a text is the heading of notes, references or an appendix."""
    return bool(_BACK_MATTER.fullmatch(text))


def is_advertisement(text: str) -> bool:
    """Tell whether a line says that the text before it was an advertisement."""
    return bool(_AD.fullmatch(text))


def is_balanced(text: str) -> bool:
    """Tell whether every quote and bracket that opens in a text closes in it."""
    depth = 0
    for sign in text:
        depth += (sign in _OPENERS) - (sign in _CLOSERS and depth > 0)
    return depth == 0


def _is_unfinished(text: str) -> bool:
    """Tell whether a text cannot end here: a comma, an open quotation."""
    return text.endswith(("，", ",", "、", "､", "“", "（", "(", "《", "-", "—")) or not is_balanced(text[-200:])


def _running(text: str) -> bool:
    """Tell whether a text holds a whole sentence before its end, as paragraphs do and headings do not."""
    return bool(re.search(r"[。｡；]|[！？](?=.{12})", text[:-1]))


def _may_be_first_line(row: Row) -> bool:
    """Tell whether a row is unfinished and nothing shows it to be a heading."""
    text = row.text
    return not (ends_sentence(text) or _running(text) or SECTION.match(text) or re.match(r".{2,14}[:：]", text))


def _opens_section(row: Row) -> bool:
    return bool(SECTION.match(row.text))


def _looks_like_heading(row: Row) -> bool:
    text = row.text
    return len(text) <= 30 and not ends_sentence(text) and not re.search(r"[，,。]", text)


def _is_stub(text: str) -> bool:
    """Tell whether a text begins with the last few characters of a sentence: `木。作为…`, `活力。`."""
    return bool(re.match(r".{1,6}[。｡]", text)) and not opens(text)


def _latin_cut(first: str, second: str) -> bool:
    if ends_sentence(first) or first.endswith((":", ";")):
        return False
    return second[0].islower() and (len(first) > 45 or first.endswith((",", "-")))
