"""A question that went wrong in, what a page shows of it out: its faults, what was wanted and what found."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.marking import Piece, mark
from eval.types import Row


@dataclass(frozen=True, slots=True)
class FoundView:
    """A passage with the evidence in it marked."""

    title: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A question that went wrong: what was wanted (marked where found) and what was found (marked where wanted)."""

    row: Row
    faults: Sequence[str]
    evidence: Sequence[Sequence[Sequence[Piece]]]
    found: Sequence[FoundView]


def badness(row: Row) -> tuple[float, ...]:
    """Return what the worst cases are sorted by: failures, then sure wrong answers, then what was not even found."""
    confidence = row.confidence or 0.0
    found = row.measures.get("all@2000ch", 1.0) + row.measures.get("correct@400", 0.0)
    return (row.error is None, row.answerable and found, -confidence)


def case_view(row: Row) -> CaseView:
    """Return a question with its faults, and evidence and passages marked against each other."""
    found = row.reply.found if row.reply else ()
    texts = [passage.text for passage in found]
    quotes = [quote for group in row.evidence for quote in group]
    return CaseView(
        row=row,
        faults=faults(row),
        evidence=[[mark(quote, texts) for quote in group] for group in row.evidence],
        found=[FoundView(passage.title, mark(passage.text, quotes)) for passage in found],
    )


def faults(row: Row) -> list[str]:
    """Return in words what went wrong with a question."""
    if row.error:
        return ["failed"]
    m = row.measures
    told = [
        (m.get("false answer") == 1, "answered, though the articles do not say"),
        (m.get("false refusal") == 1, "refused, though the articles say it"),
        (m.get("all@2000ch") == 0, "evidence not found"),
        (m.get("correct@400") == 0 and not m.get("false refusal"), "answer wrong"),
        (m.get("verbatim", 1.0) < 1, "quote not verbatim"),
    ]
    return [words for holds, words in told if holds]
