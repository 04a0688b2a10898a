"""`wenju serve` as one runs it: a real index of our own files, real processes, the address it prints."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from web_fixtures import until

ORCHARD = (
    "清河县的梨园\n清河县农业农村局\n\n清河县在2023年种了1280亩梨树。县里的冷库能存放900吨梨。梨园雇了46名果农。\n"
)
TRAM = (
    "The night tram of Elmford\n\nThe night tram of Elmford runs every 20 minutes. It carried 310,000 riders in 2023.\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    (folder / "articles").mkdir()
    (folder / "articles" / "orchard.txt").write_text(ORCHARD, encoding="utf-8")
    (folder / "articles" / "tram.txt").write_text(TRAM, encoding="utf-8")
    wenju(folder, "index", "articles").check_returncode()
    return folder


def environment(folder: Path) -> dict[str, str]:
    root = str(Path(__file__).resolve().parent.parent)
    return os.environ | {"PYTHONPATH": root, "WENJU_INDEX": str(folder / "index"), "WENJU_DATA": str(folder / "data")}


def wenju(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qa", *arguments]
    return subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "qa", "serve", "--port", "0", "--workers", "2"]
    with subprocess.Popen(
        command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        address = re.search(r"http://[\d.:]+", process.stdout.readline())[0]
        # each worker loads for itself and any of them may take a connection: one answer speaks for one worker
        until(lambda: all(answers(f"{address}/ready") for _ in range(20)), 60)
        yield address
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(
    ("question", "said"), [("清河县种了多少亩梨树？", "1280"), ("How many riders did the night tram carry?", "310,000")]
)
def test_the_served_index_answers_with_verbatim_quotes(base: str, question: str, said: str) -> None:
    answer = httpx.post(f"{base}/api/v1/answer", json={"question": question}).json()
    assert said in answer["answer"]
    for citation in answer["citations"]:
        article = httpx.get(f"{base}/api/v1/articles/{citation['article']['id']}").json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_the_counts_are_those_of_all_workers_together(base: str) -> None:
    def counted() -> float:
        text = httpx.get(f"{base}/metrics").text
        lines = [line for line in text.splitlines() if line.startswith("wenju_requests_total") and "/search" in line]
        return sum(float(line.split()[-1]) for line in lines)

    before = counted()
    for _ in range(12):  # a new connection each, so that the kernel hands them to either worker
        httpx.post(f"{base}/api/v1/search", json={"question": "梨树"})
    until(lambda: counted() == before + 12)


def test_a_new_generation_is_served_by_every_worker_without_a_restart(base: str, folder: Path) -> None:
    before = httpx.get(f"{base}/api/v1/info").json()["generation"]
    (folder / "articles" / "ferry.txt").write_text("白沙渡口换船\n\n白沙渡口的电动渡船每天开26班。\n", encoding="utf-8")
    wenju(folder, "index", "articles").check_returncode()
    until(lambda: {httpx.get(f"{base}/api/v1/info").json()["generation"] for _ in range(8)} == {before + 1}, 60)
    assert "26班" in httpx.post(f"{base}/api/v1/answer", json={"question": "电动渡船每天开几班？"}).json()["answer"]
