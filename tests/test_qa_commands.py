"""`wenju ask`, `search` and `doctor` as a user runs them: text, JSON, exit codes, and how little they import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from llm_server import address, llm_server
from qa_fixtures import small_index


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_index(tmp_path_factory.mktemp("commands"))


def wenju(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WENJU_")}
    command = [sys.executable, "-m", "qa", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=clean | environment, check=False)


def test_ask_prints_the_answer_with_its_sources(index: Path) -> None:
    done = wenju("ask", "清河县2023年种了多少亩梨树？", "--index", str(index), WENJU_THRESHOLD="0")
    assert done.returncode == 0, done.stderr
    assert "1280亩" in done.stdout
    assert "[1] 《清河县的梨园》" in done.stdout
    assert "confidence" in done.stdout


def test_ask_json_is_the_answer_object_and_nothing_else(index: Path) -> None:
    done = wenju("ask", "船票多少钱？", "--json", "--lang", "en", WENJU_INDEX=str(index), WENJU_THRESHOLD="0")
    shape = json.loads(done.stdout)
    assert shape["lang"] == "en"
    assert shape["mode"] == "extractive"
    assert {"id", "answer", "citations", "passages", "confidence", "timings_ms", "abstained"} <= shape.keys()


def test_search_explains_its_legs(index: Path) -> None:
    done = wenju("search", "梨树", "-k", "2", "--explain", "--index", str(index))
    assert done.returncode == 0
    assert "rank 1" in done.stdout
    shape = json.loads(wenju("search", "梨树", "-k", "1", "--json", "--index", str(index)).stdout)
    assert len(shape["passages"]) == 1
    assert shape["passages"][0]["rank"] == 1


@pytest.mark.parametrize("arguments", [("ask", ""), ("ask", "长" * 2001), ("search", "梨", "-k", "99")])
def test_a_question_or_option_that_cannot_be_ends_with_2_and_one_sentence(
    index: Path, arguments: tuple[str, ...]
) -> None:
    done = wenju(*arguments, "--index", str(index))
    assert done.returncode == 2
    assert done.stderr.startswith("wenju: ")
    assert "Traceback" not in done.stderr


def test_a_mode_that_does_not_exist_is_wrong_use(index: Path) -> None:
    done = wenju("ask", "梨树？", "--mode", "magic", "--index", str(index))
    assert done.returncode == 2
    assert "extractive" in done.stderr


def test_without_an_index_the_command_to_run_is_named(tmp_path: Path) -> None:
    done = wenju("ask", "梨树？", "--index", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "wenju index" in done.stderr


def test_doctor_is_content_with_an_index_alone_and_tells_what_it_found(index: Path) -> None:
    done = wenju("doctor", "--json", "--index", str(index))
    assert done.returncode == 0, done.stdout
    shape = json.loads(done.stdout)
    assert shape["ok"] is True
    assert {check["name"] for check in shape["checks"]} >= {"wenju", "index", "tokens", "llm"}


def test_doctor_names_what_is_broken_and_ends_with_1(index: Path, tmp_path: Path) -> None:
    assert wenju("doctor", "--index", str(tmp_path / "none")).returncode == 1
    done = wenju("doctor", "--index", str(index), WENJU_LLM="good", WENJU_LLM_BASE_URL="http://127.0.0.1:9/v1")
    assert done.returncode == 1
    assert "BAD llm" in done.stdout
    broken = wenju("doctor", "--index", str(index), WENJU_TOKENIZER_FILE=str(tmp_path / "no.tiktoken"))
    assert broken.returncode == 1
    assert "BAD tokens" in broken.stdout


def test_doctor_reaches_a_living_endpoint(index: Path) -> None:
    with llm_server() as server:
        done = wenju("doctor", "--index", str(index), WENJU_LLM="good", WENJU_LLM_BASE_URL=address(server))
    assert done.returncode == 0, done.stdout
    assert "HTTP 200" in done.stdout


def test_an_extractive_answer_imports_neither_langchain_nor_torch(index: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from qa.assemble import load_assistant; "
        "from qa.settings import Settings; "
        f"load_assistant(Settings(index=Path({str(index)!r}))).answer('梨树有多少亩？');"
        "print(sorted({name.split('.')[0] for name in sys.modules} & "
        "{'langchain', 'langchain_core', 'torch', 'sentence_transformers', 'fastapi', 'openai', 'sklearn', 'scipy'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
