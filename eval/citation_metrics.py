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
    """Return how much of a given answer stands on its citations: marked sentences, and numbers that are quoted."""
    if reply.abstained or not reply.answer.strip():
        return {}
    measures = {"sentences cited": cited_share(reply.answer, [quote.text for quote in reply.citations])}
    if numbers := set(NUMBER.findall(squash(without_markers(reply.answer)))):
        quoted = set(NUMBER.findall("\n".join(squash(quote.text) for quote in reply.citations)))
        measures["numbers quoted"] = len(numbers & quoted) / len(numbers)
    return measures


def cited_share(answer: str, quotes: Sequence[str] = ()) -> float:
    """Return the share of an answer's sentences that carry a marker, inside or right behind them, or are quoted.

    >>> cited_share("渡船每天开26班。[1]船票3元。")
    0.5
    """
    starts = [start for start, end in map(partial(_past_markers, answer), spans(answer)) if start < end]
    if not starts:
        return 0.0
    quoted = "\n".join(map(squash, quotes))
    parts = [answer[start:end] for start, end in pairwise([*starts, len(answer)])]
    # a quote of two sentences has one marker, behind the second
    return fmean(float(MARKER.search(part) is not None or squash(part) in quoted) for part in parts)


def _past_markers(answer: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return a sentence without the markers it begins with: behind a full stop they belong to the sentence before."""
    start, end = span
    while (marker := _LEADING.match(answer, start, end)) is not None:
        start = marker.end()
    return start, end
