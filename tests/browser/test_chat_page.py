"""The chat page in a real Chromium: asking, streaming, citing, following up, by keyboard and by mouse."""

import re
from pathlib import Path

import pytest
from browser_fixtures import QUESTION, QUOTE, Opened, ask
from fakes import REFUSED
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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
