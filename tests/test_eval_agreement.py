"""The harness and the shared scorer give the same figures for the same system, asked at test time."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qa.__main__ import app

STARTS_WITHIN = 60.0


@dataclass(frozen=True)
class Indexed:
    """A folder of articles, indexed."""

    index: Path
    data: Path

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "WENJU_INDEX": str(self.index),
            "WENJU_DATA": str(self.data),
            "WENJU_LOG": "warning",
            "OMP_NUM_THREADS": "1",
        }

    def wenju(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "qa", *map(str, arguments)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)


def indexed(articles: Path, folder: Path) -> Indexed:
    place = Indexed(folder / "index", folder / "data")
    done = place.wenju("index", articles)
    assert done.returncode == 0, done.stderr
    return place


@contextmanager
def serving(place: Indexed, port: int) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "qa", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, env=place.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait(url)
            yield url
        finally:
            server.terminate()


def _wait(url: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            with urllib.request.urlopen(f"{url}/ready", timeout=5):
                return
        except OSError:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.1)


def shared_figures(script: Path, url: str, gold: Sequence[Path], out: Path) -> dict[str, float]:
    command = [sys.executable, str(script), url, *map(str, gold), "--json", str(out)]
    subprocess.run(command, capture_output=True, check=True)
    return json.loads(out.read_text(encoding="utf-8"))["summary"]


def our_figures(place: Indexed, gold: Sequence[Path], out: Path, *options: object) -> dict[str, float]:
    done = place.wenju("eval", "run", *gold, "--json", out, *options)
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text(encoding="utf-8"))["summary"]


@pytest.fixture(scope="module")
def sample_index(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    return indexed(sample, tmp_path_factory.mktemp("sample"))


@pytest.mark.slow
def test_on_the_sample_in_process_and_over_http_give_the_same(
    sample_index: Indexed, sample_gold: Path, unused_port: int, tmp_path: Path
) -> None:
    inside = our_figures(sample_index, [sample_gold], tmp_path / "inside.json")
    with serving(sample_index, unused_port) as url:
        outside = our_figures(sample_index, [sample_gold], tmp_path / "outside.json", "--url", url)
    assert inside["questions/all"] == 60
    assert outside == pytest.approx(inside, abs=1e-6)


@pytest.mark.slow
@pytest.mark.shared
def test_on_the_sample_every_shared_figure_agrees_with_the_shared_scorer(
    sample_index: Indexed, sample_gold: Path, shared: Path, unused_port: int, tmp_path: Path
) -> None:
    inside = our_figures(sample_index, [sample_gold], tmp_path / "ours.json")
    with serving(sample_index, unused_port) as url:
        script = shared / "score" / "score_server.py"
        expected = shared_figures(script, url, [sample_gold], tmp_path / "theirs.json")
    assert {name: inside.get(name) for name in expected} == pytest.approx(expected, abs=0.001)


@pytest.mark.slow
@pytest.mark.shared
def test_on_the_development_gold_every_shared_figure_agrees_with_the_shared_scorer(
    shared: Path, unused_port: int, tmp_path: Path
) -> None:
    place = indexed(shared / "corpus", tmp_path)
    gold = sorted((shared / "gold").glob("*.jsonl"))
    ours = our_figures(place, gold, tmp_path / "ours.json")
    with serving(place, unused_port) as url:
        expected = shared_figures(shared / "score" / "score_server.py", url, gold, tmp_path / "theirs.json")
    assert len(expected) > 100
    assert {name: ours.get(name) for name in expected} == pytest.approx(expected, abs=0.001)


@pytest.mark.slow
def test_one_command_compares_the_legs_of_the_retriever(
    sample_index: Indexed, sample_gold: Path, tmp_path: Path
) -> None:
    out = tmp_path / "legs"
    done = sample_index.wenju(*("eval", "run", sample_gold, "--vary", "retrieval.legs=bm25,dense,hybrid", "--out", out))
    assert done.returncode == 0, done.stderr
    page = (out / "leaderboard.html").read_text(encoding="utf-8")
    assert all(label in page for label in ("bm25", "dense", "hybrid"))
    # BM25 alone finds little of what is asked in English about Chinese text
    assert "hybrid against bm25: Surely changed" in done.stdout


@pytest.mark.slow
def test_the_gate_stops_a_retriever_that_lost_a_leg(sample_index: Indexed, sample_gold: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    assert sample_index.wenju("eval", "run", sample_gold, "--out", before).returncode == 0
    done = sample_index.wenju(
        *("eval", "run", sample_gold, "--vary", "retrieval.legs=bm25", "--baseline", before),
        *("--out", tmp_path / "after", "--gate", "all@5/en >= 0.9; mrr drop <= 0.01 at p < 0.05"),
    )
    assert done.returncode == 1
    assert "gate of bm25 FAILED: mrr@10/all fell by" in done.stderr
    assert "gate of bm25 FAILED: all@5/en is" in done.stderr


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ("retrieval.legs=bm25,telepathy", "There is no leg 'telepathy'"),
        ("colour=red", "There is nothing named 'colour' to vary"),
        ("threshold=warm", "A varied setting cannot be used"),
        ("threshold", "is not understood"),
        ("threshold=0.5,0.5", "names a configuration twice"),
    ],
)
def test_a_variation_that_cannot_be_meant_is_refused(vary: str, said: str, sample_gold: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "run", str(sample_gold), "--vary", vary])
    assert result.exit_code == 2
    assert said in result.stderr
