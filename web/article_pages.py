"""The articles as pages: browse, filter, search, read at the highlighted quote; ask within a choice of them.

In: addresses. Out: HTML, a whole page or (for the reader beside the chat) its inner part.
"""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from index.types import Article
from web import answers
from web.auth import need
from web.choosing import read_choice
from web.reading import blocks, locate
from web.rendering import fragment, page
from web.service import Service, Serving

PER_PAGE = 30

router = APIRouter(include_in_schema=False, dependencies=[Depends(need("read"))])


@router.get("/articles")
async def browse(request: Request, service: Serving) -> Response:
    """Return one page of the articles that fit."""
    query = request.query_params.get("q", "").strip()[:500]
    choice, number = read_choice(request.query_params), _number(request.query_params.get("page"), 1)
    assistant, filters = service.assistant, choice.filters()
    found, total = await service.lane.run(
        lambda: assistant.articles(query, filters=filters, page=max(1, number), per_page=PER_PAGE)
    )
    return page(
        request,
        "articles.html",
        active="articles",
        found=found,
        total=total,
        number=max(1, number),
        pages=-(-total // PER_PAGE),
        asked=query,
        choice=choice,
        shelf=service.shelf,
    )


@router.get("/articles/{article_id}")
async def read(article_id: str, request: Request, service: Serving) -> Response:
    """Return an article, the quote of a citation highlighted; `part=pane` leaves the frame away."""
    assistant = service.assistant
    article = await service.lane.run(lambda: assistant.article(article_id))
    span = span_of(request, service, article)
    asked_for_span = "start" in request.query_params
    variables: dict[str, Any] = {
        "article": article,
        "blocks": blocks(article, span),
        "span": span,
        "moved": asked_for_span and span is None,
        "full_url": f"{request.url.path}?{request.url.query}#quote".replace("&part=pane", ""),
    }
    if request.query_params.get("part") == "pane":
        return HTMLResponse(fragment(request, "article_body.html", pane=True, **variables))
    return page(request, "article.html", active="articles", pane=False, **variables)


def span_of(request: Request, service: Service, article: Article) -> tuple[int, int] | None:
    """Return where the quote stands that an address asks for, in the article as it is today."""
    sent = request.query_params
    start, end = _number(sent.get("start"), -1), _number(sent.get("end"), -1)
    if not 0 <= start < end <= len(article.text) and "answer" not in sent:
        return None
    shape = answers.find(service.store, sent.get("answer", ""))
    for citation in shape["citations"] if shape else ():
        if str(citation["marker"]) == sent.get("marker") and citation["article"]["id"] == article.id:
            return locate(article.text, citation["quote"], citation["start"], citation["end"])
    return (start, end) if 0 <= start < end <= len(article.text) else None


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else default
