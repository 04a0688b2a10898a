"""Gold questions in, pairs that are too alike out: within a set, or between it and what was fitted on."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from eval.answer_metrics import units
from eval.matching import squash
from eval.types import Case

ALIKE = 0.75
"""Shared pairs of units over all pairs: 0.75 is a question with a word changed, 0.5 one with the same subject."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions that are too alike, and why."""

    one: Case
    other: Case
    likeness: float
    why: str


def pairs(text: str) -> frozenset[tuple[str, str]]:
    """Return the pairs of neighbouring units, the edges included, so that a text of one unit has pairs too."""
    found = ["", *units(text), ""]
    return frozenset(pairwise(found))


def near_duplicates(cases: Sequence[Case], *, alike: float = ALIKE) -> list[Pair]:
    """Return the pairs within a set whose questions say nearly the same, likest first."""
    found = [pair for pair in _alike(cases, cases, alike) if pair.one.id < pair.other.id]
    return sorted(found, key=lambda pair: -pair.likeness)


def leaks(cases: Sequence[Case], others: Sequence[Case], *, alike: float = ALIKE) -> list[Pair]:
    """Return what a set shares with another: questions nearly the same, or the same evidence quote."""
    quoted: dict[str, Case] = {squash(e.quote): case for case in others for group in case.evidence for e in group}
    same = [
        Pair(case, quoted[squash(e.quote)], 1.0, "same evidence")
        for case in cases
        for group in case.evidence
        for e in group
        if squash(e.quote) in quoted
    ]
    return sorted([*_alike(cases, others, alike), *same], key=lambda pair: -pair.likeness)


def said_by_evidence(case: Case) -> float:
    """Return the share of the question's pairs of units that stand in its evidence: 1.0 is a copied sentence."""
    asked = [pair for pair in pairs(case.question) if all(pair)]
    quoted = frozenset().union(*(pairs(e.quote) for group in case.evidence for e in group))
    return sum(pair in quoted for pair in asked) / len(asked) if asked else 0.0


def _alike(cases: Sequence[Case], others: Sequence[Case], alike: float) -> Iterator[Pair]:
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    others_pairs = [pairs(other.question) for other in others]
    for place, found in enumerate(others_pairs):
        for pair in found:
            holders[pair].append(place)
    for case in cases:
        asked = pairs(case.question)
        shared: dict[int, int] = defaultdict(int)
        for pair in asked:
            for place in holders.get(pair, ()):
                shared[place] += 1
        for place, common in shared.items():
            likeness = common / (len(asked) + len(others_pairs[place]) - common)
            if likeness >= alike and others[place] is not case:
                yield Pair(case, others[place], likeness, "same question")
