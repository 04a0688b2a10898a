"""A bounded pool of threads for the assistant's blocking calls, with a bounded queue before it.

In: calls and iterators that block. Out: their results as awaitables; when the queue is full, a problem at once.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

from web.problems import Problem

T = TypeVar("T")

SILENCE = 10.0  # seconds; proxies close quiet connections after 30 or 60


class Lane:
    """Runs at most `places` calls at once and lets at most `queue` more wait; further ones are refused."""

    def __init__(self, places: int, queue: int) -> None:
        self._limit = places + queue
        self._inside = 0
        self._threads = ThreadPoolExecutor(places, thread_name_prefix="lane")

    @property
    def inside(self) -> int:
        """How many calls run or wait."""
        return self._inside

    @property
    def full(self) -> bool:
        """Whether the next call would be refused."""
        return self._inside >= self._limit

    def refuse_when_full(self) -> None:
        """Raise Problem (overloaded) when the queue is full."""
        if self.full:
            detail = f"{self._inside} requests are being answered or wait already. Try again in a second."
            raise Problem(503, "overloaded", detail, {"Retry-After": "1"})

    async def run(self, call: Callable[[], T]) -> T:
        """Return what `call` returns. Raises Problem (overloaded) when the queue is full."""
        with self._place():
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def iterate(self, start: Callable[[], Iterator[T]], silence: float = SILENCE) -> AsyncGenerator[T | None]:
        """Yield what the iterator yields, and None whenever it says nothing for `silence` seconds.

        Leaving early stops the iterator after its current item.
        """
        with self._place():
            loop = asyncio.get_running_loop()
            items: asyncio.Queue[tuple[T] | None] = asyncio.Queue()
            stopped = threading.Event()

            def put(item: T) -> None:
                with suppress(RuntimeError):  # the loop closed while the thread still worked
                    loop.call_soon_threadsafe(items.put_nowait, (item,))

            work = loop.run_in_executor(self._threads, _pump, start, put, stopped)
            work.add_done_callback(lambda _: items.put_nowait(None))
            try:
                async for item in _until_end(items, silence):
                    yield item
                await work
            finally:
                stopped.set()

    def close(self) -> None:
        """Stop taking calls; running ones end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def _place(self) -> Iterator[None]:
        self.refuse_when_full()
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1


async def _until_end(items: asyncio.Queue[tuple[T] | None], silence: float) -> AsyncGenerator[T | None]:
    while True:
        try:
            async with asyncio.timeout(silence):
                item = await items.get()
        except TimeoutError:
            yield None
            continue
        if item is None:
            return
        yield item[0]


def _pump(start: Callable[[], Iterator[T]], put: Callable[[T], None], stopped: threading.Event) -> None:
    """Hand the items of an iterator over until it ends or nobody listens any more."""
    items = start()
    for item in items:
        put(item)
        if stopped.is_set():
            break
    close = getattr(items, "close", None)
    if close:
        close()
