"""Markers in every form as they stream, quotes found by offsets, nothing quoted that does not stand there."""

import pytest
from fakes import ARTICLES
from hypothesis import given, settings
from hypothesis import strategies as st

from index.types import Hit, Passage
from qa.citations import QUOTE, MarkerStream, Marks, cite, clip, locate, split_markers

PEAR = ARTICLES[0]


def hit_of(start: int = 0, end: int | None = None) -> Hit:
    end = len(PEAR.text) if end is None else end
    return Hit(Passage("pear:0", PEAR.id, start, end, (), PEAR.text[start:end]), PEAR, 1.0, 1)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("种了梨树[1]。", [(1,)]),
        ("种了梨树[1][2]。", [(1,), (2,)]),
        ("种了梨树[1,2]。", [(1, 2)]),
        ("种了梨树【3】。", [(3,)]),
        ("种了梨树［４，５］。", [(4, 5)]),
        ("种了梨树[来源 2]。", [(2,)]),
        ("种了梨树[^7]。", [(7,)]),
        ("见表[甲]和[2024年]。", []),
        ("没有标记。", []),
    ],
)
def test_markers_are_read_in_every_form(text: str, numbers: list[tuple[int, ...]]) -> None:
    assert [token.numbers for token in split_markers(text) if isinstance(token, Marks)] == numbers


@given(st.lists(st.integers(1, 12), max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_stream_reads_the_same_markers_wherever_it_is_cut(cuts: list[int]) -> None:
    text = "种了三亩[1]，收了梨【2，3】。It grew ［４］ well [5][6]."
    stream, tokens, at = MarkerStream(), [], 0
    for cut in [*cuts, len(text)]:
        tokens += stream.feed(text[at : at + cut])
        at += cut
    tokens += stream.close()
    assert [n for token in tokens if isinstance(token, Marks) for n in token.numbers] == [1, 2, 3, 4, 5, 6]
    assert "".join(token for token in tokens if isinstance(token, str)) == "种了三亩，收了梨。It grew  well ."


def test_an_unfinished_marker_at_the_end_is_dropped_and_other_brackets_are_kept() -> None:
    stream = MarkerStream()
    assert [*stream.feed("梨树[1"), *stream.close()] == ["梨树"]
    assert [*stream.feed("梨树[甲"), *stream.close()] == ["梨树", "[甲"]


def test_a_citation_is_verbatim_by_construction() -> None:
    citation = cite(1, hit_of(), 0, 12)
    assert citation.quote == PEAR.text[citation.start : citation.end]


def test_a_long_quote_ends_at_a_clause_within_two_hundred_characters() -> None:
    text = "梨树开花的时候，" * 60
    start, end = clip(text, 3, len(text))
    assert end - start <= QUOTE
    assert text[end - 1] == "，"


def test_a_quote_loses_the_white_space_at_its_ends_and_an_empty_one_is_refused() -> None:
    assert clip("  梨 ", 0, 4) == (2, 3)
    with pytest.raises(ValueError, match="nothing to quote"):
        clip("梨   ", 1, 4)


@pytest.mark.parametrize(
    "quote", ["1280亩梨树", "１２８０ 亩梨树", "种了1280亩，梨树", "“1280亩”梨树。", "  1280亩梨树"]
)
def test_a_quote_is_found_though_width_space_and_punctuation_differ(quote: str) -> None:
    found = locate(quote, PEAR.text)
    assert found is not None
    assert "1280亩" in PEAR.text[slice(*found)]


@pytest.mark.parametrize("quote", ["1290亩梨树", "12.80亩梨树", "种梨", "", "，。", "梨树和桃树都在2023年种下"])
def test_a_quote_that_does_not_stand_there_is_not_found(quote: str) -> None:
    assert locate(quote, PEAR.text) is None
