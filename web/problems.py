"""Errors of every floor become RFC 9457 problem documents with stable codes.

In: exceptions. Out: `application/problem+json` responses; the one table that says which exception means what.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from index.errors import IndexFloorError, NoIndex
from qa.errors import AnswerFloorError, BadQuestion, LLMUnavailable, UnknownArticle

Code = Literal[
    "invalid_request",
    "not_found",
    "not_ready",
    "unauthorized",
    "forbidden",
    "rate_limited",
    "overloaded",
    "llm_unavailable",
    "internal",
]

TITLES: Mapping[Code, str] = {
    "invalid_request": "The request cannot be used",
    "not_found": "There is nothing here",
    "not_ready": "No index is loaded yet",
    "unauthorized": "A key or a sign-in is needed",
    "forbidden": "This is not allowed",
    "rate_limited": "Too many requests",
    "overloaded": "The server is busy",
    "llm_unavailable": "The language model did not answer",
    "internal": "The server made a mistake",
}

CODES_OF_STATUS: Mapping[int, Code] = {401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limited"}

log = logging.getLogger(__name__)


class Problem(Exception):
    """A request that ends in a problem document; `detail` is one sentence and what to do next."""

    def __init__(self, status: int, code: Code, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, dict(headers or {})


def problem_shape(status: int, code: Code, detail: str) -> dict[str, Any]:
    """Return the members of a problem document."""
    return {"type": f"/docs#{code}", "title": TITLES[code], "status": status, "detail": detail, "code": code}


def as_problem(error: Exception) -> Problem:
    """Return the problem that an exception means; what nobody foresaw is `internal`."""
    match error:
        case Problem():
            return error
        case BadQuestion():
            return Problem(422, "invalid_request", str(error))
        case UnknownArticle():
            return Problem(404, "not_found", str(error))
        case LLMUnavailable():
            return Problem(503, "llm_unavailable", str(error), {"Retry-After": "30"})
        case NoIndex():
            return Problem(503, "not_ready", str(error), {"Retry-After": "10"})
        case AnswerFloorError() | IndexFloorError():
            return Problem(500, "internal", str(error))
        case HTTPException():
            code = CODES_OF_STATUS.get(error.status_code, "invalid_request" if error.status_code < 500 else "internal")
            return Problem(error.status_code, code, str(error.detail), error.headers)
        case _:
            return Problem(500, "internal", "Something went wrong; the server's log has it under this request's id.")


def respond(problem: Problem, **more: object) -> JSONResponse:
    """Return a problem as a response; `more` members stand beside the standard ones."""
    body = problem_shape(problem.status, problem.code, problem.detail) | more
    return JSONResponse(body, problem.status, problem.headers, media_type="application/problem+json")


def install(app: FastAPI, show: Callable[[Request, Problem], Response | None]) -> None:
    """Let every error end in a problem document, or where `show` makes one, in a page for people."""

    async def explain(request: Request, error: Exception) -> Response:
        problem = as_problem(error)
        if problem.status == 500:
            log.error("request %s failed: %s", getattr(request.state, "request_id", "-"), type(error).__name__)
        return show(request, problem) or respond(problem, **_as_openai(request, problem.code, problem.detail))

    async def explain_invalid(request: Request, error: Exception) -> Response:
        errors = error.errors() if isinstance(error, RequestValidationError) else []
        problem, places = Problem(422, "invalid_request", sentence(errors)), [place_of(item) for item in errors]
        return respond(problem, errors=places, **_as_openai(request, problem.code, problem.detail))

    for kind in (Problem, AnswerFloorError, IndexFloorError, HTTPException, Exception):
        app.add_exception_handler(kind, explain)
    app.add_exception_handler(RequestValidationError, explain_invalid)


def openai_error(code: Code, detail: str) -> dict[str, str | None]:
    """Return the `error` member that OpenAI's clients look for."""
    return {"message": detail, "type": code, "code": code, "param": None}


def _as_openai(request: Request, code: Code, detail: str) -> dict[str, object]:
    return {"error": openai_error(code, detail)} if request.url.path.startswith("/v1/") else {}


def place_of(error: Mapping[str, Any]) -> dict[str, str]:
    """Return where a validation error lies (`body.question`) and what is wrong, without the input itself."""
    return {"in": ".".join(str(part) for part in error["loc"]), "message": str(error["msg"])}


def sentence(errors: Sequence[Mapping[str, Any]]) -> str:
    """Return the first validation error as a sentence."""
    if not errors:
        return "The request cannot be used."
    place = place_of(errors[0])
    return f"{place['in']}: {place['message']}."
