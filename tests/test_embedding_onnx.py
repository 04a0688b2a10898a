"""A transformer exported to ONNX int8 says the same as the model it came from, without torch."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.embedding import load_embedder
from index.embedding_onnx import CARD, MODEL, OnnxEmbedder, export_onnx
from index.errors import EmbedderError
from tests.test_embedding import transformer_folder  # noqa: F401 - a fixture

TEXTS = ["tide mill turns", "潮汐磨坊", "", "tide " * 50, "☃ mill"]
# what torch's exporter and onnxruntime's quantiser warn of is theirs
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def exported(transformer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    folder = tmp_path_factory.mktemp("exported")
    export_onnx(str(transformer_folder), folder)
    return folder


def test_equals_the_model_it_came_from(exported: Path, transformer_folder: Path) -> None:  # noqa: F811
    mine, source = load_embedder(str(exported)), load_embedder(str(transformer_folder))
    assert isinstance(mine, OnnxEmbedder)
    assert (mine.dimension, mine.max_tokens) == (source.dimension, source.max_tokens)
    for a, b in (
        (mine.embed_passages(TEXTS), source.embed_passages(TEXTS)),
        (mine.embed_queries(TEXTS), source.embed_queries(TEXTS)),
    ):
        assert (a * b).sum(axis=1).min() > 0.99
    assert mine.count_tokens("tide mill 潮") == 3


def test_a_text_has_the_same_vector_alone_and_in_a_batch(exported: Path) -> None:
    embedder = load_embedder(str(exported))
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    assert (embedder.embed_passages(TEXTS * 9)[: len(TEXTS)] * alone).sum(axis=1).min() > 0.99
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_prompts_can_be_set_and_change_the_fingerprint(exported: Path) -> None:
    plain, prompted = (load_embedder(str(exported), query_prompt=prompt) for prompt in ("", "tide "))
    assert plain.fingerprint != prompted.fingerprint
    assert load_embedder(str(exported), query_prompt="").fingerprint == plain.fingerprint


def test_reads_without_torch(exported: Path) -> None:
    code = (
        "import sys; from index.embedding import load_embedder; load_embedder(sys.argv[1]).embed_queries(['tide']);"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(exported)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_damaged_export_is_named(exported: Path, tmp_path: Path) -> None:
    for file in exported.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / CARD).write_text("{", encoding="utf-8")
    with pytest.raises(EmbedderError, match="export it again"):
        load_embedder(str(tmp_path))
    (tmp_path / CARD).write_bytes((exported / CARD).read_bytes())
    (tmp_path / MODEL).write_bytes(b"no model")
    with pytest.raises(EmbedderError, match="export it again"):
        load_embedder(str(tmp_path))
