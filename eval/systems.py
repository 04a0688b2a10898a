"""A question in, a Reply out: the seam to what is evaluated, in this process or over HTTP.

`InProcess` asks an assistant of ours, `Server` any server that speaks the contract (DESIGN 4.2). A system of another
make joins through a small Python file, see `load_adapter`.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from eval.errors import RunError, SystemFailed
from eval.types import Found, Quote, Reply, Shape
from qa.ports import AssistantPort
from qa.types import Mode

if TYPE_CHECKING:
    import httpx

DEPTH = 20
STAGES = ("retrieve", "answer", "check", "total")
TIMEOUT = 120.0


class System(Protocol):
    """What can be evaluated: the objects it gives are those of the HTTP contract."""

    def search(self, question: str, k: int) -> Shape:
        """Return `{"passages": […]}`."""

    def answer(self, question: str, mode: Mode) -> Shape:
        """Return the answer object."""

    def article_text(self, article_id: str) -> str:
        """Return the text that offsets mean."""

    def info(self) -> Shape:
        """Return what is being evaluated, for the record."""


@dataclass(frozen=True, slots=True)
class InProcess:
    """An assistant in this process."""

    assistant: AssistantPort

    def search(self, question: str, k: int) -> Shape:
        """Return the passages for a question."""
        from qa.shapes import hit_shape

        return {"passages": [hit_shape(hit) for hit in self.assistant.search(question, k=k)]}

    def answer(self, question: str, mode: Mode) -> Shape:
        """Return the answer object."""
        from qa.shapes import answer_shape

        return answer_shape(self.assistant.answer(question, mode=mode))

    def article_text(self, article_id: str) -> str:
        """Return the text of an article."""
        return self.assistant.article(article_id).text

    def info(self) -> Shape:
        """Return version, index generation, model and counts."""
        from dataclasses import asdict

        return asdict(self.assistant.info())


@dataclass(frozen=True, slots=True)
class Server:
    """A server that speaks the contract. Safe to share between threads."""

    client: "httpx.Client"
    texts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, url: str, key: str | None = None) -> "Server":
        """Return the server at an address."""
        import httpx

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return cls(httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=TIMEOUT))

    def search(self, question: str, k: int) -> Shape:
        """Return the passages for a question."""
        return self._call("POST", "/api/v1/search", {"question": question, "k": k})

    def answer(self, question: str, mode: Mode) -> Shape:
        """Return the answer object."""
        return self._call("POST", "/api/v1/answer", {"question": question, "mode": mode})

    def article_text(self, article_id: str) -> str:
        """Return the text of an article, asked for once."""
        from urllib.parse import quote

        if article_id not in self.texts:
            self.texts[article_id] = str(self._call("GET", f"/api/v1/articles/{quote(article_id, safe='')}")["text"])
        return self.texts[article_id]

    def info(self) -> Shape:
        """Return what the server says of itself."""
        return self._call("GET", "/api/v1/info")

    def _call(self, method: str, path: str, body: Shape | None = None) -> dict[str, Any]:
        import httpx

        try:
            response = self.client.request(method, path, json=body)
            response.raise_for_status()
            found = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise SystemFailed(f"{method} {path}: {error}") from error
        if not isinstance(found, dict):
            raise SystemFailed(f"{method} {path}: a JSON object was expected, not {type(found).__name__}")
        return found


def load_adapter(path: Path) -> Callable[[str], System]:
    """Return the `connect` function of a Python file that makes another system speak the contract.

    The file defines `connect(url)` and returns an object with the four methods of `System`. Its code is run: give
    only files that you trust.
    """
    import runpy

    try:
        names = runpy.run_path(str(path))
    except (OSError, SyntaxError, ImportError) as error:
        raise RunError(f"The adapter {path} cannot be loaded: {error}") from error
    connect = names.get("connect")
    if not callable(connect):
        raise RunError(f"{path} defines no function connect(url) that returns a system.")
    return connect  # type: ignore[no-any-return]


def ask(system: System, question: str, mode: Mode) -> Reply:
    """Return the reply to one question: its passages to depth 20, its answer, its quotes looked up."""
    start = time.perf_counter()
    passages = system.search(question, DEPTH)["passages"]
    searched = time.perf_counter()
    answer = system.answer(question, mode)
    answered = time.perf_counter()
    told = answer.get("timings_ms") or {}
    timings = {"search": (searched - start) * 1000, "answer": (answered - searched) * 1000}
    timings |= {f"answer: {stage}": float(told[stage]) for stage in STAGES if stage in told}
    return Reply(
        answer=answer["answer"] or "",
        abstained=bool(answer["abstained"]),
        confidence=_confidence(answer.get("confidence")),
        reason=answer.get("reason"),
        mode=answer.get("mode") or "",
        citations=tuple(_quote(system, citation) for citation in answer["citations"] or []),
        found=tuple(_found(passage) for passage in passages),
        timings=timings,
    )


def _confidence(told: object) -> float | None:
    if told is None:
        return None
    confidence = float(str(told))
    if not math.isfinite(confidence):
        raise SystemFailed(f"the confidence is {told!r}, which is no probability")
    return confidence


def _found(passage: Shape) -> Found:
    article = passage.get("article") or {}
    return Found(
        text=passage["text"],
        article_id=str(article.get("id", "")),
        title=article.get("title") or "",
        source=article.get("source") or "",
    )


def _quote(system: System, citation: Shape) -> Quote:
    article = citation["article"]
    stands = system.article_text(article["id"])[citation["start"] : citation["end"]]
    return Quote(
        text=citation["quote"],
        marker=int(citation.get("marker") or 0),
        title=article.get("title") or "",
        source=article.get("source") or "",
        verbatim=stands == citation["quote"],
    )
