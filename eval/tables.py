"""Summaries, comparisons and lists of runs in, rich tables out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.compare import Changed, Comparison
from eval.compare_views import difference_lines
from eval.measures import CATALOGUE
from eval.statistics import Difference
from eval.store import RunFolder
from eval.summary import Summary, answer_characters, costs, latencies
from eval.types import Estimate, Row, Run

if TYPE_CHECKING:
    from rich.table import Table

LANGS = ("all", "zh", "en")
COLOURS = {"good": "green", "bad": "red", "even": ""}
BY_KIND = ("all@1", "all@5", "all@2000ch", "mrr@10", "correct@200", "citation recall", "false refusal")


def measure_table(summary: Summary) -> "Table":
    """Return every measure for all questions and by language, with 95 % intervals."""
    from rich.table import Table

    table = Table(title="measures, 95 % intervals over questions", title_justify="left")
    table.add_column("measure")
    shown = [part for part in LANGS if any(name.endswith(f"/{part}") for name in summary)]
    for part in shown:
        table.add_column(part, justify="right")
    table.add_column("what it says", style="dim", no_wrap=False)
    for name, measure in CATALOGUE.items():
        if f"{name}/all" in summary:
            table.add_row(name, *(_cell(summary.get(f"{name}/{part}")) for part in shown), measure.about)
    return table


def kind_table(summary: Summary, kinds: Sequence[str]) -> "Table":
    """Return the main measures by kind of question."""
    from rich.table import Table

    table = Table(title="by kind", title_justify="left")
    table.add_column("measure")
    for kind in kinds:
        table.add_column(kind, justify="right")
    for name in BY_KIND:
        table.add_row(name, *(_cell(summary.get(f"{name}/{kind}")) for kind in kinds))
    return table


def latency_lines(rows: Sequence[Row]) -> list[str]:
    """Return a line for each stage, and one on answers and failures."""
    lines = [f"ms {name}: p50 {a:.1f}  p95 {b:.1f}  max {c:.1f}" for name, (a, b, c) in latencies(rows).items()]
    lines += [f"tokens {name}: p50 {a:.0f}  p95 {b:.0f}  max {c:.0f}" for name, (a, b, c) in costs(rows).items()]
    lengths = sorted(answer_characters(rows))
    middle = lengths[len(lengths) // 2] if lengths else 0
    failed = sum(row.error is not None for row in rows)
    return [
        *lines,
        f"answer characters: median {middle}  max {lengths[-1] if lengths else 0};  "
        f"questions {len(rows)}, failed {failed}",
    ]


def difference_table(comparison: Comparison, part: str = "all") -> "Table":
    """Return the differences of one part: A, B, difference with interval, p, p after correction."""
    from rich.table import Table

    table = Table(title=f"{part}: {comparison.b.id} against {comparison.a.id}", title_justify="left")
    for heading in ("measure", "A", "B", "difference [95 %]", "p", "p (Holm)", "better/worse", "detectable"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for line in difference_lines(comparison.differences, part):
        table.add_row(line.name, *_difference_cells(line.found), style=COLOURS[line.verdict])
    return table


def _difference_cells(found: Difference) -> list[str]:
    return [
        f"{found.a:.3f}",
        f"{found.b:.3f}",
        f"{found.value:+.3f} [{found.low:+.3f} {found.high:+.3f}]",
        f"{found.p:.4f}",
        "" if found.adjusted is None else f"{found.adjusted:.4f}",
        f"{found.better}/{found.worse}",
        f"{found.detectable:.3f}",
    ]


def changed_lines(changes: Sequence[Changed], limit: int) -> list[str]:
    """Return the questions that changed, both answers below each other."""
    lines: list[str] = []
    for change in changes[:limit]:
        lines += [
            f"{change.b.id} [{change.b.kind}, {change.b.lang}] {change.b.question}",
            f"    {change.measure}: {change.a.measures[change.measure]:.2f} -> {change.b.measures[change.measure]:.2f}",
            f"    A: {_said(change.a)}",
            f"    B: {_said(change.b)}",
        ]
    if len(changes) > limit:
        lines.append(f"    and {len(changes) - limit} more")
    return lines


def _said(row: Row) -> str:
    if row.reply is None:
        return f"(failed: {row.error})"
    words = " ".join(row.reply.answer.split())[:200]
    return f"(refused) {words}" if row.reply.abstained else words


def board_table(summaries: Sequence[tuple[str, Summary]]) -> "Table":
    """Return a leaderboard: a row for each run, best first as they come."""
    from rich.table import Table

    columns = [f"{name}/{lang}" for name in ("all@1", "all@2000ch", "correct@200") for lang in ("zh", "en")]
    table = Table(title="leaderboard", title_justify="left")
    for heading in ("", *columns, "auroc/all"):
        table.add_column(heading, justify="right" if heading else "left")
    for label, summary in summaries:
        table.add_row(label, *(_cell(summary.get(name)) for name in (*columns, "auroc/all")))
    return table


def run_table(folders: Sequence[RunFolder]) -> "Table":
    """Return the list of runs."""
    from rich.table import Table

    table = Table()
    for heading in ("run", "label", "gold", "target", "model", "questions", "finished"):
        table.add_column(heading)
    for folder in folders:
        record = folder.record()
        options = record.get("options", {})
        table.add_row(
            folder.name,
            options.get("label") or "",
            " ".join(gold["file"] for gold in record.get("gold", [])),
            options.get("target", ""),
            str(record.get("system", {}).get("embedding_model", "")),
            str(len(folder.rows())),
            "yes" if record.get("finished") else "no",
        )
    return table


def kinds_of(run: Run) -> list[str]:
    """Return the kinds of questions of a run that have answers."""
    return sorted({row.kind for row in run.rows if row.answerable})


def _cell(found: Estimate | None) -> str:
    return "-" if found is None else f"{found.value:.3f} [{found.low:.3f} {found.high:.3f}]"
