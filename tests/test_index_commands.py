"""`wenju index` as a user meets it: a real process, its exit code, stdout and stderr."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from index_fixtures import HARBOUR, LIBRARY, write_folder

from index.opened import open_index
from tests.test_embedding import transformer_folder  # noqa: F401 - a fixture


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "articles", harbour=HARBOUR, library=LIBRARY)


def wenju(*arguments: object, folder: Path, **settings: object) -> "subprocess.CompletedProcess[str]":
    environ = {key: value for key, value in os.environ.items() if not key.startswith("WENJU_")}
    environ["PYTHONPATH"] = str(Path(__file__).parent.parent)
    environ |= {f"WENJU_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "qa", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def test_index_tells_what_it_found_and_a_second_run_that_nothing_changed(articles: Path):
    first = wenju("index", articles, folder=articles.parent)
    assert first.returncode == 0, first.stderr
    assert "2 files, 2 articles" in first.stdout
    assert "Generation 1" in first.stdout
    assert (articles.parent / ".wenju" / "index" / "current").read_text() == "1\n"
    (articles / "torn.pdf").write_bytes(b"%PDF-1.7\n%torn off")
    second = wenju("index", articles, folder=articles.parent)
    assert "1 added" in second.stdout
    assert "skipped: " in second.stdout
    assert "torn.pdf" in second.stdout
    assert "0 passages embedded, 2 kept" in second.stdout
    third = wenju("index", articles, folder=articles.parent)
    assert "Nothing has changed" in third.stdout
    back = wenju("index", "--rollback", folder=articles.parent)
    assert "Generation 1 is in use again" in back.stdout


def test_json_is_the_only_thing_on_stdout(articles: Path, tmp_path: Path):
    done = wenju("index", articles, "--index", tmp_path / "place", "--json", folder=tmp_path)
    report = json.loads(done.stdout)
    assert report["counts"]["articles"] == 2
    assert report["written"] is True
    dry = wenju("index", articles, "--index", tmp_path / "other", "--json", "--dry-run", folder=tmp_path)
    assert json.loads(dry.stdout)["written"] is False
    assert not (tmp_path / "other").exists()


def test_a_missing_folder_is_one_sentence_on_stderr_and_exit_code_2(tmp_path: Path):
    done = wenju("index", tmp_path / "nowhere", folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("wenju: There is no folder ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_no_folder_at_all_is_wrong_use(tmp_path: Path):
    done = wenju("index", folder=tmp_path)
    assert done.returncode == 2
    assert "wenju index articles" in done.stderr


def test_explain_shows_the_articles_and_repairs_of_a_file(articles: Path):
    done = wenju("index", "--explain", articles / "harbour.txt", folder=articles.parent)
    assert done.returncode == 0, done.stderr
    assert "港口的新航线" in done.stdout
    assert "repairs:" in done.stdout
    as_json = wenju("index", "--explain", articles / "harbour.txt", "--json", folder=articles.parent)
    assert json.loads(as_json.stdout)["articles"][0]["title"] == "港口的新航线"


def test_an_unreadable_file_cannot_be_explained(articles: Path):
    (articles / "torn.pdf").write_bytes(b"%PDF-1.7\n%torn off")
    done = wenju("index", "--explain", articles / "torn.pdf", folder=articles.parent)
    assert done.returncode == 2
    assert "torn.pdf" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_embedded_model_needs_no_quantizing(articles: Path):
    done = wenju("index", articles, "--quantize", articles.parent / "small", folder=articles.parent)
    assert done.returncode == 2
    assert "in 8 bits already" in done.stderr
    assert not (articles.parent / ".wenju").exists()


def test_a_transformer_model_is_written_in_8_bits_and_the_index_is_made_with_it(
    articles: Path,
    transformer_folder: Path,  # noqa: F811
):
    small = articles.parent / "small"
    done = wenju(
        "index", articles, "--quantize", small, folder=articles.parent, embedding_model=transformer_folder.resolve()
    )
    assert done.returncode == 0, done.stderr
    assert f"WENJU_EMBEDDING_MODEL={small}" in done.stderr
    index = articles.parent / ".wenju" / "index"
    assert open_index(index).manifest.model.name == str(small)
    found = wenju("search", "lighthouse", "--json", folder=articles.parent, embedding_model=small)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["passages"]
