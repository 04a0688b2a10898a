"""A question that is not answered and what came nearest in, the text of the refusal out."""

import re
from collections.abc import Mapping, Sequence

from index.types import Hit
from qa.asked_detail import Sort, asked_detail
from qa.query import Query
from qa.types import Lang, Reason

SHOWN = 2
_CALLED: Mapping[Sort, tuple[str, str]] = {
    "money": ("金额", "sum"),
    "share": ("比例", "share"),
    "count": ("数量", "number"),
    "rank": ("名次", "rank"),
    "time": ("时间", "date"),
    "person": ("人", "person"),
    "place": ("地点", "place"),
    "body": ("机构", "organisation"),
    "name": ("名称", "name"),
}
"""What the detail that is asked for is called in a refusal, in Chinese and English."""
_STRAY = re.compile(r"\s+")


def refusal(query: Query, hits: Sequence[Hit], lang: Lang, reason: Reason, unknown: Sequence[str] = ()) -> str:
    """Return what was looked for, what came nearest, and how to ask better; or which names no article has."""
    looked = _STRAY.sub(" ", query.focus if query.lang == "zh" else query.text).strip(" ?？。.") or query.text
    titles = list(dict.fromkeys(hit.article.title for hit in hits))[:SHOWN]
    if unknown:
        return _unheard(unknown[:SHOWN], titles, lang)
    if lang == "en":
        return _english(looked, titles, _asked(query, 1, " and ", "what is asked"), reason)
    return _chinese(looked, titles, _asked(query, 0, "、", "内容"), reason)


def _unheard(names: Sequence[str], titles: Sequence[str], lang: Lang) -> str:
    nearest = ("、" if lang == "zh" else ", ").join(f"《{title}》" for title in titles)
    if lang == "en":
        told = f" Nearest: {nearest}, about something else." if titles else ""
        listed = " or ".join(f"“{name}”" for name in names)
        return f"The articles do not mention {listed}.{told} Ask with a name of the articles, or with another spelling."
    told = f"最接近的是{nearest}，但所谈的不是它。" if titles else ""
    return f"资料中没有提到{'、'.join(f'“{name}”' for name in names)}。{told}请换用资料中的名称，或它的其他写法来问。"


def _asked(query: Query, at: int, between: str, otherwise: str) -> str:
    """Return what the details asked for are called in the language `at` its place of `_CALLED`."""
    return between.join(_CALLED[sort][at] for sort in asked_detail(query.text).sorts) or otherwise


def _chinese(looked: str, titles: Sequence[str], asked: str, reason: Reason) -> str:
    first = "模型认为找到的段落没有回答这个问题" if reason == "model_refused" else "资料里没有找到这个问题的答案"
    if not titles:
        return f"{first}。查找的是：{looked}。资料里没有与它相关的文章，请换用资料所谈的主题、名称或年份来问。"
    nearest = "、".join(f"《{title}》" for title in titles)
    return (
        f"{first}。查找的是：{looked}。最接近的是{nearest}，但其中没有所问的{asked}。可以写明名称或年份，或只问一件事。"
    )


def _english(looked: str, titles: Sequence[str], asked: str, reason: Reason) -> str:
    first = (
        "The model found no answer in the passages" if reason == "model_refused" else "The articles do not answer this"
    )
    if not titles:
        return f"{first}. Looked for: {looked}. No article is about it; ask with a topic, name or year of the articles."
    nearest = ", ".join(f"《{title}》" for title in titles)
    missing = asked if asked.startswith("what") else f"the {asked} asked for"
    return (
        f"{first}. Looked for: {looked}. Nearest: {nearest}, but {missing} is not told there. "
        "Try naming a place, body or year, or ask one thing at a time."
    )
