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
_RISES = "增长|上升|增加|提高|提升|上涨|扩大|增至|升至|多出|高于|超过|回升|增幅|涨幅"
_FALLS = "下降|减少|降低|回落|下跌|下滑|缩小|降至|减至|少了|低于|不足|萎缩|降幅|跌幅|降为"
_TREND = re.compile(rf"({_RISES})|({_FALLS})")
_OPPOSITES = (
    ("增长", "下降"), ("上升", "下降"), ("增加", "减少"), ("提高", "降低"), ("提升", "降低"), ("扩大", "缩小"),
    ("高于", "低于"), ("超过", "不足"), ("上涨", "下跌"), ("加强", "削弱"), ("鼓励", "限制"), ("允许", "禁止"),
    ("支持", "反对"), ("增强", "减弱"), ("最高", "最低"), ("最大", "最小"), ("最多", "最少"), ("优于", "劣于"),
)  # fmt: skip
_CLAUSE = re.compile(r"[，。；：！？,;:!?\n]")


def turned(sentence: str, text: str) -> list[str]:
    """Return the words of a folded sentence that the folded text has only the other way round.

    >>> turned("销量下降5%,没有建成冷库。", "销量增长5%,已建成冷库。")
    ['没有建成', '下降#5%']
    """
    bare = re.sub(r"\s", "", text)
    return [*_denials(sentence, bare), *_trends(sentence, bare), *_opposites(sentence, bare)]


def _denials(sentence: str, text: str) -> Iterator[str]:
    for negation, word, behind in _verbs(sentence):
        # a verb may stand twice, of two things: with the same word behind it, it is the one that is meant
        places = list(_places(f"{word}[了过着]?{re.escape(behind)}", text)) or list(_places(word, text))
        ways = {_NEGATED.search(text[max(0, at - 6) : at]) is not None for at in places}
        if ways == {not negation}:
            yield negation + word if negation else word


def _verbs(sentence: str) -> Iterator[tuple[str, str, str]]:
    """Yield the verbs of a sentence, each with the negation before it, or an empty string, and the word behind it."""
    import rjieba

    negation = ""
    tagged = rjieba.tag(sentence)
    for (word, tag), behind in zip(tagged, [*(word for word, _ in tagged[1:]), ""], strict=True):
        if word in _NEGATIONS:
            negation = word
        elif len(word) > 1 and tag[0] in "va":
            yield negation, word, behind
            negation = ""
        elif word not in _BETWEEN:
            negation = ""


def _places(pattern: str, text: str) -> Iterator[int]:
    return (match.start() for match in re.finditer(pattern, text))


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


def _opposites(sentence: str, text: str) -> Iterator[str]:
    """Yield the words of a sentence whose opposite the text has next to the same word, and not the word itself."""
    said, told = re.sub(r"\W", "", sentence), re.sub(r"\W", "", text)
    for pair in _OPPOSITES:
        for word, opposite in (pair, pair[::-1]):
            around = _beside(word, said)
            if around & _beside(opposite, told) and not around & _beside(word, told):
                yield word


def _beside(word: str, text: str) -> set[str]:
    """Return the two characters before each place of a word, marked as such, and the two behind it."""
    places = [match.span() for match in re.finditer(word, text)]
    return {f"{text[start - 2 : start]}<" for start, _ in places if start > 1} | {
        f">{text[end : end + 2]}" for _, end in places if len(text) > end + 1
    }
