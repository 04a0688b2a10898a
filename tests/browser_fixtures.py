"""A real Chromium and a served fake assistant: `opened` opens pages and fails on any error they report."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from web_fixtures import Paced, serving

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
