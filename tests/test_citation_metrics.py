"""Citation, grounding, refusal and calibration measures, worked by hand."""

import json

import pytest

from eval.citation_metrics import (
    answer_sentences,
    citation_measures,
    cited_share,
    grounding_measures,
    supported_share,
    verbatim,
)
from eval.gold import parse_case
from eval.measures import CATALOGUE, measure, measure_failure
from eval.refusal_metrics import area_under_risk, auroc, calibration_error, reliability, risk_coverage
from eval.summary import OF_SET
from eval.types import Case, Found, Quote, Reply
from tests.eval_fixtures import LINES

PEARS = "清河县在2023年种了1280亩梨树。"
BOATS = "新的电动渡船每天开26班，一次可载120人。"


def case(number: int) -> Case:
    found, _ = parse_case(json.dumps(LINES[number]))
    assert found is not None
    return found


def reply(*quotes: str, answer: str = "有。[1]", refused: bool = False, confidence: float | None = None) -> Reply:
    return Reply(answer, refused, confidence, citations=tuple(Quote(q, verbatim=True) for q in quotes))


def test_precision_is_over_quotes_and_recall_over_evidence() -> None:
    # two quotes, one of them evidence: 1/2; two groups of evidence, one of them quoted: 1/2
    assert citation_measures(case(1), reply(BOATS, PEARS)) == {"citation precision": 0.5, "citation recall": 0.5}
    assert citation_measures(case(0), reply(BOATS, PEARS)) == {"citation precision": 0.5, "citation recall": 1}


def test_an_answer_without_citations_scores_zero_and_a_refusal_has_no_precision() -> None:
    assert citation_measures(case(0), reply()) == {"citation precision": 0, "citation recall": 0}
    assert citation_measures(case(0), reply(PEARS, refused=True)) == {"citation recall": 0}


def test_verbatim_is_the_share_of_quotes_that_stand_at_their_offsets() -> None:
    assert verbatim((Quote("a", verbatim=True), Quote("b", verbatim=False))) == {"verbatim": 0.5}
    assert verbatim(()) == {}


@pytest.mark.parametrize(
    ("answer", "share"),
    [
        ("渡船每天开26班。[1]船票3元。[2]", 1),  # the marker behind a full stop belongs to the sentence before it
        ("渡船每天开26班[1]。船票3元。", 0.5),
        ("渡船每天开26班。船票3元。[1]", 0.5),
        ("Boats run daily. [1] Tickets are cheap.", 0.5),
        ("没有标记。", 0),
        ("[1]", 0),
    ],
)
def test_a_sentence_is_cited_when_its_marker_is_in_it_or_right_behind_it(answer: str, share: float) -> None:
    assert grounding_measures(reply(answer=answer)).get("sentences cited", 0) == share


def test_a_quote_of_two_sentences_cites_both_with_one_marker() -> None:
    sentences = answer_sentences("渡船每天开26班。船票3元。[1]")
    assert cited_share(sentences, ["渡船每天开26班。船票3元。"]) == 1
    assert cited_share(sentences, ["船票3元。"]) == 0.5


def test_a_sentence_is_supported_when_its_quotes_hold_its_figures() -> None:
    assert supported_share(["渡船每天开26班[1]。", "船票每人30元[1]。"], [BOATS, "船票仍是每人3元。"]) == 0.5
    assert supported_share(["渡船每天开26班。"], []) == 0


def test_numbers_of_the_answer_should_stand_in_its_quotes() -> None:
    # 26 is quoted, 3 is not; [1] is no number
    assert grounding_measures(reply(BOATS, answer="每天26班，每人3元[1]。"))["numbers quoted"] == 0.5
    assert "numbers quoted" not in grounding_measures(reply(BOATS, answer="每天都开[1]。"))
    assert grounding_measures(reply(BOATS, refused=True)) == {}


def test_auroc_counts_pairs_and_halves_ties() -> None:
    # pairs: .9>.5, .9>.3, .5=.5 (half), .5>.3: 3.5 of 4
    assert auroc([0.9, 0.5], [0.5, 0.3]) == 3.5 / 4
    assert auroc([], [0.5]) is None


def test_reliability_bins_and_their_error() -> None:
    bins = reliability([0.05, 0.05, 0.95, 1.0], [False, True, True, True])
    # bin 0: said .05, true .5, n 2; bin 9: said .975, true 1, n 2
    assert [(b.confidence, b.answerable, b.n) for b in bins] == [(0.05, 0.5, 2), (0.975, 1.0, 2)]
    # (2 * 0.45 + 2 * 0.025) / 4 = 0.2375
    assert calibration_error(bins) == pytest.approx(0.2375)
    assert calibration_error([]) is None


def test_risk_grows_with_coverage_and_equal_confidences_come_in_together() -> None:
    points = risk_coverage([0.9, 0.8, 0.8, 0.1], [True, True, False, False])
    assert [(p.coverage, p.risk) for p in points] == [(0.25, 0), (0.75, 1 / 3), (1, 0.5)]
    # 0.25 * 0 + 0.5 * 1/3 + 0.25 * 1/2 = 0.2917
    assert area_under_risk(points) == pytest.approx(0.2917, abs=1e-4)
    assert area_under_risk([]) is None


def test_the_brier_score_is_the_squared_distance_from_what_is_true() -> None:
    assert measure(case(0), reply(PEARS, confidence=0.8))["brier"] == pytest.approx(0.04)
    assert measure(case(4), reply(PEARS, confidence=0.8))["brier"] == pytest.approx(0.64)


def test_a_refused_question_is_wrong_when_it_has_an_answer_and_right_when_it_has_none() -> None:
    assert measure(case(0), reply(refused=True))["false refusal"] == 1
    far, near = measure(case(4), reply(refused=True)), measure(case(5), reply(PEARS))
    assert (far["false answer"], far["false answer far"]) == (0, 0)
    assert (near["false answer"], near["false answer near"]) == (1, 1)
    assert "false answer near" not in far


def test_what_a_refusal_says_does_not_count_as_an_answer() -> None:
    assert measure(case(0), reply(answer="1280亩", refused=True))["correct@200"] == 0


def test_a_failed_question_is_wrong_in_every_measure_of_its_kind() -> None:
    for number in (0, 4, 5):
        good = measure(case(number), Reply("答。[1]", False, 0.5, citations=(Quote("q", verbatim=True),)))
        failed = measure_failure(case(number))
        assert good.keys() - failed.keys() <= {"verbatim", "sentences cited", "sentences supported", "numbers quoted"}
        assert all(value == float(not CATALOGUE[name].higher_is_better) for name, value in failed.items())


def test_every_measure_stands_in_the_catalogue() -> None:
    full = Reply("答26。[1]", False, 0.5, citations=(Quote("q", verbatim=True),), found=(Found(PEARS),))
    measured = {name for number in range(len(LINES)) for name in measure(case(number), full)}
    assert measured | set(OF_SET) == set(CATALOGUE)
