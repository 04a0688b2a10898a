"""Pages for maintainers: what readers think, made into gold questions, and the reports of evaluations.

In: forms and addresses. Out: HTML; a report is served in a sandbox, without scripts and without our origin.
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response

from web import feedback, gold
from web.auth import need
from web.principal import Principal
from web.problems import Problem
from web.rendering import page
from web.service import Serving

REPORT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
LONGEST_COMMENT = 4000

router = APIRouter(include_in_schema=False)

Reader = Annotated[Principal, Depends(need("ask"))]
MAINTAINER = [Depends(need("admin"))]


@router.post("/feedback")
async def give(request: Request, service: Serving, reader: Reader) -> Response:
    """Keep what a reader thinks, and go back to where the answer stands."""
    form = await request.form()
    label, rating = str(form.get("label", "")), -1 if form.get("rating") == "-1" else 1
    given = feedback.give(
        service.store,
        str(form.get("answer_id", "")),
        reader.name,
        rating=rating,
        label=label if label in feedback.LABELS else None,
        comment=str(form.get("comment", "")).strip()[:LONGEST_COMMENT] or None,
    )
    if given is None:
        raise Problem(404, "not_found", "That answer is too old to be rated.")
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"id": given}, 201)
    back = str(form.get("back", "/"))
    return RedirectResponse(back if back.startswith("/c/") else "/", 303)


@router.get("/feedback", dependencies=MAINTAINER)
async def listed(request: Request, service: Serving) -> Response:
    """Return what readers think, newest first."""
    saved = gold.FILE if "saved" in request.query_params else None
    return page(request, "feedback.html", active="feedback", found=feedback.listed(service.store), saved=saved)


@router.post("/feedback/{number}/gold", dependencies=MAINTAINER)
async def to_gold(number: int, service: Serving) -> Response:
    """Make an opinion a gold question, once."""
    item = feedback.find(service.store, number)
    if item is None:
        raise Problem(404, "not_found", "There is no such feedback.")
    if not item.gold:
        gold.append(service.settings.data, item)
        feedback.note_gold(service.store, number)
    return RedirectResponse("/feedback?saved=1", 303)


@router.get("/reports", dependencies=MAINTAINER)
async def reports(request: Request, service: Serving) -> Response:
    """Return the list of evaluation reports, newest first."""
    folder = service.settings.runs
    found = [(path.relative_to(folder).as_posix(), path.stat().st_mtime) for path in folder.glob("**/*.html")]
    found.sort(key=lambda report: -report[1])
    return page(request, "reports.html", active="reports", found=found)


@router.get("/reports/{name:path}", dependencies=MAINTAINER)
async def report(name: str, service: Serving) -> Response:
    """Return one report, sandboxed."""
    path = _inside(service.settings.runs.resolve(), name)
    if path is None:
        raise Problem(404, "not_found", f"There is no report {name!r}.")
    return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": REPORT_POLICY})


def _inside(folder: Path, name: str) -> Path | None:
    if "\0" in name:
        return None
    path = (folder / name).resolve()
    return path if path.suffix == ".html" and path.is_relative_to(folder) and path.is_file() else None
