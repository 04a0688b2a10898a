"""The web application: routes, middleware and error table put together by a function.

In: how to load an assistant, and the settings. Out: a FastAPI application; nothing happens at import.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import metadata
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from qa.ports import AssistantPort
from qa.settings import Settings
from web import account_pages, api, article_pages, docs_page, maintenance, openai_api, pages, probes, problems
from web.envelope import Envelope
from web.guard import Guard
from web.mcp_route import McpRoute
from web.principal import LOOPBACK
from web.rendering import STATIC, problem_page, static_version, style_hash
from web.schemas import ProblemOut
from web.service import Service


class Unchanging(StaticFiles):
    """Files under a name that changes with them: browsers may keep them for good."""

    def file_response(self, *args: Any, **options: Any) -> Response:  # noqa: ANN401 - starlette's own signature
        """Return a file, never to be asked for again."""
        response = super().file_response(*args, **options)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(load: Callable[[], AssistantPort], settings: Settings) -> FastAPI:
    """Return the application; the assistant is loaded when it starts, beside the running server."""
    service, version = Service(load, settings), installed_version()
    mcp = McpRoute(service, version)
    app = FastAPI(
        title="wenju 文据",
        summary="Answers with documentary evidence: every quote verbatim and located",
        version=version,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(service, mcp),
    )
    app.state.service = service
    _add_routes(app, mcp)
    problems.install(app, problem_page)
    _describe_problems(app)
    _add_middleware(app, service, settings)
    return app


def _lifespan(service: Service, mcp: McpRoute) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what runs around the server's life: the assistant is loaded, and let go at the end."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        service.start()
        async with mcp.life():
            yield
        await service.stop()

    return life


def _add_routes(app: FastAPI, mcp: McpRoute) -> None:
    for part in (api, openai_api, probes):
        app.include_router(part.router)
    app.router.routes.append(Route("/mcp", mcp, include_in_schema=False))
    for part in (pages, article_pages, maintenance, account_pages, docs_page):
        app.include_router(part.router)
    app.mount(f"/static/{static_version()}", Unchanging(directory=STATIC))


def _add_middleware(app: FastAPI, service: Service, settings: Settings) -> None:
    """Add what surrounds every request, the innermost first."""
    if settings.cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    local_only = settings.host in LOOPBACK and not settings.auth and not settings.insecure
    app.add_middleware(Guard, origins=settings.cors, local_only=local_only, lane=service.lane)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Envelope, metrics=service.metrics, style=style_hash())


def installed_version() -> str:
    """Return the installed version of wenju."""
    return metadata.version("wenju")


def _describe_problems(app: FastAPI) -> None:
    """Give every documented error the problem shape instead of FastAPI's own."""
    original = app.openapi

    def openapi() -> dict[str, object]:
        if app.openapi_schema:
            return app.openapi_schema
        schema = original()
        shape = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        parts = schema.setdefault("components", {}).setdefault("schemas", {})
        parts |= shape.pop("$defs", {}) | {"ProblemOut": shape}
        for name in ("HTTPValidationError", "ValidationError"):
            parts.pop(name, None)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
