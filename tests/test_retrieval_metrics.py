"""Retrieval measures, worked by hand, and held against trec_eval on random rankings."""

import math

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.matching import holds, overlaps, says, squash
from eval.retrieval_metrics import first_ranks, ndcg, ranking_of_groups, retrieval_measures, within_budget
from eval.types import Evidence

A, B = "松树下的邮局每周三开门", "邮差骑车走完十二个村子"
NOISE = "湖边的旧磨坊早已停转，只有风声。"


def groups(*quotes: str) -> list[list[Evidence]]:
    return [[Evidence("doc.txt", quote)] for quote in quotes]


def test_one_piece_of_evidence_at_rank_two() -> None:
    found = retrieval_measures(groups(A), [NOISE, f"据说{A}。", NOISE])
    assert (found["all@1"], found["hit@1"], found["all@3"], found["mrr@10"]) == (0, 0, 1, 0.5)
    # gain 1 at rank 2: 1 / log2(3); ideal 1 / log2(2) = 1
    assert found["ndcg@10"] == pytest.approx(1 / math.log2(3))


def test_two_pieces_of_evidence_of_which_one_is_found() -> None:
    found = retrieval_measures(groups(A, B), [A, NOISE])
    assert (found["hit@1"], found["all@10"], found["recall@10"], found["mrr@10"]) == (1, 0, 0.5, 1)
    # gain at rank 1 of an ideal 1 + 1/log2(3) = 1.6309
    assert found["ndcg@10"] == pytest.approx(1 / 1.6309, abs=1e-4)


def test_any_quote_of_a_group_is_enough() -> None:
    either = [[Evidence("one.txt", A), Evidence("two.txt", B)]]
    assert retrieval_measures(either, [B])["all@1"] == 1


def test_without_passages_every_measure_is_zero() -> None:
    assert set(retrieval_measures(groups(A), []).values()) == {0.0}


def test_what_stands_behind_600_characters_of_a_passage_does_not_count() -> None:
    assert retrieval_measures(groups(A), ["沙" * 591 + A])["all@1"] == 1  # 9 of 11 characters are left: 0.82
    assert retrieval_measures(groups(A), ["沙" * 592 + A])["all@1"] == 0  # 8 of 11: 0.73 is under 0.8


def test_a_budget_of_characters_cuts_the_last_passage() -> None:
    assert within_budget(["一二三", "四五六", "七"], 5) == ["一二三", "四五"]
    # two passages of 400 and then the evidence: its 11 characters end at 811
    texts = ["沙" * 400, "土" * 400, A]
    assert retrieval_measures(groups(A), texts)["all@1000ch"] == 1
    texts = ["沙" * 500, "土" * 495, A]
    assert retrieval_measures(groups(A), texts)["all@1000ch"] == 0


def test_evidence_in_two_runs_counts_when_every_number_is_there() -> None:
    quote = "第一季度产量达到 350 吨，比去年同期增长两成，创下新高"
    torn = "第一季度产量达到 350 吨，（见图）比去年同期增长两成，创下新高"
    assert holds(torn, quote)
    assert not holds(torn.replace("350", "360"), quote)
    # 12 of 24 characters, then nothing: half is not 80 %
    assert not holds("第一季度产量达到 350 吨", quote)


def test_short_common_runs_are_chance() -> None:
    quote = "甲乙丙丁戊己庚子丑寅卯辰巳午"  # 14 characters: runs of 7 and 7 are both under 8
    assert not holds("甲乙丙丁戊己庚。子丑寅卯辰巳午", quote)


def test_numbers_are_said_whole_or_not_at_all() -> None:
    assert says(squash("共 12.5 万人"), "12.5")
    assert not says("共112.5万人", "12.5")
    assert not says("共12.53万人", "12.5")
    assert not says("占2.12%", "12")
    assert says("elmfordline", "Elmford Line")


def test_a_quote_overlaps_evidence_by_twelve_characters_and_half_of_the_shorter() -> None:
    evidence = "电动渡船每天从白沙渡口开出二十六班"  # 17 characters
    assert overlaps("新的电动渡船每天从白沙渡口开出", evidence)  # run of 13, half of 15 is 7.5
    assert not overlaps("电动渡船每天从白沙渡口", evidence)  # run of 11
    assert not overlaps(evidence + "沙" * 184, evidence)  # 201 characters
    assert overlaps("三元一张票", "三元一张票")  # evidence of 5 characters: all of it


def test_the_ranking_of_groups_lists_each_group_where_it_is_first_found() -> None:
    assert ranking_of_groups([3, 1], 4) == ["group 1", "passage 2", "group 0", "passage 4"]
    assert first_ranks(groups(A, B), [NOISE, B]) == [math.inf, 2]


RANKS = st.lists(st.one_of(st.integers(1, 15), st.just(math.inf)), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(RANKS)
def test_ndcg_recall_and_reciprocal_rank_agree_with_trec_eval(firsts: list[float]) -> None:
    items = ranking_of_groups(firsts, 20)
    run = [ir_measures.ScoredDoc("q", item, -place) for place, item in enumerate(items)]
    qrels = [ir_measures.Qrel("q", f"group {i}", 1) for i in range(len(firsts))]
    theirs = ir_measures.calc_aggregate([ir_measures.nDCG @ 10, ir_measures.RR @ 10], qrels, run)
    assert ndcg(firsts, 10) == pytest.approx(theirs[ir_measures.nDCG @ 10], abs=1e-6)
    reciprocal = 1 / min(firsts) if min(firsts) <= 10 else 0.0
    assert reciprocal == pytest.approx(theirs[ir_measures.RR @ 10], abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sets(st.sampled_from("甲乙丙")), min_size=1, max_size=12))
def test_measures_of_real_rankings_agree_with_trec_eval_where_each_passage_brings_one_group(
    passages: list[set[str]],
) -> None:
    quotes = {"甲": A, "乙": B, "丙": "山顶的气象站只有两位值班员"}
    seen: set[str] = set()
    texts, items = [], []
    for place, marks in enumerate(passages):
        fresh = sorted(marks - seen)[:1]  # one new group a passage, so that ranks are ranks of passages
        seen.update(fresh)
        texts.append("。".join([NOISE, *(quotes[mark] for mark in fresh)]))
        items.append(fresh[0] if fresh else f"passage {place}")
    run = [ir_measures.ScoredDoc("q", item, -place) for place, item in enumerate(items)]
    qrels = [ir_measures.Qrel("q", mark, 1) for mark in quotes]
    names = {"recall@10": ir_measures.R @ 10, "mrr@10": ir_measures.RR @ 10, "ndcg@10": ir_measures.nDCG @ 10}
    theirs = ir_measures.calc_aggregate(list(names.values()), qrels, run)
    ours = retrieval_measures(groups(*quotes.values()), texts)
    for name, measure in names.items():
        assert ours[name] == pytest.approx(theirs[measure], abs=1e-6), name
