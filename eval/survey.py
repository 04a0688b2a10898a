"""A gold set in, what kind of set it is out: kinds, languages, lengths, wording shared with evidence, places."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from eval.duplicates import said_by_evidence
from eval.gold import Documents
from eval.matching import squash
from eval.types import Case

TENTHS = 10


@dataclass(frozen=True, slots=True)
class Survey:
    """What kind of set a gold set is."""

    questions: int
    langs: dict[str, int]
    kinds: dict[str, int]
    styles: dict[str, int]
    docs: dict[str, int]
    articles: int
    question_characters: float
    evidence_characters: float
    groups: float
    """Evidence groups of an answerable question: above 1, several places must be found."""
    shared_wording: dict[str, float]
    """By language: mean share of the question's pairs of units that stand in its evidence; near 1 is copied."""
    places: list[int]
    """How many quotes stand in each tenth of their document: a set that asks only of beginnings tests little."""


def survey(cases: Sequence[Case], documents: Documents | None = None) -> Survey:
    """Return the survey of a set; places need the documents."""
    answerable = [case for case in cases if case.answerable]
    quotes = [e.quote for case in answerable for group in case.evidence for e in group]
    return Survey(
        questions=len(cases),
        langs=_counted(case.lang for case in cases),
        kinds=_counted(case.kind for case in cases),
        styles=_counted(case.style for case in cases),
        docs=_counted(doc for case in cases for doc in case.docs),
        articles=len({case.article_key or case.article for case in answerable}),
        question_characters=median(len(case.question) for case in cases),
        evidence_characters=median(map(len, map(squash, quotes))) if quotes else 0,
        groups=fmean(len(case.evidence) for case in answerable) if answerable else 0,
        shared_wording={
            lang: fmean(said_by_evidence(case) for case in answerable if case.lang == lang)
            for lang in sorted({case.lang for case in answerable})
        },
        places=_places(answerable, documents) if documents else [],
    )


def _counted(values: object) -> dict[str, int]:
    return dict(Counter(values).most_common())  # type: ignore[call-overload]


def _places(cases: Sequence[Case], documents: Documents) -> list[int]:
    counts = [0] * TENTHS
    for evidence in (e for case in cases for group in case.evidence for e in group):
        document = documents(evidence.doc)
        at = document.find(squash(evidence.quote)) if document else -1
        if document and at >= 0:
            counts[min(TENTHS - 1, at * TENTHS // len(document))] += 1
    return counts
