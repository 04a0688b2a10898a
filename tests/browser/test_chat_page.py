"""The pages in a real Chromium: what staff do all day, with scripts, without them, by keyboard, on a phone."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fakes import ARTICLES, REFUSED
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from web_fixtures import PASSWORD, Paced, serving, until

from web import accounts
from web.store import FILE, Store

pytestmark = pytest.mark.browser

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
QUESTION = "清河县种了多少亩梨树？"
QUOTE = "清河县在2023年种了1280亩梨树。"


@pytest.fixture(scope="module")  # not the session: Playwright holds an event loop, and later tests start their own
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    with serving(Paced, folder) as base:
        yield base


@pytest.fixture
def opened(chromium: Browser, base: str) -> Iterator["Opened"]:
    opened = Opened(chromium, base)
    yield opened
    opened.close()


class Opened:
    """Opens pages as different readers have them, and fails on any error a page reports."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def __call__(self, path: str = "/", **options: object) -> Page:
        # reduced motion: what fades in is seen whole, by axe-core too
        usual = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        context = self.browser.new_context(**usual | {"base_url": self.base} | options)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(path)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert self.errors == []


def ask(page: Page, question: str) -> None:
    """Ask and wait for the finished turn."""
    done = page.locator(".turn:not(.pending)").count()
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.locator(".turn:not(.pending)").nth(done).wait_for()


@pytest.mark.parametrize(
    ("locale", "question", "said"),
    [("zh-CN", QUESTION, "1280亩"), ("en-GB", "It carried how many riders in 2023?", "310,000")],
)
def test_a_question_is_answered_in_both_languages(opened: Opened, locale: str, question: str, said: str) -> None:
    page = opened(locale=locale)
    ask(page, question)
    expect(page.locator(".answer")).to_contain_text(said)
    expect(page.locator("html")).to_have_attribute("lang", "en" if locale == "en-GB" else "zh-CN")
    assert re.fullmatch(r".*/c/[\w-]+", page.url)


def test_the_answer_streams_before_it_is_complete(opened: Opened) -> None:
    page = opened()
    page.fill("#question", QUESTION)
    page.click("#ask")
    expect(page.locator(".pending .answer")).to_contain_text("清河")
    expect(page.locator("#stop")).to_be_visible()
    page.locator(".turn:not(.pending)").wait_for()
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator("#question")).to_have_value("")


def test_a_stopped_answer_can_be_asked_again(opened: Opened) -> None:
    page = opened()
    page.fill("#question", "慢 " + QUESTION)
    page.click("#ask")
    expect(page.locator(".pending .answer")).not_to_be_empty()
    page.click("#stop")
    expect(page.locator("#status")).to_have_text("已停止。")
    page.click(".turn button")
    page.locator(".turn[data-answer]").wait_for()
    assert page.locator(".turn").count() == 1


def test_a_marker_shows_its_quote_and_opens_the_article_at_the_highlighted_sentence(opened: Opened) -> None:
    page = opened()
    ask(page, QUESTION)
    marker = page.locator(".marker a").first
    expect(page.locator(".tip").first).to_be_hidden()
    marker.hover()
    expect(page.locator(".tip").first).to_contain_text(QUOTE)
    marker.click()
    expect(page.locator("#reader mark")).to_have_text(QUOTE)
    expect(page.locator("#reader mark")).to_be_in_viewport()
    expect(page.locator("#reader .title")).to_have_text("清河县的梨园")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(marker).to_be_focused()


def test_everything_can_be_done_by_keyboard(opened: Opened) -> None:
    page = opened()
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".turn[data-answer]").wait_for()
    page.keyboard.press("Shift+Tab")
    for _ in range(30):
        if page.locator(".marker a:focus").count():
            break
        page.keyboard.press("Shift+Tab")
    expect(page.locator(".tip").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".tip").first).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#reader")).to_be_focused()
    expect(page.locator("#reader mark")).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#reader")).to_be_hidden()


def test_an_input_method_accepting_its_suggestion_sends_nothing(opened: Opened) -> None:
    page = opened()
    page.fill("#question", "qing")
    page.locator("#question").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.wait_for_timeout(200)
    assert page.locator(".turn").count() == 0


def test_a_refusal_looks_different(opened: Opened) -> None:
    page = opened()
    ask(page, REFUSED)
    expect(page.locator(".turn.refused .refusal")).to_contain_text("没有找到答案")
    assert page.locator(".turn .answer").count() == 0


def test_a_follow_up_a_reload_and_the_list_keep_the_conversation(opened: Opened) -> None:
    page = opened()
    ask(page, "白沙渡口换了什么渡船？")
    ask(page, "每天开几班？")
    expect(page.locator(".turn").nth(1)).to_contain_text("26班")
    expect(page.locator(".turn").nth(1).locator(".facts")).to_contain_text("理解为")
    page.reload()
    assert page.locator(".turn").count() == 2
    page.locator(".marker a").nth(1).click()
    expect(page.locator("#reader mark")).to_contain_text("26班")
    page.goto("/")
    page.click("#recent a >> nth=0")
    assert page.locator(".turn").count() == 2


def test_a_conversation_is_renamed_exported_and_deleted_on_its_page(opened: Opened) -> None:
    page = opened()
    ask(page, QUESTION)
    page.reload()
    page.click(".conversation-bar summary")
    page.fill("#title", "梨园的账")
    page.click(".conversation-bar .card form:first-child button")
    expect(page.locator("#recent a").first).to_have_text("梨园的账")
    page.click(".conversation-bar summary")
    with page.expect_download() as download:
        page.click(".conversation-bar a[download]")
    exported = Path(download.value.path()).read_text(encoding="utf-8")
    assert exported.startswith("# 梨园的账")
    assert QUOTE in exported
    page.check(".conversation-bar input[type=checkbox]")
    page.click(".danger")
    expect(page.locator("h1")).to_have_text("对话")
    assert "梨园的账" not in page.content()


def test_copying_brings_the_sources_along(opened: Opened) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.click("[data-copy]")
    expect(page.locator("#status")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{QUOTE}[1]")
    assert "清河县的梨园 · 清河县农业农村局" in copied


def test_a_complaint_becomes_a_gold_question_with_two_clicks(opened: Opened, folder: Path) -> None:
    page = opened()
    ask(page, QUESTION)
    page.click(".actions summary")
    page.check("input[value=wrong_source]")
    page.fill(".actions textarea", "数字应来自公报")
    page.click(".actions .card button")
    expect(page.locator("#status")).to_have_text("谢谢，已记下。")
    page.goto("/feedback")
    expect(page.locator(".opinion").first).to_contain_text("数字应来自公报")
    page.click(".opinion button >> nth=0")
    expect(page.locator("[role=status]")).to_contain_text("feedback-gold.jsonl")
    assert QUESTION in (folder / "feedback-gold.jsonl").read_text(encoding="utf-8")


def test_filters_restrict_the_chat_and_stay_for_the_follow_up(opened: Opened) -> None:
    page = opened()
    page.click(".filters summary")
    page.select_option("select[name=section]", "交通")
    ask(page, QUESTION)
    expect(page.locator(".turn").first).to_have_class(re.compile("refused"))
    ask(page, "船票是每人多少元？")
    expect(page.locator(".turn").nth(1)).to_contain_text("3元")
    page.reload()
    expect(page.locator("select[name=section]")).to_have_value("交通")


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
