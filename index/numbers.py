"""Folded text in, its quantities and dates out in one form: `4.72 万亿元`, `47200亿`, `4.72 trillion` are equal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_SCALES = {
    "万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5, "万": 4, "千": 3,
    "trillion": 12, "billion": 9, "bn": 9, "million": 6, "thousand": 3,
}  # fmt: skip
_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1000}
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
"""English names of the months, January first, in lower case."""
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}

_PLAIN = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = r"[零〇一二两三四五六七八九十百千]"
_QUANTITY = re.compile(
    # how a quantity begins is looked at first: most places fail there (a million characters 0.29 -> 0.07 s)
    rf"""
    (?= [\d第零〇一二两三四五六七八九十百千] | q[1-4] | j[au] | fe | ma | a[pu] | se | oc | no | de | fi | th )
    (?: (?<![a-z\d.]) (?P<decade>(?:19|20)\d0) (?: s\b | \s?年代 )
  | (?P<century>\d{{2}}) \s?世纪\s? (?P<tens>\d0) \s?年代
  | (?<![a-z\d.]) (?P<year>(?:19|20)\d\d)
        (?: \s?年 | (?! [a-z\d%] | [,.]\d | \s?(?:%|万|亿|percent|trillion|[bm]illion) ) )
  | (?P<han_year>[一二][零〇一二三四五六七八九]{{3}}) \s?年
  | (?P<month>\d{{1,2}}) \s?月
  | \b (?P<month_name>{"|".join(MONTHS)}) \b
  | (?: q(?P<quarter>[1-4])\b | 第?(?P<quarter_zh>[一二三四1-4])\s?季度
        | (?P<quarter_en>first|second|third|fourth)\ quarter )
  | 百分之 \s? (?P<per_hundred>{_PLAIN}|{_HAN}+(?:点{_HAN}+)?)
  | (?<!{_HAN}) (?P<tenths>[一二三四五六七八九\d]) 成 (?P<half>半)? (?![立功为本员长果分都品效熟交就绩因]|都)
  | (?<![a-z\d.]) (?P<plain>{_PLAIN}) (?! [a-z\d] )
        (?: \s? (?P<scale>{"|".join(_SCALES)}) )? \s? (?P<percent>%|per\s?cent|个百分点|percentage\ points)?
  | (?P<han>{_HAN}{{2,}}|{_HAN}(?=[万亿])) (?P<han_scale>万亿|亿|万)?
    )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, share, year, month, quarter or decade at `text[start:end]`; equal `term`s mean equal quantities."""

    start: int
    end: int
    term: str

    @property
    def is_date(self) -> bool:
        """Whether this is a year, month, quarter or decade."""
        return self.term[1] in "ymqd"


def quantities(text: str) -> Iterator[Quantity]:
    """Yield the quantities of a folded text in order: `#20%` for `20%` and `百分之二十`, `#y2024` for `2024年`."""
    for match in _QUANTITY.finditer(text):
        term = _term(match)
        if term:
            yield Quantity(match.start(), match.end(), term)


def _term(match: re.Match[str]) -> str | None:
    """Return the one form of what was matched, None for what is no number after all (`千百` in running text)."""
    kind = match.lastgroup
    found = match.groupdict()
    if found["plain"]:
        return _shown(_scaled(Decimal(found["plain"].replace(",", "")), found["scale"]), found["percent"])
    if found["han"]:
        value = _han_value(found["han"])
        return None if value is None else _shown(_scaled(value, found["han_scale"]), None)
    if found["per_hundred"]:
        value = _share(found["per_hundred"])
        return None if value is None else _shown(value, "%")
    if found["tenths"]:
        tenth = found["tenths"]
        return _shown(Decimal(_DIGITS.get(tenth) or int(tenth)) * 10 + (5 if found["half"] else 0), "%")
    return _date_term(kind, found)


def _date_term(kind: str | None, found: dict[str, str | None]) -> str:
    """Return the term of a date: `#y2024`, `#m9`, `#q1`, `#d1960`."""
    if found["century"]:
        return f"#d{(int(found['century']) - 1) * 100 + int(found['tens'] or 0)}"
    if found["han_year"]:
        return f"#y{_han_value(found['han_year'])}"
    if found["month_name"]:
        return f"#m{MONTHS.index(found['month_name']) + 1}"
    quarter = found["quarter"] or found["quarter_zh"] or found["quarter_en"]
    if quarter:
        return f"#q{_ORDINALS.get(quarter) or int(quarter)}"
    return f"#{str(kind)[0]}{int(found[str(kind)] or 0)}"


def _scaled(value: Decimal, scale: str | None) -> Decimal:
    return value.scaleb(_SCALES[scale]) if scale else value


def _shown(value: Decimal, percent: str | None) -> str:
    return f"#{format(value.normalize(), 'f')}{'%' if percent else ''}"


def _share(text: str) -> Decimal | None:
    """Return the value after `百分之`: plain digits or Chinese ones with `点`."""
    if text[0].isdigit() and text[0].isascii():
        return Decimal(text.replace(",", ""))
    whole, _, fraction = text.partition("点")
    value = _han_value(whole)
    if value is None or not fraction:
        return value
    return value + Decimal("0." + "".join(str(_DIGITS.get(character, 0)) for character in fraction))


@lru_cache(maxsize=4096)
def _han_value(text: str) -> Decimal | None:
    """Return the value of Chinese numerals up to thousands (`二十一` is 21, `二〇二四` is 2024), None if malformed."""
    if all(character in _DIGITS for character in text):
        return Decimal("".join(str(_DIGITS[character]) for character in text))
    total, digit = 0, None
    for character in text:
        if character in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[character]
        elif digit is None and (character != "十" or total):
            return None
        else:
            total += (1 if digit is None else digit) * _UNITS[character]
            digit = None
    return Decimal(total + (digit or 0))
