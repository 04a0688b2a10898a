"""An answer as server-sent events: passages, delta, citations, done; or error.

In: the assistant's stream events. Out: the text of an event stream, with a heartbeat on long silences.
"""

import json
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import TypeVar

from qa.shapes import answer_shape, hit_shape
from qa.types import DeltaEvent, DoneEvent, PassagesEvent, StreamEvent
from web.problems import as_problem, problem_shape

HEARTBEAT = ": heartbeat\n\n"
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


async def encoded(
    events: AsyncGenerator[StreamEvent | None], encode: Callable[[StreamEvent], str]
) -> AsyncGenerator[str]:
    """Yield the events as text, silence as a heartbeat; when the reader leaves, the events end too."""
    async with aclosing(events):
        async for event in events:
            yield HEARTBEAT if event is None else encode(event)


async def with_errors(texts: AsyncGenerator[str]) -> AsyncGenerator[str]:
    """Yield the texts; an exception becomes an `error` event that holds a problem document."""
    try:
        async with aclosing(texts):
            async for text in texts:
                yield text
    except Exception as error:
        problem = as_problem(error)
        if problem.status == 500:
            log.exception("a stream broke")
        yield sse("error", problem_shape(problem.status, problem.code, problem.detail))


async def primed(events: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """Await the first event, so that an early error still sets the status line, and return all of them."""
    first = await anext(events)

    async def all_of_them() -> AsyncGenerator[T]:
        async with aclosing(events):
            yield first
            async for event in events:
                yield event

    return all_of_them()
