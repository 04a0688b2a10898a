"""Open-loop load on a running server: requests leave on time, whether or not earlier ones have come back.

In: `python -m web.load URL PATH RATE SECONDS [QUESTIONS.jsonl]`. Out: a JSON line with counts by status and latencies
from the moment a request was due (waiting for a free connection counts, or overload would look fast).
"""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

QUESTIONS = ("这些文章主要讲了什么？", "有哪些措施？", "What do the articles say about energy?", "2024年增长了多少？")


@dataclass(slots=True)
class Tally:
    """What came back."""

    statuses: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    """Of answered requests only; refusals are quick and would flatter."""

    def report(self, rate: float, seconds: float) -> dict[str, object]:
        """Return counts, what was held, and latencies."""
        times = sorted(self.milliseconds)
        marks = {f"p{mark}": round(times[int(len(times) * mark / 100)], 1) for mark in (50, 95, 99) if times}
        held = round(self.statuses["200"] / seconds, 1)
        return {"rate": rate, "held": held, "statuses": dict(self.statuses), "ms": marks}


class Connections:
    """Kept-alive connections to one host, opened as needed and used in turn, so that every worker gets its share."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()

    async def post(self, path: str, body: bytes) -> str:
        """Send one request; return its status."""
        reader, writer = self._idle.popleft() if self._idle else await asyncio.open_connection(self.host, self.port)
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = answer.partition("content-length: ")[2].partition("\r\n")[0]
        await reader.readexactly(int(length))
        self._idle.append((reader, writer))
        return answer.split(" ", 2)[1]


async def press(url: str, path: str, rate: float, seconds: float, questions: Sequence[str]) -> Tally:
    """Send `rate` requests a second for some seconds and return what came back."""
    place, tally = urlsplit(url), Tally()
    connections = Connections(place.hostname or "127.0.0.1", place.port or 80)
    bodies = [json.dumps({"question": question}).encode() for question in questions]
    started = time.perf_counter() + 0.1

    async def one(due: float, body: bytes) -> None:
        await asyncio.sleep(due - time.perf_counter())
        try:
            status = await asyncio.wait_for(connections.post(path, body), timeout=30)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            status = type(error).__name__
        tally.statuses[status] += 1
        if status == "200":
            tally.milliseconds.append((time.perf_counter() - due) * 1000)

    count = int(rate * seconds)
    pairs = zip((started + number / rate for number in range(count)), itertools.cycle(bodies), strict=False)
    await asyncio.gather(*(one(due, body) for due, body in pairs))
    return tally


def main(arguments: Sequence[str]) -> None:
    """Press a server and write the report."""
    url, path, rate, seconds, *gold = arguments
    lines = Path(gold[0]).read_text(encoding="utf-8").splitlines() if gold else []
    questions = [json.loads(line)["question"] for line in lines] or QUESTIONS
    tally = asyncio.run(press(url, path, float(rate), float(seconds), questions))
    sys.stdout.write(json.dumps(tally.report(float(rate), float(seconds))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
