"""A real server over HTTP for the tests of the web floor.

In: an assistant and settings. Out: `serving`, a context manager that gives the base address of a running uvicorn.
"""

import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import uvicorn
from fakes import FakeAssistant

from qa.ports import AssistantPort
from qa.settings import Settings
from qa.types import Answer, StreamEvent
from web.app import create_app

PASSWORD = "correct horse battery"


class Fresh(FakeAssistant):
    """The fake, but no two of its answers share an id, not even over restarts."""

    def answer(self, question: str, **options: object) -> Answer:
        """Return the fake's answer under an id of its own."""
        return replace(super().answer(question, **options), id=uuid.uuid4().hex)


class Paced(Fresh):
    """The fake, speaking so slowly that one can see it, and slower still when asked to (`慢`)."""

    def stream(self, question: str, **options: object) -> Iterator[StreamEvent]:
        """Yield the fake's events with pauses."""
        pause = 0.3 if "慢" in question else 0.03
        for event in super().stream(question, **options):
            time.sleep(pause)
            yield event


@contextmanager
def serving(load: Callable[[], AssistantPort], folder: Path, *, wait: bool = True, **settings: object) -> Iterator[str]:
    """Run the application in a thread until the block ends; `wait` until it is ready."""
    values = {"data": folder, "index": folder / "index", "port": free_port()} | settings
    chosen = Settings.model_validate(values)
    config = uvicorn.Config(
        create_app(load, chosen), port=chosen.port, log_level="warning", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{chosen.port}"
    try:
        until(lambda: server.started)
        if wait:
            until(lambda: httpx.get(f"{base}/ready").status_code == 200)
        yield base
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds; a test that waits in vain fails."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
