"""The door to `/mcp`: who may pass, and the protocol's library imported only when the first one does.

In: ASGI messages. Out: the protocol's answers. Measured: the library costs 29 MB and 0.3 s that most servers never use.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from web.auth import need
from web.problems import Problem, respond
from web.service import Service


class McpRoute:
    """ASGI application at `/mcp`, started by its first request."""

    def __init__(self, service: Service, version: str) -> None:
        self.service, self.version = service, version
        self._starting = asyncio.Lock()
        self._stop = asyncio.Event()
        self._inner: ASGIApp | None = None
        self._living: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request of somebody who may ask."""
        try:
            await need("ask")(Request(scope, receive))
        except Problem as problem:
            await respond(problem)(scope, receive, send)
            return
        await (await self._started())(scope, receive, send)

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Be there until the block ends."""
        yield
        self._stop.set()
        if self._living:
            await self._living

    async def _started(self) -> ASGIApp:
        async with self._starting:
            if self._inner is None:
                from web.mcp_server import make

                self._inner, life = make(self.service, self.version)
                alive = asyncio.Event()

                async def live() -> None:
                    # entered and left in one task, as the library's task group demands
                    async with life():
                        alive.set()
                        await self._stop.wait()

                self._living = asyncio.create_task(live())
                await alive.wait()
            return self._inner
