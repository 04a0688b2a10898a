"""The OpenAI-compatible API: `POST /v1/chat/completions` and `GET /v1/models`, for clients that know only that.

In: messages, the last of the user being the question. Out: a completion whose text carries the markers and the list of
sources, and whose message carries the citations as data (`citations` as in /api/v1/answer, `annotations` as OpenAI's).
"""

import json
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from qa.shapes import Shape, answer_shape
from qa.tokens import estimate
from qa.types import DeltaEvent, DoneEvent, Mode, StreamEvent, Turn
from web.api import STREAM, problems
from web.auth import need
from web.principal import Principal
from web.problems import Problem, as_problem, openai_error, problem_shape
from web.reading import byline
from web.rendering import citation_url
from web.schemas import MAX_QUESTION
from web.service import Serving
from web.streaming import HEADERS, HEARTBEAT, primed

MODELS: dict[str, Mode] = {"wenju": "auto", "wenju-extractive": "extractive", "wenju-llm": "llm"}

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"], responses=problems(401, 403))


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: Literal["text", "input_text"]
    text: Annotated[str, Field(max_length=20_000)]


class Message(BaseModel):
    """A message of the conversation; system and developer messages are not needed and left out."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, Field(max_length=20_000)] | list[Part] | None = None

    def text(self) -> str:
        """Return the message's text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream should also say."""

    include_usage: bool | None = False


class CompletionIn(BaseModel):
    """A chat completion request; options that mean nothing here (temperature, …) are accepted and ignored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"model": "wenju", "messages": [{"role": "user", "content": "报告提到了哪些措施？"}]}]
        }
    )

    model: Annotated[str, Field(max_length=200)] = "wenju"
    messages: Annotated[list[Message], Field(min_length=1, max_length=200)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(ge=1, le=1)] = None

    def question(self) -> str:
        """Return the last message, which must be the user's. Raises Problem."""
        last = self.messages[-1]
        question = last.text().strip()
        if last.role != "user" or not 1 <= len(question) <= MAX_QUESTION:
            detail = f"The last message must be the user's, with 1 to {MAX_QUESTION:,} characters."
            raise Problem(422, "invalid_request", detail)
        return question

    def history(self) -> tuple[Turn, ...]:
        """Return the turns before the question."""
        turns: list[Turn] = []
        for message in self.messages[:-1]:
            if message.role == "user" or message.role == "assistant":
                turns.append(Turn(message.role, message.text()))
        return tuple(turns)


class CompletionOut(BaseModel):
    """A chat completion."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, Any]


class ModelOut(BaseModel):
    """A model that can be asked for."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsOut(BaseModel):
    """The models that can be asked for."""

    object: Literal["list"]
    data: list[ModelOut]


@router.get("/models", summary="List models", response_model=ModelsOut, dependencies=[Depends(need("ask"))])
async def models(service: Serving) -> Response:
    """Return the ways of answering as models; `wenju` chooses by itself."""
    names = [name for name in MODELS if name != "wenju-llm" or service.settings.llm]
    listed = [{"id": name, "object": "model", "created": 0, "owned_by": "wenju"} for name in names]
    return JSONResponse({"object": "list", "data": listed})


@router.post(
    "/chat/completions",
    summary="Answer as a chat completion",
    response_model=CompletionOut,
    responses=STREAM | problems(400, 404, 413, 422, 429, 503),
)
async def complete(
    body: CompletionIn, request: Request, service: Serving, asker: Annotated[Principal, Depends(need("ask"))]
) -> Response:
    """Return the answer to the last message, with its sources in the text and as data."""
    question, history = body.question(), body.history()
    if body.model not in MODELS:
        raise Problem(404, "not_found", f"There is no model {body.model!r}. GET /v1/models lists them.")
    options: dict[str, Any] = {"history": history, "mode": MODELS[body.model], "owner": asker.name}
    base, assistant = str(request.base_url).rstrip("/"), service.assistant
    if not body.stream:
        shape = await service.lane.run(lambda: service.answer(assistant, question, **options))
        return JSONResponse(completion(shape, body, base))
    events = await primed(service.lane.iterate(lambda: service.stream(assistant, question, **options)))
    chunks = _encoded(events, body, base)
    return StreamingResponse(chunks, media_type="text/event-stream", headers=HEADERS)


def completion(shape: Shape, body: CompletionIn, base: str) -> Shape:
    """Return an answer as a chat completion."""
    content = shape["answer"] + source_list(shape)
    message = {"role": "assistant", "content": content, "refusal": None} | extras(shape, base)
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return _frame(shape["id"], body.model, "chat.completion", [choice]) | {"usage": usage(body, content)}


def extras(shape: Shape, base: str) -> Shape:
    """Return what a message carries beside its text: citations, OpenAI's annotations, and whether it is a refusal."""
    annotations = []
    for citation in shape["citations"]:
        mark = f"[{citation['marker']}]"
        at = shape["answer"].find(mark)
        place = {"start_index": at, "end_index": at + len(mark), "title": citation["article"]["title"]}
        annotations.append(
            {"type": "url_citation", "url_citation": place | {"url": base + citation_url(shape["id"], citation)}}
        )
    kept = {name: shape[name] for name in ("citations", "abstained", "reason", "confidence")}
    return kept | {"annotations": annotations}


def source_list(shape: Shape) -> str:
    """Return the sources as lines below the answer."""
    lines = []
    for citation in shape["citations"]:
        about = byline(citation["article"])
        lines.append(f"[{citation['marker']}] {citation['article']['title']}" + (f" ({about})" if about else ""))
    return "\n\n" + "\n".join(lines) if lines else ""


def usage(body: CompletionIn, content: str) -> Shape:
    """Return estimated token counts: no token is paid for here, but clients ask."""
    asked, said = sum(estimate(message.text()) for message in body.messages), estimate(content)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


async def _encoded(events: AsyncGenerator[StreamEvent | None], body: CompletionIn, base: str) -> AsyncGenerator[str]:
    name, said = f"{time.time_ns():x}", ""

    def chunk(delta: Shape, finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _data(_frame(name, body.model, "chat.completion.chunk", [choice]))

    yield chunk({"role": "assistant", "content": ""})
    try:
        async with aclosing(events):
            async for event in events:
                if event is None:
                    yield HEARTBEAT
                if isinstance(event, DeltaEvent):
                    said += event.text
                    yield chunk({"content": event.text})
                if isinstance(event, DoneEvent):
                    shape = answer_shape(event.answer)
                    said += (rest := source_list(shape))
                    if rest:
                        yield chunk({"content": rest})
                    yield chunk(extras(shape, base), "stop")
    except Exception as error:  # noqa: BLE001 - the status line is sent: this is the web error table of a stream
        problem = as_problem(error)
        shown = problem_shape(problem.status, problem.code, problem.detail)
        yield _data(shown | {"error": openai_error(problem.code, problem.detail)})
        return
    if body.stream_options and body.stream_options.include_usage:
        yield _data(_frame(name, body.model, "chat.completion.chunk", []) | {"usage": usage(body, said)})
    yield "data: [DONE]\n\n"


def _frame(name: str, model: str, kind: str, choices: Sequence[Shape]) -> Shape:
    return {
        "id": f"chatcmpl-{name}",
        "object": kind,
        "created": int(time.time()),
        "model": model,
        "choices": list(choices),
    }


def _data(shape: Shape) -> str:
    return f"data: {json.dumps(shape, ensure_ascii=False)}\n\n"
