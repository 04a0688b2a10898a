"""The adaptation: what stands everywhere in the user's articles weighs less, in every language, and is kept on disk."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from index.adaptation import ADAPTATION_FILE, adapt, load_adaptation, save_adaptation
from index.embedding import MODEL_FOLDER
from index.embedding_static import StaticEmbedder, load_static
from index.errors import IndexDamaged

THINGS = ["灯塔", "果园", "图书馆", "桥梁", "渔船", "花园", "面包", "学校", "医院", "铁路"]
SENTENCES = [f"上海的{thing}今年有了新的变化，上海市民都去看{thing}。" for thing in THINGS] * 20


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return load_static(MODEL_FOLDER, name="default")


@pytest.fixture(scope="module")
def adapted(embedder: StaticEmbedder) -> StaticEmbedder:
    return adapt(embedder, SENTENCES)


def share(embedder: StaticEmbedder, word: str, text: str) -> float:
    """How much of a text's vector is that of one word."""
    return float(embedder.embed_queries([word])[0] @ embedder.embed_passages([text])[0])


def test_a_word_that_stands_everywhere_weighs_less(embedder: StaticEmbedder, adapted: StaticEmbedder) -> None:
    assert share(adapted, "上海", "上海的灯塔") < share(embedder, "上海", "上海的灯塔") - 0.1
    assert share(adapted, "灯塔", "上海的灯塔") > share(embedder, "灯塔", "上海的灯塔") + 0.1


def test_the_same_word_of_another_language_weighs_less_too(embedder: StaticEmbedder, adapted: StaticEmbedder) -> None:
    question = "lighthouse in Shanghai"
    assert share(adapted, "Shanghai", question) < share(embedder, "Shanghai", question)
    assert share(adapted, "lighthouse", question) > share(embedder, "lighthouse", question)


def test_the_same_sentences_give_the_same_weights(embedder: StaticEmbedder, adapted: StaticEmbedder) -> None:
    assert adapt(embedder, SENTENCES).fingerprint == adapted.fingerprint
    assert adapted.fingerprint != embedder.fingerprint
    assert adapt(embedder, SENTENCES[:3]).fingerprint != adapted.fingerprint


def test_weights_come_back_from_disk(embedder: StaticEmbedder, adapted: StaticEmbedder, tmp_path: Path) -> None:
    save_adaptation(adapted, tmp_path / ADAPTATION_FILE)
    loaded = load_adaptation(embedder, tmp_path / ADAPTATION_FILE)
    assert loaded.fingerprint == adapted.fingerprint
    assert np.array_equal(loaded.embed_passages(SENTENCES[:10]), adapted.embed_passages(SENTENCES[:10]))
    assert (tmp_path / ADAPTATION_FILE).stat().st_size < 200_000


def test_no_known_piece_changes_nothing(embedder: StaticEmbedder, tmp_path: Path) -> None:
    unchanged = adapt(embedder, ["☃", ""])
    assert unchanged.fingerprint == embedder.fingerprint
    save_adaptation(unchanged, tmp_path / ADAPTATION_FILE)
    assert load_adaptation(embedder, tmp_path / ADAPTATION_FILE).fingerprint == embedder.fingerprint


def test_weights_of_another_model_are_refused(embedder: StaticEmbedder, tmp_path: Path) -> None:
    save_file({"row_weights": np.ones(7, np.float16)}, tmp_path / ADAPTATION_FILE)
    with pytest.raises(IndexDamaged, match="another embedding model"):
        load_adaptation(embedder, tmp_path / ADAPTATION_FILE)


def test_a_damaged_or_missing_file_is_named(embedder: StaticEmbedder, tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="build the index again"):
        load_adaptation(embedder, tmp_path / ADAPTATION_FILE)
    (tmp_path / ADAPTATION_FILE).write_bytes(b"weights")
    with pytest.raises(IndexDamaged, match="build the index again"):
        load_adaptation(embedder, tmp_path / ADAPTATION_FILE)
