"""Vectors of passages and windows: read once, equal to those of each text alone; several processes give the same."""

import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from index_fixtures import HARBOUR, LIBRARY, BigramEmbedder, article_of

from index.catalog import Entry
from index.chunking import pack
from index.embedding import load_embedder
from index.embedding_spans import embed_spans
from index.encoding import encode
from index.ports import Embedder
from index.sentences import spans
from index.workers import WorkerDied, in_processes

TEXTS = [HARBOUR, LIBRARY, "①ＰＭ２．５ 的 40% 来自 the harbour。２０２４年再降一成！\n㍿与…… é", "", "。！？"]


@pytest.fixture(scope="module", params=["default", "bigrams"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return load_embedder() if request.param == "default" else BigramEmbedder()


def places(text: str) -> list[tuple[int, int]]:
    sentences = spans(text)
    pairs = [(first[0], second[1]) for first, second in pairwise(sentences)]
    return [*sentences, *pairs, (0, len(text)), (len(text), len(text))]


def test_spans_have_the_vectors_that_their_texts_have_alone(embedder: Embedder):
    own = [places(text) for text in TEXTS]
    whole, parts = embed_spans(embedder, TEXTS, own)
    alone = embedder.embed_passages([text[a:b] for text, some in zip(TEXTS, own, strict=True) for a, b in some])
    assert np.allclose(whole, embedder.embed_passages(TEXTS), atol=1e-3)
    assert parts.shape == alone.shape
    assert np.allclose(parts, alone, atol=1e-3)


def test_no_texts_and_no_spans_are_no_error(embedder: Embedder):
    whole, parts = embed_spans(embedder, [], [])
    assert (whole.shape, parts.shape) == ((0, embedder.dimension), (0, embedder.dimension))
    whole, parts = embed_spans(embedder, ["", "港口"], [[], []])
    assert (whole.shape, parts.shape) == ((2, embedder.dimension), (0, embedder.dimension))


def entries_of(texts: Sequence[str], embedder: Embedder) -> list[Entry]:
    found = []
    for number, text in enumerate(texts):
        article = article_of(text, name=f"a{number}")
        passages = tuple(pack(article, embedder))
        found.append(Entry(article, passages, tuple(each.id.encode() for each in passages)))
    return found


def test_several_processes_give_the_same_vectors(monkeypatch: pytest.MonkeyPatch):
    embedder = load_embedder()
    entries = entries_of([HARBOUR, LIBRARY] * 60, embedder)
    alone = encode(entries, embedder, None, cores=1, advance=lambda _: None)
    monkeypatch.setattr("index.encoding.PAYS_FROM", 1)
    together = encode(entries, embedder, None, cores=2, advance=lambda _: None)
    assert np.array_equal(alone.vectors, together.vectors)
    query = embedder.embed_queries(["岸电的价格"])[0]
    rows = np.arange(len(alone.vectors))
    assert np.array_equal(alone.windows.best(query, rows)[0], together.windows.best(query, rows)[0])


def double(shared: int, task: int) -> int:
    """Work for a process."""
    return shared * task


def die(shared: int, task: int) -> int:
    """End the process in the middle of a task."""
    os._exit(shared + task)


def test_results_come_in_the_order_of_the_tasks():
    assert list(in_processes(2, double, 3, range(50))) == [3 * number for number in range(50)]


def test_a_worker_that_dies_is_an_error_with_a_sentence():
    with pytest.raises(WorkerDied, match="code 7"):
        list(in_processes(2, die, 3, [4]))


def test_workers_end_when_their_parent_is_killed(tmp_path: Path):
    code = (
        "import os, pathlib\n"
        "from test_encoding import note\n"
        "from index.workers import in_processes\n"
        f"for name in in_processes(2, note, {str(tmp_path)!r}, range(10**6)):\n"
        "    if name > 20: os.kill(os.getpid(), 9)\n"
    )
    here = Path(__file__).parent
    environ = os.environ | {"PYTHONPATH": f"{here}{os.pathsep}{here.parent}"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, check=False, timeout=60)
    assert done.returncode == -9
    workers = [int(path.name) for path in tmp_path.iterdir()]
    assert workers
    assert all(gone(worker) for worker in workers)


def note(shared: str, task: int) -> int:
    """Leave this process's number in a folder."""
    Path(shared, str(os.getpid())).touch()
    return task


def gone(process: int) -> bool:
    """Wait up to ten seconds for a process to end."""
    import time

    for _ in range(100):
        status = Path(f"/proc/{process}/stat")
        if not status.exists() or status.read_text().split()[2] == "Z":
            return True
        time.sleep(0.1)
    return False
