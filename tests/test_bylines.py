"""Bylines, signatures and dates in, names and ISO dates out. Every text here is our own."""

import pytest

from index.bylines import authors, signature
from index.imprint import iso_date
from tests.reading_fixtures import BODY, MORE, articles, spaced


def test_a_reporter_s_name_set_downwards_is_read() -> None:
    text = spaced("丰水期的运价", "本报记者", "王", "五", BODY, MORE)
    assert articles(text)[0].authors == ("王五",)


def test_an_institution_and_a_date_under_the_title_are_author_and_date() -> None:
    (article,) = articles(spaced("丰水期的运价", "水运经济研究组 2025年4月", BODY, MORE))
    assert (article.authors, article.date) == (("水运经济研究组",), "2025-04")
    (article,) = articles(spaced("Freight at high water", "By the Harbour Desk, March 2025", "Rates fall. " * 30))
    assert (article.authors, article.date) == (("Harbour Desk",), "2025-03")


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


def test_marks_and_addresses_of_a_paper_s_authors_stay_out_of_its_text() -> None:
    text = spaced(
        *["沿江粮仓的区位与效率", "张三丰1，李四光2", "（1.江岸大学 粮食学院，江岸 100000；2.湖区大学，湖区 200000）"],
        *["摘 要：" + BODY, "一、引言", MORE, "二、方法", BODY],
    )
    (article,) = articles(text)
    assert article.authors == ("张三丰", "李四光")
    assert article.text.startswith("摘")
