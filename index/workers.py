"""A function and its inputs in, results in order out: worked on by several processes of our own.

`multiprocessing` would run the caller's main module again in every worker (a script without a guard then starts
workers without end), and leaves orphans behind a kill. These workers read tasks from their standard input: when the
parent is gone, so is the pipe, and they end.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import IO, TypeVar

from index.errors import IndexFloorError

Shared = TypeVar("Shared")
Task = TypeVar("Task")
Result = TypeVar("Result")


AHEAD = 4
"""Tasks made before they are needed, for each process."""


class WorkerDied(IndexFloorError):
    """A worker process ended in the middle of a task; the message says what to do."""


def in_processes(
    count: int, function: Callable[[Shared, Task], Result], shared: Shared, tasks: Iterable[Task]
) -> Iterator[Result]:
    """Yield `function(shared, task)` for every task, in order; `shared` is sent to each process once."""
    with ExitStack() as stack:
        free = SimpleQueue[Callable[[Task], Result]]()
        for _ in range(count):
            free.put(stack.enter_context(_worker(function, shared)))

        def work(task: Task) -> Result:
            call = free.get()
            try:
                return call(task)
            finally:
                free.put(call)

        pool = ThreadPoolExecutor(count)
        stack.callback(pool.shutdown, cancel_futures=True)
        waiting = deque[Future[Result]]()
        for task in tasks:  # only so many are made and held at a time
            waiting.append(pool.submit(work, task))
            if len(waiting) > AHEAD * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _worker(function: Callable[[Shared, Task], Result], shared: Shared) -> Iterator[Callable[[Task], Result]]:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
    command = [sys.executable, "-c", "from index.workers import serve; serve()"]
    process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if process.stdin is None or process.stdout is None:
        raise WorkerDied("A worker process has no pipes. Run `wenju index` again.")
    tasks, results = process.stdin, process.stdout

    def call(task: Task) -> Result:
        try:
            _send(tasks, task)
            result: Result = pickle.load(results)
        except (EOFError, BrokenPipeError) as error:
            code = process.wait()
            raise WorkerDied(
                f"A worker process ended with code {code} (out of memory?). Run `wenju index` again."
            ) from error
        return result

    try:
        _send(tasks, (function, shared))
        yield call
    finally:
        process.kill()
        process.communicate()


def serve() -> None:
    """Work on tasks from standard input until it ends; results go to standard output, and nothing else does."""
    tasks, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    function, shared = pickle.load(tasks)
    while True:
        try:
            task = pickle.load(tasks)
        except EOFError:
            return
        _send(results, function(shared, task))


def _send(pipe: IO[bytes], value: object) -> None:
    pickle.dump(value, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()
