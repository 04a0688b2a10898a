"""A question in, the sorts of detail it asks for out: a sum of money, a share, a count and of what, a date, a name.

Finer than `answer_types`: `多少罚款` wants yuan and `多少家` a number before 家, so that a text with other numbers is
seen not to tell it. What a noun means beside an asking word it also means at the end of a word of a keyword query.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from index.scripts import fold

Sort = Literal["money", "share", "count", "rank", "time", "person", "place", "body", "name"]
NUMERIC: frozenset[Sort] = frozenset(("money", "share", "count", "rank"))

MEASURES = "家户个项位名人次件座条所篇张台套部艘辆枚款吨亩米里岁届批股支瓶盒只栋间层种类倍分度站对颗棵根头匹艘架"
"""Chinese measure words of one character: `多少家` wants a number before 家."""
LONG_MEASURES = ("平方", "公里", "千米", "公顷", "公斤", "千克", "小时", "分钟", "千瓦", "千伏", "英寸", "人次")

_HAN = re.compile("[㐀-鿿]")
_ASKS: Mapping[Sort, re.Pattern[str]] = {
    "rank": re.compile(r"第几|排(?:名|行)?几|what rank|\brank(?:s|ed|ing)?\b"),
    "time": re.compile(
        r"什么时候|何时|何[年月日]|啥时候|哪(?:一)?年|哪(?:个|一)?(?:月|天|日|季度)|几(?:月|号|点)|多久|什么时间"
        r"|(?:^|[,;:.?] ?|\band )when\b|(?:what|which) (?:year|month|date|day|time)|how (?:often|soon|long)"
    ),
    "person": re.compile(
        r"谁|哪(?:一)?位|什么人|(?:专家|教授|院士|老师|主任|先生|女士|老板|学者|作者|人)叫(?:什么|啥)"
        r"|\bwho(?:se|m)?\b"
    ),
    "place": re.compile(
        r"(?<![难强差好弱板别题处]在)哪[里儿]|(?<![难强差好弱板别题处])在哪(?=[呢啊呀?？,，。]|$)|何处|什么地方"
        r"|哪(?:个|一个|一|座|几个|些)?(?:国家|王国|国|州|城市|省|区|县|市|镇|地方|地区|园区|港)"
        r"|(?:^|[,;:.?] ?|\band )where\b"
        r"|(?:what|which) (?:\w+ )?(?:city|cities|country|countries|province|place|district|county|port|region)"
    ),
    "body": re.compile(
        r"哪(?:几|一|两|三|四|五)?(?:家|所)"
        r"|哪(?:个|一个|些|几个)?(?:公司|企业|机构|银行|医院|大学|高校|单位|部门|平台|集团|学校)"
        r"|(?:what|which) (?!is|was|are|were|do|did)(?:\w+ ){0,2}?"
        r"(?:compan|bank|institut|universit|organi[sz]|agenc|firm|hospital|school|\w*yard)"
    ),
    "name": re.compile(
        r"叫(?:做)?(?:什么|啥)|(?:什么|啥)名字|哪(?:一|个)?[款支部本台艘]|(?:什么|哪个|啥)(?:型号|品牌|牌子|名称)"
        r"|what (?:is|was|are|were) the names?\b|\bwhat\b.{0,60}\b(?:called|named)\b"
    ),
}
"""Words that ask for something other than a number."""
_HOW_MANY = re.compile(
    rf"多少|(?<![这那好第无哪近前])几(?=[{MEASURES}天年周成折万亿千百块元]|{'|'.join(LONG_MEASURES)})|多(?:大|高|长|远|重|宽|深|快)"
    r"|\bhow (?:many|much|large|big|high|far|old|fast|tall|heavy|wide)\b"
    r"|\b(?:what|which)\b(?= (?:is|was|were|are|has been|did)? ?(?:the |an? )?(?:\S+ ){0,6}?(?:share|percent|proportion"
    r"|rate|ratio|number|population|amount|total|value|price|cost|revenue|investment|budget|profit|size|area|gdp|turnover)\w*\b)"
)
_NOUNS: Mapping[Sort, re.Pattern[str]] = {
    "share": re.compile(
        r"比例|占比|比重|份额|百分|幅度|[增降涨跌]幅|增速|几成|成(?=[在能的是?？]|$)|同比|环比|率|增长"
        r"|\bshare|percent|proportion|\brates?\b|ratio|fast|grow"
    ),
    "money": re.compile(
        r"钱|价|租金|房租|费|工资|薪|收入|营收|利润|产值|产出|投资|融资|贷款|存款|补贴|罚|奖金|押金|资金|预算|市值|估值|债|税"
        r"|成本|[^名员份配]额|gdp|生产总值|经济总量|[亿万]元|卖|花|money|\bcost|price|worth|revenue|yuan|dollar|invest|fund|\bdebt"
        r"|\bloan|\bpa(?:y|id)\b|\bvalue|profit|budget|turnover|spen[dt]|\bsales\b|\bfees?\b"
    ),
    "rank": re.compile(r"排名|名次|位次|排第"),
}
"""What the noun beside an asking word makes of the number; without such a noun it is a count."""
_ENDS: Mapping[Sort, re.Pattern[str]] = {
    "share": re.compile(r"(?:比例|占比|比重|份额|百分比|幅度|[增降涨跌]幅|增速|率|增长)$|percentage$|share$|^rates?$"),
    "money": re.compile(
        r"(?:价|价格|租金|费|费用|工资|收入|营收|利润|产值|投资|[总金资]额|市值|成本|补贴|补偿)$"
        r"|^(?:gdp|yuan|price|cost)$"
    ),
    "count": re.compile(r"(?:数|数量|人数|户数|家数|人次|规模|面积|总量|产量|销量|得分|吨|亩|英寸)$|^number$"),
    "rank": re.compile(r"(?:排名|名次|位次)$|^rank(?:ing)?$"),
    "time": re.compile(r"(?:时间|日期|年份)$|^date$"),
    "person": re.compile(r"(?:作者|主编|负责人|创始人|董事长)$|^author$"),
    "place": re.compile(r"(?:地点|地址|城市|国家)$|^(?:city|location)$"),
    "body": re.compile(r"(?:单位|公司|机构|部门)$|^company$"),
}
"""Ends of the words of a keyword query, which has no asking word."""
_MEASURE = re.compile(rf"(?:[千百十]?[万亿]|千|百)?(?:余|多)?({'|'.join(LONG_MEASURES)}|[{MEASURES}])")
_MONEY_UNIT = re.compile(r"[千百十]?[万亿]?(?:[美欧日]?元|块?钱|块(?![地区]))")
_SCALE_ONLY = re.compile(r"[千百十]?[万亿]")
_AUXILIARIES = "did|does|do|was|is|were|has|have|will|would|can"
_CURRENCY = re.compile(r"\b(?:yuan|dollars?|euros?)\b")
_CHANGE = re.compile(
    r"[涨增降跌减省]了?(?:多少|几)|[涨降跌]|增长|增加|减少|提高|节省|省下"
    r"|\b(?:grow|grew|rise|rose|fell|increase|decrease|drop|reduce)"
)
_STOP = re.compile(r"[,，;；。?？!！]")
BEFORE, AFTER, AFTER_ENGLISH = 16, 7, 60
"""Characters beside an asking word in which its noun is looked for."""


@dataclass(frozen=True, slots=True)
class Detail:
    """The sorts of detail asked for, the measure word of a count, the question, folded, and whether it is of change."""

    sorts: tuple[Sort, ...]
    unit: str | None
    question: str
    of_change: bool = False


@lru_cache(maxsize=1024)
def asked_detail(question: str) -> Detail:
    """Return what a question asks for; nothing for reasons, definitions and the like.

    >>> asked_detail("梨园一共雇了多少名果农？").sorts, asked_detail("梨园 果农 工资").sorts
    (('count',), ('money',))
    >>> asked_detail("采摘节的门票收入是多少？").sorts, asked_detail("What share of the pears was exported?").sorts
    (('money',), ('share',))
    """
    folded = fold(question)
    found: list[Sort] = [sort for sort, pattern in _ASKS.items() if pattern.search(folded)]
    unit = None
    for match in _HOW_MANY.finditer(folded):
        if any(pattern.search(folded[match.start() : match.end() + 3]) for pattern in _ASKS.values()):
            continue
        sort, measure = _number(folded, match)
        found.append(sort)
        unit = unit or measure
    if not found and not re.search(r"什么|啥|哪|怎|为何|如何|咋|[吗呢]|\b(?:what|which|why|how|who|is|does)\b", folded):
        found = list(_of_keywords(folded.split()))
    if "name" in found and len(set(found)) > 1:
        found.remove("name")
    return Detail(tuple(dict.fromkeys(found)), unit, folded, _CHANGE.search(folded) is not None)


def _number(folded: str, asking: re.Match[str]) -> tuple[Sort, str | None]:
    """Return which sort of number an asking word wants, by the measure word or noun behind it, else before it."""
    if not _HAN.search(asking.group()):
        return _english_number(folded, asking), None
    after = _STOP.split(folded[asking.end() : asking.end() + AFTER])[0]
    measure = _MEASURE.match(after)
    if _MONEY_UNIT.match(after):
        return "money", None
    if after.startswith("成") or "百分" in after:
        return "share", None
    if measure and not after.startswith(("分额", "种类")):
        return "count", measure[1]
    behind = _noun(after, last=False)
    if behind:
        return behind, None
    if after and not _SCALE_ONLY.match(after) and _HAN.match(after) and asking.group() in ("多少", "几"):
        return ("count", None) if after[0] not in "是呢啊呀了的" else (_before(folded, asking), None)
    return _before(folded, asking), None


def _before(folded: str, asking: re.Match[str]) -> Sort:
    clause = _STOP.split(folded[max(0, asking.start() - BEFORE) : asking.start()])[-1]
    return _noun(clause, last=True) or "count"


def _noun(text: str, *, last: bool) -> Sort | None:
    """Return the sort of the last (or first) noun in a text that says which number is meant."""
    found = [(match.end(), sort) for sort, pattern in _NOUNS.items() for match in pattern.finditer(text)]
    return (max(found) if last else min(found))[1] if found else None


def _english_number(folded: str, asking: re.Match[str]) -> Sort:
    after = folded[asking.end() : asking.end() + AFTER_ENGLISH]
    if asking.group() == "how many":
        return "count"
    if asking.group() == "how fast":
        return "share"
    if asking.group() == "how much" and re.match(rf" (?:money|{_AUXILIARIES})\b", after):
        return "money"
    if re.search(r"\bnumber of\b", after):
        return "count"
    sorts: tuple[Sort, ...] = ("share", "money")
    named = (sort for sort in sorts if _NOUNS[sort].search(after))
    return next(named, "money" if _CURRENCY.search(folded) else "count")


def _of_keywords(words: Sequence[str]) -> Iterator[Sort]:
    for word in words:
        yield from (sort for sort, pattern in _ENDS.items() if pattern.search(word))
