"""Legs to one order."""

import numpy as np
import pytest

from qa.fusion import WEIGHTS, Leg, fuse, fused_legs, leg_weight, parts, ranks, standardised


def scores(*values):
    return np.array(values, dtype=np.float32)


def test_standardised_scores_have_no_mean_and_spread_one():
    found = standardised(scores(1, 2, 3, 10))
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert found.std() == pytest.approx(1, rel=1e-5)


def test_a_leg_that_tells_nothing_apart_adds_nothing():
    telling = Leg("bm25", scores(3, 1, 2))
    assert fuse([telling, Leg("dense", scores(0, 0, 0))]).tolist() == fuse([telling]).tolist()


def test_no_legs_give_nothing():
    assert len(fuse([])) == 0
    assert len(standardised(scores())) == 0


def test_a_leg_counts_by_its_weight():
    one, other = Leg("bm25", scores(1, 0), 2.0), Leg("dense", scores(0, 1), 1.0)
    assert np.argmax(fuse([one, other])) == 0


def test_exact_terms_weigh_nothing_where_they_see_nothing():
    assert leg_weight("bm25", 0.0) == 0.0
    assert leg_weight("bm25", 1.0) == WEIGHTS["bm25"][1]
    assert leg_weight("window", 0.0) > leg_weight("window", 1.0)


def test_a_blind_leg_does_not_drown_the_one_that_sees():
    legs = {"bm25": scores(5, 0, 0), "dictionary": scores(0, 3, 0), "dense": scores(0, 1, 0), "window": scores(0, 1, 0)}
    assert np.argmax(fused_legs(legs, 0.0)) == 1


def test_ranks_count_from_one_and_keep_the_order_of_equals():
    assert ranks(scores(2, 5, 2)).tolist() == [2, 1, 3]


def test_parts_name_each_leg_with_score_and_rank():
    first, second = parts({"bm25": scores(1, 2), "dense": scores(0.5, 0.25)})
    assert (first["bm25"].score, first["bm25"].rank) == (1.0, 2)
    assert (second["dense"].score, second["dense"].rank) == (0.25, 2)
    assert parts({}) == []
