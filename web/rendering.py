"""Templates filled in: the environment, the style sheet inside every page, and what every page needs.

In: a request, a template's name and its variables. Out: an HTML response.
"""

import base64
import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qa.shapes import Shape
from web import conversations, reading
from web.auth import principal_of
from web.i18n import HTML_LANG, Interface, Words, choose
from web.problems import Problem
from web.service import service_of

HERE = Path(__file__).parent
STATIC = HERE / "static"
THEMES = ("auto", "light", "dark")
RECENT = 12  # conversations in the side bar


@cache
def style() -> str:
    """Return the style sheet; it stands in every page, so that the first paint needs one round trip."""
    return "\n" + (STATIC / "style.css").read_text(encoding="utf-8")


@cache
def style_hash() -> str:
    """Return the hash under which the Content-Security-Policy allows exactly this style sheet."""
    return f"sha256-{base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()}"


@cache
def static_version() -> str:
    """Return a name that changes with the scripts, so that browsers may keep them for good."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def environment() -> Environment:
    """Return the Jinja environment: everything is escaped, and a missing variable is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"pieces": reading.answer_pieces, "byline": reading.byline, "day": _day}
    made.globals |= {
        "style": Markup(style()),  # our own file; it holds no markup
        "static": f"/static/{static_version()}",
        "citation_url": citation_url,
        "query": _query,
        "html_lang": HTML_LANG,
    }
    return made


def page(request: Request, name: str, *, status: int = 200, active: str = "", **variables: object) -> HTMLResponse:
    """Return a page with its side bar, in the reader's language and theme."""
    service, reader = service_of(request), principal_of(request)
    may_ask = reader is not None and reader.may("ask")
    recent = conversations.listed(service.store, reader.name, limit=RECENT) if reader and may_ask else []
    frame = {"reader": reader, "auth": service.settings.auth, "recent": recent, "active": active}
    html = fragment(request, name, **(frame | variables))
    return HTMLResponse(html, status, {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"})


def fragment(request: Request, name: str, **variables: object) -> str:
    """Return a template filled in, without what only whole pages need."""
    lang = language_of(request)
    theme = request.cookies.get("theme", "auto")
    shared = {"t": Words(lang), "lang": lang, "theme": theme if theme in THEMES else "auto", "path": _here(request)}
    return environment().get_template(name).render(**(shared | variables))


def language_of(request: Request) -> Interface:
    """Return the interface's language for a request."""
    return choose(request.cookies.get("lang"), request.headers.get("accept-language"))


def citation_url(answer_id: str, citation: Shape) -> str:
    """Return the address of an article at a citation's quote, which is found again even if the article changed."""
    where = {"start": citation["start"], "end": citation["end"], "answer": answer_id, "marker": citation["marker"]}
    return f"/articles/{quote(citation['article']['id'], safe='')}?{urlencode(where)}#quote"


def problem_page(request: Request, problem: Problem) -> Response | None:
    """Return a problem as a page where a browser asks for one; who is not signed in goes to the form."""
    if "text/html" not in request.headers.get("accept", "") or request.url.path.startswith(("/api/", "/v1/", "/mcp")):
        return None
    if problem.code == "unauthorized":
        return RedirectResponse(f"/login?{urlencode({'back': _here(request)})}", 303)
    return page(request, "problem.html", status=problem.status, code=problem.code, detail=problem.detail)


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _query(**values: object) -> str:
    return urlencode({name: value for name, value in values.items() if value not in (None, "", ())}, doseq=True)


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
