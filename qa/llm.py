"""A question and numbered passages in, a model's answer in pieces out: LangChain prompt | chat model | parser.

Imported only where an LLM is configured: LangChain takes 0.6 to 1.2 s to import.
"""

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from index.types import Hit
from prompts import render
from qa.errors import LLMUnavailable
from qa.settings import Settings
from qa.types import Lang, Turn

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

    Prompted = Runnable[dict[str, object], str]

_PATIENCE = 0.1
_ENDINGS = frozenset(("finish_reason", "stop_reason", "done_reason", "completion_reason"))
"""How the providers name why a reply ended."""


def load_model(settings: Settings) -> "BaseChatModel":
    """Return the chat model of the settings. Raises LLMUnavailable where it cannot be set up."""
    if settings.llm is None:
        raise LLMUnavailable("No LLM is configured. Set WENJU_LLM (and WENJU_LLM_BASE_URL), or ask with mode auto.")
    try:
        return _endpoint_model(settings) if settings.llm_base_url else _provider_model(settings)
    except (ImportError, ValueError) as error:
        raise LLMUnavailable(
            f"The LLM {settings.llm!r} cannot be set up: {error}. Install its package (pip install 'wenju[llm]' "
            "for OpenAI-compatible endpoints) or mend WENJU_LLM."
        ) from error


def _endpoint_model(settings: Settings) -> "BaseChatModel":
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        model=str(settings.llm).removeprefix("openai:"),
        base_url=settings.llm_base_url,
        api_key=settings.llm_api_key or SecretStr("none"),
        timeout=settings.llm_timeout,
        max_retries=settings.llm_retries,
        temperature=0,
        # llama.cpp's server knows only the old name of the limit, and langchain-openai sends only the new one
        extra_body={"max_tokens": settings.llm_max_tokens},
    )


def _provider_model(settings: Settings) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"timeout": settings.llm_timeout, "max_retries": settings.llm_retries}
    if settings.llm_api_key:
        options["api_key"] = settings.llm_api_key.get_secret_value()
    model: BaseChatModel = init_chat_model(str(settings.llm), max_tokens=settings.llm_max_tokens, **options)
    return model


class Writer:
    """Writes answers, and stand-alone questions, with a chat model; every failure is an LLMUnavailable."""

    def __init__(self, model: "BaseChatModel", *, timeout: float = 60.0) -> None:
        os.environ.setdefault("LANGSMITH_TRACING", "false")
        self._model = model
        self._timeout = timeout

    def write(self, question: str, passages: Sequence[Hit], lang: Lang) -> Iterator[str]:
        """Yield the answer in pieces as the model writes it. Raises LLMUnavailable, also in the middle."""
        values: dict[str, object] = {
            "system": render(f"system.{lang}", lang=lang),
            "question": render(f"question.{lang}", question=question, passages=[_fenced(hit) for hit in passages]),
        }
        return self._pieces(values)

    def rewrite(self, question: str, history: Sequence[Turn], lang: Lang) -> str:
        """Return a follow-up as a question that stands alone. Raises LLMUnavailable."""
        values: dict[str, object] = {"question": render(f"rewrite.{lang}", question=question, turns=history)}
        return "".join(self._pieces(values)).strip()

    def _pieces(self, values: dict[str, object]) -> Iterator[str]:
        yield from _within(self._timeout, lambda: self.chain(tuple(values)).stream(values))

    def chain(self, names: Sequence[str] = ("system", "question")) -> "Prompted":
        """Return prompt | model | parser, with named steps, for the messages `names`."""
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_core.runnables import RunnableGenerator

        roles = {"system": "system", "question": "human"}
        prompt = ChatPromptTemplate([(roles[name], f"{{{name}}}") for name in names])
        parser = RunnableGenerator(_whole, name="parser")
        chain = prompt.with_config(run_name="prompt") | self._model.with_config(run_name="model") | parser
        return cast("Prompted", chain)


def _whole(chunks: "Iterator[AIMessage]") -> Iterator[str]:
    """Yield the text of a streamed message. Raises ValueError for a stream that ends without saying why it ended.

    A cut connection looks like the end of a stream: the client says nothing of a missing `finish_reason`.
    """
    said: set[str] = set()
    for chunk in chunks:
        said |= chunk.response_metadata.keys()
        if chunk.text:
            yield str(chunk.text)
    if said.isdisjoint(_ENDINGS):
        raise ValueError("the reply was cut off")


def _fenced(hit: Hit) -> dict[str, str]:
    """Return a passage as the prompt shows it: no text can close its own fence."""
    text = hit.passage.text.replace("<", "＜").replace(">", "＞")
    title = hit.article.title.replace("<", "＜").replace('"', "”")
    return {"title": title, "date": hit.article.date or "", "text": text}


def _within(seconds: float, start: "Callable[[], Iterator[str]]") -> Iterator[str]:
    """Yield the pieces of a stream, and give up when all of it takes longer than `seconds`.

    A stream may drip for ever without any single wait being long, hence a clock over the whole. The reading thread then
    reads on to the end of the reply, which `max_tokens` bounds: closing a LangChain stream half way leaves its inner
    generators to the garbage collector, which reports what their connection says.
    """
    pieces: queue.Queue[str | BaseException | None] = queue.Queue()
    stop = threading.Event()
    threading.Thread(target=_pump, args=(start, pieces, stop), daemon=True, name="wenju-llm").start()
    deadline = time.monotonic() + seconds
    try:
        while True:
            piece = _next(pieces, deadline, seconds)
            if piece is None:
                return
            yield piece
    finally:
        stop.set()


def _next(pieces: "queue.Queue[str | BaseException | None]", deadline: float, seconds: float) -> str | None:
    try:
        piece = pieces.get(timeout=max(_PATIENCE, deadline - time.monotonic()))
    except queue.Empty as error:
        raise LLMUnavailable(f"The LLM did not finish within {seconds:g} s (WENJU_LLM_TIMEOUT).") from error
    if isinstance(piece, BaseException):
        raise LLMUnavailable(f"The LLM failed: {type(piece).__name__}: {_first_line(piece)}") from piece
    if piece and time.monotonic() > deadline:
        raise LLMUnavailable(f"The LLM did not finish within {seconds:g} s (WENJU_LLM_TIMEOUT).")
    return piece


def _pump(
    start: "Callable[[], Iterator[str]]", pieces: "queue.Queue[str | BaseException | None]", stop: threading.Event
) -> None:
    try:
        for piece in start():
            if not stop.is_set():
                pieces.put(piece)
    except _failures() as error:
        pieces.put(error)
        return
    pieces.put(None)


def _failures() -> tuple[type[BaseException], ...]:
    """Return what a chat model may raise: its client's errors, and what broken replies cause in their parsers."""
    from langchain_core.exceptions import LangChainException

    usual = (LangChainException, OSError, RuntimeError, ValueError, TypeError, LookupError, AttributeError)
    clients = (("openai", "OpenAIError"), ("httpx", "HTTPError"), ("httpx2", "HTTPError"))
    known = ((sys.modules.get(module), name) for module, name in clients)
    return (*(getattr(module, name) for module, name in known if module is not None), *usual)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:200]
