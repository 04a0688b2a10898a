"""The other pages in a real Chromium: articles, no scripts, colours, phones, paper, hostile text, signing in."""

from pathlib import Path

import httpx
import pytest
from browser_fixtures import QUESTION, QUOTE, Opened, ask
from fakes import ARTICLES, REFUSED
from playwright.sync_api import Browser, Error, Page, expect
from web_fixtures import PASSWORD, Paced, serving, until

from web import accounts
from web.store import FILE, Store

pytestmark = pytest.mark.browser


def test_articles_are_filtered_and_a_selection_can_be_asked(opened: Opened) -> None:
    page = opened("/articles")
    assert page.locator(".articles li").count() == len(ARTICLES)
    page.check("[name=article][value=library]")
    page.click(".shelf button")
    expect(page.locator(".within")).to_contain_text("山脚下的图书馆")
    ask(page, "图书馆藏书多少册？")
    expect(page.locator(".answer")).to_contain_text("4.2万册")


def test_a_suggestion_is_asked_by_a_click(opened: Opened, base: str) -> None:
    until(lambda: "suggestions" in httpx.get(base).text)
    page = opened()
    question = page.locator(".suggestions button").first.text_content()
    page.click(".suggestions button >> nth=0")
    page.locator(".turn[data-answer]").wait_for()
    expect(page.locator(".question")).to_have_text(question.strip())


def test_without_scripts_one_asks_reads_and_opens_the_article_at_its_quote(opened: Opened) -> None:
    page = opened(java_script_enabled=False)
    page.fill("#question", QUESTION)
    page.click("#ask")
    expect(page.locator(".answer")).to_contain_text("1280亩")
    page.locator(".marker a").first.hover()
    expect(page.locator(".tip").first).to_be_visible()
    page.locator(".marker a").first.click()
    expect(page.locator("mark#quote")).to_have_text(QUOTE)
    expect(page.locator("mark#quote")).to_be_in_viewport()
    assert page.locator(".scripted:visible").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_until_one_chooses(opened: Opened, scheme: str) -> None:
    page = opened(color_scheme=scheme)
    background = "getComputedStyle(document.body).backgroundColor"
    system = page.evaluate(background)
    other = "light" if scheme == "dark" else "dark"
    page.click(f"button[value={other}]")
    page.wait_for_load_state()
    expect(page.locator("html")).to_have_attribute("data-theme", other)
    assert page.evaluate(background) != system


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_no_page_is_wider_than_its_window(opened: Opened, width: int) -> None:
    page = opened(viewport={"width": width, "height": 800})
    ask(page, "很长的词" * 20 + "x" * 300 + QUESTION)
    for path in (page.url, "/articles", "/articles/pear", "/conversations", "/feedback", "/docs"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_on_a_phone_the_article_covers_the_chat_and_gives_it_back(opened: Opened) -> None:
    page = opened(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    ask(page, QUESTION)
    page.locator(".marker a").first.tap()
    expect(page.locator("#reader mark")).to_be_in_viewport()
    assert page.locator("main").evaluate("element => element.inert")
    page.tap("[data-close]")
    expect(page.locator("#reader")).to_be_hidden()
    assert not page.locator("main").evaluate("element => element.inert")


def test_on_paper_there_is_the_conversation_with_its_quotes_and_nothing_else(opened: Opened) -> None:
    page = opened()
    ask(page, QUESTION)
    page.emulate_media(media="print")
    expect(page.locator(".sources blockquote")).to_be_visible()
    for gone in (".side", ".tools", "#composer", ".actions"):
        expect(page.locator(gone).first).to_be_hidden()


def test_a_lost_connection_is_told_and_can_be_retried(opened: Opened) -> None:
    page = opened()
    page.route("**/ask", lambda route: route.abort())
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    expect(page.locator("#status")).to_have_text("连接中断，请重试。")
    page.unroute("**/ask")
    page.click(".turn button")
    page.locator(".turn[data-answer]").wait_for()
    opened.errors.clear()  # the browser itself reports the aborted request


def test_hostile_text_runs_nothing(opened: Opened) -> None:
    page = opened()
    page.on("dialog", lambda dialog: opened.errors.append(dialog.message))
    ask(page, "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e" + QUESTION)
    page.reload()
    page.goto("/conversations")
    assert page.locator("main img, main script").count() == 0


def test_the_policy_stops_an_inline_script_even_if_one_got_in(opened: Opened) -> None:
    page = opened()
    ran = page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); return window.ran }"
    )
    assert ran is None
    assert opened.errors
    opened.errors.clear()


def test_signing_in_and_out_on_the_page(chromium: Browser, tmp_path: Path) -> None:
    with serving(Paced, tmp_path, auth=True) as base:
        store = Store(tmp_path / FILE)
        accounts.add_user(store, "reader", PASSWORD, "reader")
        store.close()
        opened = Opened(chromium, base)
        page = opened("/articles")
        page.fill("[name=name]", "reader")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        expect(page.locator("h1")).to_have_text("文章")
        page.goto("/")
        ask(page, QUESTION)
        page.click("text=退出")
        expect(page.locator("h1")).to_have_text("登录")
        opened.close()


AXE_PAGES = (
    "/",
    "/articles",
    "/articles/pear?start=0&end=18",
    "/conversations",
    "/feedback",
    "/reports",
    "/docs",
    "/none",
)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_no_violation_of_wcag_2_2_aa(opened: Opened, scheme: str, width: int) -> None:
    page = opened(color_scheme=scheme, viewport={"width": width, "height": 900})
    ask(page, QUESTION)
    ask(page, REFUSED)
    found = violations(page)
    page.click(".filters summary")
    page.locator(".marker a").first.focus()
    found += violations(page)
    page.locator(".marker a").first.press("Enter")
    page.locator("#reader mark").wait_for()
    found += violations(page)
    for path in AXE_PAGES:
        page.goto(path)
        found += violations(page)
    opened.errors[:] = [error for error in opened.errors if "404" not in error]
    assert found == []


def violations(page: Page) -> list[str]:
    """Return what axe-core complains about on a page as it is now."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # half under the question box a target is too small
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    try:
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    except Error as error:
        pytest.fail(f"axe-core did not run: {error}")
    return [
        f"{page.url} {item['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for item in results.response["violations"]
        for node in item["nodes"][:2]
    ]
