"""Repair: lines in, paragraphs and a log out. Every text here is our own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.repair import repair
from index.types import Block
from tests.reading_fixtures import added, document, lost, reading, spaced


def blocks(text: str) -> list[Block]:
    return list(repair(document(text)).blocks)


def texts(text: str) -> list[str]:
    return [block.text for block in blocks(text)]


def kinds(text: str, kind: str) -> list[str]:
    return [done.before for done in repair(document(text)).repairs if done.kind == kind]


RUNNING = "沿江的码头今年新添了三座粮仓。粮食从上游来，先存在这里，再分往各地的加工厂"


def test_a_paragraph_cut_by_a_page_break_is_joined() -> None:
    assert texts(spaced("粮仓", RUNNING + "和批", "发市场。工人轮班装卸。")) == [
        "粮仓",
        RUNNING + "和批发市场。工人轮班装卸。",
    ]


def test_a_stub_of_two_characters_goes_back_to_its_paragraph() -> None:
    assert texts(spaced("老码头和新码头之间种了一排梧", "桐。夏天很凉快，工人都在树下歇着。"))[0].startswith(
        "老码头和新码头之间种了一排梧桐。"
    )


def test_a_number_cut_by_a_page_break_is_whole_again() -> None:
    joined = texts(spaced("去年的货量是五年前的三倍。今年一季度的增幅达到2024年的", "1.9 倍，其中七成是粮食。"))
    assert joined == ["去年的货量是五年前的三倍。今年一季度的增幅达到2024年的1.9倍，其中七成是粮食。"]


@pytest.mark.parametrize(("before", "after"), [("20", "24年底"), ("3.", "5倍"), ("1,", "200吨")])
def test_a_number_cut_by_the_end_of_a_narrow_column_is_whole_again(before: str, after: str) -> None:
    column = [
        "沿江的码头今年新添了三座粮仓粮食",
        "从上游运来先存在这里再分往各地的",
        "加工厂和批发市场工人轮班装卸昼夜",
    ]
    lines = [*column, f"不停到了入冬的时候算账便是{before}", f"{after}的数目比往年都要多出一大截工人", *column]
    assert f"便是{before}{after}的数目" in "".join(texts(spaced(*lines)))


def test_numbers_on_two_english_lines_stay_two() -> None:
    lines = [
        "The port has three granaries and the river brings grain in 2024",
        "30 ships came to the quay, which is more than the old one held.",
    ]
    assert "in 2024 30 ships" in " ".join(texts("\n".join(lines * 4)))


def test_a_character_that_a_page_break_doubled_is_given_once() -> None:
    text = spaced(
        "运价的走势取决于天气。今年的走势很稳，往年不是这样。",
        "水位的涨落决定运价。看懂涨落的人不多，船东们最想看懂的是运价的走势",
        "势头一变，货主就观望。库存因此时高时低。",
    )
    assert "运价的走势头一变，货主就观望" in texts(text)[1]
    assert kinds(text, "doubled")


def test_headings_list_items_and_bylines_stay_on_their_own() -> None:
    lines = [
        "粮仓的三件大事",
        "一、仓容",
        RUNNING + "。",
        "二、运价",
        "一是看水位。水位低的时候船装不满。",
        "二是看油价。油价涨了运价也涨。",
        "（作者：某某研究组）",
    ]
    assert texts(spaced(*lines)) == lines


def test_a_paragraph_that_leads_into_a_list_keeps_its_colon_at_its_end() -> None:
    lines = ["粮仓要办三件事。这三件事缺一不可，先后也不能颠倒，主要是：", "第一，先修路。路通了车才进得来。"]
    assert texts(spaced(*lines)) == lines


def test_a_pull_quote_is_taken_out_of_the_sentence_it_cut() -> None:
    got = texts(spaced(RUNNING + ",其", "提要:粮仓多了,路也要跟上。", "余的运往外省。路还不够宽。"))
    assert got == [RUNNING + ",其余的运往外省。路还不够宽。", "提要:粮仓多了,路也要跟上。"]


def test_hard_wrapped_lines_with_blank_lines_between_become_paragraphs() -> None:
    paragraph = "沿江的码头今年新添了三座粮仓，粮食从上游来，先存在这里，再分往各地的加工厂和批发市场，工人轮班装卸。"
    lines = [line for _ in range(6) for line in [*(paragraph[i : i + 20] for i in range(0, len(paragraph), 20))]]
    got = texts(spaced("一、粮仓", *lines))
    assert got[0] == "一、粮仓"
    assert "".join(got[1:]) == paragraph * 6
    assert all(text.endswith("。") for text in got[1:])


def test_short_lines_between_hard_wrapped_paragraphs_are_headings() -> None:
    paragraph = "沿江的码头今年新添了三座粮仓，粮食从上游来，先存在这里，再分往各地的加工厂和批发市场，工人轮班装卸。"
    wrapped = [paragraph[i : i + 20] for i in range(0, len(paragraph), 20)]
    made = blocks(spaced(*wrapped, "新粮仓", *wrapped, "(二)老粮仓", *wrapped))
    assert [block.text for block in made if block.kind == "heading"] == ["新粮仓", "(二)老粮仓"]


def test_a_column_that_changes_its_width_in_mid_sentence_goes_on() -> None:
    narrow, wide = 14, 26
    text = "沿江的码头今年新添了三座粮仓粮食从上游来先存在这里再分往各地的加工厂和批发市场工人轮班装卸" * 6 + "。"
    lines = [text[i : i + narrow] for i in range(0, narrow * 10, narrow)]
    lines += [text[i : i + wide] for i in range(narrow * 10, len(text), wide)]
    assert texts(spaced(*lines)) == [text]


def test_letter_spaced_lines_are_closed_up_and_logged() -> None:
    assert texts("粮 仓 里 的 粮 食 够 吃 三 年 。\n") == ["粮仓里的粮食够吃三年。"]
    assert kinds("粮 仓 里 的 粮 食 够 吃 三 年 。\n", "unspaced")


def test_blanks_between_names_and_title_halves_stay() -> None:
    assert texts("（作者：张三丰 李四光）\n") == ["（作者：张三丰 李四光）"]
    assert texts("修好粮仓 备足粮食\n") == ["修好粮仓 备足粮食"]


def test_blanks_between_chinese_and_digits_go_and_english_words_keep_theirs() -> None:
    assert texts("到 2024 年底，AI 调度覆盖 30 座粮仓 and 港口。\n") == ["到2024年底，AI调度覆盖30座粮仓 and 港口。"]
    assert texts("He said “Fine.” She left 2 days later.\n") == ["He said “Fine.” She left 2 days later."]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("增长３０％。", "增长30%。"),
        ("粮仓､码头｡", "粮仓、码头。"),
        ("PM_{2.5}下降。", "PM2.5下降。"),
        ("粮\u200b仓\ufeff。", "粮仓。"),
        ("⼈工调度。", "人工调度。"),
    ],
)
def test_odd_characters_are_written_plainly_and_logged(written: str, normal: str) -> None:
    assert texts(written + "\n") == [normal]
    assert kinds(written + "\n", "normalized")


def test_chinese_punctuation_of_full_width_stays() -> None:
    assert texts("粮仓（新的），码头：旧的；路！\n") == ["粮仓（新的），码头：旧的；路！"]


def test_page_numbers_and_running_heads_are_dropped_and_logged() -> None:
    page = [f"{RUNNING}，第{n}批已经运走。路上花了两天，比从前快得多。" for n in "一二三四"]
    lines = [line for n, text in enumerate(page, 1) for line in ("江海月刊 粮食专号", text, f"— {n} —")]
    assert texts("\n".join(lines)) == page
    assert len(kinds("\n".join(lines), "furniture")) == 8


def test_a_number_alone_that_counts_no_pages_stays() -> None:
    assert "2024" in texts(spaced("2024", RUNNING + "。", "第二年又添了两座。路也修宽了。"))


def test_footnote_marks_on_their_own_line_do_not_cut_sentences() -> None:
    text = spaced("注释", "①三座：指东仓、西仓、北仓。")
    cut = "沿江的码头今年新添了三座粮仓\n①\n粮食从上游来，先存在这里。再分往各地。\n"
    got = texts(cut + text)
    assert got[0] == "沿江的码头今年新添了三座粮仓粮食从上游来，先存在这里。再分往各地。"
    assert got[-1] == "①三座：指东仓、西仓、北仓。"
    assert blocks(cut + text)[-1].kind == "note"


def test_a_table_keeps_its_rows_and_a_cut_cell_is_whole_again() -> None:
    got = blocks("仓\t容量\t说明\n东仓\t3万吨\t存小麦、\n\t\t玉米和大豆。\n--\t--\t---\n西仓\t2万吨\t存稻谷。\n")
    assert [block.text for block in got] == [
        "仓\t容量\t说明",
        "东仓\t3万吨\t存小麦、玉米和大豆。",
        "西仓\t2万吨\t存稻谷。",
    ]
    assert {block.kind for block in got} == {"table"}


def test_a_headline_printed_twice_is_given_once() -> None:
    assert texts("沿江粮仓沿江粮仓\n") == ["沿江粮仓"]


def test_a_signature_that_a_page_break_cut_is_joined() -> None:
    got = texts(spaced("（主持人：张三 嘉宾：李四，粮食研究院副院", "长 王五，粮库主任）"))
    assert got == ["（主持人：张三 嘉宾：李四，粮食研究院副院长 王五，粮库主任）"]


def test_a_subtitle_is_not_joined_to_its_title() -> None:
    assert texts("沿江粮仓建设的得与失\n——以东仓为例\n") == ["沿江粮仓建设的得与失", "——以东仓为例"]


def test_english_lines_are_joined_and_hyphens_of_line_ends_go() -> None:
    lines = [
        "Grain arrives from upstream and is stored in the new granaries at the",
        "river port before it is sent to the mills. The inter-",
        "national price hardly matters here, because the international market is",
        "far away and the harbour is small. Workers load the barges in shifts at",
        "night, and the mills grind in the day, whatever the weather may bring us.",
    ]
    text = " ".join(texts("\n".join(lines) + "\n"))
    assert "The international price hardly matters" in text
    assert "at the river port before" in text


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Return a file as extraction may leave it."""
    pieces = st.sampled_from(
        [
            *[
                "粮仓",
                "一、仓容",
                "（二）运价",
                "1.水位",
                "综合观察：",
                "本报记者 张三",
                "■ 李四",
                "（作者：王五）",
                "·广告",
                "①",
                "注释",
            ],
            *[
                "①指东仓。",
                "3",
                "4",
                "— 5 —",
                "主办：粮食研究院",
                "邮 编：200000",
                "第3期（总第9期）",
                "2025年3月",
                "提要:路要修。",
            ],
            *[
                "仓\t容量\t说明",
                "\t\t大豆。",
                "--\t--",
                "粮 食 够 吃 三 年 。",
                "沿江粮仓沿江粮仓",
                "Inter-",
                "national trade grew.",
                "PM_{2.5}％３",
            ],
            *[
                "沿江的码头今年新添了三座粮仓。粮食从上游来，先存在这里，再分往各地的加工厂和批",
                "发市场。",
                "——以东仓为例",
                "刘",
                "“能不能",
                "\f",
            ],
        ]
    )
    odd = st.text(alphabet="粮仓 ，。（）()“”①1.\t\u200b\u3000ａ％A-—:：", max_size=30)
    lines = draw(st.lists(st.one_of(pieces, odd), min_size=1, max_size=40))
    return draw(st.sampled_from(["\n", "\n\n"])).join(lines)


@settings(max_examples=300, deadline=None)
@given(pages())
def test_nothing_is_lost_and_nothing_added(text: str) -> None:
    made = reading(text)
    assert not lost(made)
    assert not added(made)
    for article in made.articles:
        assert all(article.text[heading.start : heading.end] == heading.text for heading in article.headings)
