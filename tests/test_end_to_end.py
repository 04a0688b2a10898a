"""What a new user does: index a folder, ask, serve, call the API with the README's own examples."""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from qa.assemble import load_assistant
from qa.settings import Settings

WENJU = (sys.executable, "-m", "qa")


def run(*arguments: str | Path, index: Path) -> subprocess.CompletedProcess[str]:
    environ = {"WENJU_INDEX": str(index), "WENJU_DATA": str(index.parent / "data"), "PATH": "/usr/bin:/bin"}
    command = [*WENJU, *map(str, arguments)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def index(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the index of the sample articles, made by the command line."""
    place = tmp_path_factory.mktemp("end-to-end") / "index"
    result = run("index", sample, index=place)
    assert result.returncode == 0, result.stderr
    return place


@pytest.fixture(scope="module")
def address(index: Path) -> Iterator[str]:
    """Yield the address of a served sample, once it is ready."""
    environ = {"WENJU_INDEX": str(index), "WENJU_DATA": str(index.parent / "data"), "PATH": "/usr/bin:/bin"}
    command = [*WENJU, "serve", "--port", "0"]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found
        wait_until_ready(found[0])
        yield found[0]
    finally:
        server.terminate()
        server.communicate(timeout=30)


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/ready").status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail("the server was not ready within a minute")


def test_a_question_gets_a_cited_answer_on_the_command_line(index: Path) -> None:
    result = run("ask", "什么是专利开放许可？", "--json", index=index)
    answer = json.loads(result.stdout)
    assert result.returncode == 0
    assert not answer["abstained"]
    assert "按标准付费" in answer["answer"]
    assert re.search(r"\[1\]", answer["answer"])


def test_asking_without_an_index_says_how_to_make_one(tmp_path: Path) -> None:
    result = run("ask", "什么是专利开放许可？", index=tmp_path / "nowhere")
    assert result.returncode == 2
    assert "wenju index" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("question", ["", "   ", "问" * 20_000])
def test_a_question_that_cannot_be_used_is_refused_in_one_sentence(question: str, index: Path) -> None:
    result = run("ask", question, index=index)
    assert result.returncode == 2
    assert result.stderr.startswith("wenju: ")
    assert len(result.stderr) < 400


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_examples_run(name: str, root: Path, address: str, tmp_path: Path) -> None:
    text = (root / name).read_text(encoding="utf-8").replace("http://127.0.0.1:8000", address)
    blocks = re.findall(r"```(sh|python|js)\n(.*?)```", text, re.DOTALL)
    curl = [code for kind, code in blocks if kind == "sh" and code.startswith("curl")]
    python = [code for kind, code in blocks if kind == "python"]
    node = [code for kind, code in blocks if kind == "js"]
    assert (len(curl), len(python), len(node)) == (1, 2, 1)
    if not (shutil.which("node") and shutil.which("curl")):
        pytest.skip("the README's examples need curl and node")
    (tmp_path / "bot.mjs").write_text(node[0], encoding="utf-8")
    commands = [
        ["sh", "-c", curl[0]],
        *([sys.executable, "-c", code] for code in python),
        ["node", tmp_path / "bot.mjs"],
    ]
    for command in commands:
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert result.returncode == 0, result.stderr
        assert "按标准付费" in result.stdout or "once only" in result.stdout


def verbatim(index: Path, questions: list[str]) -> int:
    """Ask every question, check every quote at its offsets, return how many quotes there were."""
    assistant = load_assistant(Settings(index=index, data=index.parent / "data"))
    quotes = 0
    for question in questions:
        for citation in assistant.answer(question).citations:
            article = assistant.article(citation.article.id)
            assert article.text[citation.start : citation.end] == citation.quote
            assert 0 < len(citation.quote) <= 200
            quotes += 1
    return quotes


def gold_questions(*files: Path) -> list[str]:
    return [json.loads(line)["question"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_quote_of_the_sample_gold_is_verbatim(index: Path, sample_gold: Path) -> None:
    assert verbatim(index, gold_questions(sample_gold)) > 40


@pytest.mark.shared
def test_every_quote_of_the_development_gold_is_verbatim(shared: Path, tmp_path: Path) -> None:
    place = tmp_path / "index"
    assert run("index", shared / "corpus", index=place).returncode == 0
    gold = shared / "gold"
    questions = gold_questions(gold / "corpus-dev.jsonl", gold / "unanswerable-dev.jsonl")
    assert verbatim(place, questions) > 200
