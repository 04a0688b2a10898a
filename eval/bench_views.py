"""A benchmark in, its table and its page out."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from eval.bench import Benchmark, Figures, ratios
from eval.bench_systems import TITLES
from eval.charts import lines_chart

if TYPE_CHECKING:
    from rich.table import Table

HEADINGS = (
    *("system", "passages", "index s", "index MB", "disk MB", "ready s", "MB"),
    *("search ms p50/p95", "all ms p50/p95"),
)
QUALITY = ("all@1/zh", "all@1/en", "all@2000ch/zh", "all@2000ch/en")


def figures_table(benchmark: Benchmark) -> "Table":
    """Return the figures: a line for each system and size."""
    from rich.table import Table

    table = Table(title=f"benchmark, {benchmark.questions} questions", title_justify="left")
    shown = [name for name in QUALITY if any(name in f.quality for f in benchmark.figures)]
    for heading in (*HEADINGS, *shown):
        table.add_column(heading, justify="left" if heading == "system" else "right")
    for f in benchmark.figures:
        table.add_row(*_cells(f), *(f"{f.quality[name]:.2f}" if name in f.quality else "" for name in shown))
    return table


def _cells(f: Figures) -> list[str]:
    plain = [
        f"{f.index_seconds:.1f}",
        f"{f.index_peak_mb:.0f}",
        f"{f.disk_mb:.1f}",
        f"{f.open_seconds:.2f}",
        f"{f.resident_mb:.0f}",
    ]
    times = [f"{f.query_ms[name][0]:.1f} / {f.query_ms[name][1]:.1f}" for name in ("search", "total")]
    return [f.system, f"{f.passages:,}", *plain, *times]


def stage_lines(benchmark: Benchmark) -> list[str]:
    """Return for each of wenju's sizes the seconds of each stage of indexing and the milliseconds of each of asking."""
    lines = []
    for f in benchmark.figures:
        building = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in f.index_stages.items())
        asking = ", ".join(f"{name} {p50:.1f} ms" for name, (p50, _) in f.query_ms.items())
        lines.append(f"{f.system}, {f.passages:,} passages: index: {building}; a question: {asking}")
    return lines


def ratio_lines(benchmark: Benchmark) -> list[str]:
    """Return how many times as much as wenju the other systems take."""
    return [
        f"{name} at size {size} takes, times wenju: {', '.join(f'{what} {value:.2f}' for what, value in found.items())}"
        for name, size, found in ratios(benchmark)
    ]


def bench_view(benchmark: Benchmark) -> dict[str, Any]:
    """Return everything the page of a benchmark shows."""
    systems = list(dict.fromkeys(f.system for f in benchmark.figures))
    charts: list[tuple[str, str, Callable[[Figures], float]]] = [
        ("Search, median", "ms", lambda f: f.query_ms["search"][0]),
        ("Indexing, process start included", "seconds", lambda f: f.index_seconds),
        ("Memory while answering", "MB", lambda f: f.resident_mb),
        ("Size on disk", "MB", lambda f: f.disk_mb),
    ]
    return {
        "benchmark": benchmark,
        "titles": TITLES,
        "charts": [
            (
                title,
                lines_chart(
                    title,
                    {name: [(f.characters, of(f)) for f in benchmark.figures if f.system == name] for name in systems},
                    x_name="characters of text",
                    y_name=unit,
                ),
            )
            for title, unit, of in charts
        ],
        "ratios": ratios(benchmark),
        "quality": QUALITY,
        "stages": stage_lines(benchmark),
    }
