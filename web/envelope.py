"""What surrounds every request: an id, security headers, a line in the log, a count.

In: ASGI messages. Out: the same, with headers added to the response.
"""

import json
import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.metrics import Metrics

SECURITY = {
    # no inline script, and no style but our own sheet: what hostile text smuggles into a page cannot act
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src '{style}'; img-src 'self' data:; font-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MAX_BODY = 1_000_000  # bytes; a question with 100 turns of history stays far below
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
REQUEST_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)

log = logging.getLogger("web.access")


class Envelope:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, style: str) -> None:
        self.app, self.metrics = app, metrics
        self.headers = {name: value.replace("{style}", style) for name, value in SECURITY.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HTTP passes untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, request_id, status = time.perf_counter(), request_id_of(scope), 500
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, limited(receive), send_with_headers)
        finally:
            self._note(scope, request_id, status, time.perf_counter() - started)

    def _note(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"] if scope["method"] in METHODS else "other"  # else strangers could fill the memory
        self.metrics.requests.labels(route, method, status).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        log.info(
            "%s %s %s %.1f ms %s",
            scope["method"],
            route,
            status,
            seconds * 1000,
            request_id,
            extra={
                "request": {
                    "id": request_id,
                    "route": route,
                    "method": scope["method"],
                    "status": status,
                    "ms": round(seconds * 1000, 1),
                }
            },
        )


def limited(receive: Receive) -> Receive:
    """Return a receive that refuses bodies over `MAX_BODY`, announced or not."""
    size = 0

    async def receive_limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY:
            raise HTTPException(413, f"The body is larger than {MAX_BODY:,} bytes. Send less.")
        return message

    return receive_limited


class JsonLines(logging.Formatter):
    """Log lines as JSON objects, one a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON."""
        line = {"at": self.formatTime(record), "level": record.levelname, "logger": record.name}
        line |= getattr(record, "request", {"message": record.getMessage()})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def request_id_of(scope: Scope) -> str:
    """Return the id that the client sent, if it is harmless, or a new one."""
    sent = Headers(scope=scope).get("x-request-id", "")
    return sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
