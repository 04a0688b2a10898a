"""A case's evidence and passage texts in rank order in, retrieval measures out.

Passages are cut to 600 squashed characters, so that long passages gain nothing; `all@Nch` reads the ranking up to N
characters, which compares systems whose passages differ in length.
"""

import math
from collections.abc import Sequence

from eval.matching import holds_group, squash
from eval.types import Evidence

PASSAGE_CHARS = 600
CUTOFFS = (1, 3, 5, 10)
BUDGETS = (1000, 2000, 4000)
DEPTH = 10

Groups = Sequence[Sequence[Evidence]]


def retrieval_measures(evidence: Groups, passages: Sequence[str]) -> dict[str, float]:
    """Return every retrieval measure of one ranking; without passages all are 0."""
    texts = [squash(passage)[:PASSAGE_CHARS] for passage in passages]
    firsts = first_ranks(evidence, texts)
    measures = {f"all@{k}": float(all(rank <= k for rank in firsts)) for k in CUTOFFS}
    measures |= {f"all@{budget}ch": _all_within(evidence, texts, budget) for budget in BUDGETS}
    return measures | {
        "hit@1": float(min(firsts) <= 1),
        f"recall@{DEPTH}": sum(rank <= DEPTH for rank in firsts) / len(firsts),
        f"mrr@{DEPTH}": 1 / min(firsts) if min(firsts) <= DEPTH else 0.0,
        f"ndcg@{DEPTH}": ndcg(firsts, DEPTH),
    }


def first_ranks(evidence: Groups, texts: Sequence[str]) -> list[float]:
    """Return for each evidence group the rank of the first text that holds it, infinite where none does."""
    return [
        next((rank for rank, text in enumerate(texts, 1) if holds_group(text, group)), math.inf) for group in evidence
    ]


def ranking_of_groups(firsts: Sequence[float], depth: int) -> list[str]:
    """Return a ranking of items as trec_eval knows them: each passage stands for the groups it is first to hold.

    A passage that brings two groups stands twice, one that brings none stands for itself.

    >>> ranking_of_groups([2, 2, math.inf], 3)
    ['passage 1', 'group 0', 'group 1', 'passage 3']
    """
    ranking: list[str] = []
    for rank in range(1, depth + 1):
        brought = [f"group {i}" for i, first in enumerate(firsts) if first == rank]
        ranking += brought or [f"passage {rank}"]
    return ranking


def ndcg(firsts: Sequence[float], depth: int) -> float:
    """Return nDCG over evidence groups, each relevant once: gain 1 where a group is first found, discount log2."""
    items = ranking_of_groups(firsts, depth)[:depth]
    gained = sum(1 / math.log2(1 + place) for place, item in enumerate(items, 1) if item.startswith("group"))
    return gained / sum(1 / math.log2(1 + place) for place in range(1, min(len(firsts), depth) + 1))


def _all_within(evidence: Groups, texts: Sequence[str], budget: int) -> float:
    read = within_budget(texts, budget)
    return float(all(any(holds_group(text, group) for text in read) for group in evidence))


def within_budget(texts: Sequence[str], budget: int) -> list[str]:
    """Return the texts up to a budget of characters, the last one cut.

    >>> within_budget(["abc", "def"], 4)
    ['abc', 'd']
    """
    read: list[str] = []
    for text in texts:
        if budget <= 0:
            break
        read.append(text[:budget])
        budget -= len(text)
    return read
