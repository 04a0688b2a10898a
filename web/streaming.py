"""An answer as server-sent events: passages, delta, citations, done; or error.

In: the assistant's stream events. Out: the text of an event stream, with a heartbeat on long silences.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar

from qa.shapes import answer_shape, hit_shape
from qa.types import DeltaEvent, DoneEvent, PassagesEvent, StreamEvent
from web.problems import as_problem, problem_shape

HEARTBEAT = ": heartbeat\n\n"
SILENCE = 10.0  # seconds; proxies close quiet connections after 30 or 60
HEADERS: Mapping[str, str] = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

T = TypeVar("T")

log = logging.getLogger(__name__)


def sse(event: str, data: object) -> str:
    """Return one server-sent event with JSON data."""
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def encode(event: StreamEvent) -> str:
    """Return the server-sent events of one stream event; the last one brings the citations with it."""
    match event:
        case PassagesEvent():
            found = [hit_shape(hit) for hit in event.passages]
            return sse("passages", {"passages": found, "standalone_question": event.standalone_question})
        case DeltaEvent():
            return sse("delta", {"text": event.text})
        case DoneEvent():
            shape = answer_shape(event.answer)
            return sse("citations", {"citations": shape["citations"]}) + sse("done", shape)


async def with_errors(events: AsyncIterator[str]) -> AsyncIterator[str]:
    """Yield the events; an exception becomes an `error` event that holds a problem document."""
    try:
        async for text in events:
            yield text
    except Exception as error:
        problem = as_problem(error)
        if problem.status == 500:
            log.exception("a stream broke")
        yield sse("error", problem_shape(problem.status, problem.code, problem.detail))


async def with_heartbeat(texts: AsyncIterator[str], silence: float = SILENCE) -> AsyncIterator[str]:
    """Yield the texts, and a comment whenever none came for `silence` seconds."""
    iterator = aiter(texts)
    waiting: asyncio.Task[str] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(_next(iterator))
            done, _ = await asyncio.wait({waiting}, timeout=silence)
            if not done:
                yield HEARTBEAT
                continue
            text = waiting.result()
            waiting = None
            if not text:
                return
            yield text
    finally:
        if waiting:
            waiting.cancel()
        await _close(iterator)


async def _next(iterator: AsyncIterator[str]) -> str:
    """Return the next text, or an empty one at the end (a task cannot raise StopAsyncIteration)."""
    return await anext(iterator, "")


async def _close(iterator: AsyncIterator[str]) -> None:
    close = getattr(iterator, "aclose", None)
    if close:
        await close()


async def primed(events: AsyncIterator[T]) -> AsyncIterator[T]:
    """Await the first event, so that an early error still sets the status line, and return all of them."""
    first = await anext(events)

    async def all_of_them() -> AsyncIterator[T]:
        yield first
        async for event in events:
            yield event

    return all_of_them()
