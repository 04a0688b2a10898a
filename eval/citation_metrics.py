"""A case and an answer with its citations in, citation and grounding measures out.

In the spirit of ALCE (does the citation hold what the answer needs?), with evidence quotes in the place of a judge.
"""

import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from statistics import fmean

from eval.matching import MARKER, NUMBER, overlaps, squash, without_markers
from eval.types import Case, Quote, Reply
from index.sentences import spans

_LEADING = re.compile(r"\s*\[\d+\]\s*")


def citation_measures(case: Case, reply: Reply) -> dict[str, float]:
    """Return citation precision (of answers that were given) and recall (a refusal cites nothing)."""
    quotes = [] if reply.abstained else [quote.text for quote in reply.citations]
    measures = {"citation recall": recall(case, quotes)}
    if not reply.abstained:
        measures["citation precision"] = precision(case, quotes)
    return measures


def precision(case: Case, quotes: Sequence[str]) -> float:
    """Return the share of cited quotes that overlap evidence; an answer without citations scores 0."""
    evidence = [e.quote for group in case.evidence for e in group]
    return fmean(float(any(overlaps(quote, e) for e in evidence)) for quote in quotes) if quotes else 0.0


def recall(case: Case, quotes: Sequence[str]) -> float:
    """Return the share of evidence groups that a cited quote overlaps."""
    return fmean(float(any(overlaps(quote, e.quote) for quote in quotes for e in group)) for group in case.evidence)


def verbatim(citations: Sequence[Quote]) -> dict[str, float]:
    """Return the share of cited quotes that are the text at their offsets; nothing where nothing is cited."""
    checked = [float(bool(quote.verbatim)) for quote in citations]
    return {"verbatim": fmean(checked)} if checked else {}


def grounding_measures(reply: Reply) -> dict[str, float]:
    """Return how much of a given answer stands on its quotes: sentences marked, sentences supported, numbers quoted."""
    sentences = answer_sentences(reply.answer)
    if reply.abstained or not sentences:
        return {}
    quotes = [quote.text for quote in reply.citations]
    measures = {
        "sentences cited": cited_share(sentences, quotes),
        "sentences supported": supported_share(sentences, quotes),
    }
    if numbers := set(NUMBER.findall(squash(without_markers(reply.answer)))):
        quoted = set(NUMBER.findall("\n".join(map(squash, quotes))))
        measures["numbers quoted"] = len(numbers & quoted) / len(numbers)
    return measures


def cited_share(sentences: Sequence[str], quotes: Sequence[str]) -> float:
    """Return the share of sentences that carry a marker or stand in a quote.

    A quote of two sentences has one marker, behind the second.
    """
    quoted = "\n".join(map(squash, quotes))
    return fmean(float(MARKER.search(one) is not None or squash(one) in quoted) for one in sentences)


def supported_share(sentences: Sequence[str], quotes: Sequence[str]) -> float:
    """Return the share of sentences that the grounding check finds supported by all that is quoted."""
    from qa.grounding import check

    quoted = "\n".join(quotes)
    return fmean(float(check(without_markers(one), quoted).ok) for one in sentences) if quoted else 0.0


def answer_sentences(answer: str) -> list[str]:
    """Return the sentences of an answer, each with the markers in it and right behind it.

    >>> answer_sentences("渡船每天开26班。[1]船票3元[2]。")
    ['渡船每天开26班。[1]', '船票3元[2]。']
    """
    starts = [start for start, end in map(partial(_past_markers, answer), spans(answer)) if start < end]
    return [answer[start:end] for start, end in pairwise([*starts, len(answer)])] if starts else []


def _past_markers(answer: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return a sentence without the markers it begins with: behind a full stop they belong to the sentence before."""
    start, end = span
    while (marker := _LEADING.match(answer, start, end)) is not None:
        start = marker.end()
    return start, end
