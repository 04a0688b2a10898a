"""Intervals, tests and corrections: worked by hand where that can be done, held against scipy elsewhere."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from eval.statistics import detectable, detectable_by_set, estimate, holm, paired, randomization_p

SKEWED: list[float] = np.random.default_rng(7).lognormal(0, 1, 60).tolist()


def test_an_estimate_is_the_mean_inside_its_interval() -> None:
    found = estimate([1.0, 0.0, 1.0, 1.0])
    assert found.value == 0.75
    assert found.low <= 0.75 <= found.high
    assert found.n == 4


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    assert estimate(SKEWED, seed=1) == estimate(SKEWED, seed=1)
    assert estimate(SKEWED, seed=1) != estimate(SKEWED, seed=2)


def test_equal_values_have_an_interval_without_width() -> None:
    found = estimate([1.0] * 9)
    assert (found.low, found.value, found.high) == (1, 1, 1)


def test_nothing_has_no_mean() -> None:
    with pytest.raises(ValueError, match="no values"):
        estimate([])


def test_intervals_agree_with_scipy() -> None:
    theirs = stats.bootstrap(
        (np.array(SKEWED),), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    ours = estimate(SKEWED, resamples=20_000)
    # two bootstraps of 20,000 differ by chance, by about 0.003 of the deviation at these quantiles
    slack = 0.02 * float(np.std(SKEWED))
    assert ours.low == pytest.approx(theirs.low, abs=slack)
    assert ours.high == pytest.approx(theirs.high, abs=slack)


def test_a_few_differences_are_tested_exactly() -> None:
    # five gains of 1: the two extreme of 2**5 = 32 sign patterns
    assert randomization_p([1.0] * 5) == 2 / 32
    # 2, 1, -1 sums to 2; of the 8 patterns |sum| >= 2 has +2+1+1, +2+1-1, +2-1+1 and their mirrors: 6
    assert randomization_p([2.0, 1.0, -1.0]) == 6 / 8
    assert randomization_p([0.0, 0.0]) == 1


def test_many_differences_are_tested_by_chance_and_agree_with_scipy() -> None:
    differences = np.random.default_rng(3).normal(0.15, 1, 100)
    theirs = stats.permutation_test(
        (differences, np.zeros(100)),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        n_resamples=9_999,
        vectorized=True,
        rng=np.random.default_rng(0),
    )
    assert randomization_p(differences.tolist()) == pytest.approx(theirs.pvalue, abs=0.015)


def test_questions_that_did_not_change_do_not_alter_p() -> None:
    assert randomization_p([1.0] * 5 + [0.0] * 100) == randomization_p([1.0] * 5)


def test_holm_steps_down() -> None:
    # sorted .01 .02 .04: .01*3 = .03; .02*2 = .04; .04*1 = .04
    assert holm({"a": 0.04, "b": 0.01, "c": 0.02}) == {"b": 0.03, "c": 0.04, "a": 0.04}
    # never under what came before, never above 1
    assert holm({"a": 0.03, "b": 0.02}) == {"b": 0.04, "a": 0.04}
    assert holm({"a": 0.9, "b": 0.8}) == {"b": 1.0, "a": 1.0}


@settings(deadline=None)
@given(st.dictionaries(st.text(min_size=1), st.floats(0, 1), min_size=1, max_size=12))
def test_a_corrected_p_is_never_smaller_and_never_more_than_bonferroni(ps: dict[str, float]) -> None:
    adjusted = holm(ps)
    assert all(p <= adjusted[name] <= min(1, p * len(ps) + 1e-12) for name, p in ps.items())
    assert [adjusted[name] for name in sorted(ps, key=ps.__getitem__)] == sorted(adjusted.values())


def test_a_paired_difference_says_everything_at_once() -> None:
    found = paired([1, 0, 0, 0, 1], [1, 1, 1, 1, 0])
    assert (found.a, found.b, found.n, found.better, found.worse) == (0.4, 0.8, 5, 3, 1)
    assert found.value == pytest.approx(0.4)
    # differences 0 1 1 1 -1: of 16 patterns over four ones |sum| >= 2 has 1+4+4+1 = 10
    assert found.p == 10 / 16


def test_the_detectable_difference_is_that_of_the_normal_approximation() -> None:
    # (1.960 + 0.8416) * 0.5 / sqrt(100) = 0.1401
    assert detectable(0.5, 100) == pytest.approx(0.1401, abs=1e-4)
    assert detectable(0.5, 1) == math.inf
    # half right: deviation 0.5; with correlation 0.7 the difference has 0.5 * sqrt(0.6) = 0.3873
    assert detectable_by_set([0.0, 1.0] * 50) == pytest.approx(2.8016 * 0.3873 / 10, abs=1e-4)


def test_a_detectable_difference_is_found_eight_times_in_ten() -> None:
    rng = np.random.default_rng(5)
    n, size = 80, detectable(1.0, 80)
    found = sum(randomization_p(rng.normal(size, 1, n).tolist(), permutations=400) < 0.05 for _ in range(300))
    assert found / 300 == pytest.approx(0.8, abs=0.07)
