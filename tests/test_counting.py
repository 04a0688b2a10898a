"""Texts counted many at a time: the same terms, as often, as `words.terms` finds in each."""

from collections import Counter

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.counting import count
from index.words import terms

SIGNS = "渡轮票价江海港口的了在和一二三百千万亿年月成第季度AIg60 ferry,.，。%％0159產業々〇\0\n豈ﬁé😀"


def bags_of(texts: list[str]) -> list[Counter[str]]:
    counted = count(texts)
    texts_, places, counts = counted.of(np.arange(len(texts)))
    bags = [Counter[str]() for _ in texts]
    for text, place, often in zip(texts_.tolist(), places.tolist(), counts.tolist(), strict=True):
        bags[text][counted.vocabulary[place]] = often
    return bags


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.sampled_from(SIGNS) | st.characters(exclude_categories=["Cs"]), max_size=60), max_size=5))
@example(["渡轮渡轮停航", "", "渡轮", "2024年渡轮百分之二十"])
@example([])
def test_texts_counted_together_hold_the_terms_of_each(texts: list[str]) -> None:
    assert bags_of(texts) == [Counter(terms(text)) for text in texts]


def test_bags_are_given_in_the_order_asked_and_as_often() -> None:
    counted = count(["渡轮", "", "灯塔"])
    texts, places, _ = counted.of(np.array([2, 1, 2, 0]))
    assert texts.tolist() == [0, 2, 3]
    assert [counted.vocabulary[place] for place in places] == ["灯塔", "灯塔", "渡轮"]
