"""Streams that break, fall silent or are left: what the server does, over HTTP and piece by piece."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fakes import FakeAssistant
from web_fixtures import serving, until

from qa.types import DeltaEvent, PassagesEvent, StreamEvent
from web.lane import Lane
from web.problems import Problem
from web.streaming import HEARTBEAT, encoded

ASKED = {"question": "船票是每人多少元？"}
STREAM = {"Accept": "text/event-stream"}


class Endless(FakeAssistant):
    """An assistant that never comes to an end, and notes when nobody listens any more."""

    left = threading.Event()

    def stream(self, question: str, **options: object) -> Iterator[StreamEvent]:
        yield PassagesEvent((), question)
        try:
            while True:
                time.sleep(0.01)
                yield DeltaEvent("…")
        finally:
            self.left.set()


class Breaking(FakeAssistant):
    """An assistant that breaks in the middle of its answer."""

    def stream(self, question: str, **options: object) -> Iterator[StreamEvent]:
        yield PassagesEvent((), question)
        raise RuntimeError("the secret detail")


def test_when_the_reader_leaves_the_work_ends_and_its_place_is_free_again(tmp_path: Path) -> None:
    with serving(Endless, tmp_path, max_concurrency=1, max_queue=0) as base:
        with httpx.stream("POST", f"{base}/api/v1/answer", json=ASKED, headers=STREAM) as response:
            texts = response.iter_text()
            assert next(texts).startswith("event: passages")
            assert httpx.post(f"{base}/api/v1/answer", json=ASKED).status_code == 503
        assert Endless.left.wait(10)
        until(lambda: httpx.post(f"{base}/api/v1/answer", json=ASKED).status_code == 200)


@pytest.mark.parametrize("path", ["/api/v1/answer", "/ask"])
def test_a_stream_that_breaks_ends_in_an_error_event_that_tells_nothing(tmp_path: Path, path: str) -> None:
    with serving(Breaking, tmp_path) as base:
        body = {"json": ASKED} if path.startswith("/api") else {"data": ASKED}
        text = httpx.post(base + path, headers=STREAM, **body).text
    last = text.strip().split("\n\n")[-1]
    assert last.startswith("event: error")
    assert json.loads(last.partition("data: ")[2])["code"] == "internal"
    assert "secret" not in text


def test_an_openai_stream_that_breaks_ends_in_an_error(tmp_path: Path) -> None:
    with serving(Breaking, tmp_path) as base:
        body = {"messages": [{"role": "user", "content": "x"}], "stream": True}
        text = httpx.post(f"{base}/v1/chat/completions", json=body).text
    last = json.loads(text.strip().split("\n\n")[-1].removeprefix("data: "))
    assert last["error"]["code"] == "internal"
    assert "[DONE]" not in text


def test_a_silent_stream_is_kept_alive_by_comments() -> None:
    def slow() -> Iterator[str]:
        yield "one"
        time.sleep(0.3)
        yield "two"

    async def collect() -> list[str]:
        lane = Lane(1, 0)
        texts = [text async for text in encoded(lane.iterate(slow, silence=0.05), str)]
        lane.close()
        return texts

    texts = asyncio.run(collect())
    assert [text for text in texts if text != HEARTBEAT] == ["one", "two"]
    assert HEARTBEAT in texts[1:-1]


def test_a_lane_gives_back_results_and_errors_and_refuses_what_does_not_fit() -> None:
    async def drive() -> None:
        lane, gate = Lane(1, 1), threading.Event()
        first = asyncio.create_task(lane.run(gate.wait))
        second = asyncio.create_task(lane.run(lambda: 1 // 0))
        await asyncio.sleep(0)
        with pytest.raises(Problem) as caught:
            await lane.run(lambda: 0)
        assert caught.value.code == "overloaded"
        gate.set()
        assert await first
        with pytest.raises(ZeroDivisionError):
            await second
        assert lane.inside == 0
        lane.close()

    asyncio.run(drive())
