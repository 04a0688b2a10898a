"""Earlier turns and a follow-up in, a question that stands alone out: by rules, without an LLM.

Left as it is unless something in it leans on what was said before: `那江苏呢？`, `它哪年投产？`, `And in 2023?`.
"""

import re
from collections.abc import Sequence

from qa.language import language
from qa.names import english_names, latin_names, quoted
from qa.types import Turn

LONGEST_ELLIPSIS = 14
"""Characters up to which a Chinese question without a name of its own may lean on the one before."""

_DATE = re.compile(r"(?:19|20)\d\d年(?:度|[末底初]|\d{1,2}月(?:末|底|\d{1,2}日)?|[上下]半年|第?[一二三四]季度)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CHANGE = re.compile(
    r"^(?:换(?:个|一个)?话题|另外问(?:一下|个)|再问(?:个|一个)别的|by the way|changing the subject|different topic)"
    r"[，,：:]?\s*",
    re.I,
)
_WHAT_OF = re.compile(
    r"^(?:那么?|然后|还有|再|而|至于)?[，,]?(?P<what>.{1,24}?)(?P<of>的)?(?:呢|怎么样|又如何)[？?。!！]*$"
)
_LEAD = re.compile(r"^(?:那么?|然后|还有)[，,]?")
_BACK_YEARS = re.compile(
    r"^(?:(?P<before>前一年|上一年|上年|去年)|(?P<after>后一年|次年|第二年)|(?P<n>[一两二三四五])年(?P<way>前|后))"
)
_COUNTED = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5}
_THAT_YEAR = re.compile(r"那一?年|当年|同年|这一年")
_PRONOUN = re.compile(
    r"它们?(?=的?)|他们?|她们?|该(?:[一-鿿]{1,3}(?=的|[是有在]))?|这(?:[个项家座所]|件事)|其中的?|(?<![尤与])其(?=[一-鿿])"
)
_NOT_PRONOUN = re.compile(r"其他|其它|其实|尤其|他国|他人")
_ASKS = re.compile(
    r"是(?!否)|在(?=哪|什么)|有(?=多|什么|哪|几)|什么|多少|哪|为什么|为何|怎么|如何|几|占|谁|卖了|新签|授权|设计|每年"
)
_BARE = re.compile(
    r"^(?:面积|人口|规模|数量|金额|增速|价格|时间|原因|比例|占比|速度|费用|好处|坏处|优点|缺点|特点|作用|目标|条件|标准|结果"
    r"|比上年|同比|现在|目前|什么时候|何时|为什么|为啥|怎么|如何|多少|有多|哪|谁|第[一二三四五]轮)"
)
_PLACES = re.compile(r"全国|全市|全省|我国|中国|全球|世界")

_EN_WHAT_OF = re.compile(
    r"^(?:and|but|so)?,?\s*(?:what about|how about|and)?\s*(?P<what>(?:in|for|of|by|at|on)?\s*[^?]{1,40})\?*$", re.I
)
_EN_STARTS = re.compile(r"^(?:and|but|so|what about|how about|by|in|for|of)\b", re.I)
_EN_VERB = re.compile(r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b", re.I)
_EN_SHIFT = re.compile(
    r"\b(?:(?P<after>a year later|the (?:next|following) year|the year after)"
    r"|(?P<before>a year earlier|the year before|the previous year))\b",
    re.I,
)
_EN_PRONOUN = re.compile(r"\b(?P<of>its|their|his|her)\b|\b(?:it|they|them|he|she)\b", re.I)
_EN_THAT_YEAR = re.compile(r"\b(?:in )?(?:that|the same) year\b", re.I)
_EN_NAME = re.compile(r"[A-Z][\w&.-]*(?:(?: (?:of|the|for|and|in|de))* [A-Z][\w&.-]*)*")
_EN_ASKING = re.compile(
    r"(?:What|When|Where|Which|Who|Whose|Why|How|Is|Are|Was|Were|Do|Does|Did|Has|Have|Had|Can|And|In|By)\b"
)
_FEW_WORDS = 8


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """Return the question as it reads without the turns before it.

    >>> standalone("那江苏呢？", [Turn("user", "2024年安徽的梨产量是多少？")])
    '2024年江苏的梨产量是多少？'
    """
    asked = [turn.content for turn in turns if turn.role == "user" and turn.content.strip()]
    base = ""
    for each in (*asked, question):
        base = _lean(each.strip(), base)
    return base


def _lean(question: str, base: str) -> str:
    changed = _CHANGE.sub("", question)
    if changed != question or not base:
        return changed or question
    if language(question) != language(base):
        return question
    return _chinese(question, base) if language(question) == "zh" else _english(question, base)


def _chinese(question: str, base: str) -> str:
    found = _WHAT_OF.match(question)
    if found:
        return _swapped(found["what"], base, bool(found["of"]))
    filled = _with_year(question, base)
    if _PRONOUN.search(_NOT_PRONOUN.sub("", filled)):
        subject = _subject(base)
        return _PRONOUN.sub(lambda match: _stand_in(match.group(), subject), filled, count=1)
    if filled == question and _leans(question):
        return _subject(base) + _LEAD.sub("", question)
    return filled


def _swapped(what: str, base: str, of: bool) -> str:
    """Return the question before with one thing of it changed for `what`: a date, a place, or its subject."""
    year = _YEAR.search(base)
    shift = _BACK_YEARS.match(what)
    if shift and year:
        return base.replace(year.group(), str(int(year.group()) + _years(shift)), 1)
    date, old_date = _DATE.fullmatch(what), _DATE.search(base)
    if date:
        return base.replace(old_date.group(), what, 1) if old_date else f"{what}{base}"
    old = _same_kind(what, base)
    if old:
        return base.replace(old, what, 1)
    subject = _subject(base)
    bare = _DATE.sub("", subject)
    if bare and (of or len(what) <= len(bare) + 2) and "的" not in bare:
        return base.replace(bare, what, 1)
    return f"{subject}，{what}？" if not subject.endswith("的") else f"{subject}{what}？"


def _years(shift: re.Match[str]) -> int:
    if shift["n"]:
        return _COUNTED[shift["n"]] * (-1 if shift["way"] == "前" else 1)
    return -1 if shift["before"] else 1


def _same_kind(what: str, base: str) -> str | None:
    """Return what in the question before is of the same kind: a place for a place, a name of the same ending."""
    places = _places(base)
    if what in _places(what) or _PLACES.fullmatch(what):
        return places[0] if places else None
    if len(what) > 2:
        alike = re.search(rf"[一-鿿]{{1,{len(what) + 2}}}?{re.escape(what[-1])}(?=的)", _DATE.sub("", base))
        if alike:
            return alike.group()
    led = re.match(r"^[到在从对和与](?=..)", what)
    if led and places:
        found = re.search(rf"{led.group()}(?:{'|'.join(map(re.escape, places))})", base)
        return found.group() if found else None
    return None


def _places(text: str) -> list[str]:
    import rjieba

    return [word for word, tag in rjieba.tag(text) if tag == "ns" or _PLACES.fullmatch(word)]


def _with_year(question: str, base: str) -> str:
    year = _DATE.search(base)
    return _THAT_YEAR.sub(year.group()[:5], question) if year else question


def _stand_in(pronoun: str, subject: str) -> str:
    return f"{subject}中" if pronoun.startswith("其中") else f"{subject}的" if pronoun == "其" else subject


def _leans(question: str) -> bool:
    """Tell whether a short question has no subject of its own."""
    bare = re.sub(r"[？?。!！\s]", "", question)
    if len(bare) > LONGEST_ELLIPSIS or quoted(question) or latin_names(question):
        return False
    return _BARE.match(_LEAD.sub("", _DATE.sub("", bare))) is not None or bare.startswith("那")


def _subject(base: str) -> str:
    """Return what a question is about: all before what it asks with, or what follows `什么是`."""
    defined = re.match(r"^(?:什么是|何谓|什么叫)(.+?)[？?]*$", base)
    if defined:
        return defined.group(1)
    match = _ASKS.search(base)
    subject = base[: match.start()] if match else re.sub(r"[？?]+$", "", base)
    return subject.rstrip("，, 了") or re.sub(r"[？?]+$", "", base)


def _english(question: str, base: str) -> str:
    year = _YEAR.search(base)
    shift = _EN_SHIFT.search(question)
    if shift and year and len(question.split()) <= _FEW_WORDS:
        return base.replace(year.group(), str(int(year.group()) + (1 if shift["after"] else -1)), 1)
    if _EN_STARTS.match(question) and not _EN_VERB.search(question):
        found = _EN_WHAT_OF.match(question)
        return _english_swapped(found["what"].strip(), base) if found else question
    if year:
        question = _EN_THAT_YEAR.sub(f"in {year.group()}", question)
    topic = _english_topic(base)
    if _EN_PRONOUN.search(question):
        return _EN_PRONOUN.sub(lambda match: f"{topic}'s" if match["of"] else topic, question, count=1)
    leans = len(question.split()) <= _FEW_WORDS and not english_names(question) and not _YEAR.search(question)
    if _EN_STARTS.match(question) or leans:
        return f"{re.sub(r'^(?:and|but|so),? ', '', question, flags=re.I).rstrip('?')} ({topic})?"
    return question


def _english_swapped(what: str, base: str) -> str:
    year, old_year = _YEAR.search(what), _YEAR.search(base)
    if year and old_year:
        return base.replace(old_year.group(), year.group(), 1)
    name = re.sub(r"^(?:in|for|of|by|at|on|the)\s+", "", what)
    old = next((each for each in english_names(base) if not each.isupper()), None)
    if old and name[:1].isupper():
        return base.replace(old, name, 1)
    return f"{base.rstrip('?')}, {what}?"


def _english_topic(base: str) -> str:
    names = [name for name in _EN_NAME.findall(base) if not _EN_ASKING.match(name)]
    return max(names, key=len) if names else base.rstrip("?")
