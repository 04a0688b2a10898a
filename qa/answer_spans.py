"""A clause and the detail asked for in, how well each span of it fits that may be the answer out."""

import re
from collections.abc import Iterator
from functools import lru_cache

from index.numbers import Quantity, quantities
from index.scripts import fold
from qa.asked_detail import MEASURES, NUMERIC, Detail, Sort
from qa.names import english_names
from qa.word_vectors import HAN, tagged

WRONG, ANY, MONEY = 0.15, 0.85, 0.35
"""Fit of a number of another measure than the one asked for, of any where none is asked for, and of money there."""
CHANGE = 0.8
"""Fit of a share where the question asks how far something rose or fell."""
_COUNTED = "个家户项款种名位"
"""Measure words that stand for one another: asked is 多少家, told is 13个."""
_TIMES = re.compile(
    r"[每按](?:周|月|年|季|天|日)|世纪|\d+日|上午|下午|周[一二三四五六日末]|annual|monthly|weekly|daily"
)
_RANKS = re.compile(
    r"第[一二三四五六七八九十\d]+|(?<!前)[一二三四五六七八九十\d]+(?=[强位])|首位|榜首|\d+(?:st|nd|rd|th)\b|\bfirst\b"
)
_BODIES = re.compile(
    r"[一-鿿a-z]{2,10}?(?:公司|集团|银行|大学|学院|研究院|研究所|实验室|医院|协会|商会|联盟|中心|委员会|局|船级社|科技|股份|基金|平台)"
    r"|\b[a-z]+ (?:university|company|bank|institute|agency|hospital|corporation|group)|[a-z][a-z0-9.+-]{2,}"
)
_NAMES = re.compile(r"[“\"「『《]([^”\"」』》]{2,30})[”\"」』》]|([a-z][a-z0-9.+-]+)")
_ROLES = re.compile(
    r"教授|主任|[社船队店校厂院会局市县镇村处部所馆行署]长|董事长|研究员|总经理|书记|主编|执笔|作者|院士|专家|创始人|负责人"
    r"|老师|秘书|professor|director|president|chair|editor|mayor"
)
_NAMED = re.compile(
    rf"(?:{_ROLES.pattern.split('|professor')[0]})([一-鿿]{{2,3}}?)(?=说|表示|认为|指出|介绍|告诉|强调|[,，:：]|$)"
)
"""A name after a role, in no dictionary: what is said by whom."""
_YUAN = re.compile(r"(?:多|余|左右)?\s?(?:美|欧|日)?元|\s?(?:yuan|dollars?|euros?)\b")


def answer_spans(clause: str, sort: Sort, detail: Detail, stated: frozenset[str]) -> Iterator[float]:
    """Yield the fit, 0 to 1, of each span of a clause that may be the detail; what the question states itself is none.

    >>> list(answer_spans("去年收梨900吨", "count", asked_detail("收了多少吨梨？"), frozenset()))
    [1.0]
    """
    folded = fold(clause)
    if sort in NUMERIC and sort != "rank":
        for quantity in numbers_of(folded):
            if quantity.term not in stated:
                yield _number_fit(sort, detail, quantity, folded)
        return
    for start, end, text in _others(sort, clause):
        if text not in stated and text not in detail.question:
            yield _fit(sort, start, end, folded)


@lru_cache(maxsize=16384)
def numbers_of(clause: str) -> tuple[Quantity, ...]:
    """Return the numbers of a folded clause that are neither dates nor ordinals."""
    return tuple(q for q in quantities(clause) if not q.is_date and clause[q.start - 1 : q.start] != "第")


def _number_fit(sort: Sort, detail: Detail, quantity: Quantity, clause: str) -> float:
    after = clause[quantity.end : quantity.end + 8]
    if sort == "share":
        return 1.0 if "%" in quantity.term or after.lstrip().startswith("倍") else WRONG
    if "%" in quantity.term:
        return CHANGE if detail.of_change else WRONG
    money = bool(_YUAN.match(after)) or clause[quantity.start - 1 : quantity.start] in tuple("$¥€")
    if sort == "money":
        return 1.0 if money else WRONG
    return _counted(detail.unit, re.sub(r"^\s?[多余]?\s?", "", after), money=money)


def _counted(unit: str | None, after: str, *, money: bool) -> float:
    if unit is None:
        return MONEY if money else ANY
    if after.startswith(unit):
        return 1.0
    same = unit in _COUNTED and after[:1] in _COUNTED and after[:1] in MEASURES
    return ANY if same and not money else WRONG


@lru_cache(maxsize=16384)
def _others(sort: Sort, clause: str) -> tuple[tuple[int, int, str], ...]:
    """Return the ranks, dates, people, places, bodies or names of a clause, folded."""
    capitalised = english_names(clause) if not HAN.search(clause) else []
    clause = fold(clause)
    if sort == "time":
        dates = [(q.start, q.end, q.term) for q in quantities(clause) if q.is_date]
        return (*dates, *((m.start(), m.end(), m[0]) for m in _TIMES.finditer(clause)))
    if sort == "rank":
        return tuple((m.start(), m.end(), m[0]) for m in _RANKS.finditer(clause))
    if sort == "body":
        return tuple((m.start(), m.end(), m[0]) for m in _BODIES.finditer(clause))
    tags = {"person": ("nr",), "place": ("ns",)}.get(sort, ("nr", "ns", "nt", "nz"))
    words = [word for word, tag in tagged(clause) if tag.startswith(tags) and len(word) > 1]
    words += [fold(name) for name in capitalised]
    if sort == "person":
        # a word of the dictionary after a role is no name: 社长已经说过
        words += [word for word in _NAMED.findall(clause) if len(tagged(word)) > 1]
    if sort == "name":
        words += [match[1] or match[2] for match in _NAMES.finditer(clause)]
    places = ((clause.find(word), word) for word in dict.fromkeys(words))
    return tuple((at, at + len(word), word) for at, word in places if at >= 0)


def _fit(sort: Sort, start: int, end: int, clause: str) -> float:
    if sort == "person" and not _ROLES.search(clause[max(0, start - 8) : end + 8]):
        return ANY
    return 1.0
