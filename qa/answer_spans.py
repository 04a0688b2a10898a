"""A clause and the detail asked for in, the spans that may be the answer out, each with how well it fits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from index.numbers import Quantity, quantities
from qa.asked_detail import MEASURES, NUMERIC, Detail, Sort

WRONG, ANY = 0.15, 0.7
"""Fit of a number of another measure than the one asked for, and of one where no measure is asked for."""
_COUNTED = "个家户项款种名位"
"""Measure words that stand for one another: asked is 多少家, told is 13个."""
_TIMES = re.compile(r"[每按](?:周|月|年|季|天|日)|世纪|\d+日|上午|下午|周[一二三四五六日末]|annual|monthly|weekly|daily")
_RANKS = re.compile(r"第[一二三四五六七八九十\d]+|[一二三四五六七八九十\d]+(?=[强位])|首位|榜首|\d+(?:st|nd|rd|th)\b|\bfirst\b")
_BODIES = re.compile(
    r"[一-鿿a-z]{2,10}?(?:公司|集团|银行|大学|学院|研究院|研究所|实验室|医院|协会|商会|联盟|中心|委员会|局|船级社|科技|股份|基金|平台)"
    r"|\b[a-z]+ (?:university|company|bank|institute|agency|hospital|corporation|group)|[a-z][a-z0-9.+-]{2,}"
)
_NAMES = re.compile(r"[“\"「『《]([^”\"」』》]{2,30})[”\"」』》]|([a-z][a-z0-9.+-]+)")
_ROLES = re.compile(
    r"教授|主任|院长|研究员|会长|总经理|董事长|书记|局长|市长|主编|执笔|作者|院士|专家|创始人|负责人"
    r"|professor|director|president|chair|editor|mayor"
)
_YUAN = re.compile(r"(?:多|余|左右)?\s?(?:美|欧|日)?元|\s?(?:yuan|dollars?|euros?)\b")


@dataclass(frozen=True, slots=True)
class Span:
    """A possible answer at `text[start:end]` of its clause, and how well its sort and measure fit, 0 to 1."""

    start: int
    end: int
    fit: float


def answer_spans(clause: str, detail: Detail, stated: frozenset[str]) -> Iterator[Span]:
    """Yield what of a folded clause may be the detail; what the question itself states (`stated`, its text) is none."""
    for sort in detail.sorts:
        if sort in NUMERIC and sort != "rank":
            for quantity in numbers_of(clause):
                if quantity.term not in stated:
                    yield Span(quantity.start, quantity.end, _number_fit(sort, detail.unit, quantity, clause))
        else:
            for start, end, text in _others(sort, clause):
                if text not in stated and text not in detail.question:
                    yield Span(start, end, _fit(sort, start, end, clause))


@lru_cache(maxsize=16384)
def numbers_of(clause: str) -> tuple[Quantity, ...]:
    """Return the numbers of a folded clause that are neither dates nor ordinals."""
    return tuple(q for q in quantities(clause) if not q.is_date and clause[q.start - 1 : q.start] != "第")


@lru_cache(maxsize=16384)
def tagged(text: str) -> tuple[tuple[str, str], ...]:
    """Return the words of a folded text with their parts of speech."""
    import rjieba

    return tuple(rjieba.tag(text))


def _number_fit(sort: Sort, unit: str | None, quantity: Quantity, clause: str) -> float:
    after = clause[quantity.end : quantity.end + 8]
    if sort == "share":
        return 1.0 if "%" in quantity.term or after.lstrip().startswith("倍") else WRONG
    if "%" in quantity.term:
        return WRONG
    money = bool(_YUAN.match(after)) or clause[quantity.start - 1 : quantity.start] in tuple("$¥€")
    if sort == "money":
        return 1.0 if money else WRONG
    return _counted(unit, re.sub(r"^\s?[多余]?\s?", "", after), money=money)


def _counted(unit: str | None, after: str, *, money: bool) -> float:
    if unit is None:
        return ANY
    if after.startswith(unit):
        return 1.0
    same = unit in _COUNTED and after[:1] in _COUNTED and after[:1] in MEASURES
    return ANY if same and not money else WRONG


@lru_cache(maxsize=16384)
def _others(sort: Sort, clause: str) -> tuple[tuple[int, int, str], ...]:
    """Return the ranks, dates, people, places, bodies or names of a folded clause."""
    if sort == "time":
        dates = [(q.start, q.end, q.term) for q in quantities(clause) if q.is_date]
        return (*dates, *((m.start(), m.end(), m[0]) for m in _TIMES.finditer(clause)))
    if sort == "rank":
        return tuple((m.start(), m.end(), m[0]) for m in _RANKS.finditer(clause))
    if sort == "body":
        return tuple((m.start(), m.end(), m[0]) for m in _BODIES.finditer(clause))
    tags = {"person": ("nr",), "place": ("ns",)}.get(sort, ("nr", "ns", "nt", "nz"))
    words = [word for word, tag in tagged(clause) if tag.startswith(tags) and len(word) > 1]
    if sort == "name":
        words += [match[1] or match[2] for match in _NAMES.finditer(clause)]
    places = ((clause.find(word), word) for word in dict.fromkeys(words))
    return tuple((at, at + len(word), word) for at, word in places if at >= 0)


def _fit(sort: Sort, start: int, end: int, clause: str) -> float:
    if sort == "person" and not _ROLES.search(clause[max(0, start - 8) : end + 8]):
        return ANY
    return 1.0
