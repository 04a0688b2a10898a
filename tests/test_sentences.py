"""Sentence spans: text in, sentences out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import LONG_SENTENCE, spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


def test_chinese_sentences_end_at_their_marks() -> None:
    assert sentences("港口很忙。船多吗？多！") == ["港口很忙。", "船多吗？", "多！"]


def test_half_width_marks_of_newspapers_end_chinese_sentences() -> None:
    assert sentences("船多吗?多!码头够用。") == ["船多吗?", "多!", "码头够用。"]


def test_a_line_break_ends_a_sentence() -> None:
    assert sentences("一、港口\n今年很忙") == ["一、港口", "今年很忙"]


@pytest.mark.parametrize(
    "text",
    [
        "吞吐量增长 3.5%,好于去年。",
        "平均深度为12.5米",
        "Dr. Smith and Prof. Li met in St. Gallen.",
        "The U.S. economy grew, cf. Fig. 3 and No. 7.",
        "See http://example.org/a?b=1 for it.",
        "1. 总体安排",
        "2.3 Methods and data",
    ],
)
def test_decimal_points_abbreviations_and_numbers_end_nothing(text: str) -> None:
    assert sentences(text) == [text]


def test_english_sentences_end_at_full_stops() -> None:
    assert sentences("Trade grew. Ports coped! Did they? Yes.") == ["Trade grew.", "Ports coped!", "Did they?", "Yes."]


def test_an_english_quotation_stays_with_its_speaker() -> None:
    assert sentences('"It works. Really," she said. He left.') == ['"It works. Really," she said.', "He left."]


def test_a_quotation_stays_with_the_speaker_after_it() -> None:
    assert sentences("“今年会更好。”港务局长说。天晴了。") == ["“今年会更好。”港务局长说。", "天晴了。"]


def test_a_quotation_after_a_colon_ends_its_sentence() -> None:
    assert sentences("他说：“好。”船开了。") == ["他说：“好。”", "船开了。"]


def test_marks_inside_quotes_titles_and_brackets_end_nothing() -> None:
    for text in ("“能不能？能！”成了口号。", "《谁来造船？》一文写道，还早。", "码头（原址。已拆）很旧。"):
        assert sentences(text) == [text]


def test_closing_quotes_and_brackets_stay_with_their_sentence() -> None:
    assert sentences("这叫“走出去”。（见后文。）完了。") == ["这叫“走出去”。", "（见后文。）", "完了。"]


def test_a_bracket_that_never_closes_does_not_swallow_the_paragraph() -> None:
    assert sentences("码头（旧的很多。新的很少。") == ["码头（旧的很多。", "新的很少。"]


def test_brackets_that_never_close_cost_no_more_than_the_line_is_long() -> None:
    text = "（" * 100_000 + "」" * 100_000 + "仓满了。“够了。”"  # by searching all that is open: 5 minutes
    assert [text[start:end] for start, end in spans(text)][-1].endswith("“够了。”")


def test_a_long_quotation_is_read_sentence_by_sentence() -> None:
    inner = "".join(f"第{i}条航线今年已经恢复到从前的班次。" for i in range(12))
    assert len(sentences(f"局长说：“{inner}”")) == 12


def test_a_long_sentence_is_cut_at_its_semicolons_and_a_short_one_is_not() -> None:
    clause = "这一条航线的班次比去年同期增加了许多而运价却下降了不少"
    long = "；".join([clause] * 5) + "。"
    assert len(long) > LONG_SENTENCE
    assert len(sentences(long)) == 5
    assert len(sentences("船多；货少。")) == 1


def test_an_ellipsis_ends_a_sentence() -> None:
    assert sentences("飞机、大船、汽车⋯⋯都在涨价") == ["飞机、大船、汽车⋯⋯", "都在涨价"]


@given(st.text(alphabet="港口a1.。；;!？?“”‘’（）()《》\"' \n…,，Ａ", max_size=120))
def test_spans_cover_all_but_white_space_in_order(text: str) -> None:
    found = spans(text)
    assert all(start < end for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    covered = {at for start, end in found for at in range(start, end)}
    assert all(at in covered or text[at].isspace() for at in range(len(text)))
    assert all("\n" not in text[start:end] for start, end in found)
