"""The chat page: ask, read, follow up; conversations listed, renamed, deleted, exported.

In: forms and addresses. Out: HTML; to scripts that accept it, the same turn as an event stream.
"""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from qa.shapes import Shape, answer_shape
from qa.types import DeltaEvent, DoneEvent, PassagesEvent, StreamEvent, Turn
from web import conversations
from web.auth import need
from web.choosing import Choice, read_choice
from web.conversations import Conversation
from web.i18n import Words
from web.principal import Principal
from web.problems import Problem
from web.rendering import fragment, language_of, page
from web.schemas import MAX_QUESTION
from web.service import Service, Serving
from web.streaming import HEADERS, encoded, primed, sse, with_errors

router = APIRouter(include_in_schema=False)

Reader = Annotated[Principal, Depends(need("ask"))]


@router.get("/")
async def start(request: Request, service: Serving, reader: Reader) -> Response:
    """Return the empty page with suggestions; with `q` the answer to that question, which is not kept."""
    question, choice = request.query_params.get("q", "").strip(), read_choice(request.query_params)
    if not question:
        return await chat(request, service, choice)
    if len(question) > MAX_QUESTION:
        return await chat(request, service, choice, question=question, complaint="question_length", status=422)
    shape = await ask(service, question, (), choice, reader.name)
    return await chat(request, service, choice, told=[(0, shape)])


@router.post("/ask")
async def ask_and_keep(request: Request, service: Serving, reader: Reader) -> Response:
    """Answer a question within a conversation, and go there; scripts get the turn as events."""
    form = await request.form()
    question, choice = str(form.get("question", "")).strip(), read_choice(form)
    streamed = "text/event-stream" in request.headers.get("accept", "")
    if not 1 <= len(question) <= MAX_QUESTION:
        if streamed:
            raise Problem(422, "invalid_request", Words(language_of(request))("question_length"))
        return await chat(request, service, choice, question=question, complaint="question_length", status=422)
    known = conversations.find(service.store, str(form.get("conversation", "")), reader.name)
    history = conversations.history(service.store, known.id) if known else ()
    if streamed:
        return await stream_turn(request, service, question, history, choice, reader.name, known)
    shape = await ask(service, question, history, choice, reader.name)
    conversation = known.id if known else conversations.begin(service.store, reader.name, question)
    number = conversations.add(service.store, conversation, reader.name, shape)
    query = choice.query()
    return RedirectResponse(f"/c/{conversation}{'?' + query if query else ''}#t{number}", 303)


@router.get("/c/{name}.md")
async def export(name: str, request: Request, service: Serving, reader: Reader) -> Response:
    """Return a conversation as Markdown with its references."""
    found = own(service, name, reader)
    text = conversations.markdown(found.title, conversations.turns(service.store, name), Words(language_of(request)))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.title, safe='')}.md"}
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)


@router.get("/c/{name}")
async def read(name: str, request: Request, service: Serving, reader: Reader) -> Response:
    """Return a conversation with its answers, citations and highlights."""
    found = own(service, name, reader)
    told = conversations.turns(service.store, name)
    return await chat(request, service, read_choice(request.query_params), conversation=found, told=told)


@router.post("/c/{name}/rename")
async def rename(name: str, request: Request, service: Serving, reader: Reader) -> Response:
    """Give a conversation another title."""
    title = str((await request.form()).get("title", "")).strip()
    if title:
        conversations.rename(service.store, own(service, name, reader).id, title)
    return RedirectResponse(f"/c/{name}", 303)


@router.post("/c/{name}/delete")
async def delete(name: str, service: Serving, reader: Reader) -> Response:
    """Delete a conversation for good."""
    conversations.delete(service.store, own(service, name, reader).id)
    return RedirectResponse("/conversations", 303)


@router.get("/conversations")
async def listed(request: Request, service: Serving, reader: Reader) -> Response:
    """Return the reader's conversations, all or those that hold some words."""
    query = request.query_params.get("q", "").strip()[:200]
    found = conversations.listed(service.store, reader.name, query, limit=500)
    return page(request, "conversations.html", active="conversations", found=found, asked=query)


@router.post("/preferences")
async def preferences(request: Request) -> Response:
    """Remember language and theme in cookies, and go back."""
    form = await request.form()
    back = str(form.get("back", "/"))
    safe = back.startswith("/") and not back.startswith(("//", "/\\"))
    response = RedirectResponse(back if safe else "/", 303)
    for name, allowed in (("lang", ("zh", "en")), ("theme", ("auto", "light", "dark"))):
        if (value := form.get(name)) in allowed:
            response.set_cookie(name, str(value), max_age=365 * 24 * 3600, samesite="lax", httponly=True)
    return response


def own(service: Service, name: str, reader: Principal) -> Conversation:
    """Return a conversation of this reader. Raises Problem (not_found) for anybody else's too."""
    found = conversations.find(service.store, name, reader.name)
    if found is None:
        raise Problem(404, "not_found", f"There is no conversation {name!r}.")
    return found


async def chat(
    request: Request,
    service: Service,
    choice: Choice,
    *,
    conversation: Conversation | None = None,
    told: list[tuple[int, Shape]] | None = None,
    question: str = "",
    complaint: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Return the chat page."""
    titles = {}
    for article_id in choice.article if service.ready else ():
        titles[article_id] = (await service.lane.run(lambda a=article_id: service.assistant.article(a))).title  # type: ignore[misc]
    return page(
        request,
        "chat.html",
        status=status if service.ready else 503,
        active="chat",
        conversation=conversation,
        told=told or [],
        question=question,
        complaint=complaint,
        choice=choice,
        titles=titles,
        shelf=service.shelf,
        waiting_for=None if service.ready else service.waiting_for,
    )


async def ask(service: Service, question: str, history: tuple[Turn, ...], choice: Choice, owner: str) -> Shape:
    """Return the JSON of an answer, kept and counted."""
    assistant, filters = service.assistant, choice.filters()
    return await service.lane.run(
        lambda: service.answer(assistant, question, owner=owner, history=history, filters=filters)
    )


async def stream_turn(
    request: Request,
    service: Service,
    question: str,
    history: tuple[Turn, ...],
    choice: Choice,
    owner: str,
    known: Conversation | None,
) -> Response:
    """Return a turn as events: passages (how many), delta (text), turn (the finished HTML and where it is kept)."""
    assistant, options = service.assistant, {"history": history, "filters": choice.filters()}
    events = await primed(service.lane.iterate(lambda: service.stream(assistant, question, owner=owner, **options)))

    def finish(shape: Shape) -> dict[str, Any]:
        conversation = known.id if known else conversations.begin(service.store, owner, question)
        number = conversations.add(service.store, conversation, owner, shape)
        html = fragment(request, "turn.html", number=number, shape=shape)
        title = known.title if known else question
        return {"html": html, "conversation": conversation, "number": number, "title": title}

    def encode(event: StreamEvent) -> str:
        match event:
            case PassagesEvent():
                return sse("passages", {"count": len(event.passages)})
            case DeltaEvent():
                return sse("delta", {"text": event.text})
            case DoneEvent():
                return sse("turn", finish(answer_shape(event.answer)))

    texts = with_errors(encoded(events, encode))
    return StreamingResponse(texts, media_type="text/event-stream", headers=HEADERS)
