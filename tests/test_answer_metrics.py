"""Answer measures, worked by hand, and ROUGE-L held against rouge-score."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from eval.answer_metrics import answer_measures, common_subsequence, correct, exact, f1, rouge_l, units
from eval.gold import parse_case
from eval.types import Case
from tests.eval_fixtures import LINES


def case(number: int) -> Case:
    found, _ = parse_case(json.dumps(LINES[number]))
    assert found is not None
    return found


def test_every_group_must_be_said_within_the_length() -> None:
    assert correct([["26班"], ["3元"]], "每天26班，每人3元", 200)
    assert not correct([["26班"], ["3元"]], "每天26班", 200)
    assert correct([["3元"]], "沙" * 198 + "3元", 200)
    assert not correct([["3元"]], "沙" * 199 + "3元", 200)
    assert not correct([["3元"]], "", 200)


def test_markers_do_not_take_up_length_and_do_not_count_as_numbers() -> None:
    measures = answer_measures(case(0), "沙" * 195 + "[12]1280亩[1]")
    assert measures["correct@200"] == 1
    assert not correct([["12"]], "", 200)
    assert answer_measures(case(0), "种了梨树[1280]亩")["correct@200"] == 0


def test_an_english_answer_is_compared_without_case_and_blanks() -> None:
    assert answer_measures(case(2), "It runs EVERY 20  minutes.")["correct@200"] == 1


def test_the_reference_or_the_one_accepted_answer_is_an_exact_match() -> None:
    assert exact(case(0), "种了1280亩梨树")  # the reference without its full stop
    assert exact(case(0), "1280亩。")
    assert not exact(case(0), "约1280亩")
    assert not exact(case(1), "26班")  # two groups: one alternative is not the answer
    assert not exact(case(0), "")


def test_units_are_characters_words_and_numbers() -> None:
    assert units("ＡＩ模型，用了 2.5 倍！") == ["ai", "模", "型", "用", "了", "2.5", "倍"]


def test_f1_counts_shared_units_whatever_their_order() -> None:
    # 甲乙丙 and 丙乙丁戊: 2 shared; precision 2/3, recall 2/4; 2 * 2 / (3 + 4) = 4/7
    assert f1(list("甲乙丙"), list("丙乙丁戊")) == pytest.approx(4 / 7)
    # a unit counts as often as both have it: 甲甲甲 and 甲: 1 shared, 2 * 1 / (3 + 1)
    assert f1(list("甲甲甲"), list("甲")) == 0.5
    assert f1([], list("甲")) == 0


def test_rouge_l_counts_only_what_keeps_its_order() -> None:
    # the longest common subsequence of 甲乙丙 and 丙乙丁戊 is one unit: 2 * 1 / (3 + 4)
    assert rouge_l(list("甲乙丙"), list("丙乙丁戊")) == pytest.approx(2 / 7)
    assert rouge_l(list("甲乙丙丁"), list("甲丙丁")) == pytest.approx(6 / 7)
    assert rouge_l(list("甲"), list("乙")) == 0


class Units:
    """Our units in the place of rouge-score's tokenizer, which keeps only a-z and 0-9."""

    def tokenize(self, text: str) -> list[str]:
        return units(text)


TEXT = st.text(alphabet="甲乙丙丁ab 12", max_size=60)


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT)
def test_rouge_l_agrees_with_rouge_score(said: str, wanted: str) -> None:
    theirs = rouge_scorer.RougeScorer(["rougeL"], tokenizer=Units()).score(wanted, said)["rougeL"]
    assert rouge_l(units(said), units(wanted)) == pytest.approx(theirs.fmeasure)


@given(st.text(alphabet="甲乙丙", max_size=100), st.text(alphabet="甲乙丙", max_size=100))
def test_the_common_subsequence_is_symmetric_and_no_longer_than_either(one: str, other: str) -> None:
    length = common_subsequence(one, other)
    assert length == common_subsequence(other, one)
    assert length <= min(len(one), len(other))


def test_a_refusal_scores_zero_throughout() -> None:
    assert set(answer_measures(case(0), "").values()) == {0.0}
