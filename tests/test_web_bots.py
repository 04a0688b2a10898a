"""The example bots of the documentation page, run as they stand there: curl, Python, Node."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from fakes import FakeAssistant
from selectolax.lexbor import LexborHTMLParser
from web_fixtures import serving

from web import accounts
from web.store import FILE, Store

QUOTE = "清河县在2023年种了1280亩梨树。"
RUN = {
    "curl": lambda code: ["sh", "-c", code],
    "python": lambda code: [sys.executable, "-c", code],
    "node": lambda code: ["node", "--input-type=module", "-e", code],
}


@pytest.mark.parametrize("auth", [False, True])
@pytest.mark.parametrize("language", RUN)
def test_the_example_bot_of_the_documentation_works_as_it_stands(language: str, auth: bool, tmp_path: Path) -> None:
    if language != "python" and shutil.which(language) is None:
        pytest.skip(f"{language} is not installed here")
    with serving(FakeAssistant, tmp_path, auth=auth) as base:
        store = Store(tmp_path / FILE)
        _, key = accounts.create_key(store, "bot", ["ask"])
        store.close()
        page = LexborHTMLParser(httpx.get(f"{base}/docs", headers={"Accept": "text/html"}).text)
        code = page.css_first(f"[data-bot={language}]").text()
        run = subprocess.run(
            RUN[language](code), capture_output=True, text=True, timeout=60, env=os.environ | {"WENJU_KEY": key}
        )
    assert run.returncode == 0, run.stderr
    assert QUOTE in run.stdout
