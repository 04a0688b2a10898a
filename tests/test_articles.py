"""A journal issue in, its articles and leftovers out. Every text here is our own."""

from index.contents import find_starts
from index.repair import repair
from tests.reading_fixtures import BODY, MORE, added, articles, document, leftovers, lost, reading, spaced

ISSUE = spaced(
    "粮食观察",
    "第 3 期（总第 27 期）",
    "江岸研究院",
    "2025 年 6 月",
    "仓储：沿江粮仓怎么建",
    "丰水期的运价",
    "加工厂为何搬到仓边",
    "他山：湖区的冷链仓储经验",
    "仓储：",
    "沿江粮仓怎么建",
    "——以东仓为例",
    BODY,
    "选址",
    MORE + "（作者：张三丰 李四光 江岸大学粮食学院）",
    "丰水期的运价",
    BODY,
    "丰水期的运价从哪里来",
    MORE,
    "加工厂为什么搬到仓边",
    MORE,
    "（执笔：王五一，江岸研究院；赵六合）",
    "他山：",
    "湖区的冷链仓储经验",
    BODY,
    MORE,
    "主 办：江岸研究院",
    "责任主编：钱七星",
    "邮 编：100000",
)


def test_an_issue_is_split_by_its_contents_list() -> None:
    assert [article.title for article in articles(ISSUE)] == [
        "沿江粮仓怎么建",
        "丰水期的运价",
        "加工厂为什么搬到仓边",
        "湖区的冷链仓储经验",
    ]


def test_a_title_in_other_words_than_in_the_contents_list_is_found() -> None:
    assert articles(ISSUE)[2].title == "加工厂为什么搬到仓边"


def test_a_subhead_like_its_article_s_title_starts_no_article() -> None:
    assert [heading.text for heading in articles(ISSUE)[1].headings] == ["丰水期的运价从哪里来"]


def test_section_labels_are_no_articles_and_name_the_section_of_those_after_them() -> None:
    assert [article.section for article in articles(ISSUE)] == ["仓储", "仓储", "仓储", "他山"]


def test_authors_are_read_from_signatures_and_affiliations_stay_in_the_byline() -> None:
    found = articles(ISSUE)
    assert [article.authors for article in found] == [("张三丰", "李四光"), (), ("王五一", "赵六合"), ()]
    assert found[0].byline == "（作者：张三丰 李四光 江岸大学粮食学院）"
    assert all("作者" not in article.text and "执笔" not in article.text for article in found)


def test_title_and_subtitle_are_not_part_of_the_text() -> None:
    first = articles(ISSUE)[0]
    assert first.subtitle == "——以东仓为例"
    assert first.text == f"{BODY}\n选址\n{MORE}"


def test_issue_and_date_come_from_the_masthead() -> None:
    assert {(article.issue, article.date) for article in articles(ISSUE)} == {
        ("粮食观察 2025年第3期（总第27期）", "2025-06")
    }


def test_contents_list_and_imprint_are_kept_as_leftovers() -> None:
    found = leftovers(ISSUE)
    assert "加工厂为何搬到仓边" in found["contents"]
    assert "责任主编：钱七星" in found["imprint"]
    assert not lost(reading(ISSUE))
    assert not added(reading(ISSUE))


def test_source_lines_are_those_of_title_and_last_block() -> None:
    first = articles(ISSUE)[0]
    lines = ISSUE.split("\n")
    assert lines[first.source_start - 1] == "沿江粮仓怎么建"
    assert lines[first.source_end - 1].startswith(MORE)


def test_articles_without_a_contents_list_are_told_by_their_signatures() -> None:
    text = spaced("沿江粮仓怎么建", BODY, MORE, "（作者：张三丰）", "丰水期的运价", BODY, MORE, "（作者：李四光）")
    assert [article.title for article in articles(text)] == ["沿江粮仓怎么建", "丰水期的运价"]


def test_section_labels_and_subtitles_show_titles_where_other_articles_are_signed() -> None:
    text = spaced(
        *[
            "粮食观察",
            "第3期",
            "沿江粮仓怎么建",
            BODY,
            MORE,
            "（作者：张三丰）",
            "丰水期的运价",
            BODY,
            MORE,
            "（作者：李四光）",
        ],
        *["湖区的冷链", BODY, "冷在哪里", MORE, "他山：", "加工厂搬到仓边", BODY, "四个原因", MORE],
        *["麦子的路", "——一车麦子的见闻", BODY, MORE],
    )
    assert [article.title for article in articles(text)] == [
        *["沿江粮仓怎么建", "丰水期的运价", "湖区的冷链", "加工厂搬到仓边", "麦子的路"],
    ]


def test_a_contents_list_that_leaves_articles_out_is_still_read() -> None:
    without = ISSUE.replace("仓储：沿江粮仓怎么建\n\n", "", 1)
    assert [article.title for article in articles(without)] == [article.title for article in articles(ISSUE)]


def test_headings_carry_levels_by_their_numbering() -> None:
    text = spaced("仓与船", "一、仓", BODY, "（一）东仓", BODY, "1. 选址", MORE, "二、船", MORE, "（一）大船", BODY)
    assert [heading.level for heading in articles(text)[0].headings] == [1, 2, 3, 1, 2]


def test_two_articles_of_the_same_title_have_two_ids_and_an_id_survives_a_changed_text() -> None:
    twice = spaced("来信", "■ 张三丰", BODY, MORE, "(作者为读者)", "来信", "■ 李四光", BODY, MORE, "(作者为读者)")
    first, second = articles(twice)
    assert first.title == second.title == "来信"
    assert first.id != second.id
    assert articles(twice.replace("三年", "五年"))[0].id == first.id


def test_a_long_list_of_short_lines_is_no_contents_list() -> None:
    words = [f"仓{i}号" for i in range(20_000)]  # compared with one another: 15 seconds
    (article,) = articles("\n".join(words))
    assert article.text.endswith("仓19999号")


def test_no_plan_is_made_for_a_file_without_signs_of_articles() -> None:
    blocks = repair(document(spaced("仓与船", BODY, "水位", MORE))).blocks
    assert find_starts(blocks, len(blocks), frozenset()).starts == ()


def test_a_contents_list_with_dots_names_and_page_numbers_is_read() -> None:
    text = spaced(
        *["粮食观察", "2025年第6期", "目  录", "沿江粮仓怎么建………………张三丰 3", "丰水期的运价 / 李四光 (12)"],
        *["加工厂搬到仓边 ......... 20", "沿江粮仓怎么建", "张三丰", BODY, "一、仓", MORE],
        *["丰水期的运价", "李四光", BODY, MORE, "加工厂搬到仓边", BODY, MORE],
    )
    assert [(article.title, article.authors) for article in articles(text)] == [
        ("沿江粮仓怎么建", ("张三丰",)),
        ("丰水期的运价", ("李四光",)),
        ("加工厂搬到仓边", ()),
    ]
    assert articles(text)[0].issue == "粮食观察 2025年第6期"


def test_sections_in_brackets_are_labels_too() -> None:
    text = spaced(
        *["目录", "【特稿】", "沿江粮仓怎么建", "【观察】", "丰水期的运价", "加工厂搬到仓边"],
        *[
            "【特稿】",
            "沿江粮仓怎么建",
            BODY,
            MORE,
            "【观察】",
            "丰水期的运价",
            BODY,
            MORE,
            "加工厂搬到仓边",
            BODY,
            MORE,
        ],
    )
    assert [article.section for article in articles(text)] == ["特稿", "观察", "观察"]


def test_a_hard_wrapped_issue_is_split_by_its_contents_list() -> None:
    titles = ["沿江粮仓怎么建", "丰水期的运价", "加工厂搬到仓边"]
    lines = ["粮食观察 第3期", "", "目录", *titles, ""]
    for place, title in enumerate(titles):
        prose = f"{BODY}第{place}处的船最多，第{place}处的仓也最大。{MORE}" * 2
        lines += [title, *(prose[i : i + 30] for i in range(0, len(prose), 30)), "（作者：张三丰）"]
    assert [article.title for article in articles("\n".join(lines))] == titles
