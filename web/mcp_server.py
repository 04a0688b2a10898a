"""The Model Context Protocol at `/mcp` (streamable HTTP): the articles as tools for other people's assistants.

In: tool calls. Out: the JSON of the contract. Stateless, so that any worker may take any request.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import Field
from starlette.types import ASGIApp

from qa.shapes import article_shape, hit_shape
from web.problems import as_problem
from web.schemas import MAX_K, MAX_QUESTION
from web.service import Service

T = TypeVar("T")

READ_ONLY = ToolAnnotations(read_only_hint=True, open_world_hint=False)

Question = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, description="in Chinese or English")]


def make(service: Service, version: str) -> tuple[ASGIApp, Callable[[], AbstractAsyncContextManager[None]]]:
    """Return the protocol's application, and the time it lives as a context manager."""
    server = _server(service, version)
    # our own guard checks host and origin for every route
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    inner = server.streamable_http_app(stateless_http=True, json_response=True, transport_security=security)
    return inner, server.session_manager.run


def _server(service: Service, version: str) -> MCPServer[Any]:
    server: MCPServer[Any] = MCPServer(
        "wenju",
        version=version,
        instructions="Questions about the indexed articles. Quote only what a tool returned, and name the article.",
        log_level="WARNING",
    )

    async def run(call: Callable[[], T]) -> T:
        try:
            return await service.lane.run(call)
        except Exception as error:
            raise ToolError(as_problem(error).detail) from error

    @server.tool(annotations=READ_ONLY)
    async def search_articles(question: Question, k: Annotated[int, Field(ge=1, le=MAX_K)] = 8) -> dict[str, Any]:
        """Find the passages that fit a question, best first, each with its article and place."""
        hits = await run(lambda: service.assistant.search(question, k=k))
        return {"passages": [hit_shape(hit) for hit in hits]}

    @server.tool(annotations=READ_ONLY)
    async def answer_question(question: Question) -> dict[str, Any]:
        """Answer a question from the articles, with verbatim citations; `abstained` says that they hold no answer."""
        return await run(lambda: service.answer(service.assistant, question, owner="mcp"))

    @server.tool(annotations=READ_ONLY)
    async def read_article(article_id: Annotated[str, Field(min_length=1, max_length=500)]) -> dict[str, Any]:
        """Read a whole article; the offsets of citations mean its text."""
        return article_shape(await run(lambda: service.assistant.article(article_id)))

    return server
