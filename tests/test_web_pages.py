"""The pages over HTTP as a browser without scripts sees them; read as HTML, not as text."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from fakes import ARTICLES, REFUSED
from selectolax.lexbor import LexborHTMLParser, LexborNode
from web_fixtures import Fresh, serving, until

from eval.gold import load_gold
from index.types import Article, Heading
from qa.shapes import answer_shape
from qa.types import Answer
from web import answers, conversations
from web.i18n import TEXTS, choose
from web.reading import blocks, locate
from web.store import Store

QUESTION = "清河县种了多少亩梨树？"
EVIL = 'evil"><script>'
HOSTILE = "<script>alert(1)</script>{{7*7}}{% raw %}[x](javascript:alert(2))\u202edlrow\u202c" + "长" * 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    with serving(Fresh, folder) as base:
        yield base


@pytest.fixture
def browser(base: str) -> Iterator[httpx.Client]:
    headers = {"Accept": "text/html", "Accept-Language": "zh-CN,zh;q=0.9"}
    with httpx.Client(base_url=base, headers=headers, follow_redirects=True) as client:
        yield client


def read(response: httpx.Response, status: int = 200) -> LexborHTMLParser:
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    return LexborHTMLParser(response.text)


def one(page: LexborHTMLParser, selector: str) -> LexborNode:
    found = page.css(selector)
    assert found, f"no {selector}"
    return found[0]


def test_a_question_asked_by_form_is_answered_kept_and_leads_to_the_highlighted_quote(browser: httpx.Client) -> None:
    asked = browser.post("/ask", data={"question": QUESTION})
    page = read(asked)
    assert asked.url.path.startswith("/c/")
    assert one(page, ".question").text() == QUESTION
    marker = one(page, ".answer .marker > a")
    article = read(browser.get(marker.attributes["href"]))
    assert one(article, "h1").text() == "清河县的梨园"
    assert one(article, "mark#quote").text() == one(page, ".answer .tip q").text() == "清河县在2023年种了1280亩梨树。"


def test_a_question_in_the_address_is_answered_and_not_kept(browser: httpx.Client) -> None:
    before = browser.get("/conversations").text.count("/c/")
    page = read(browser.get("/", params={"q": "How many riders did the night tram carry?"}))
    assert one(page, ".answer").attributes["lang"] == "en"
    assert browser.get("/conversations").text.count("/c/") == before


def test_a_refusal_looks_different_and_names_the_nearest_articles(browser: httpx.Client) -> None:
    page = read(browser.post("/ask", data={"question": REFUSED}))
    assert page.css(".turn.refused .refusal")
    assert not page.css(".answer")
    nearest = [link.attributes["href"].partition("?")[0] for link in page.css(".refusal li a")]
    assert nearest
    assert len(set(nearest)) == len(nearest)


def test_a_follow_up_stays_in_the_conversation_and_shows_how_it_was_understood(browser: httpx.Client) -> None:
    first = browser.post("/ask", data={"question": "白沙渡口换了什么渡船？"})
    name = one(read(first), "input[name=conversation]").attributes["value"]
    page = read(browser.post("/ask", data={"question": "每天开几班？", "conversation": name}))
    assert len(page.css(".turn")) == 2
    assert "理解为" in page.css(".facts")[1].text()


@pytest.mark.parametrize("question", ["", "   ", "长" * 2001])
def test_a_question_that_cannot_be_used_is_refused_on_the_page(browser: httpx.Client, question: str) -> None:
    page = read(browser.post("/ask", data={"question": question}), 422)
    assert "2000" in one(page, "#status").text()


def test_suggested_questions_come_from_the_articles_and_are_answered(browser: httpx.Client) -> None:
    until(lambda: LexborHTMLParser(browser.get("/").text).css(".suggestions button") != [])
    offered = [button.attributes["value"] for button in read(browser.get("/")).css(".suggestions button")]
    assert any(article.title in question for article in ARTICLES for question in offered)
    assert not read(browser.post("/ask", data={"question": offered[0]})).css(".refused")


def test_a_conversation_is_listed_searched_renamed_exported_and_deleted(browser: httpx.Client) -> None:
    asked = browser.post("/ask", data={"question": "图书馆藏书多少册？"})
    path = asked.url.path
    renamed = browser.post(f"{path}/rename", data={"title": "山脚 * 图书"})
    assert one(read(renamed), "h1").text() == "山脚 * 图书"
    found = read(browser.get("/conversations", params={"q": "4.2万"}))
    assert [link.attributes["href"] for link in found.css(".list a")] == [path]
    assert not read(browser.get("/conversations", params={"q": "%"})).css(".list a")
    export = browser.get(f"{path}.md")
    assert export.headers["content-type"].startswith("text/markdown")
    assert "山脚 * 图书.md" in unquote(export.headers["content-disposition"])
    assert "# 山脚 \\* 图书" in export.text
    assert "山脚下的图书馆" in export.text
    assert "library.md" in export.text
    browser.post(f"{path}/delete")
    assert browser.get(path).status_code == 404
    assert path not in browser.get("/conversations").text


def test_conversations_survive_a_restart_with_citations_and_highlights(tmp_path: Path) -> None:
    html = {"Accept": "text/html"}
    with serving(Fresh, tmp_path) as base:
        path = httpx.post(f"{base}/ask", data={"question": QUESTION}, headers=html).headers["location"]
    with serving(Fresh, tmp_path) as base:
        page = LexborHTMLParser(httpx.get(base + path, headers=html).text)
        article = httpx.get(base + one(page, ".marker > a").attributes["href"], headers=html)
        assert one(LexborHTMLParser(article.text), "mark").text() == "清河县在2023年种了1280亩梨树。"


def test_a_highlight_finds_its_quote_again_after_the_article_has_changed(tmp_path: Path) -> None:
    html = {"Accept": "text/html"}
    with serving(Fresh, tmp_path) as base:
        page = LexborHTMLParser(httpx.post(f"{base}/ask", data={"question": QUESTION}, follow_redirects=True).text)
        link = one(page, ".marker > a").attributes["href"]
    longer = tuple(replace(article, text="新加的一段。\n" + article.text) for article in ARTICLES)
    with serving(lambda: Fresh(known=longer), tmp_path) as base:
        article = LexborHTMLParser(httpx.get(base + link, headers=html).text)
        assert one(article, "mark").text() == "清河县在2023年种了1280亩梨树。"
    gone = tuple(replace(article, text="全部改写了。") for article in ARTICLES)
    with serving(lambda: Fresh(known=gone), tmp_path) as base:
        article = LexborHTMLParser(httpx.get(base + link, headers=html).text)
        assert not article.css("mark")
        assert TEXTS["quote_moved"][0] in article.text()


def test_articles_are_browsed_searched_and_filtered(browser: httpx.Client) -> None:
    def titles(**query: str) -> list[str]:
        return [link.text() for link in read(browser.get("/articles", params=query)).css(".articles a")]

    assert len(titles()) == len(ARTICLES)
    assert titles(q="渡口") == ["白沙渡口换上电动渡船"]
    assert titles(section="文化") == ["山脚下的图书馆"]
    assert titles(author="何汀") == ["白沙渡口换上电动渡船"]
    assert titles(issue="2024年第3期") == ["清河县的梨园"]
    assert titles(date_from="2025", date_to="2025-12") == ["白沙渡口换上电动渡船", "山脚下的图书馆"]
    assert titles(q="没有这个词") == []


def test_asking_within_selected_articles_finds_nothing_elsewhere(browser: httpx.Client) -> None:
    page = read(browser.get("/", params={"article": ["ferry", "tram"]}))
    assert [field.attributes["value"] for field in page.css("input[name=article]")] == ["ferry", "tram"]
    asked = browser.post("/ask", data={"question": QUESTION, "article": ["ferry", "tram"]})
    assert read(asked).css(".refused")
    assert dict(asked.url.params.multi_items())["article"] == "tram"


def test_an_article_has_a_table_of_contents_that_leads_to_its_headings() -> None:
    text = "第一节\n河边种梨。\n第二节\n山上种茶。"
    headings = (Heading(0, 3, 1, "第一节"), Heading(10, 13, 1, "第二节"))
    cut = blocks(replace(ARTICLES[0], text=text, headings=headings), (4, 8))
    assert [(block.start, block.level) for block in cut] == [(0, 1), (4, 0), (10, 1), (14, 0)]
    assert [piece.text for block in cut for piece in block.pieces if piece.marked] == ["河边种梨"]


def test_a_quote_over_two_paragraphs_is_marked_in_both() -> None:
    article = replace(ARTICLES[0], text="一二三四。\n五六七八。", headings=())
    marked = [piece.text for block in blocks(article, (2, 9)) for piece in block.pieces if piece.marked]
    assert marked == ["三四。", "五六七"]
    assert locate(article.text, "七八", 0, 2) == (8, 10)


def test_feedback_is_listed_and_becomes_a_gold_question_with_its_evidence(browser: httpx.Client, folder: Path) -> None:
    page = read(browser.post("/ask", data={"question": QUESTION}))
    answer = one(page, ".turn").attributes["data-answer"]
    form = {"answer_id": answer, "rating": "-1", "label": "wrong_source", "comment": "应引统计公报", "back": "/c/x"}
    assert browser.post("/feedback", data=form, follow_redirects=False).headers["location"] == "/c/x"
    listed = read(browser.get("/feedback"))
    item = next(node for node in listed.css(".opinion") if "应引统计公报" in node.text())
    saved = read(browser.post(item.css_first("form").attributes["action"]))
    assert "feedback-gold.jsonl" in one(saved, "[role=status]").text()
    case = load_gold([folder / "feedback-gold.jsonl"])[-1]
    assert (case.question, case.evidence[0][0].doc) == (QUESTION, "orchard.txt")
    assert case.evidence[0][0].quote == "清河县在2023年种了1280亩梨树。"


def test_a_refusal_becomes_an_unanswerable_gold_question_only_once(browser: httpx.Client, folder: Path) -> None:
    page = read(browser.post("/ask", data={"question": REFUSED}))
    answer = one(page, ".turn").attributes["data-answer"]
    browser.post("/feedback", data={"answer_id": answer, "rating": "1"})
    action = read(browser.get("/feedback")).css_first(".opinion form").attributes["action"]
    browser.post(action)
    browser.post(action)
    cases = [case for case in load_gold([folder / "feedback-gold.jsonl"]) if case.question == REFUSED]
    assert [case.kind for case in cases] == ["unanswerable"]


def test_reports_are_listed_and_opened_in_a_sandbox_and_nothing_else_is(browser: httpx.Client, folder: Path) -> None:
    run = folder / "runs" / "2026-01-01"
    run.mkdir(parents=True)
    (run / "report.html").write_text("<h1>Report</h1><script>alert(1)</script>")
    (run / "rows.jsonl").write_text("{}")
    (folder / "runs" / "outside.html").symlink_to(folder / "server.sqlite")
    links = [link.attributes["href"] for link in read(browser.get("/reports")).css(".list a")]
    assert "/reports/2026-01-01/report.html" in links
    opened = browser.get("/reports/2026-01-01/report.html")
    assert opened.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    for name in (
        "2026-01-01/rows.jsonl",
        "..%2Fserver.sqlite",
        "../server.sqlite",
        "outside.html",
        "%00.html",
        "x.html",
    ):
        assert browser.get(f"/reports/{name}").status_code == 404, name


def test_language_follows_the_browser_and_can_be_switched(browser: httpx.Client) -> None:
    english = read(browser.get("/", headers={"Accept-Language": "en-GB,en;q=0.8"}))
    assert one(english, "html").attributes["lang"] == "en"
    switched = read(browser.post("/preferences", data={"lang": "en", "back": "/articles?q=x"}))
    assert one(switched, "html").attributes["lang"] == "en"
    assert one(switched, "input[name=q]").attributes["value"] == "x"


@pytest.mark.parametrize(
    ("cookie", "header", "chosen"),
    [
        (None, None, "zh"),
        (None, "de-DE,de", "zh"),
        (None, "fr,en;q=0.5,zh;q=0.2", "en"),
        (None, "en;q=0.1,zh-TW;q=0.7", "zh"),
        (None, "en;q=x,,;", "zh"),
        ("en", "zh-CN", "en"),
        ("<b>", "zh-CN", "zh"),
    ],
)
def test_the_language_is_chosen_by_cookie_then_by_weight(cookie: str | None, header: str | None, chosen: str) -> None:
    assert choose(cookie, header) == chosen


def test_every_text_stands_in_both_languages_with_the_same_gaps() -> None:
    for key, (chinese, english) in TEXTS.items():
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english)), key
        assert chinese.strip(), key
        assert english.strip(), key


def test_the_theme_is_remembered_without_scripts(browser: httpx.Client) -> None:
    page = read(browser.post("/preferences", data={"theme": "dark", "back": "//evil.example/"}))
    assert one(page, "html").attributes["data-theme"] == "dark"


def test_a_page_that_is_not_there_is_a_page_for_people_and_a_document_for_machines(browser: httpx.Client) -> None:
    assert one(read(browser.get("/nothing"), 404), "h1").text() == TEXTS["went_wrong"][0]
    machine = browser.get("/nothing", headers={"Accept": "application/json"})
    assert machine.json()["code"] == "not_found"


def test_the_documentation_names_every_operation_and_nothing_from_elsewhere(browser: httpx.Client) -> None:
    text = browser.get("/docs").text
    page = LexborHTMLParser(text)
    named = {code.text() for code in page.css("section h2 code")}
    for path, methods in browser.get("/openapi.json").json()["paths"].items():
        assert {f"{method.upper()} {path}" for method in methods} <= named
    outside = [node.attributes.get("src") or node.attributes.get("href") for node in page.css("script, link, img")]
    assert all(address.startswith("/static/") for address in outside)


def test_a_page_weighs_less_than_sixty_kilobytes_with_everything_it_loads(base: str) -> None:
    with httpx.Client(base_url=base, headers={"Accept": "text/html", "Accept-Encoding": "gzip"}) as client:
        page = client.get("/")
        weight = int(page.headers["content-length"])
        version = re.search(r"/static/(\w+)/", page.text)[1]
        for name in ("main.js", "chat.js", "events.js", "reader.js", "actions.js", "seal.svg"):
            file = client.get(f"/static/{version}/{name}")
            assert "immutable" in file.headers["cache-control"]
            weight += int(file.headers["content-length"])
    assert weight < 60_000


def test_old_answers_are_dropped_but_not_those_that_something_refers_to(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    shape = answer_shape(Fresh().answer(QUESTION))
    conversations.add(store, conversations.begin(store, "me", QUESTION), "me", shape | {"id": "told"})
    for number in range(answers.PRUNE_EVERY + 1):
        answers.keep(store, shape | {"id": f"given-{number}"}, "me", limit=3)
    assert answers.find(store, "told")
    assert not answers.find(store, "given-0")
    assert answers.find(store, f"given-{answers.PRUNE_EVERY}")
    store.close()


class Hostile(Fresh):
    """An assistant whose every text tries to be more than text."""

    def answer(self, question: str, **options: object) -> Answer:
        found = super().answer(question, **options)
        return replace(found, text=HOSTILE + found.text + "[1][2][999]", standalone_question=HOSTILE)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    evil = Article(
        id=EVIL,
        source=HOSTILE[:60],
        source_start=1,
        source_end=2,
        title=HOSTILE,
        authors=(HOSTILE,),
        section=HOSTILE[:80],
        issue=HOSTILE[:80],
        date="2025",
        text=f"{HOSTILE}。\n清河县的茶馆有四十个座位。",
        headings=(Heading(0, len(HOSTILE), 1, HOSTILE),),
    )
    with serving(lambda: Hostile(known=(*ARTICLES, evil)), tmp_path_factory.mktemp("hostile")) as base:
        yield base


def test_hostile_text_stays_text_on_every_page(hostile: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "zh-CN"}
    with httpx.Client(base_url=hostile, headers=headers, follow_redirects=True) as client:
        asked = client.post("/ask", data={"question": "清河县的茶馆有多少座位 " + HOSTILE[:200]})
        pages = [
            asked,
            client.get("/"),
            client.get("/articles"),
            client.get("/conversations"),
            client.get("/none/" + HOSTILE[:60]),
        ]
        links = [link.attributes["href"] for page in pages[:3] for link in LexborHTMLParser(page.text).css("main a")]
        pages += [client.get(link) for link in links if link and link.startswith("/articles/")]
        answer = LexborHTMLParser(asked.text).css_first(".turn").attributes["data-answer"]
        client.post("/feedback", data={"answer_id": answer, "rating": "-1", "comment": HOSTILE})
        pages.append(client.get("/feedback"))
        export = client.get(f"{asked.url.path}.md")
    assert len(pages) > 8
    for page in pages:
        tree = LexborHTMLParser(page.text)
        assert [node.attributes.get("src", "")[:8] for node in tree.css("script")] == ["/static/"]
        assert not [link for link in tree.css("a") if (link.attributes.get("href") or "").startswith("javascript")]
        assert "49" not in re.sub(r"{{7\*7}}", "", tree.css_first("main").text())
    assert "alert(1)" in LexborHTMLParser(asked.text).css_first(".answer").text()
    assert not re.search(r"(?<!\\)<script", export.text)


def test_hostile_text_is_json_like_any_other(hostile: str) -> None:
    body = httpx.post(f"{hostile}/api/v1/answer", json={"question": HOSTILE[:300]}).json()
    assert body["question"] == HOSTILE[:300]
    assert body["answer"].startswith(HOSTILE)
    events = httpx.post(
        f"{hostile}/api/v1/answer", json={"question": HOSTILE[:300]}, headers={"Accept": "text/event-stream"}
    ).text
    done = next(block for block in events.split("\n\n") if block.startswith("event: done"))
    assert json.loads(done.split("data: ", 1)[1])["answer"].startswith(HOSTILE)
