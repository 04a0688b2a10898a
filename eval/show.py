"""Runs, comparisons and verdicts in, what the command line prints and writes out."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from eval.bench import Benchmark, benchmark_shape
from eval.bench_views import figures_table, ratio_lines, stage_lines
from eval.compare import Comparison
from eval.compare_views import Contender, sentence
from eval.gate import Verdict
from eval.report import (
    PAGE,
    bench_html,
    board_html,
    comparison_html,
    comparison_markdown,
    result_shape,
    write_json,
    write_reports,
)
from eval.summary import Summary
from eval.tables import board_table, changed_lines, difference_table, kind_table, kinds_of, latency_lines, measure_table
from eval.types import Run

if TYPE_CHECKING:
    from rich.console import Console

STDOUT = Path("-")


def console(*, stderr: bool = False) -> "Console":
    """Return the console of tables: as wide as the terminal, or wide enough for every column in a file."""
    from rich.console import Console

    plain = Console(stderr=stderr)
    return plain if plain.is_terminal else Console(width=170, stderr=stderr)


def show_run(run: Run, summary: Summary, *, folder: Path, json_file: Path | None) -> None:
    """Print the tables of a run and write its reports; with `--json -` only the JSON goes to stdout."""
    if json_file == STDOUT:
        typer.echo(json.dumps(result_shape(run, summary), ensure_ascii=False))
    elif json_file is not None:
        write_json(run, json_file, summary)
    screen = console(stderr=json_file == STDOUT)
    screen.print(measure_table(summary))
    if kinds := kinds_of(run):
        screen.print(kind_table(summary, kinds))
    for line in latency_lines(run.rows):
        screen.print(line, highlight=False, markup=False)
    write_reports(run, summary, folder)
    screen.print(f"run {run.id}, report in {folder / PAGE}", highlight=False, markup=False, soft_wrap=True)


def show_comparison(
    comparison: Comparison, *, json_file: Path | None, html: Path | None, markdown: Path | None, limit: int
) -> None:
    """Print what changed between two runs, and write it where asked."""
    if html is not None:
        html.write_text(comparison_html(comparison), encoding="utf-8")
    if markdown is not None:
        markdown.write_text(comparison_markdown(comparison), encoding="utf-8")
    if json_file is not None:
        text = json.dumps(comparison_shape(comparison), ensure_ascii=False, indent=1)
        if json_file == STDOUT:
            typer.echo(text)
        else:
            json_file.write_text(text + "\n", encoding="utf-8")
    screen = console(stderr=json_file == STDOUT)
    for part in ("all", "zh", "en"):
        if any(name.endswith(f"/{part}") for name in comparison.differences):
            screen.print(difference_table(comparison, part))
    if comparison.unpaired:
        screen.print(f"{comparison.unpaired} questions stand in one run only and are left out")
    for title, changes in (("better", comparison.better), ("worse", comparison.worse)):
        screen.print(f"{len(changes)} questions came out {title}", highlight=False)
        for line in changed_lines(changes, limit):
            screen.print(line, highlight=False, markup=False)


def show_board(contenders: Sequence[Contender], page: Path) -> None:
    """Print a leaderboard and write its page."""
    title = f"{len(contenders)} configurations on {len(contenders[0].run.rows)} questions"
    page.write_text(board_html(contenders, title), encoding="utf-8")
    best_first = sorted(contenders, key=lambda contender: contender.rank_key)
    console().print(board_table([(c.label, c.summary) for c in best_first]))
    for contender in contenders[1:]:
        if contender.against_first is not None:
            typer.echo(f"{contender.label} against {contenders[0].label}: {sentence(contender.against_first)}")
    typer.echo(f"leaderboard in {page}")


def show_benchmark(benchmark: Benchmark, *, json_file: Path | None, html: Path | None) -> None:
    """Print a benchmark and write it where asked."""
    shape = benchmark_shape(benchmark)
    if json_file == STDOUT:
        typer.echo(json.dumps(shape, ensure_ascii=False))
    elif json_file is not None:
        json_file.write_text(json.dumps(shape, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if html is not None:
        html.write_text(bench_html(benchmark), encoding="utf-8")
    screen = console(stderr=json_file == STDOUT)
    screen.print(figures_table(benchmark))
    left_out = [f"left out: {line}" for line in benchmark.left_out]
    for line in (*stage_lines(benchmark), *ratio_lines(benchmark), *left_out):
        screen.print(line, highlight=False, markup=False, soft_wrap=True)


def show_verdicts(verdicts: Sequence[Verdict], label: str = "") -> bool:
    """Print the gate's verdicts, the broken rules to stderr; return whether all hold."""
    of = f" of {label}" if label else ""
    for verdict in verdicts:
        typer.echo(f"gate{of} {'passed' if verdict.holds else 'FAILED'}: {verdict.sentence}", err=not verdict.holds)
    return all(verdict.holds for verdict in verdicts)


def comparison_shape(comparison: Comparison) -> dict[str, object]:
    """Return a comparison as JSON."""
    return {
        "a": comparison.a.id,
        "b": comparison.b.id,
        "differences": {name: asdict(found) for name, found in comparison.differences.items()},
        "better": [{"id": c.b.id, "measure": c.measure, "gain": c.gain} for c in comparison.better],
        "worse": [{"id": c.b.id, "measure": c.measure, "gain": c.gain} for c in comparison.worse],
        "unpaired": comparison.unpaired,
    }
