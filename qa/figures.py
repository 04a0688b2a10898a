"""A sentence and a text in, out: the figures of the sentence that the text lacks or gives to something else.

Both are folded text. A figure stands in the text where the same number stands with the same sort of unit; it is given
to something else where the text says the same words with another number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.numbers import quantities

ALIKE = 4
"""Characters of shared context from which on the same words with another number contradict (see `_contradicted`)."""

_DATES = "ymqd"
_NUMERALS = "零〇一二两三四五六七八九十百千万亿"
_SMALL = {numeral: n for n, numerals in enumerate(
    ("一", "二两", "三", "四", "五", "六", "七", "八", "九", "十"), 1) for numeral in numerals}  # fmt: skip
_LONE = re.compile(rf"(?<![{_NUMERALS}\d.])([{''.join(_SMALL)}])(?![{_NUMERALS}])")
_DIGITS = re.compile(r"(?<![\d.,])(\d{1,2})(?![\d.]|,\d)")
_UNIT = re.compile(
    r"[\s多余来几]*(?:(?P<counter>[个家项条座所台辆艘件份篇种类届期版层款套处户支张块场轮批大])"
    r"|(?P<measure>平方公里|平方千米|平方米|立方米|公里|千米|英里|厘米|毫米|微米|纳米|米|英寸|英尺|公斤|千克|吨|克|斤"
    r"|公顷|亩|千伏|千瓦时|千瓦|兆瓦|美元|欧元|日元|英镑|港元|元|小时|分钟|秒|天|岁|周年|周|倍|标准箱|人次|人|名|位"
    r"|yuan|rmb|tonn?es?\b|tons?\b|kilomet(?:re|er)s?|square met(?:re|er)s?|hours?\b|times\b))"
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
    }.items()
    for same in others
}
_CURRENCIES = {"$": "美元", "¥": "元", "€": "欧元", "£": "英镑"}
_STOP = re.compile(r"[，。；：、！？,;:!?()（）“”\"「」《》\n]")
_END = re.compile(r"[。！？!?;；\n]")
_ORDINARY = re.compile(
    "同比|环比|增长|下降|增加|减少|提高|提升|降低|超过|达到|突破|累计|大约|最高|已经|[达超约近共为的至到了占有是年]"
)
_DATED = re.compile(r"\b((?:19|20)\d\d)-\d\d\b")
_RELATIVE = {"去年": -1, "上年": -1, "前年": -2, "明年": 1}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in a text: its one form, what it counts or measures, and the words around it."""

    term: str
    unit: str | None
    before: str
    after: str
    sentence: int

    @property
    def kind(self) -> str:
        """What it can be mistaken for: a year for a year, a share for a share, kilograms for kilograms."""
        return self.term[1] if self.term[1] in _DATES else "%" if self.term.endswith("%") else self.unit or ""


def unsupported(sentence: str, text: str) -> list[str]:
    """Return the figures of a sentence that do not stand in the text, or not with that.

    >>> unsupported("物流成本降低15%。", "物流成本降低18%,用工减少15%。")
    ['#15%']
    """
    stated = [*_figures(text), *_lone_numbers(text)]
    years = _relative_years(text)
    absent = [
        figure.term
        for figure in _figures(sentence)
        if figure.term not in years
        and (not any(_says(other, figure) for other in stated) or _contradicted(figure, stated))
    ]
    return absent + [figure.term for figure in _lone_numerals(sentence) if _contradicted(figure, stated)]


def without_figures(text: str) -> str:
    """Return a folded text without its figures and their units: `9237亿 yuan and gps` has one Latin name, not two."""
    for quantity in reversed(list(quantities(text))):
        unit = _UNIT.match(text, quantity.end)
        text = f"{text[: quantity.start]} {text[unit.end() if unit else quantity.end :]}"
    return text


def _says(stated: Figure, asserted: Figure) -> bool:
    """Tell whether a figure of the text is the one asserted: `30%` may be called 30, 5 kg is not `5个`."""
    if stated.term == asserted.term:
        return stated.unit == asserted.unit or not stated.unit or not asserted.unit
    return stated.term == f"{asserted.term}%" and not asserted.unit


def _contradicted(asserted: Figure, stated: Sequence[Figure]) -> bool:
    """Tell whether the text has the words around a figure around another one, and much less of them around this."""
    same = [figure for figure in stated if figure.term == asserted.term]
    others = [figure for figure in stated if figure.term != asserted.term and figure.kind == asserted.kind]
    if asserted.kind in _DATES:
        # one sentence may tell of two years in turn, and a shorter one names the second beside what was said of both
        told = {figure.sentence for figure in same}
        others = [figure for figure in others if figure.sentence not in told]
    agreed = max((_agreement(figure, asserted) for figure in others), default=0)
    return agreed >= ALIKE and agreed >= 3 + max((_likeness(figure, asserted) for figure in same), default=0)


def _agreement(one: Figure, other: Figure) -> int:
    return _common(one.before[::-1], other.before[::-1]) + _common(one.after, other.after)


def _likeness(one: Figure, other: Figure) -> int:
    """Return how many characters around a figure stand around the other in any order: good words may be moved."""
    around = set(one.before + one.after)
    return sum(character in around for character in other.before + other.after)


def _common(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _figures(text: str) -> Iterator[Figure]:
    for quantity in quantities(text):
        yield _figure(quantity.term, text, quantity.start, quantity.end)


def _lone_numbers(text: str) -> Iterator[Figure]:
    """Yield numbers up to ten that are spelt out (`三项`) or stuck to a letter (`3D`), which are no quantities."""
    yield from _lone_numerals(text)
    for match in _DIGITS.finditer(text):
        yield _figure(f"#{int(match[1])}", text, match.start(), match.end())


def _lone_numerals(text: str) -> Iterator[Figure]:
    for match in _LONE.finditer(text):
        figure = _figure(f"#{_SMALL[match[1]]}", text, match.start(), match.end())
        if figure.unit or match[1] not in "一十":
            yield figure


def _figure(term: str, text: str, start: int, end: int) -> Figure:
    before, after = text[max(0, start - 24) : start], text[end : end + 24]
    place = len(_END.findall(text, 0, start))
    return Figure(term, _unit(before, after), _words(_STOP.split(before)[-1]), _words(_STOP.split(after)[0]), place)


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


def _relative_years(text: str) -> set[str]:
    """Return the years that `去年` and the like mean where the text's date stands before it (`2024-05`)."""
    dates = [int(year) for year in _DATED.findall(text)]
    return {f"#y{year + off}" for word, off in _RELATIVE.items() if word in text for year in dates}
