"""The record of a run: what it was made with in, what tells two runs apart out."""

from pathlib import Path

import pytest

from eval.record import TELLING, index_seal, indexed_folder, make_record
from index.opened import open_index
from index.sync import build_index
from qa.settings import Settings
from tests.index_fixtures import HARBOUR, BigramEmbedder, write_folder


def test_the_index_is_told_by_generation_model_code_and_counts(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "articles", harbour=HARBOUR)
    build_index(folder, tmp_path / "index", embedder=BigramEmbedder())
    manifest = open_index(tmp_path / "index", embedder=BigramEmbedder()).manifest
    seal = index_seal(tmp_path / "index")
    assert (seal["generation"], seal["code"], seal["chunking"]) == (1, manifest.code, manifest.chunking)
    assert (seal["model"]["name"], seal["counts"]["articles"]) == (manifest.model.name, 1)
    assert indexed_folder(tmp_path / "index") == folder


def test_where_there_is_no_index_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert index_seal(tmp_path) == {}
    assert indexed_folder(tmp_path) is None


def fingerprint(settings: Settings) -> object:
    return make_record([], {}, settings, {})["fingerprint"]


@pytest.mark.parametrize(
    "change",
    [{"threshold": 0.3}, {"embedding_query_prompt": "question: "}, {"llm_context_tokens": 900}, {"reranker": "folder"}],
)
def test_a_setting_that_changes_answers_makes_another_run(change: dict[str, object]) -> None:
    assert fingerprint(Settings.model_validate({}).model_copy(update=change)) != fingerprint(
        Settings.model_validate({})
    )


def test_a_setting_that_changes_no_answer_makes_the_same_run() -> None:
    assert fingerprint(Settings.model_validate({}).model_copy(update={"port": 9, "log": "debug"})) == fingerprint(
        Settings.model_validate({})
    )


def test_every_setting_that_tells_runs_apart_exists_and_none_is_a_secret() -> None:
    assert set(TELLING) <= set(Settings.model_fields)
    assert "llm_api_key" not in TELLING
