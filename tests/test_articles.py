"""Articles: a file's text in, its articles and leftovers out. Every text here is our own."""

from pathlib import Path

import pytest

from index.articles import read_articles
from index.bylines import authors, signature
from index.contents import find_starts
from index.imprint import iso_date
from index.repair import repair
from index.types import Article
from tests.reading_fixtures import added, document, lost, reading, spaced, written

BODY = "粮仓建在江边，船一到就能卸货。今年新添的三座仓都用了气调储粮，三年不用翻仓。"
MORE = "运价跟着水位走，水位低的时候船装不满，运价就高。货主因此愿意在丰水期多存一些。"


def articles(text: str) -> list[Article]:
    return [article for article in reading(text).articles if article.kind == "article"]


def leftovers(text: str) -> dict[str, str]:
    return {article.kind: article.text for article in reading(text).articles if article.kind != "article"}


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


def test_a_newspaper_page_is_split_at_its_byline_squares() -> None:
    text = spaced(
        *["粮食周刊 / 观察", "沿江粮仓怎么建", "■ 张三丰 李四光", BODY, MORE, "(作者单位:江岸大学)"],
        *["江边新语", "丰水期的运价", "■ 王五一", BODY, MORE, "(作者为船东协会会长)"],
    )
    first, second = articles(text)
    assert (first.title, first.authors) == ("沿江粮仓怎么建", ("张三丰", "李四光"))
    assert (second.title, second.authors, second.section) == ("丰水期的运价", ("王五一",), "江边新语")
    assert "江边新语" not in first.text


def test_a_reporter_s_name_set_downwards_is_read() -> None:
    text = spaced("丰水期的运价", "本报记者", "王", "五", BODY, MORE)
    assert articles(text)[0].authors == ("王五",)


def test_an_advertisement_is_an_article_of_its_own() -> None:
    text = spaced(
        *["丰水期的运价", "本报记者 王五一", BODY, MORE, "水位", MORE],
        *[
            "东仓面粉东仓面粉",
            "磨得细才香磨得细才香",
            "东仓面粉用当年新麦磨成，麦香足，筋道好，街坊都爱买。" * 3,
            "·广告",
        ],
    )
    found = articles(text)
    assert [article.title for article in found] == ["丰水期的运价", "东仓面粉 磨得细才香"]
    assert found[1].section == "广告"


def test_an_advertisement_with_a_plain_headline_is_told_by_its_words() -> None:
    flour = "东仓面粉用当年新麦磨成，麦香足，筋道好，街坊都爱买。"
    text = spaced(
        *[
            "丰水期的运价",
            "本报记者 王五一",
            BODY,
            MORE,
            "水位高了",
            MORE,
            "磨得细才香",
            flour * 3,
            "买一袋尝尝",
            flour * 2,
            "·广告",
        ]
    )
    assert [article.title for article in articles(text)] == ["丰水期的运价", "磨得细才香"]


def test_a_file_that_is_one_article_stays_one() -> None:
    text = spaced("丰水期的运价", "（作者：王五一）", BODY, "一、水位", MORE, "二、油价", BODY, "注释", "①仓：指东仓。")
    (article,) = articles(text)
    assert (article.title, article.authors) == ("丰水期的运价", ("王五一",))
    assert article.text.endswith("注释\n①仓：指东仓。")
    assert [(heading.text, heading.level) for heading in article.headings][:2] == [("一、水位", 1), ("二、油价", 1)]


def test_an_english_paper_with_an_outline_stays_one_article() -> None:
    prose = "Grain arrives from upstream and is stored in the new granaries before it is sent to the mills. " * 3
    outline = ["Introduction", "Methods and data", "Results", "Conclusion"]
    text = spaced(
        "Granaries on the river",
        "By Jane Doe and John Smith",
        *outline,
        *(part for head in outline for part in (head, prose)),
    )
    (article,) = articles(text)
    assert article.title == "Granaries on the river"
    assert article.authors == ("Jane Doe", "John Smith")
    assert article.lang == "en"


def test_an_institution_and_a_date_under_the_title_are_author_and_date() -> None:
    (article,) = articles(spaced("丰水期的运价", "水运经济研究组 2025年4月", BODY, MORE))
    assert (article.authors, article.date) == (("水运经济研究组",), "2025-04")
    (article,) = articles(spaced("Freight at high water", "By the Harbour Desk, March 2025", "Rates fall. " * 30))
    assert (article.authors, article.date) == (("Harbour Desk",), "2025-03")


def test_a_text_without_a_title_is_called_by_what_its_chapters_share() -> None:
    text = spaced(
        *["【摘 要】粮价要稳，先要仓稳。" + BODY, "一、沿江粮仓建设的现状", BODY, "二、沿江粮仓建设的问题", MORE],
        *["三、推动沿江粮仓建设的办法", BODY],
    )
    (article,) = articles(text)
    assert article.title == "沿江粮仓建设"
    assert article.text.startswith("【摘要】粮价要稳")


def test_speakers_of_an_interview_are_headings_of_what_they_say() -> None:
    text = spaced("仓与船", f"主持人：{BODY}", f"张三丰：{MORE}", MORE, f"主持人：{MORE}", f"张三丰：{BODY}")
    (article,) = articles(text)
    assert [heading.text for heading in article.headings] == ["主持人", "张三丰", "主持人", "张三丰"]
    assert all(article.text[heading.start : heading.end] == heading.text for heading in article.headings)


def test_headings_carry_levels_by_their_numbering() -> None:
    text = spaced("仓与船", "一、仓", BODY, "（一）东仓", BODY, "1. 选址", MORE, "二、船", MORE, "（一）大船", BODY)
    assert [heading.level for heading in articles(text)[0].headings] == [1, 2, 3, 1, 2]


def test_two_articles_of_the_same_title_have_two_ids_and_an_id_survives_a_changed_text() -> None:
    twice = spaced("来信", "■ 张三丰", BODY, MORE, "(作者为读者)", "来信", "■ 李四光", BODY, MORE, "(作者为读者)")
    first, second = articles(twice)
    assert first.title == second.title == "来信"
    assert first.id != second.id
    assert articles(twice.replace("三年", "五年"))[0].id == first.id


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("（作者：张三丰，江岸大学教授；李四光，船东协会会长）", ("张三丰", "李四光")),
        ("（张三丰，李四光 江岸大学；王五一 船东协会）", ("张三丰", "李四光", "王五一")),
        ("（作者：江岸市粮食局）", ("江岸市粮食局",)),
        ("（执笔：职业仓储课题组）", ("职业仓储课题组",)),
        ("（主持人：张三丰 嘉宾：李四光，江岸大学教授 欧阳五一，船东协会副会长）", ("张三丰", "李四光", "欧阳五一")),
        ("（作者单位：江岸大学）", ()),
        ("（作者：张三丰 本文系江岸市基金项目（20-1）的成果）", ("张三丰",)),
        ("新华社记者 张三丰 通讯员 李四光", ("张三丰", "李四光")),
        ("By Jane Doe", ("Jane Doe",)),
    ],
)
def test_names_are_read_from_bylines(byline: str, names: tuple[str, ...]) -> None:
    assert authors(byline) == names


@pytest.mark.parametrize(
    "text", ["仓已建成（见图2）", "运价上涨（增幅3.5%）", "三省（江苏、浙江、安徽）", "（以下简称“东仓”）"]
)
def test_other_brackets_at_the_end_are_no_signatures(text: str) -> None:
    assert signature(text) is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025 年 7 月", "2025-07"),
        ("2025年7月3日 星期四", "2025-07-03"),
        ("2024-05-01", "2024-05-01"),
        ("March 5, 2025", "2025-03-05"),
        ("迈向2035", None),
        ("第7期", None),
    ],
)
def test_dates_are_given_as_exactly_as_known(text: str, date: str | None) -> None:
    assert iso_date(text) == date


def test_markdown_with_several_headings_is_one_article(tmp_path: Path) -> None:
    front = "---\ntitle: 仓与船\nauthor: 张三丰\ndate: 2025-02\n---\n"
    text = f"{front}\n# 仓与船\n\n{BODY}\n\n## 仓\n\n{MORE}\n\n## 船\n\n{BODY}\n"
    path = written(tmp_path, "仓.md", text.encode())
    (article,) = read_articles(path, "仓.md").articles
    assert (article.title, article.authors, article.date) == ("仓与船", ("张三丰",), "2025-02")
    assert [heading.text for heading in article.headings] == ["仓", "船"]


FRONT = """---
title: "仓与船：三年"
authors:
  - 张三丰
  - Jane Miller
date: 2025-02-18
section: 产业观察
publisher: 江岸出版社
editor: 王五一
---
"""


def test_front_matter_says_what_the_article_is_and_is_logged_instead_of_read(tmp_path: Path) -> None:
    path = written(tmp_path, "仓.md", f"{FRONT}\n{BODY}\n\n## 船\n\n{MORE}\n".encode())
    made = read_articles(path, "仓.md")
    (article,) = made.articles
    assert (article.title, article.authors) == ("仓与船：三年", ("张三丰", "Jane Miller"))
    assert (article.date, article.section, article.byline) == ("2025-02-18", "产业观察", None)
    assert article.text == f"{BODY}\n船\n{MORE}"
    assert [done.before for done in made.repairs if done.kind == "metadata"] == FRONT.splitlines()
    assert not lost(made)


@pytest.mark.parametrize("front", [FRONT, ""])
def test_lines_of_a_markdown_article_are_those_of_the_file(tmp_path: Path, front: str) -> None:
    text = f"{front}\n# 仓与船\n\n{BODY}\n\n{BODY}\n{MORE}\n"
    (article,) = read_articles(written(tmp_path, "仓.md", text.encode()), "仓.md").articles
    raw = text.split("\n")
    assert (raw[article.source_start - 1], raw[article.source_end - 1]) == ("# 仓与船", MORE)


@pytest.mark.parametrize(
    "front",
    [
        "--- \ntitle: 仓与船\nauthor: 张三丰\n--- \n",
        "\n---\ntitle: 仓与船\nauthor: [张三丰]\n...\n",
        "---\r\n标题：仓与船\r\n作者：张三丰\r\n---\r\n",
        "---\ntitle: >\n  仓与船\nauthor:\n  - name: 张三丰\n# a remark\n---\n",
    ],
)
def test_front_matter_is_read_in_the_shapes_people_write(tmp_path: Path, front: str) -> None:
    (article,) = read_articles(written(tmp_path, "仓.md", f"{front}\n{BODY}\n".encode()), "仓.md").articles
    assert (article.title, article.authors, article.text) == ("仓与船", ("张三丰",), BODY)


@pytest.mark.parametrize("opening", [f"---\n\n{BODY}\n\n---\n", "---\n船东: 好\n货主: 也好\n---\n", "---\ntitle: 仓\n"])
def test_a_rule_at_the_top_of_a_page_is_no_front_matter(tmp_path: Path, opening: str) -> None:
    made = read_articles(written(tmp_path, "仓.md", f"{opening}\n{MORE}\n".encode()), "仓.md")
    assert not [done for done in made.repairs if done.kind == "metadata"]
    assert not lost(made)


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


def test_news_reports_are_told_by_their_datelines_and_a_masthead_gives_the_day() -> None:
    text = spaced(
        *["江岸日报", "2025年3月5日 星期三 第7版", "丰水期的运价", "——沿江见闻之三", "本报记者 张三丰 通讯员 李四光"],
        *[BODY, "仓与船", MORE, "东仓添新仓", "本报讯（记者 王五一）" + BODY, MORE, "责编：赵六合 美编：钱七星"],
    )
    first, second = articles(text)
    assert (first.subtitle, first.authors, first.date) == ("——沿江见闻之三", ("张三丰", "李四光"), "2025-03-05")
    assert (second.title, second.authors) == ("东仓添新仓", ("王五一",))
    assert "责编" in leftovers(text)["imprint"]


def test_an_english_magazine_is_split_by_its_contents_list() -> None:
    prose = "Grain arrives from upstream and is stored in the new granaries before it is sent to the mills. " * 3
    titles = ["Granaries on the river", "Freight at high water", "Why mills move"]
    pages = [part for title in titles for part in (title, "By Jane Doe", prose)]
    assert [article.title for article in articles(spaced("Contents", *titles, *pages))] == titles


def test_marks_and_addresses_of_a_paper_s_authors_stay_out_of_its_text() -> None:
    text = spaced(
        *["沿江粮仓的区位与效率", "张三丰1，李四光2", "（1.江岸大学 粮食学院，江岸 100000；2.湖区大学，湖区 200000）"],
        *["摘 要：" + BODY, "一、引言", MORE, "二、方法", BODY],
    )
    (article,) = articles(text)
    assert article.authors == ("张三丰", "李四光")
    assert article.text.startswith("摘")


def test_a_line_of_a_wrapped_text_that_recurs_is_no_running_head() -> None:
    line = "沿江的码头今年新添了三座粮仓粮食从上游来先"
    rows = [row for n in "一二三四" for row in (line, f"存在这里的第{n}批再分往各地的加工厂和批发市", "场。")]
    assert "\n".join(articles(spaced(*rows))[0].text.split("\n")).count(line) >= 3
