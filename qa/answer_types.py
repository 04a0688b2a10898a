"""A question in, the kind of answer it asks for out; a sentence in, how far it holds one of that kind out."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from index.numbers import quantities
from index.scripts import fold
from qa.names import english_names, people, places

Kind = Literal["amount", "time", "person", "place", "body", "list", "reason", "definition", "compare", "manner"]
HARD: frozenset[Kind] = frozenset(("amount", "time", "person", "place", "body"))
"""Kinds of which a sentence either holds an answer or does not."""

_ASKS: Mapping[Kind, re.Pattern[str]] = {
    "time": re.compile(
        r"什么时候|何时|哪(?:一)?年|哪(?:个|一)?(?:月|天|日|季度)|几(?:月|号|点|年)|啥时候|多久|时间|\bwhen\b"
        r"|(?:what|which) (?:year|month|date|day)|how (?:often|soon)|how long ago"
    ),
    "amount": re.compile(
        r"多少|几(?:个|家|项|位|名|次|种|条|成|倍|座|所|人|岁|届|大|分|亿|万|度|公里|辆)|第几|多(?:大|高|长|远|重|宽)"
        r"|占比|比例|比重|增速|增幅|总数|数量|规模|总量|金额|面积|人数|户数|合计|排名|排第|几折"
        r"|how (?:many|much|large|big|high|long|far|old|fast)"
        r"|what (?:share|percentage|percent|proportion|rate|number|amount)"
        r"|\bnumber of\b|\bshare of\b|\bpercentage\b|\bproportion\b|\bsize of\b|\btotal\b|\bworth\b|\brank"
    ),
    "person": re.compile(
        r"谁|哪(?:一)?位|什么人|负责人|作者|主编|\bwho(?:se|m)?\b|\bauthor\b|name of the (?:person|expert)"
    ),
    "place": re.compile(
        r"哪里|哪儿|在哪|何处|哪(?:个|一个|座|几个|些)?(?:国家|城市|省|区|县|地方|地区|园区|港)|什么地方|地点"
        r"|\bwhere\b|(?:which|what) (?:\w+ )?(?:city|cities|country|countries|province|place|district)"
    ),
    "body": re.compile(
        r"哪(?:几|一|两|三|四|五)?(?:家|所)|哪个?(?:公司|企业|机构|银行|医院|大学|高校|单位|部门|平台|集团|学校)"
        r"|(?:which|what) (?:\w+ )?(?:compan|bank|institution|universit|organi[sz]ation|agenc|firm|hospital)"
    ),
    "list": re.compile(
        r"哪些|哪(?:几|两|二|三|四|五|六|七|八|九|十|\d)|几(?:方面|点|类|大类|环)|包括|包含|分为|各指|都有(?:什么|啥)|有什么|有啥"
        r"|\b(?:which|what)(?: \w+)? (?:two|three|four|five|six|seven|eight|kinds|types|areas|factors|measures|steps)"
        r"|\binclude|\bwhat are\b|\blist\b|\bwhich .*s\b"
    ),
    "reason": re.compile(
        r"为什么|为啥|为何|何以|原因|缘由|怎么会|凭什么|凭啥|难在|\bwhy\b|\breasons?\b|what (?:caused|causes|led)"
    ),
    "definition": re.compile(
        r"是什么|什么是|是啥|指(?:的是)?(?:什么|啥|哪)|什么意思|啥意思|含义|定义|全称|怎么理解|是(?:一种)?怎样的|什么样的"
        r"|\bwhat (?:is|does|do|was)\b|stand(?:s)? for|\bmean|\bdefin|\brefer"
    ),
    "compare": re.compile(
        r"分别|各(?:自|是|为|有|多|占)|区别|不同|差(?:别|异|在|多少)|相比|对比|比较|哪(?:个|一个)更|\bcompare|\bdiffer|\beach\b|\bversus\b"
        r"|\bvs\b|\brespectively\b|\bthan\b|\binstead\b"
    ),
    "manner": re.compile(r"怎么|怎样|如何|咋|什么(?:方式|办法|模式|路径|措施)|\bhow\b"),
}

_TIMES = re.compile(
    r"[每按](?:周|月|年|季|天|日)|世纪|\d+月\d+日|\d+日|上午|下午|周[一二三四五六日末]|annual|monthly|weekly|daily"
)
_ENUMERATION = re.compile(
    r"、|[一二三四五六七八]是|第[一二三四五六]|其[一二三]|首先|其次|此外|[（(][一二三四五六1-6][）)]|[;；]|, (?:and )?"
)
_REASONS = re.compile(
    r"因为|由于|原因|因此|所以|导致|致使|使得|引发|源于|在于|得益于|受.{1,12}影响|制约|困难|不足|缺乏|瓶颈"
    r"|because|due to|since|caused|as a result|owing"
)
_DEFINES = re.compile(
    r"是指|指的是|指[“\"「]|即|就是|是一[种个]|所谓|称为|简称|又称|本质|定义|意味着|旨在|指\w|[（(][A-Za-z]"
    r"|\bmeans?\b|\bis an?\b|refers|stands for|called"
)
_BODIES = re.compile(
    r"[一-鿿a-z]{2,10}?(?:公司|集团|银行|大学|学院|研究院|研究所|实验室|医院|协会|商会|联盟|中心|委员会|局|船级社|科技|机器人|汽车|股份"
    r"|基金|平台)|\b[a-z]+ (?:university|company|bank|institute|agency|hospital|corporation|group)"
)
"""Bodies in a folded text, by how their names end."""
_CONTRASTS = re.compile(r"而|则|相比|分别|较|高于|低于|不同|但|却|与.{1,12}相比|[;；]|whereas|while|than|but|compared")
_WAYS = re.compile(r"通过|依托|采用|以.{1,20}为|利用|借助|推动|推进|建立|实施|by \w+ing|through|using")
_ROLES = re.compile(
    r"教授|主任|院长|研究员|会长|总经理|董事长|书记|局长|市长|主编|执笔|作者|院士|专家|professor|director|president|chair|editor|mayor"
)


_HAN = re.compile(r"[一-鿿]")
_ASKING = re.compile(
    r"多少|(?<![这那好])几(?!省)|哪|什么|啥|谁|为何|怎么|怎样|如何|咋|多[大高长远重宽久]|何时|何处"
    r"|\b(?:how (?:many|much)|how|what|which|who|whose|when|where|why)\b"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for: kinds in the order of `_ASKS`, its own quantities, and the unit counted."""

    kinds: tuple[Kind, ...]
    quantities: frozenset[str]
    unit: str | None
    question: str


_UNIT = re.compile(r"(?:多少|几)(?P<zh>[一-鿿]{1,4})|how many (?P<en>\w+)")


@lru_cache(maxsize=1024)
def wanted(question: str) -> Wanted:
    """Return what a question asks for.

    >>> wanted("梨园雇了多少名果农？").kinds, wanted("Why did the ferry stop?").kinds
    (('amount',), ('reason',))
    """
    folded = fold(question)
    kinds = tuple(kind for kind, pattern in _ASKS.items() if pattern.search(folded))
    unit = _UNIT.search(folded)
    return Wanted(
        kinds,
        frozenset(quantity.term for quantity in quantities(folded)),
        (unit["zh"] or unit["en"]) if unit else None,
        folded,
    )


def fitness(asked: Wanted, sentence: str) -> float:
    """Return how far a sentence holds an answer of the kinds asked for, 0 to 1; 0.5 where no kind is known."""
    if not asked.kinds:
        return 0.5
    folded = fold(sentence)
    return sum(_FITS[kind](asked, folded) for kind in asked.kinds) / len(asked.kinds)


def hard_fitness(asked: Wanted, sentences: Sequence[str]) -> float:
    """Return the best that any of several sentences does for the hard kinds asked for; 0.5 where there are none."""
    hard = [kind for kind in asked.kinds if kind in HARD]
    if not hard:
        return 0.5
    folded = [fold(sentence) for sentence in sentences]
    return max(min(_FITS[kind](asked, text) for kind in hard) for text in folded)


def asked_about(question: str) -> str:
    """Return the words of a question around what it asks with: the thing that is to be told.

    >>> asked_about("加入这个果农联盟每年要交多少会费？")
    '联盟每年要交多少会费'
    """
    folded = fold(question)
    match = _ASKING.search(folded)
    if match is None:
        return folded
    back, forth = (6, 6) if _HAN.search(match.group()) else (0, 45)
    return re.sub(r"[？?。.]", "", folded[max(0, match.start() - back) : match.end() + forth])


def _amount(asked: Wanted, sentence: str) -> float:
    new = [q for q in quantities(sentence) if q.term not in asked.quantities and not q.is_date]
    if not new:
        return 0.25 if re.search(r"[一二两三四五六七八九十]", sentence) else 0.0
    if asked.unit is None:
        return 1.0
    after = [sentence[q.end : q.end + 4].lstrip() for q in new]
    return 1.0 if any(text[:1] == asked.unit[:1] for text in after) else 0.7


def _time(asked: Wanted, sentence: str) -> float:
    dated = any(q.is_date and q.term not in asked.quantities for q in quantities(sentence))
    return 1.0 if dated or _TIMES.search(sentence) else 0.0


def _person(asked: Wanted, sentence: str) -> float:
    names = [name for name in people(sentence) + english_names(sentence) if name not in asked.question]
    if not names:
        return max(0.5 * _body(asked, sentence), 0.3 if _ROLES.search(sentence) else 0.0)
    return 1.0 if _ROLES.search(sentence) else 0.7


def _place(asked: Wanted, sentence: str) -> float:
    named = [place for place in places(sentence) if place not in asked.question]
    return 1.0 if named or english_names(sentence) else 0.0


def _body(asked: Wanted, sentence: str) -> float:
    return 1.0 if any(match not in asked.question for match in _BODIES.findall(sentence)) else 0.0


def _list(asked: Wanted, sentence: str) -> float:
    return min(1.0, len(_ENUMERATION.findall(sentence)) / 3)


def _matches(pattern: re.Pattern[str]) -> Callable[[Wanted, str], float]:
    return lambda _, sentence: 1.0 if pattern.search(sentence) else 0.0


_FITS: Mapping[Kind, Callable[[Wanted, str], float]] = {
    "amount": _amount,
    "time": _time,
    "person": _person,
    "place": _place,
    "body": _body,
    "list": _list,
    "reason": _matches(_REASONS),
    "definition": _matches(_DEFINES),
    "compare": _matches(_CONTRASTS),
    "manner": _matches(_WAYS),
}
