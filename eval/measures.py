"""A case and its reply in, every measure of that question out; the catalogue says what each one means.

A question that failed is wrong in every measure that it takes part in: absence counts, the divisor is the gold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from eval.answer_metrics import answer_measures
from eval.citation_metrics import citation_measures, grounding_measures, verbatim
from eval.refusal_metrics import confidence_measures, refusal_measures
from eval.retrieval_metrics import retrieval_measures
from eval.types import Case, Reply

Family = Literal["retrieval", "answer", "citation", "refusal"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: where it belongs, whether more of it is better, and one sentence on what it says."""

    name: str
    family: Family
    about: str
    higher_is_better: bool = True


CATALOGUE: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("all@1", "retrieval", "all the evidence stands in the first passage"),
        Measure("hit@1", "retrieval", "some evidence stands in the first passage"),
        Measure("all@3", "retrieval", "all the evidence stands in the first 3 passages"),
        Measure("all@5", "retrieval", "all the evidence stands in the first 5 passages"),
        Measure("all@10", "retrieval", "all the evidence stands in the first 10 passages"),
        Measure("all@1000ch", "retrieval", "all the evidence stands in the first 1,000 characters found"),
        Measure("all@2000ch", "retrieval", "all the evidence stands in the first 2,000 characters found"),
        Measure("all@4000ch", "retrieval", "all the evidence stands in the first 4,000 characters found"),
        Measure("recall@10", "retrieval", "share of evidence groups in the first 10 passages"),
        Measure("mrr@10", "retrieval", "1 divided by the rank of the first passage with evidence"),
        Measure("ndcg@10", "retrieval", "evidence groups found, early ranks counting more"),
        Measure("correct@200", "answer", "the first 200 characters of the answer say what was asked"),
        Measure("correct@400", "answer", "the first 400 characters of the answer say what was asked"),
        Measure("exact match", "answer", "the answer is the reference, punctuation aside"),
        Measure("f1", "answer", "characters and words shared with the reference"),
        Measure("rouge-l", "answer", "longest common subsequence with the reference"),
        Measure("citation precision", "citation", "share of cited quotes that overlap evidence"),
        Measure("citation recall", "citation", "share of evidence groups that a quote overlaps"),
        Measure("verbatim", "citation", "share of cited quotes that are the text at their offsets"),
        Measure("sentences cited", "citation", "share of answer sentences that carry a citation"),
        Measure("sentences supported", "citation", "share of answer sentences that their quotes support"),
        Measure("numbers quoted", "citation", "share of the answer's numbers that its quotes hold"),
        Measure("false refusal", "refusal", "refused, though the corpus answers", higher_is_better=False),
        Measure("false answer", "refusal", "answered, though the corpus does not", higher_is_better=False),
        Measure("false answer near", "refusal", "answered a near miss", higher_is_better=False),
        Measure("false answer far", "refusal", "answered a question far off", higher_is_better=False),
        Measure("brier", "refusal", "squared error of the confidence", higher_is_better=False),
        Measure("auroc", "refusal", "an answerable question has the higher confidence"),
        Measure("calibration error", "refusal", "distance of confidence from frequency", higher_is_better=False),
        Measure("aurc", "refusal", "share of wrong answers over all coverages", higher_is_better=False),
    )
}
# A failed request has no quote and no sentence to judge, so these have no value for it; the others are wrong.
_NEEDS_AN_ANSWER = ("verbatim", "sentences cited", "sentences supported", "numbers quoted")


def measure(case: Case, reply: Reply) -> dict[str, float]:
    """Return the measures of one question."""
    measures = refusal_measures(case, refused=reply.abstained) | confidence_measures(case, reply)
    if case.answerable:
        measures |= retrieval_measures(case.evidence, [found.text for found in reply.found])
        measures |= answer_measures(case, "" if reply.abstained else reply.answer)
        measures |= citation_measures(case, reply)
    return measures | verbatim(reply.citations) | grounding_measures(reply)


def measure_failure(case: Case) -> dict[str, float]:
    """Return the measures of a question that the system failed on: the worst value of each."""
    empty = Reply(answer="", abstained=False)
    worst = {name: float(not CATALOGUE[name].higher_is_better) for name in measure(case, empty)}
    return {name: value for name, value in worst.items() if name not in _NEEDS_AN_ANSWER} | {"brier": 1.0}
