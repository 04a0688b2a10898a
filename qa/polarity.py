"""A Chinese sentence and a text in, out: what the sentence denies and the text affirms, or the other way round.

It sees words, not logic: a negation right before a word, and whether a figure rises or falls.
"""

import re
from collections.abc import Iterator

from index.numbers import quantities

_NEGATIONS = (
    "不", "没", "没有", "未", "无", "非", "并非", "并不", "并未", "从不", "从未", "尚未", "未能", "不能", "不会",
    "不得", "不可", "不必", "不再", "无法", "无需", "无须", "不需", "不是", "不用",
)  # fmt: skip
_NEGATED = re.compile(rf"(?<!不[得能可])(?:{'|'.join(_NEGATIONS)})(?:[再曾能会可得被予]|一定|直接){{0,2}}$")
_BETWEEN = frozenset("再曾能会可得被予")
_RISES = "增长|上升|增加|提高|提升|上涨|扩大|增至|升至|多出|高于|超过|回升"
_FALLS = "下降|减少|降低|回落|下跌|下滑|缩小|降至|减至|少了|低于|不足|萎缩"
_TREND = re.compile(rf"({_RISES})|({_FALLS})")
_CLAUSE = re.compile(r"[，。；：！？,;:!?\n]")


def turned(sentence: str, text: str) -> list[str]:
    """Return the words of a folded sentence that the folded text has only the other way round.

    >>> turned("销量下降5%,没有建成冷库。", "销量增长5%,已建成冷库。")
    ['没有建成', '下降#5%']
    """
    bare = re.sub(r"\s", "", text)
    return [*_denials(sentence, bare), *_trends(sentence, bare)]


def _denials(sentence: str, text: str) -> Iterator[str]:
    for negation, word in _verbs(sentence):
        ways = {_NEGATED.search(text[max(0, at - 6) : at]) is not None for at in _places(word, text)}
        if ways == {not negation}:
            yield negation + word if negation else word


def _verbs(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield the verbs of a sentence, each with the negation before it or an empty string."""
    import rjieba

    negation = ""
    for word, tag in rjieba.tag(sentence):
        if word in _NEGATIONS:
            negation = word
        elif len(word) > 1 and tag[0] in "va":
            yield negation, word
            negation = ""
        elif word not in _BETWEEN:
            negation = ""


def _places(word: str, text: str) -> Iterator[int]:
    return (match.start() for match in re.finditer(re.escape(word), text))


def _trends(sentence: str, text: str) -> Iterator[str]:
    told = _directions(text)
    for term, ways in _directions(sentence).items():
        if term in told and None not in told[term] and not ways & told[term]:
            yield from (f"{way}{term}" for way in ways if way)


def _directions(text: str) -> dict[str, set[str | None]]:
    """Return the figures of a text and what they are said to do, as far as their clause says it."""
    found: dict[str, set[str | None]] = {}
    for quantity in quantities(text):
        if quantity.is_date:
            continue
        clause = _CLAUSE.split(text[max(0, quantity.start - 8) : quantity.start])[-1]
        trends = list(_TREND.finditer(clause))
        way = None if not trends else "增长" if trends[-1][1] else "下降"
        found.setdefault(quantity.term, set()).add(way)
    return found
