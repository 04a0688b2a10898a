"""A run, comparison or list of runs in, its faces out: HTML, Markdown for a pull request, JSON for machines.

The web's evaluation page reads runs through `list_runs` and `run_page`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.bench import Benchmark
from eval.bench_views import bench_view
from eval.compare import Comparison
from eval.compare_views import Contender, board_view, comparison_view, difference_lines, name_of, sentence
from eval.store import FORMAT, load_run, run_folders
from eval.summary import Summary, costs, flat, latencies, summarize
from eval.types import Run
from eval.views import run_view

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
PAGE, NOTE = "report.html", "report.md"
IN_BRIEF = (
    *("all@1", "all@5", "all@2000ch", "mrr@10", "ndcg@10", "correct@200", "correct@400"),
    *("citation precision", "citation recall", "verbatim", "false refusal", "false answer", "auroc"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A run in a list: its id, when and on what it was made, and its main figures by name."""

    id: str
    label: str
    created: str
    gold: str
    finished: bool
    figures: Mapping[str, float]


def result_shape(run: Run, summary: Summary | None = None) -> dict[str, Any]:
    """Return a run as one JSON object: `summary` (means by `measure/part`), `intervals`, `record`, `rows`."""
    summary = summarize(run.rows) if summary is None else summary
    return {
        "format": FORMAT,
        "id": run.id,
        "summary": flat(run.rows, summary),
        "intervals": {name: [e.value, e.low, e.high] for name, e in summary.items()},
        "record": dict(run.record),
        "rows": [asdict(row) for row in run.rows],
    }


def run_html(run: Run, summary: Summary | None = None) -> str:
    """Return the report of a run as one page that needs nothing else."""
    return _page("run.html.j2", run_view(run, summarize(run.rows) if summary is None else summary))


def comparison_html(comparison: Comparison) -> str:
    """Return the report of a comparison as one page."""
    return _page("compare.html.j2", comparison_view(comparison))


def board_html(contenders: Sequence[Contender], title: str) -> str:
    """Return a leaderboard as one page."""
    return _page("board.html.j2", board_view(contenders, title))


def bench_html(benchmark: Benchmark) -> str:
    """Return a benchmark as one page."""
    return _page("bench.html.j2", bench_view(benchmark))


def comparison_markdown(comparison: Comparison) -> str:
    """Return what changed as Markdown, for a pull request."""
    lines = [
        f"**{escape_markdown(name_of(comparison.b))}** against **{escape_markdown(name_of(comparison.a))}**",
        "",
        sentence(comparison),
        "",
        "| measure | A | B | difference (95 %) | p | p (Holm) |",
        "|---|---|---|---|---|---|",
    ]
    for line in difference_lines(comparison.differences, "all"):
        if line.name in IN_BRIEF:
            d = line.found
            corrected = "" if d.adjusted is None else f"{d.adjusted:.4f}"
            change = f"{d.value:+.3f} ({d.low:+.3f} to {d.high:+.3f})"
            lines.append(f"| {line.name} | {d.a:.3f} | {d.b:.3f} | {change} | {d.p:.4f} | {corrected} |")
    won, lost = len(comparison.better), len(comparison.worse)
    return "\n".join([*lines, "", f"{won} questions better, {lost} worse."]) + "\n"


def run_markdown(run: Run, summary: Summary | None = None) -> str:
    """Return a run as a Markdown table, for a pull request."""
    summary = summarize(run.rows) if summary is None else summary
    gold = ", ".join(gold["file"] for gold in run.record.get("gold", [])) or "gold"
    parts = [part for part in ("all", "zh", "en") if any(name.endswith(f"/{part}") for name in summary)]
    lines = [
        f"**{len(run.rows)} questions** ({escape_markdown(gold)}), 95 % intervals over questions",
        "",
        f"| measure | {' | '.join(parts)} |",
        f"|---|{'---|' * len(parts)}",
        *(f"| {name} | {_cells(name, parts, summary)} |" for name in IN_BRIEF if f"{name}/all" in summary),
        "",
        " · ".join(f"{name} p50 {p50:.1f} ms, p95 {p95:.1f}" for name, (p50, p95, _) in latencies(run.rows).items()),
        " · ".join(f"{name} p50 {p50:.0f} tokens, p95 {p95:.0f}" for name, (p50, p95, _) in costs(run.rows).items()),
    ]
    if failed := sum(row.error is not None for row in run.rows):
        lines += ["", f"**{failed} questions failed** and count as wrong in every measure."]
    return "\n".join(lines) + "\n"


def write_reports(run: Run, summary: Summary, folder: Path) -> None:
    """Write the page and the note of a run beside its rows."""
    (folder / PAGE).write_text(run_html(run, summary), encoding="utf-8")
    (folder / NOTE).write_text(run_markdown(run, summary), encoding="utf-8")


def write_json(run: Run, path: Path, summary: Summary | None = None) -> None:
    """Write a run as one JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result_shape(run, summary), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def list_runs(runs: Path) -> list[Entry]:
    """Return the runs of a folder, newest first, each with its main figures."""
    return [_entry(load_run(folder.path)) for folder in run_folders(runs)]


def run_page(runs: Path, name: str) -> str:
    """Return the report of a run by its id. Raises RunError where there is none."""
    run = load_run(runs / Path(name).name)
    page = runs / Path(name).name / PAGE
    return page.read_text(encoding="utf-8") if page.is_file() else run_html(run)


def escape_markdown(text: str) -> str:
    """Return text that Markdown shows as it is, on one line.

    >>> escape_markdown("a|b <i>")
    'a\\\\|b &lt;i>'
    """
    plain = " ".join(text.split()).replace("\\", "\\\\").replace("<", "&lt;")
    for sign in "|*_`[]":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def _cells(name: str, parts: Sequence[str], summary: Summary) -> str:
    found = [summary.get(f"{name}/{part}") for part in parts]
    return " | ".join(f"{e.value:.3f} ({e.low:.3f}–{e.high:.3f})" if e else "–" for e in found)


def _entry(run: Run) -> Entry:
    sums: dict[str, list[float]] = {}
    for row in run.rows:
        for name in IN_BRIEF:
            if name in row.measures:
                sums.setdefault(name, []).append(row.measures[name])
    return Entry(
        id=run.id,
        label=run.record.get("options", {}).get("label", ""),
        created=run.record.get("created", ""),
        gold=", ".join(gold["file"] for gold in run.record.get("gold", [])),
        finished=bool(run.record.get("finished")),
        figures={name: sum(values) / len(values) for name, values in sums.items()},
    )


def _page(template: str, view: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(view)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
