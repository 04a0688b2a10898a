"""Who sends a request, and whether that one may: keys for bots, session cookies for people, limits for both.

In: a request. Out: its `Principal`, as a dependency of the routes; or a problem (401, 403, 429).
"""

from collections.abc import Awaitable, Callable

from fastapi import Request

from web import accounts
from web.principal import LOCAL, Principal, Scope
from web.problems import Problem
from web.service import service_of

COOKIE = "wenju_session"
LONGEST_KEY = 200


def principal_of(request: Request) -> Principal | None:
    """Return who sends a request: the bearer of a key, a signed-in user, or everybody while auth is off."""
    service = service_of(request)
    if not service.settings.auth:
        return LOCAL
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and len(key) <= LONGEST_KEY:
        return accounts.principal_of_key(service.store, key.strip())
    token = request.cookies.get(COOKIE, "")
    return accounts.principal_of_session(service.store, token) if token else None


def need(scope: Scope) -> Callable[[Request], Awaitable[Principal]]:
    """Return a dependency that lets those pass who may do what the scope stands for."""

    async def admit(request: Request) -> Principal:
        service = service_of(request)
        principal = principal_of(request)
        address = request.client.host if request.client else "unknown"
        service.limits.take(principal.name if principal and principal is not LOCAL else address)
        if principal is None:
            detail = "Send `Authorization: Bearer wj_…` with a key from `wenju keys create`, or sign in."
            raise Problem(401, "unauthorized", detail, {"WWW-Authenticate": "Bearer"})
        if not principal.may(scope):
            raise Problem(403, "forbidden", f"This needs the scope `{scope}`, which your key or role has not.")
        return principal

    return admit
