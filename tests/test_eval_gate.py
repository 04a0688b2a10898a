"""A gate is read as it is written, and its sentences say which measure, by how much and how sure."""

import pytest

from eval.errors import RuleError
from eval.gate import judge, needs_baseline, parse_rules
from eval.statistics import Difference, paired
from eval.types import Estimate


def difference(a: list[float], b: list[float]) -> dict[str, Difference]:
    return {"correct@200/all": paired(a, b)}


def test_rules_are_read_with_part_bound_and_p() -> None:
    level, change = parse_rules("all@5/zh >= 0.95; correct drop <= 0.01 at p < 0.05")
    assert (level.name, level.sign, level.bound, level.change) == ("all@5/zh", ">=", 0.95, None)
    assert (change.name, change.change, change.bound, change.p) == ("correct@200/all", "drop", 0.01, 0.05)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("citation recall/zh > .5", "citation recall/zh"),
        ("false answer near <= 0.2", "false answer near/all"),
        ("all@2000ch/en>=0.6", "all@2000ch/en"),
        ("false refusal/fact rise < 0.02", "false refusal/fact"),
        ("mrr/all >= 0.5 ;", "mrr@10/all"),
    ],
)
def test_names_with_blanks_and_signs_are_read(text: str, name: str) -> None:
    assert [rule.name for rule in parse_rules(text)] == [name]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no rule"),
        ("all@5", "is not understood"),
        ("all@5 >= many", "is not understood"),
        ("beauty >= 0.5", "There is no measure 'beauty'"),
        ("all@5 >= 0.5 at p < 0.05", "compares nothing"),
        ("all@5 drop >= 0.5", "has an upper bound"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        parse_rules(text)


def test_only_rules_of_change_need_a_baseline() -> None:
    assert not needs_baseline(parse_rules("all@5 >= 0.5"))
    assert needs_baseline(parse_rules("all@5 >= 0.5; all@5 drop <= 0.1"))


def test_a_level_that_is_missed_surely_and_one_that_is_missed_unsurely() -> None:
    rules = parse_rules("all@5/zh >= 0.95; all@5/en >= 0.95; all@5 >= 0.5")
    summary = {
        "all@5/zh": Estimate(0.80, 0.74, 0.86, 170),
        "all@5/en": Estimate(0.93, 0.85, 1.0, 45),
        "all@5/all": Estimate(0.83, 0.78, 0.88, 215),
    }
    sure, unsure, good = judge(rules, summary, {})
    assert not sure.holds
    assert sure.sentence == (
        "all@5/zh is 0.800 (95 % interval 0.740 to 0.860, 170 questions), 0.150 off the >= 0.95; "
        "surely: the whole interval is beyond it"
    )
    assert not unsure.holds
    assert unsure.sentence.endswith("0.020 off the >= 0.95; not surely: the interval reaches it")
    assert good.holds


def test_a_figure_that_the_run_does_not_have_breaks_its_rule() -> None:
    (verdict,) = judge(parse_rules("false answer <= 0.1"), {}, {})
    assert not verdict.holds
    assert "has no value" in verdict.sentence


def test_a_sure_drop_beyond_the_bound_is_stopped_and_an_unsure_one_is_not() -> None:
    rules = parse_rules("correct drop <= 0.01 at p < 0.05")
    lost_ten = difference([1.0] * 20, [0.0] * 10 + [1.0] * 10)
    (stopped,) = judge(rules, {}, lost_ten)
    assert not stopped.holds
    # ten losses of ten: 2 / 2**10 = 0.0020
    assert "correct@200/all fell by 0.500 from 1.000 to 0.500" in stopped.sentence
    assert "p = 0.0020, 20 questions): more than the 0.01 allowed" in stopped.sentence
    (passed,) = judge(rules, {}, difference([1.0] * 20, [0.0] * 2 + [1.0] * 18))
    assert passed.holds
    assert "beyond, but not surely, the 0.01 allowed" in passed.sentence


def test_without_a_p_every_drop_beyond_the_bound_is_stopped() -> None:
    (verdict,) = judge(parse_rules("correct drop <= 0.01"), {}, difference([1.0] * 20, [0.0] * 2 + [1.0] * 18))
    assert not verdict.holds


def test_a_gain_is_no_drop_and_no_change_is_said_plainly() -> None:
    (gained,) = judge(parse_rules("correct drop <= 0.01"), {}, difference([0.0, 1.0], [1.0, 1.0]))
    assert gained.holds
    assert "rose by 0.500" in gained.sentence
    (same,) = judge(parse_rules("correct drop <= 0.01"), {}, difference([0.0, 1.0], [0.0, 1.0]))
    assert same.sentence == "correct@200/all did not change (0.500, 2 questions): within the 0.01 allowed"


def test_several_rules_with_a_p_are_corrected_for_their_number() -> None:
    # six losses of six: p = 2/64 = 0.031; with two rules Holm doubles it to 0.0625
    lost = paired([1.0] * 20, [0.0] * 6 + [1.0] * 14)
    differences = {"correct@200/all": lost, "all@5/all": lost}
    alone = judge(parse_rules("correct drop <= 0.01 at p < 0.05"), {}, differences)
    together = judge(parse_rules("correct drop <= 0.01 at p < 0.05; all@5 drop <= 0.01 at p < 0.05"), {}, differences)
    assert [v.holds for v in alone] == [False]
    assert [v.holds for v in together] == [True, True]
