"""A question in, its hits out, each part of it searched for on its own: what the answer is read from.

A question that asks twice is answered from two places, and its second part has a ranking of its own: with it .75
instead of .69 of the Chinese two-part questions of the development gold are answered, out of fold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from index.types import Article, Filters, Hit
from qa.parts import parts
from qa.ports import RetrieverPort
from qa.summaries import subject, topic


@dataclass(frozen=True, slots=True)
class View:
    """A question, whole or a part, with all hits as it ranks them."""

    question: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The hits to read and to show, and how the question and each of its parts rank them."""

    hits: tuple[Hit, ...]
    whole: View
    parts: tuple[View, ...] = ()
    subject: Article | None = None
    """The article whose contents are asked for, where a question is about an article as a whole."""


def gather(retriever: RetrieverPort, question: str, *, k: int, filters: Filters | None = None) -> Gathered:
    """Return at most `k` hits; of a question in parts, by turns those of the whole and of each part."""
    about = _about(retriever, question, k=k, filters=filters)
    if about:
        return about
    first = retriever.search(question, k=k, filters=filters)
    asked = parts(question)
    if len(asked) < 2:
        return alone(question, first)
    rankings = [first, *(retriever.search(part, k=k, filters=filters) for part in asked)]
    hits = tuple(replace(hit, rank=rank) for rank, hit in enumerate(_by_turns(rankings, k), 1))
    views = [View(text, _as_ranked(hits, ranking)) for text, ranking in zip((question, *asked), rankings, strict=True)]
    return Gathered(hits, views[0], tuple(views[1:]))


def _about(retriever: RetrieverPort, question: str, *, k: int, filters: Filters | None) -> Gathered | None:
    """Return the hits for what an article is about whose contents are asked for, None for any other question."""
    asked = topic(question)
    hits = tuple(retriever.search(asked, k=k, filters=filters)) if asked else ()
    article = subject(question, asked, hits) if asked else None
    return Gathered(hits, View(asked, hits), subject=article) if asked and article else None


def alone(question: str, hits: Sequence[Hit]) -> Gathered:
    """Return hits as the ranking of one question."""
    return Gathered(tuple(hits), View(question, tuple(hits)))


def _by_turns(rankings: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    kept: dict[str, Hit] = {}
    for turn in zip_longest(*rankings):
        for hit in turn:
            if hit is not None and not any(_same(hit, other) for other in kept.values()):
                kept[hit.passage.id] = hit
    return list(kept.values())[:k]


def _same(hit: Hit, other: Hit) -> bool:
    """Tell whether one of two hits holds the other: rankings join neighbours each in its own way."""
    if hit.article.id != other.article.id:
        return False
    one, two = hit.passage, other.passage
    return (one.start <= two.start and two.end <= one.end) or (two.start <= one.start and one.end <= two.end)


def _as_ranked(hits: Sequence[Hit], ranking: Sequence[Hit]) -> tuple[Hit, ...]:
    return tuple(_ranked(hits, ranking))


def _ranked(hits: Sequence[Hit], ranking: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the hits with rank and score of a ranking; one that it does not hold comes after its last."""
    lowest = min((hit.score for hit in ranking), default=0.0)
    for hit in hits:
        found = next((each for each in ranking if _same(each, hit)), None)
        yield replace(hit, rank=found.rank if found else len(ranking) + 1, score=found.score if found else lowest)
