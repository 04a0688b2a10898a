"""Requests that a foreign page made a browser send are turned away before they reach anything.

In: ASGI messages. Out: the same, or a problem. Two rules: what changes something must come from our own pages, from
an allowed origin or from no browser at all (Sec-Fetch-Site and Origin say which); and while auth is off on loopback,
the Host must be a loopback name, or a foreign name that resolves to 127.0.0.1 would reach us.
"""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from web.lane import Lane
from web.principal import LOOPBACK
from web.problems import Problem, respond

QUEUED = ("/api/v1/answer", "/api/v1/search", "/v1/chat/completions")
SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """ASGI middleware that refuses cross-site writes, foreign host names, and questions when the queue is full."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str], local_only: bool, lane: Lane) -> None:
        self.app, self.origins, self.local_only, self.lane = app, frozenset(origins), local_only, lane

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], headers) or self._overload(scope["path"])
        await (respond(refusal) if refusal else self.app)(scope, receive, send)

    def _refusal(self, method: str, headers: Headers) -> Problem | None:
        host = headers.get("host", "")
        if self.local_only and _name(host) not in LOOPBACK:
            return Problem(403, "forbidden", "This server is for its own machine; open it as 127.0.0.1 or localhost.")
        if method in SAFE or self._from_here(headers, host):
            return None
        return Problem(403, "forbidden", "This request came from another site's page. Add that origin to WENJU_CORS.")

    def _overload(self, path: str) -> Problem | None:
        """Return the refusal before the body is read: under twice the load, refusing must cost next to nothing."""
        if path in QUEUED:
            try:
                self.lane.refuse_when_full()
            except Problem as problem:
                return problem
        return None

    def _from_here(self, headers: Headers, host: str) -> bool:
        origin = headers.get("origin")
        if origin is not None and origin in self.origins:
            return True
        if site := headers.get("sec-fetch-site"):
            return site in ("same-origin", "none")
        return origin is None or origin.partition("://")[2] == host


def _name(host: str) -> str:
    """Return a Host header's name without its port: `[::1]:8000` is `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
