"""A gold set over the fake assistant's articles, its documents on disk, and the fake behind a real HTTP server."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from qa.errors import AnswerFloorError
from qa.shapes import answer_shape, article_shape, hit_shape
from tests.fakes import ARTICLES, REFUSED, FakeAssistant


def line(**changes: object) -> dict[str, Any]:
    """Return a good line of a gold file, with changes."""
    return {
        "id": "P-1",
        "question": "清河县在2023年种了多少亩梨树？",
        "lang": "zh",
        "style": "plain",
        "kind": "fact",
        "answers": [["1280亩"]],
        "evidence": [[{"doc": "orchard.txt", "quote": "清河县在2023年种了1280亩梨树"}]],
        "reference": "种了1280亩梨树。",
        "article": "清河县的梨园",
        "article_key": "orchard:1",
    } | changes


def unanswerable(name: str, question: str, *, near: bool | None = None, lang: str = "zh") -> dict[str, Any]:
    found = line(id=name, question=question, lang=lang, kind="unanswerable", answers=[], evidence=[], reference="")
    return found if near is None else found | {"near": near}


LINES = (
    line(),
    line(
        id="P-2",
        question="白沙渡口的新渡船每天开几班、票价多少？",
        kind="multi",
        style="colloquial",
        answers=[["26班"], ["3元"]],
        evidence=[
            [{"doc": "harbour.txt", "quote": "新的电动渡船每天开26班，一次可载120人"}],
            [{"doc": "harbour.txt", "quote": "船票仍是每人3元。所有渡口都一样"}],
        ],
        reference="每天26班，每人3元。",
        article_key="harbour:1",
    ),
    line(
        id="P-3",
        question="How often does the night tram of Elmford run?",
        lang="en",
        answers=[["every 20 minutes", "20 minutes"]],
        evidence=[[{"doc": "tram.txt", "quote": "The night tram of Elmford runs every 20 minutes"}]],
        reference="Every 20 minutes.",
        article_key="tram:1",
    ),
    line(
        id="P-4",
        question="图书馆为什么晚上开放？",
        kind="reason",
        style="keyword",
        answers=[["人手不够", "人手不足"]],
        evidence=[[{"doc": "library.md", "quote": "因为白天人手不够，图书馆改为晚上开放"}]],
        reference="因为白天人手不够。",
        article_key="library:1",
    ),
    unanswerable("P-5", REFUSED, near=False),
    unanswerable("P-6", "清河县在2023年种了多少亩苹果树？", near=True),
)


def write_gold(path: Path, *lines: Mapping[str, object]) -> Path:
    """Write a gold file and return its path."""
    path.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in lines or LINES), encoding="utf-8")
    return path


def write_documents(folder: Path) -> Path:
    """Write the fake's articles as text files and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for article in ARTICLES:
        tail = "所有渡口都一样。" if article.id == "ferry" else ""
        (folder / article.source).write_text(f"{article.title}\n{article.text}{tail}\n", encoding="utf-8")
    return folder


@contextmanager
def served(assistant: FakeAssistant, *, fails_on: str = "") -> Iterator[str]:
    """Serve an assistant over HTTP on a free port; a question that holds `fails_on` gets a 500."""

    class Face(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/api/v1/info":
                self._send(200, {"version": "0.1.0", "embedding_model": "fake"})
            else:
                self._send(200, article_shape(assistant.article(self.path.rpartition("/")[2])))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if fails_on and fails_on in body["question"]:
                self._send(500, {"code": "internal"})
                return
            try:
                if self.path == "/api/v1/search":
                    found = {"passages": [hit_shape(h) for h in assistant.search(body["question"], k=body["k"])]}
                else:
                    found = answer_shape(assistant.answer(body["question"], mode=body["mode"]))
                self._send(200, found)
            except AnswerFloorError as error:
                self._send(422, {"detail": str(error)})

        def _send(self, status: int, shape: Mapping[str, object]) -> None:
            data = json.dumps(shape, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Face)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
