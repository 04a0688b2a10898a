"""A question about two things in, the question about each out: `江苏和安徽的产量各是多少？` asks twice.

Which words are the two things is told by their shape: they begin alike (`第一轮和第二轮`), they end alike (`东部枢纽和
西部枢纽`), or both are names; what stands before and after them belongs to both questions.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_EACH = re.compile(
    r"各自|各有|各是|各为|各占|各指|各多少|分别|各(?=[一-鿿])|(?:什么|啥|何|哪里|哪儿)的?(?:不同|区别|差别|差异|不一样)"
    r"|差在|差[了多]|不同[？?]?$|对比|相比|比起来|一个.{1,8}一个"
)
_QUOTED = re.compile(
    r"(?P<a>[“\"「][^”\"」]{1,20}[”\"」])(?:和|与|跟|以及|及|、|同)(?P<b>[“\"「][^”\"」]{1,20}[”\"」])"
)
_YEARS = re.compile(r"(?P<a>(?:19|20)\d\d年?[末底]?)[和与、跟](?P<b>(?:19|20)\d\d年[末底]?)")
_RUN = r"[一-鿿A-Za-z0-9·.+-]"
_AND = re.compile(
    rf"(?P<a>(?<![和与跟同比较])(?:(?!的|于){_RUN}){{2,24}}?)(?:以及|和|与|跟|及|、|同)(?P<b>(?!的){_RUN}{{2,24}})"
)
_FURTHER = re.compile(rf"(?:以及|和|与|跟|及|、)(?P<c>{_RUN}{{2,24}})")
_AFTER = re.compile(r"的|各|两|这|那|分别|之间|相比|对比|比起|有[什啥何]|在(?=[一-鿿])|差")
_BOTH = re.compile(r"^(?:这|那)?[两三][类种个者座条地省市家]?")
_NAMES = ("ns", "nr", "eng")
"""Places, people and Latin words, as the segmenter tags them."""
_ENDING = ("v", "m", "t")
"""Verbs, numbers and times: no thing goes on past them."""
_FURTHEST = 5
"""Words within which the second thing ends as the first does."""

_PHRASES = re.compile(
    r"\b(?P<how>of|in|for|with|by|at|from)\s+(?P<a>(?:(?!\b(?P=how)\b)[^,?]){2,40}?),?\s+and\s+(?P=how)\s+(?P<b>[^,?]+)"
)
_NAME = r"(?:the\s+)?[A-Z][\w.&-]*(?:\s+[A-Z][\w.&-]*){0,3}"
_AND_NAME = re.compile(rf"(?P<a>(?<=\s){_NAME})(?:'s|’s)?,?\s+and\s+(?P<b>{_NAME}|(?:19|20)\d\d)")
_AND_YEAR = re.compile(r"\b(?P<a>(?:19|20)\d\d)\s+and\s+(?P<b>(?:19|20)\d\d)\b")
_EACH_ENGLISH = re.compile(r"\b(?:each|both|compar\w*|differ\w*|respectively|versus|vs)\b")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things a question is about, and the question about it alone."""

    name: str
    question: str


def sides(question: str) -> list[Side]:
    """Return the things that are compared or counted apart, each with its question; nothing where it asks of one.

    >>> [side.question for side in sides("新安江补偿第一轮和第二轮各出多少钱？")]
    ['新安江补偿第一轮各出多少钱？', '新安江补偿第二轮各出多少钱？']
    """
    return _english(question) if re.search(r"\band\b", question) else _chinese(question)


def _english(question: str) -> list[Side]:
    """Return an English question with each of `in A and in B`, of two years, of two names that are compared."""
    each = _EACH_ENGLISH.search(question)
    match = _PHRASES.search(question) or _AND_YEAR.search(question) or (_AND_NAME.search(question) if each else None)
    return _with_each(question, match.start("a"), (match["a"], match["b"]), match.end()) if match else []


def _chinese(question: str) -> list[Side]:
    """Return a Chinese question that counts apart or compares, with each of two or three things."""
    if not _EACH.search(question):
        return []
    match = _QUOTED.search(question) or _YEARS.search(question)
    if match:
        return _with_each(question, match.start(), (match["a"], match["b"]), match.end())
    match = _AND.search(question)
    if match is None or _inside_quotes(question[: match.start()]):
        return []
    before, after = match["a"], _AFTER.split(match["b"])[0]
    a, b = _alike(before, after) if len(after) > 1 else ("", "")
    if not a or not b:
        return []
    end = match.start("b") + len(b)
    further = _FURTHER.match(question, end)
    third = _first(list(_words(_AFTER.split(further["c"])[0]))) if further else ""
    if further and third:
        return _with_each(question, match.end("a") - len(a), (a, b, third), further.start("c") + len(third))
    return _with_each(question, match.end("a") - len(a), (a, b), end)


def _inside_quotes(text: str) -> bool:
    return text.count("“") > text.count("”")


def _with_each(question: str, start: int, names: Sequence[str], end: int) -> list[Side]:
    after = _BOTH.sub("", question[end:])
    return [Side(name, question[:start] + name + after) for name in dict.fromkeys(names)]


def _alike(before: str, after: str) -> tuple[str, str]:
    """Return the end of one text and the beginning of another that are things of a kind."""
    left, right = list(_words(before)), list(_words(after))
    begun = before.rfind(after[0])
    if begun >= 0 and len(before) - begun > 1 and any(word[0] == after[0] for word, _ in left):
        return before[begun:], _ended(before, right) or _first(right)
    ended = _ended(before, right)
    if ended:
        size = len(list(_words(ended)))
        return "".join(word for word, _ in left[-size:]), ended
    return _last(left, len(right)), _first(right)


def _ended(before: str, right: Sequence[tuple[str, str]]) -> str:
    """Return the words up to the first that ends as the other text does, none where none does."""
    for at, (word, _) in enumerate(right[:_FURTHEST]):
        if word[-1] == before[-1]:
            return "".join(each for each, _ in right[: at + 1])
    return ""


def _last(words: Sequence[tuple[str, str]], size: int) -> str:
    """Return the names at the end; where there is none as many words as the other thing has, all if few are left."""
    named = list(_named(words[::-1]))
    if named:
        return "".join(named[::-1])
    kept = words[-size:] if len(words) > size + 1 else words
    return "".join(word for word, _ in kept)


def _first(words: Sequence[tuple[str, str]]) -> str:
    """Return the names at the beginning; where there is none all words up to a number, a time or a verb."""
    at = next((at for at, (word, tag) in enumerate(words) if at and (word[0].isdigit() or tag in _ENDING)), None)
    return "".join(_named(words)) or "".join(word for word, _ in words[:at])


def _named(words: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the words up to the first that is no name of the kind of the first."""
    for word, tag in words:
        if not tag.startswith(_NAMES) or tag != words[0][1]:
            return
        yield word


def _words(text: str) -> Iterator[tuple[str, str]]:
    import rjieba

    yield from rjieba.tag(text)
