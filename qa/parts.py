"""A question in, the questions inside it out: `X有多少家？Y又排第几？` asks twice, and is answered from two places."""

import re
from collections.abc import Sequence

MOST = 3
_ASKING = re.compile(
    r"多少|(?<![这那好])几(?!省)|哪|什么|啥|谁|为何|怎么|怎样|如何|咋|多[大高长远重宽久]|何时|何处|是否|吗"
    r"|\b(?:how|what|which|who|whose|when|where|why)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^？?！!。；;]+[？?！!。；;]*")
_CLAUSE = re.compile(r"[^，,：:]+[，,：:]*|[，,：:]+")
_EACH = re.compile(
    r"各自|各有|各是|各为|各占|各指|各多少|分别|各(?=[一-鿿])|有(?:什么|啥|何)(?:不同|区别|差别|差异)|差在|对比|相比"
)
_PAIR = re.compile(
    r"(?P<a>[“\"「][^”\"」]{1,20}[”\"」]|[A-Za-z0-9·—-]{2,20}|(?:(?!的)[一-鿿A-Za-z0-9·.]){2,12}?)"
    r"(?P<and>和|与|跟|及|以及|、|同)"
    r"(?P<b>[“\"「][^”\"」]{1,20}[”\"」]|[A-Za-z0-9·—-]{2,20}|[一-鿿A-Za-z0-9·]{2,12}?)(?=的|各|两|这|分别|[，,、。？?]|$)"
)
_YEARS = re.compile(r"(?P<a>(?:19|20)\d\d年[末底]?)[和与、](?P<b>(?:19|20)\d\d年[末底]?)")
_AND_WHAT = re.compile(r",?\s+and\s+(?=(?:how|what|which|who|when|where|why|of|in)\b)", re.IGNORECASE)
_AND_NAME = re.compile(r"\b(?P<a>[A-Z][\w.-]*)(?:'s)?(?:,)? and (?P<b>[A-Z][\w.-]*)")


def parts(question: str) -> list[str]:
    """Return the questions inside a question, each with the clauses before it that ask nothing; itself if it asks once.

    >>> parts("清河县的梨园，雇了多少人，冷库能存多少吨梨？")
    ['清河县的梨园，雇了多少人，', '清河县的梨园，冷库能存多少吨梨？']
    """
    found = _by_sentence(question) or _by_clause(question) or _by_and(question)
    return found[:MOST] if len(found) > 1 else [question]


def _by_sentence(question: str) -> list[str]:
    sentences = [piece.strip() for piece in _SENTENCE.findall(question) if piece.strip()]
    return _asked(sentences)


def _by_clause(question: str) -> list[str]:
    return _asked([piece for piece in _CLAUSE.findall(question) if piece.strip()])


def _asked(pieces: Sequence[str]) -> list[str]:
    """Return the pieces that ask, each after those before it that do not; none where fewer than two ask."""
    asking = [bool(_ASKING.search(piece)) for piece in pieces]
    if sum(asking) < 2:
        return []
    told = ["".join(p for p, asks in zip(pieces[:i], asking, strict=False) if not asks) for i in range(len(pieces))]
    return [(told[i] + piece).strip() for i, piece in enumerate(pieces) if asking[i]]


def _by_and(question: str) -> list[str]:
    """Return a question about each of two things that are compared or counted apart."""
    found = _AND_WHAT.search(question)
    if found:
        return [question[: found.start()], question[found.end() :]]
    names = _AND_NAME.search(question)
    if names and re.search(r"\beach\b|\bcompare|\bdiffer|respectively", question):
        return [question.replace(names.group(), names[name]) for name in ("a", "b")]
    pair = (_YEARS.search(question) or _PAIR.search(question)) if _EACH.search(question) else None
    if pair is None:
        return []
    return [question[: pair.start()] + pair[name] + question[pair.end() :] for name in ("a", "b")]
