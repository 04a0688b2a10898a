"""Markdown and its front matter in, articles with what it says of them out. Every text here is our own."""

from pathlib import Path

import pytest

from index.articles import read_articles
from tests.reading_fixtures import BODY, MORE, lost, written


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
