"""What pages and API share: the assistant, loaded and reloaded beside them, and the lane it is asked in.

In: how to load an assistant, and the settings. Out: `Service`, kept on `app.state.service`.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

from index.errors import IndexFloorError
from qa.errors import AnswerFloorError
from qa.ports import AssistantPort
from qa.settings import Settings
from qa.shapes import Shape, answer_shape
from qa.types import DoneEvent, StreamEvent
from web import answers
from web.lane import Lane
from web.limits import Limits
from web.metrics import Metrics
from web.problems import Problem
from web.shelf import Shelf, survey
from web.store import FILE, Store

LOOK_EVERY = 2.0  # seconds between two looks at the index's `current` file

log = logging.getLogger(__name__)


class Service:
    """The assistant behind every face; None until an index is loaded, replaced when a newer one appears."""

    def __init__(self, load: Callable[[], AssistantPort], settings: Settings) -> None:
        self.settings = settings
        self.lane = Lane(settings.max_concurrency or (8 if settings.llm else 1), settings.max_queue)
        self.waiting_for = "The index is being loaded; it takes a few seconds."
        self.store = Store(settings.data / FILE)
        self.metrics = Metrics()
        self.limits = Limits(settings.rate_limit)
        self.shelf: Shelf | None = None
        self._load = load
        self._assistant: AssistantPort | None = None
        self._work: list[asyncio.Task[None]] = []

    @property
    def assistant(self) -> AssistantPort:
        """The assistant. Raises Problem (not_ready) with the reason while there is none."""
        if self._assistant is None:
            raise Problem(503, "not_ready", self.waiting_for, {"Retry-After": "5"})
        return self._assistant

    @property
    def ready(self) -> bool:
        """Whether questions can be answered."""
        return self._assistant is not None

    def answer(self, assistant: AssistantPort, question: str, *, owner: str, **options: Any) -> Shape:  # noqa: ANN401
        """Return the JSON of an answer, kept and counted."""
        shape = answer_shape(assistant.answer(question, **options))
        self.keep(shape, owner)
        return shape

    def stream(
        self,
        assistant: AssistantPort,
        question: str,
        *,
        owner: str,
        **options: Any,  # noqa: ANN401
    ) -> Iterator[StreamEvent]:
        """Yield the events of an answer, which is kept and counted before its last one."""
        for event in assistant.stream(question, **options):
            if isinstance(event, DoneEvent):
                self.keep(answer_shape(event.answer), owner)
            yield event

    def keep(self, shape: Shape, owner: str) -> None:
        """Keep an answer for feedback, conversations and highlights, and count it."""
        self.metrics.answered(shape)
        if self.settings.log_questions:
            log.info("question %s: %s", shape["id"], shape["question"])
        answers.keep(self.store, shape, owner, limit=self.settings.answers_kept)

    def start(self) -> None:
        """Load the assistant beside the running server, and look for newer generations from then on."""
        self._work = [asyncio.create_task(self._load_and_watch())]
        self._work[0].add_done_callback(self._note_end)

    async def stop(self) -> None:
        """Stop looking, and let running calls end."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        self.lane.close()
        self.store.close()

    async def _load_and_watch(self) -> None:
        seen = None
        while True:
            mark = _mark(self.settings.index / "current")
            if mark != seen or self._assistant is None:
                await self._reload()
                seen = mark
            await asyncio.sleep(LOOK_EVERY)

    async def _reload(self) -> None:
        started = time.perf_counter()
        try:
            loaded = await asyncio.to_thread(self._load)
        except (IndexFloorError, AnswerFloorError) as error:
            # an older assistant, if there is one, goes on serving
            if str(error) != self.waiting_for:
                log.warning("no index loaded: %s", error)
            self.waiting_for = str(error)
            return
        self._assistant = loaded
        self._work[1:] = [asyncio.create_task(self._survey(loaded))]
        info = await asyncio.to_thread(loaded.info)
        self.metrics.generation.set(info.generation)
        took = time.perf_counter() - started
        log.info("serving generation %s: %s articles, loaded in %.1f s", info.generation, info.articles, took)

    async def _survey(self, assistant: AssistantPort) -> None:
        self.shelf = await asyncio.to_thread(survey, assistant)

    def _note_end(self, watch: "asyncio.Task[None]") -> None:
        """Say so when loading ended in a way that nobody foresaw."""
        if watch.cancelled() or (error := watch.exception()) is None:
            return
        self.waiting_for = "The index could not be loaded. The server's log says why; mend it and start again."
        log.error("loading the index failed", exc_info=error)


def service_of(request: Request) -> Service:
    """Return the application's service."""
    service: Service = request.app.state.service
    return service


async def depend_on_service(request: Request) -> Service:
    """Return the application's service as a dependency; async, or every request would visit a thread for it."""
    return service_of(request)


Serving = Annotated[Service, Depends(depend_on_service)]


def _mark(path: Path) -> tuple[int, int] | None:
    """Return what changes when another generation is switched on."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
