"""Packing: whole sentences, the limits of characters and tokens, headings, overlap, nothing lost."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_fixtures import BigramEmbedder, article_of

from index.chunking import LIMIT, OVERLAP, embedded_text, pack
from index.sentences import spans
from index.types import Article, Passage

COUNTER = BigramEmbedder(max_tokens=4096)
SENTENCE = "这一句话说的是江海市第{}条公交线路的准点率比去年提高了不少。"


def packed(article: Article) -> list[Passage]:
    """Return the passages at fixed sizes, whatever the tuned ones are."""
    return pack(article, COUNTER, target_chars=500, limit_chars=580)


def squashed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def sentences(count: int, *, first: int = 0) -> str:
    return "".join(SENTENCE.format(number) for number in range(first, first + count))


texts = st.lists(
    st.one_of(
        st.integers(1, 40).map(sentences),
        st.text(alphabet="江海市路桥。，；！？“”（）ab. 1\t　", max_size=900),
        st.just(""),
    ),
    max_size=8,
).map("\n".join)


@given(texts, st.sampled_from([40, 200, 4096]))
def test_every_passage_is_its_span_of_the_article_and_nothing_is_lost(text: str, max_tokens: int):
    article = article_of(text)
    passages = pack(article, BigramEmbedder(max_tokens=max_tokens))
    covered = set[int]()
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text
        assert passage.text.strip() == passage.text != ""
        assert len(squashed(passage.text)) <= LIMIT
        covered.update(range(passage.start, passage.end))
    assert all(text[at].isspace() for at in range(len(text)) if at not in covered)
    assert len({passage.id for passage in passages}) == len(passages)
    assert [passage.start for passage in passages] == sorted(passage.start for passage in passages)


def test_a_passage_begins_and_ends_where_sentences_do():
    article = article_of("\n".join(sentences(30, first=30 * part) for part in range(4)))
    edges = spans(article.text)
    for passage in packed(article):
        assert passage.start in {start for start, _ in edges}
        assert passage.end in {end for _, end in edges}


def test_passages_come_near_the_target_and_none_is_tiny():
    article = article_of("\n".join(sentences(count, first=10 * count) for count in (9, 3, 14, 1, 7, 2, 22, 5, 1)))
    sizes = [len(squashed(passage.text)) for passage in packed(article)]
    assert min(sizes) > 250
    assert max(sizes) <= 580


def test_the_end_of_a_paragraph_is_preferred_to_its_middle():
    article = article_of("\n".join(sentences(14, first=14 * part) for part in range(5)))
    assert [passage.text for passage in packed(article)] == article.text.split("\n")


def test_a_paragraph_that_had_to_be_cut_repeats_one_sentence():
    passages = packed(article_of(sentences(40)))
    assert len(passages) > 1
    for before, after in pairwise(passages):
        shared = before.text[after.start - before.start :]
        assert len(spans(shared)) == 1
        assert len(shared) <= OVERLAP


def test_paragraphs_that_were_not_cut_repeat_nothing():
    passages = packed(article_of("\n".join(sentences(14, first=14 * part) for part in range(5))))
    assert all(before.end < after.start for before, after in pairwise(passages))


def test_a_heading_stays_with_what_follows_it_and_is_in_the_path():
    text = "\n".join(
        ["一、现状", sentences(14), "（一）难处", sentences(14, first=20), "二、办法", sentences(13, first=40)]
    )
    article = article_of(text, headings=[("一、现状", 1), ("（一）难处", 2), ("二、办法", 1)])
    passages = packed(article)
    assert [passage.headings for passage in passages] == [("一、现状",), ("一、现状", "（一）难处"), ("二、办法",)]
    assert [passage.text.split("\n")[0] for passage in passages] == ["一、现状", "（一）难处", "二、办法"]


def test_short_sections_are_kept_together():
    text = "\n".join(f"第{number}节\n{sentences(2, first=2 * number)}" for number in range(6))
    article = article_of(text, headings=[(f"第{number}节", 1) for number in range(6)])
    assert all(len(squashed(passage.text)) > 250 for passage in packed(article))


def test_a_passage_never_has_more_tokens_than_the_embedder_reads():
    small = BigramEmbedder(max_tokens=120)
    passages = pack(article_of(sentences(30)), small)
    assert all(small.count_tokens(embedded_text(passage, "题目")) <= 120 for passage in passages)


@pytest.mark.parametrize("giant", ["江海" * 900, "、".join(["江海市"] * 700), "harbour town " * 300])
def test_a_giant_sentence_is_split_at_clauses_or_hard(giant: str):
    passages = packed(article_of(giant))
    assert len(passages) > 1
    assert squashed("".join(passage.text for passage in passages)) == squashed(giant)
    if "、" in giant:
        assert all(passage.text.endswith("、") for passage in passages[:-1])
    if " " in giant:
        assert all(passage.text.split(" ")[0] in ("harbour", "town") for passage in passages)


def test_an_article_of_one_line_is_one_passage_and_an_empty_one_none():
    assert [passage.text for passage in packed(article_of("只有一句。"))] == ["只有一句。"]
    assert packed(article_of(" \n ")) == []


def test_the_id_of_a_passage_is_its_article_and_start():
    passages = packed(article_of(sentences(40), name="a1"))
    assert [passage.id for passage in passages] == [f"a1-{passage.start}" for passage in passages]


def test_embedded_text_has_the_title_and_the_headings_that_the_passage_lacks():
    text = "\n".join(["一、现状", sentences(14), sentences(13, first=20)])
    first, second = packed(article_of(text, headings=[("一、现状", 1)]))
    assert embedded_text(first, "题目") == f"题目\n{first.text}"
    assert embedded_text(second, "题目") == f"题目\n一、现状\n{second.text}"
