"""A question in, the questions inside it out: `X有多少家？Y又排第几？` asks twice, and is answered from two places."""

import re
from collections.abc import Sequence

from qa.pairs import sides

MOST = 3
_ASKING = re.compile(
    r"多少|(?<![这那好])几(?!省)|哪|什么|啥|谁|为何|怎么|怎样|如何|咋|多[大高长远重宽久]|何时|何处|是否|吗"
    r"|\b(?:how|what|which|who|whose|when|where|why)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^？?！!。；;]+[？?！!。；;]*")
_CLAUSE = re.compile(r"[^，,：:]+[，,：:]*|[，,：:]+")
_AND_WHAT = re.compile(r",?\s+and\s+(?=(?:how|what|which|who|when|where|why)\b)", re.IGNORECASE)


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
    found = [(told[i] + piece).strip() for i, piece in enumerate(pieces) if asking[i]]
    return found if len({piece.strip("，,？? ") for piece in found}) == len(found) else []


def _by_and(question: str) -> list[str]:
    """Return the questions before and behind `and`; a question about each of two things."""
    found = _AND_WHAT.search(question)
    return (
        [question[: found.start()], question[found.end() :]] if found else [side.question for side in sides(question)]
    )
