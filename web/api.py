"""The answer API of `/api/v1`: answers, passages, articles, feedback and what is served.

In: JSON. Out: the JSON of the contract (qa.shapes), or an event stream where the client accepts one.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from index.types import Filters
from qa.shapes import article_shape, article_summary, hit_shape
from qa.types import Lang
from web import feedback
from web.auth import need
from web.principal import Principal
from web.problems import Problem
from web.schemas import (
    AnswerIn,
    AnswerOut,
    ArticleOut,
    ArticlesOut,
    FeedbackIn,
    FeedbackOut,
    InfoOut,
    IsoDate,
    Name,
    PassagesOut,
    SearchIn,
)
from web.service import Serving
from web.streaming import HEADERS, encode, encoded, primed, with_errors

Asker = Annotated[Principal, Depends(need("ask"))]
READ = [Depends(need("read"))]


STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of problem documents with these statuses."""
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}}
    return {status: {"description": "A problem document"} | problem for status in statuses}


router = APIRouter(prefix="/api/v1", tags=["answers"], responses=problems(401, 403))


@router.post(
    "/answer",
    summary="Answer a question with cited passages",
    response_model=AnswerOut,
    responses=STREAM | problems(400, 413, 422, 429, 503),
)
async def answer(body: AnswerIn, request: Request, service: Serving, asker: Asker) -> Response:
    """Return the checked answer; with `Accept: text/event-stream` it comes piece by piece."""
    options: dict[str, Any] = {
        "history": body.to_turns(),
        "filters": body.to_filters(),
        "k": body.k,
        "mode": body.mode,
        "lang": body.lang,
        "owner": asker.name,
    }
    assistant = service.assistant
    if "text/event-stream" in request.headers.get("accept", ""):
        events = await primed(service.lane.iterate(lambda: service.stream(assistant, body.question, **options)))
        texts = with_errors(encoded(events, encode))
        return StreamingResponse(texts, media_type="text/event-stream", headers=HEADERS)
    return JSONResponse(await service.lane.run(lambda: service.answer(assistant, body.question, **options)))


@router.post(
    "/search",
    summary="Find passages",
    dependencies=READ,
    response_model=PassagesOut,
    responses=problems(400, 413, 422, 429, 503),
)
async def search(body: SearchIn, service: Serving) -> Response:
    """Return the passages that fit a question, best first."""
    assistant, filters = service.assistant, body.to_filters()
    hits = await service.lane.run(lambda: assistant.search(body.question, k=body.k, filters=filters))
    return JSONResponse({"passages": [hit_shape(hit) for hit in hits]})


@router.get(
    "/articles", summary="List articles", dependencies=READ, response_model=ArticlesOut, responses=problems(422, 503)
)
async def articles(
    service: Serving,
    q: Annotated[str, Query(max_length=500, description="words to look for")] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=200)] = 50,
    source: Name | None = None,
    issue: Name | None = None,
    section: Name | None = None,
    author: Name | None = None,
    lang: Lang | None = None,
    date_from: IsoDate | None = None,
    date_to: IsoDate | None = None,
) -> Response:
    """Return one page of the articles in order of file and line; an empty list past the end."""
    filters = Filters(source, issue, section, author, lang, date_from, date_to)
    assistant = service.assistant
    found, total = await service.lane.run(lambda: assistant.articles(q, filters=filters, page=page, per_page=per_page))
    return JSONResponse({"articles": [article_summary(a) for a in found], "total": total, "page": page})


@router.get(
    "/articles/{article_id}",
    summary="Read an article",
    dependencies=READ,
    response_model=ArticleOut,
    responses=problems(404, 503),
)
async def article(article_id: str, service: Serving) -> Response:
    """Return an article with its text, which every offset of a citation means."""
    assistant = service.assistant
    return JSONResponse(article_shape(await service.lane.run(lambda: assistant.article(article_id))))


@router.post(
    "/feedback",
    summary="Rate an answer",
    response_model=FeedbackOut,
    status_code=201,
    responses=problems(400, 404, 413, 422),
)
async def give_feedback(body: FeedbackIn, service: Serving, asker: Asker) -> Response:
    """Keep a reader's opinion of an answer; a second one replaces the first."""
    given = await service.lane.run(
        lambda: feedback.give(
            service.store, body.answer_id, asker.name, rating=body.rating, label=body.label, comment=body.comment
        )
    )
    if given is None:
        raise Problem(404, "not_found", f"There is no answer {body.answer_id!r}, or it is too old to be rated.")
    return JSONResponse({"id": given}, 201)


@router.get("/info", summary="What is being served", dependencies=READ, response_model=InfoOut, responses=problems(503))
async def info(service: Serving) -> Response:
    """Return version, index generation, model and counts."""
    return JSONResponse(asdict(await service.lane.run(service.assistant.info)))
