"""Articles, questions and sizes in, speed, memory, disk and quality of wenju and two plain recipes out."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from eval.bench_corpus import texts_of, write_corpus
from eval.bench_systems import SYSTEMS, missing_package
from eval.errors import RunError
from eval.record import machine
from eval.summary import tail
from eval.types import Case
from qa.settings import Settings

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one system at one size. Seconds are wall time, process start included."""

    system: str
    size: int
    characters: int
    passages: int
    index_seconds: float
    index_stages: Mapping[str, float]
    index_peak_mb: float
    disk_mb: float
    open_seconds: float
    resident_mb: float
    """Memory of the process that answered the questions, after them."""
    query_ms: Mapping[str, tuple[float, float]]
    """p50 and p95 of every stage, and of `total`."""
    quality: Mapping[str, float] = field(default_factory=dict)
    """Retrieval measures by language, at size 1: larger corpora hold shuffled copies of the evidence."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All figures, the machine, and what was left out and why."""

    figures: Sequence[Figures]
    questions: int
    machine: Mapping[str, Any]
    left_out: Sequence[str]


def bench(
    articles: Path,
    cases: Sequence[Case],
    settings: Settings,
    *,
    sizes: Sequence[int],
    systems: Sequence[str] = tuple(SYSTEMS),
    seed: int = 0,
    announce: Callable[[str], None] = lambda words: None,
) -> Benchmark:
    """Measure every system at every size, one after another, each step in a process of its own."""
    texts = texts_of(articles)
    if not texts:
        raise RunError(f"There is nothing to read in {articles}. Give a folder of articles.")
    left_out = [f"{name}: pip install {package}" for name in systems if (package := missing_package(name))]
    figures: list[Figures] = []
    with TemporaryDirectory(prefix="wenju-bench-") as scratch:
        for size in sizes:
            folder = Path(scratch) / f"articles-{size}"
            characters = write_corpus(texts, size, folder, seed=seed)
            for system in systems:
                if missing_package(system) is None:
                    announce(f"{system}, {characters:,} characters")
                    try:
                        figures.append(_measure(system, size, characters, folder, cases, settings))
                    except RunError as error:  # the figures measured so far took minutes: they are kept
                        left_out.append(str(error))
    if not figures:
        raise RunError("; ".join(left_out))
    return Benchmark(figures, len(cases), machine(), left_out)


def _measure(
    system: str, size: int, characters: int, folder: Path, cases: Sequence[Case], settings: Settings
) -> Figures:
    index = folder.parent / f"{system}-{size}"
    job = {
        "folder": str(folder),
        "index": str(index),
        "settings": settings.model_dump(mode="json"),
        "questions": [_asked(case) for case in cases],
    }
    built, seconds = _step("build", system, job, folder.parent)
    asked, _ = _step("ask", system, job, folder.parent)
    return Figures(
        system=system,
        size=size,
        characters=characters,
        passages=asked["passages"],
        index_seconds=seconds,
        index_stages=built["stages"],
        index_peak_mb=built["peak_mb"],
        disk_mb=sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / 2**20,
        open_seconds=asked["open_seconds"],
        resident_mb=asked["resident_mb"] or asked["peak_mb"],
        query_ms=_percentiles(asked["times"]),
        quality={name: fmean(values) for name, values in asked["quality"].items()} if size == 1 else {},
    )


def _asked(case: Case) -> dict[str, Any]:
    evidence = [[e.quote for e in group] for group in case.evidence]
    return {"question": case.question, "lang": case.lang, "evidence": evidence}


def _step(step: str, system: str, job: Mapping[str, Any], scratch: Path) -> tuple[dict[str, Any], float]:
    path, out = scratch / "job.json", scratch / "out.json"
    path.write_text(json.dumps(dict(job) | {"out": str(out)}, ensure_ascii=False), encoding="utf-8")
    out.unlink(missing_ok=True)
    command = [sys.executable, "-m", "eval.bench_worker", step, system, str(path)]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode or not out.is_file():
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RunError(f"{system} could not be measured ({step}): {last}")
    return json.loads(out.read_text(encoding="utf-8")), seconds


def _percentiles(times: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    found = {name: tail(values)[:2] for name, values in times.items()}
    totals = [sum(values) for values in zip(*times.values(), strict=True)]
    return found | {"total": tail(totals)[:2]} if totals else found


RATIOS: Mapping[str, Callable[[Figures], float]] = {
    "index time": lambda f: f.index_seconds,
    "search p50": lambda f: f.query_ms["search"][0],
    "memory, indexing": lambda f: f.index_peak_mb,
    "memory, asking": lambda f: f.resident_mb,
    "disk": lambda f: f.disk_mb,
    "ready to ask": lambda f: f.open_seconds,
}


def ratios(benchmark: Benchmark) -> list[tuple[str, int, dict[str, float]]]:
    """Return for every other system and size how many times as much as wenju it takes (above 1: wenju is better)."""
    ours = {f.size: f for f in benchmark.figures if f.system == "wenju"}
    return [
        (f.system, f.size, {name: of(f) / of(ours[f.size]) for name, of in RATIOS.items() if of(ours[f.size]) > 0})
        for f in benchmark.figures
        if f.system != "wenju" and f.size in ours
    ]


def benchmark_shape(benchmark: Benchmark) -> dict[str, Any]:
    """Return a benchmark as one JSON object."""
    against = [{"system": name, "size": size, "times_wenju": found} for name, size, found in ratios(benchmark)]
    return {"format": FORMAT} | asdict(benchmark) | {"ratios": against}
