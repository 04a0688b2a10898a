"""A real server over HTTP for the tests of the web floor.

In: an assistant and settings. Out: `serving`, a context manager that gives the base address of a running uvicorn.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn

from qa.ports import AssistantPort
from qa.settings import Settings
from web.app import create_app


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
