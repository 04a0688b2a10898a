"""Newspaper pages, magazines and single papers in, their articles out. Every text here is our own."""

from tests.reading_fixtures import BODY, MORE, articles, leftovers, spaced


def test_a_newspaper_page_is_split_at_its_byline_squares() -> None:
    text = spaced(
        *["粮食周刊 / 观察", "沿江粮仓怎么建", "■ 张三丰 李四光", BODY, MORE, "(作者单位:江岸大学)"],
        *["江边新语", "丰水期的运价", "■ 王五一", BODY, MORE, "(作者为船东协会会长)"],
    )
    first, second = articles(text)
    assert (first.title, first.authors) == ("沿江粮仓怎么建", ("张三丰", "李四光"))
    assert (second.title, second.authors, second.section) == ("丰水期的运价", ("王五一",), "江边新语")
    assert "江边新语" not in first.text


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


def test_a_line_of_a_wrapped_text_that_recurs_is_no_running_head() -> None:
    line = "沿江的码头今年新添了三座粮仓粮食从上游来先"
    rows = [row for n in "一二三四" for row in (line, f"存在这里的第{n}批再分往各地的加工厂和批发市", "场。")]
    assert "\n".join(articles(spaced(*rows))[0].text.split("\n")).count(line) >= 3
