"""A question about the publication itself finds its imprint; no other question does."""

import pytest

from index.types import Article, Filters, Hit
from qa.imprints import ImprintRetriever, asked_imprint


def imprint(number: int, date: str, text: str) -> Article:
    return Article(
        id=f"i{number}",
        source=f"{number}.txt",
        source_start=1,
        source_end=9,
        title="江海月刊 版权信息",
        text=text,
        issue=f"江海月刊 2025年第{number}期",
        date=date,
        kind="imprint",
    )


MARCH = imprint(3, "2025-03", "主办：江海研究中心\n责任主编：三月编辑组\n邮编：200000")
APRIL = imprint(4, "2025-04", "主办：江海研究中心\n责任主编：四月编辑组\n顾问：政策咨询组")


class Nothing:
    """A retriever that finds nothing."""

    def search(self, question: str, *, k: int, filters: Filters | None = None) -> list[Hit]:
        return []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("《江海月刊》2025年第3期的责任主编是谁？", MARCH),
        ("江海月刊4月号是谁主编的", APRIL),
        ("Who edited the March 2025 issue?", MARCH),
        ("江海月刊的顾问有哪些", APRIL),
        ("What is the postcode of the magazine?", MARCH),
    ],
)
def test_the_imprint_of_the_named_issue_that_holds_the_field_is_found(question: str, found: Article) -> None:
    assert asked_imprint(question, [MARCH, APRIL]) == found


@pytest.mark.parametrize(
    "question", ["谁主编了这本词典？", "江海月刊第3期讲了什么？", "What does the journal say?", "顾问费多少？"]
)
def test_other_questions_see_no_imprint(question: str) -> None:
    assert asked_imprint(question, [MARCH, APRIL]) is None


def test_the_imprint_stands_in_front_and_within_its_text() -> None:
    [hit] = ImprintRetriever(Nothing(), [MARCH, APRIL]).search("江海月刊第3期的主编", k=5)
    assert (hit.rank, hit.article) == (1, MARCH)
    assert MARCH.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_with_a_filter_only_articles_are_searched() -> None:
    assert ImprintRetriever(Nothing(), [MARCH]).search("江海月刊第3期的主编", k=5, filters=Filters(lang="zh")) == []
