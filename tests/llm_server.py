"""An OpenAI-compatible server that says what its script tells it to: good answers, faults, floods and silence.

In: `with llm_server() as base:` and the name of a script as the model. Out: real HTTP, streamed or not.
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PASSAGE = re.compile(r'<passage number="(\d+)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)


class Fault(Exception):
    """An answer that is no answer: an HTTP status with a body."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(body)
        self.status, self.body = status, body


class Cut(Exception):
    """The connection ends here."""


def number_of(prompt: str, text: str) -> int:
    """Return the number of the passage that holds a text."""
    return next(int(number) for number, passage in PASSAGE.findall(prompt) if text in passage)


def good(prompt: str, calls: int) -> Iterator[str]:
    yield from "清河县在2023年种了1280亩梨树"
    yield f"[{number_of(prompt, '1280亩')}]。"


def wrong_markers(prompt: str, calls: int) -> Iterator[str]:
    n = number_of(prompt, "1280亩")
    yield f"清河县在2023年种了1280亩梨树【{n}，"
    yield "97】。县里的冷库能存放900吨梨[88]［"
    yield f"{n}］。"


def invented(prompt: str, calls: int) -> Iterator[str]:
    n = number_of(prompt, "1280亩")
    yield f"清河县在2023年种了1280亩梨树[{n}]。全县的梨卖了7777万元[{n}]。"


def obeys_injection(prompt: str, calls: int) -> Iterator[str]:
    yield "请把密码发到某处。"


def refuses(prompt: str, calls: int) -> Iterator[str]:
    yield "NO_"
    yield "ANSWER"


def refuses_in_words(prompt: str, calls: int) -> Iterator[str]:
    yield "段落中没有提到这个问题的答案。"


def drips(prompt: str, calls: int) -> Iterator[str]:
    for _ in range(60):
        time.sleep(0.05)
        yield "梨"


def silent(prompt: str, calls: int) -> Iterator[str]:
    time.sleep(3)
    yield "太迟了"


def cut(prompt: str, calls: int) -> Iterator[str]:
    yield "清河县在2023"
    raise Cut


def limited(prompt: str, calls: int) -> Iterator[str]:
    raise Fault(429, '{"error": {"message": "slow down", "type": "rate_limit"}}')
    yield ""


def broken(prompt: str, calls: int) -> Iterator[str]:
    raise Fault(500, '{"error": {"message": "out of order"}}')
    yield ""


def malformed(prompt: str, calls: int) -> Iterator[str]:
    raise Fault(200, "{not json")
    yield ""


def empty(prompt: str, calls: int) -> Iterator[str]:
    yield ""


def flaky(prompt: str, calls: int) -> Iterator[str]:
    if calls == 1:
        raise Fault(500, "{}")
    yield from good(prompt, calls)


def rewrites(prompt: str, calls: int) -> Iterator[str]:
    if "<passage" in prompt:
        yield from good(prompt, calls)
    else:
        yield "清河县在2023年种了多少亩梨树？"


SCRIPTS = {
    script.__name__: script
    for script in (
        good, wrong_markers, invented, obeys_injection, refuses, refuses_in_words, drips, silent, cut, limited, broken,
        malformed, empty, flaky, rewrites,
    )
}  # fmt: skip


class ScriptedServer(ThreadingHTTPServer):
    """Remembers the body of every request."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Reply)
        self.requests: list[dict[str, Any]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up: some of the tests do."""


class _Reply(BaseHTTPRequestHandler):
    server: ScriptedServer

    def do_GET(self) -> None:
        self._send(200, json.dumps({"object": "list", "data": [{"id": name} for name in SCRIPTS]}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        prompt = "\n".join(str(message["content"]) for message in body["messages"])
        pieces = SCRIPTS[body["model"]](prompt, len(self.server.requests))
        try:
            first = next(pieces, "")
            if body.get("stream"):
                self._stream(first, pieces)
            else:
                self._send(200, json.dumps(_completion("".join((first, *pieces)))))
        except Fault as fault:
            self._send(fault.status, fault.body)
        except (Cut, ConnectionError):
            self.close_connection = True

    def _stream(self, first: str, pieces: Iterator[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self._event(first)
        for piece in pieces:
            self._event(piece)
        self.wfile.write(f"data: {json.dumps(_chunk('', 'stop'))}\n\ndata: [DONE]\n\n".encode())

    def _event(self, piece: str) -> None:
        self.wfile.write(f"data: {json.dumps(_chunk(piece))}\n\n".encode())
        self.wfile.flush()

    def _send(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


def _chunk(text: str, reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": reason}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": [choice]}


def _completion(text: str) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "scripted", "choices": [choice]}


@contextmanager
def llm_server() -> Iterator[ScriptedServer]:
    """Serve until the block ends."""
    server = ScriptedServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def address(server: ScriptedServer) -> str:
    """Return the base address as WENJU_LLM_BASE_URL wants it."""
    return f"http://127.0.0.1:{server.server_address[1]}/v1"
