"""A folded text in, its figures out: each number with its unit, the words and the years around it."""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from index.numbers import Quantity, quantities

DATES = "ymqd"
"""Second characters of the terms of years, months, quarters and decades."""

_NUMERALS = "零〇一二两三四五六七八九十百千万亿"
_SMALL = {numeral: n for n, numerals in enumerate(
    ("一", "二两", "三", "四", "五", "六", "七", "八", "九", "十"), 1) for numeral in numerals}  # fmt: skip
_LONE = re.compile(rf"(?<![{_NUMERALS}\d.])([{''.join(_SMALL)}])(?![{_NUMERALS}])")
_DIGITS = re.compile(r"(?<![\d.,])(\d|10)(?=[a-z+-])")
_UNIT = re.compile(
    r"[\s多余来几]*(?:(?P<counter>[个家项条座所台辆艘件份篇种类届期版层款套处户支张块场轮批大])"
    r"|(?P<measure>平方公里|平方千米|平方米|立方米|公里|千米|英里|厘米|毫米|微米|纳米|米|英寸|英尺|公斤|千克|吨|克|斤"
    r"|公顷|亩|千伏|千瓦时|千瓦|兆瓦|美元|欧元|日元|英镑|港元|元|小时|分钟|秒|天|岁|周年|周|倍|标准箱|人次|人|名|位"
    r"|yuan|rmb|teu\b|tonn?es?\b|tons?\b|kilomet(?:re|er)s?|square met(?:re|er)s?|hours?\b|times\b))"
)
_SAME = {
    same: unit
    for unit, others in {
        "公里": ("千米", "kilometre", "kilometres", "kilometer", "kilometers"),
        "平方公里": ("平方千米",),
        "平方米": ("square metre", "square metres", "square meter", "square meters"),
        "公斤": ("千克",),
        "吨": ("ton", "tons", "tonne", "tonnes"),
        "人": ("名", "位", "人次"),
        "元": ("yuan", "rmb"),
        "小时": ("hour", "hours"),
        "倍": ("times",),
        "标准箱": ("teu",),
    }.items()
    for same in others
}
_CURRENCIES = {"$": "美元", "¥": "元", "€": "欧元", "£": "英镑"}
_STOP = re.compile(r"[，。；：、！？,;:!?()（）“”\"「」《》\n]")
_END = re.compile(r"[。！？!?\n]")
_ORDINARY = re.compile(
    "同比|环比|增长|下降|增加|减少|提高|提升|降低|超过|达到|突破|累计|大约|最高|已经|[达超约近共为的至到了占有是年]"
)
_UP_TO_TWENTY = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100}
_ENGLISH = {word: n for n, word in enumerate(_UP_TO_TWENTY, 1)} | _TENS
_ENGLISH_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})\b")
_RANGE = re.compile(r"\s?(?:and|to|or|[-–—~至到或])\s?")
_DECADE = re.compile(r"(?<!\d)(\d{4})s\b")
_RELATIVE = re.compile("[今去前明上当同次][年期]")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in a text; the unit of a month is its year: `2023年9月` is not any September."""

    term: str
    unit: str | None
    before: str
    after: str
    sentence: int
    """Which sentence of the text it stands in."""
    years: tuple[str, ...]
    """The years that its sentence names, in order; empty where one of them is only hinted at (`去年`)."""
    year: str | None
    """The last year that its sentence names before it."""

    @property
    def kind(self) -> str:
        """What it can be mistaken for: a year for a year, a share for a share, kilograms for kilograms."""
        return self.term[1] if self.term[1] in DATES else "%" if self.term.endswith("%") else self.unit or ""


def figures(text: str) -> list[Figure]:
    """Return the quantities of a text; the lower end of a range of shares is a share too (`10 to 30 per cent`)."""
    found = [quantity for quantity in quantities(text) if not _is_verb(quantity, text)]
    ends = [match.end() for match in _END.finditer(text)]
    years: dict[int, list[Quantity]] = {}
    for quantity in found:
        if _counted(quantity, text).startswith("#y"):
            years.setdefault(bisect(ends, quantity.start), []).append(quantity)
    hinted = {bisect(ends, match.start()) for match in _RELATIVE.finditer(text)}
    placed = [_placed(text, each, bisect(ends, each.start), years, hinted) for each in found]
    ranged = {
        first.start
        for first, last in pairwise(found)
        if last.term.endswith("%") and _RANGE.fullmatch(text[first.end : last.start])
    }
    return placed + [
        replace(figure, term=f"{figure.term}%", unit="%")
        for figure, each in zip(placed, found, strict=True)
        if each.start in ranged and not each.is_date and not figure.term.endswith("%")
    ]


def context(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the telling words before and behind a place in a text, as far as its clause goes, without spaces."""
    before, after = text[max(0, start - 24) : start], text[end : end + 24]
    return _words(_STOP.split(before)[-1]), _words(_STOP.split(after)[0])


def _is_verb(quantity: Quantity, text: str) -> bool:
    """Tell whether a month is the verb `may`, which stands beside no number and behind no preposition."""
    around = text[max(0, quantity.start - 6) : quantity.end + 5]
    return text[quantity.start : quantity.end] == "may" and not re.search(r"\d|\b(?:in|of|by|since|until) may", around)


def odd_decades(text: str) -> Iterator[Figure]:
    """Yield decades that are none of the last two centuries' (`1860s`), which are no quantities either."""
    taken = {quantity.start for quantity in quantities(text)}
    for match in _DECADE.finditer(text):
        if match.start() not in taken:
            yield _figure(f"#d{match[1]}", text, match.start(), match.end())


def lone_numbers(text: str) -> Iterator[Figure]:
    """Yield the numbers that are no quantities: spelt out (`三项`, `fifteen`) or stuck to a letter (`3d`)."""
    yield from lone_numerals(text)
    for match in _ENGLISH_WORD.finditer(text):
        yield _figure(f"#{_ENGLISH[match[0]]}", text, match.start(), match.end())
    for match in _DIGITS.finditer(text):
        yield _figure(f"#{int(match[1])}", text, match.start(), match.end())


def lone_numerals(text: str) -> Iterator[Figure]:
    """Yield the numbers up to ten that are spelt out; `一` and `十` only before a unit, as they begin other words."""
    for match in _LONE.finditer(text):
        figure = _figure(f"#{_SMALL[match[1]]}", text, match.start(), match.end())
        if figure.unit or match[1] not in "一十":
            yield figure


def without_figures(text: str) -> str:
    """Return a text without its figures and their units: `9237亿 yuan and gps` has one Latin name, not two."""
    for quantity in reversed(list(quantities(text))):
        unit = _UNIT.match(text, quantity.end)
        text = f"{text[: quantity.start]} {text[unit.end() if unit else quantity.end :]}"
    return text


def _placed(text: str, quantity: Quantity, sentence: int, years: dict[int, list[Quantity]], hinted: set[int]) -> Figure:
    named = years.get(sentence, [])
    # in English the year comes behind what it is told of as often as before it
    before = [year.term for year in named if year.end <= quantity.start and text[year.end - 1] == "年"]
    stuck = next((year.term for year in named if quantity.start - 1 <= year.end <= quantity.start), None)
    unit = stuck if quantity.term.startswith("#m") else None
    return _figure(
        _counted(quantity, text), text, quantity.start, quantity.end, unit=unit, sentence=sentence,
        years=() if sentence in hinted else tuple(year.term for year in named),
        year=before[-1] if before else None,
    )  # fmt: skip


def _counted(quantity: Quantity, text: str) -> str:
    """Return the term of a quantity; what looks like a year and counts something (`2080公里`) is a number."""
    year = quantity.term.startswith("#y") and text[quantity.end - 1] != "年"
    return f"#{quantity.term[2:]}" if year and _UNIT.match(text, quantity.end) else quantity.term


def _figure(
    term: str, text: str, start: int, end: int, *, unit: str | None = None, sentence: int = -1,
    years: tuple[str, ...] = (), year: str | None = None,
) -> Figure:  # fmt: skip
    if term.endswith("%"):
        unit = "百分点" if "point" in text[start:end] or "百分点" in text[start:end] else "%"
    unit = unit or _unit(text[max(0, start - 2) : start], text[end : end + 24])
    return Figure(term, unit, *context(text, start, end), sentence, years, year)


def _unit(before: str, after: str) -> str | None:
    if before[-1:] in _CURRENCIES:
        return _CURRENCIES[before[-1]]
    found = _UNIT.match(after)
    if not found:
        return None
    return "counter" if found["counter"] else _SAME.get(found["measure"], found["measure"])


def _words(context: str) -> str:
    """Return the telling words of a context, without spaces and without what stands beside any number."""
    return _ORDINARY.sub("", re.sub(r"\s", "", context))
