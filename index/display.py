"""Reports and readings in, text for people and JSON for programs out; progress bars on a terminal only."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

if TYPE_CHECKING:
    # for people who only want to see a file read, FAISS need not be loaded
    from index.articles import Reading
    from index.report import Progress, Report

SHOWN = 20
"""Files named in a list before the rest is only counted."""
STAGES = {
    "scan": "looking at files",
    "read": "reading files",
    "adapt": "adapting the model",
    "embed": "embedding passages",
    "lexical": "indexing words",
    "write": "writing",
    "verify": "checking",
    "switch": "taking into use",
}


class _Watch:
    """Progress as bars, one for each stage."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def stage(self, name: str, total: int) -> None:
        """Begin a bar; the one before is full."""
        self._fill()
        self._task = self._bars.add_task(STAGES.get(name, name), total=max(total, 1))

    def advance(self, count: int) -> None:
        """Move the bar."""
        if self._task is not None:
            self._bars.advance(self._task, count)

    def _fill(self) -> None:
        if self._task is not None:
            task = self._bars.tasks[self._task]
            self._bars.update(self._task, completed=task.total)


@contextmanager
def watching() -> "Iterator[Progress | None]":
    """Lend progress bars on stderr, or None where stderr is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description:20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        yield _Watch(bars)


def summary(report: "Report", folder: Path, place: Path) -> str:
    """Return what a build found and did, in a few lines."""
    counts, plan = report.counts, report.plan
    lines = [
        f"{folder}: {_many(counts.files, 'file')}, {_many(counts.articles, 'article')}, "
        f"{_many(counts.passages, 'passage')}, {_many(counts.leftovers, 'leftover')} (contents, imprint)",
        f"files: {len(plan.added)} added, {len(plan.changed)} changed, {len(plan.moved)} moved, "
        f"{len(plan.removed)} removed, {len(plan.unchanged)} unchanged",
        *(
            f"skipped: {reason if source in reason else f'{source}: {reason}'}"
            for source, reason in report.skipped[:SHOWN]
        ),
    ]
    if len(report.skipped) > SHOWN:
        lines.append(f"skipped: {len(report.skipped) - SHOWN} files more")
    return "\n".join([*lines, _outcome(report, place)])


def as_json(report: "Report") -> str:
    """Return a report as one JSON object."""
    return json.dumps(asdict(report) | {"counts": report.counts.model_dump()}, ensure_ascii=False)


def explained(reading: "Reading") -> str:
    """Return the articles of a file and every repair, for people."""
    lines = [f"{reading.document.source} ({reading.document.format}, {len(reading.document.lines)} lines)"]
    for article in reading.articles:
        by = f" · {'、'.join(article.authors)}" if article.authors else ""
        when = f" · {article.date}" if article.date else ""
        span = f"{article.source_start}-{article.source_end}"
        lines.append(f"{span:>12}  {article.kind:9} {article.title}{by}{when} ({len(article.text)} characters)")
    kinds = Counter(each.kind for each in reading.repairs)
    lines.append("repairs: " + (", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "none"))
    lines += [f"{each.line:>12}  {each.kind:10} {each.before!r} -> {each.after!r}" for each in reading.repairs]
    return "\n".join(lines)


def explained_json(reading: "Reading") -> str:
    """Return the articles of a file and every repair as one JSON object."""
    articles = [asdict(article) for article in reading.articles]
    repairs = [asdict(each) for each in reading.repairs]
    named = {"source": reading.document.source, "format": reading.document.format}
    return json.dumps(named | {"articles": articles, "repairs": repairs}, ensure_ascii=False)


def _outcome(report: "Report", place: Path) -> str:
    took = f"{sum(report.seconds.values()):.1f} s"
    if not report.written and report.generation is not None and not report.plan.changes:
        return f"Nothing has changed; generation {report.generation} of {place} stays. {took}"
    if not report.written:
        return f"Dry run: nothing was written. {took}"
    adapted = ", model adapted to the articles" if report.adapted else ""
    size = f"{report.bytes_per_passage:,.0f} bytes a passage"
    done = f"{report.embedded:,} passages embedded, {report.reused:,} kept{adapted}, {size}"
    return f"Generation {report.generation} of {place} is in use: {done}. {took}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
