"""Signing in and out on a page, where the server asks for it.

In: a form. Out: a session cookie (HttpOnly, SameSite), or the form again with a complaint; too many tries wait.
"""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from web import accounts
from web.auth import COOKIE
from web.rendering import page
from web.service import Serving

router = APIRouter(include_in_schema=False)


@router.get("/login")
async def form(request: Request) -> Response:
    """Return the sign-in form."""
    return page(request, "login.html", complaint="", back=_local(request.query_params.get("back", "/")))


@router.post("/login")
async def sign_in(request: Request, service: Serving) -> Response:
    """Begin a session, or say that name or password is wrong without saying which."""
    sent = await request.form()
    name, password = str(sent.get("name", "")).strip()[:200], str(sent.get("password", ""))[:1000]
    back = _local(str(sent.get("back", "/")))
    who = (f"name:{name}", f"address:{request.client.host if request.client else 'unknown'}")
    if accounts.too_many_attempts(service.store, who):
        return page(request, "login.html", status=429, complaint="too_many_sign_ins", back=back)
    token = await service.lane.run(lambda: accounts.sign_in(service.store, name, password))
    if token is None:
        accounts.note_attempt(service.store, who)
        return page(request, "login.html", status=401, complaint="wrong_sign_in", back=back)
    response = RedirectResponse(back, 303)
    secure = service.settings.secure_cookies or request.url.scheme == "https"
    response.set_cookie(COOKIE, token, max_age=accounts.SESSION_SECONDS, httponly=True, samesite="lax", secure=secure)
    return response


@router.post("/logout")
async def sign_out(request: Request, service: Serving) -> Response:
    """End the session."""
    accounts.sign_out(service.store, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE)
    return response


def _local(back: str) -> str:
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
