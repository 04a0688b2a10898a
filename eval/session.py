"""A plan (gold, system, options) in, a finished Run out: what `wenju eval run` does."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.compare import compare
from eval.errors import RuleError, RunError, SystemFailed
from eval.gate import Rule, Verdict, judge, needs_baseline, parse_rules
from eval.gold import folder_documents, quote_problems, read_gold, refuse
from eval.record import index_seal, indexed_folder, make_record
from eval.run import Progress, evaluate
from eval.store import RunFolder, load_run, new_folder, unfinished
from eval.summary import Summary
from eval.systems import InProcess, Server, System, load_adapter
from eval.types import Case, Row, Run
from qa.settings import Settings
from qa.types import Mode


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be evaluated, on what, and how."""

    gold: tuple[Path, ...]
    settings: Settings
    url: str | None = None
    key: str | None = None
    adapter: Path | None = None
    articles: Path | None = None
    out: Path | None = None
    limit: int | None = None
    mode: Mode = "extractive"
    workers: int = 4
    label: str = ""
    resume: bool = False
    seed: int = 0

    @property
    def runs(self) -> Path:
        """Return the folder of all runs."""
        return self.settings.runs

    @property
    def target(self) -> str:
        """Return what is evaluated, in words."""
        return self.url or "in process"


def perform(plan: Plan, *, system: System | None = None) -> Run:
    """Return the finished run, of a system at hand or the plan's. Raises EvaluationError, and what NoIndex is under."""
    cases = _cases(plan)
    system, told = connect(plan) if system is None else (system, _in_process_record(plan, system))
    options = {"target": plan.target, "mode": plan.mode, "limit": plan.limit, "label": plan.label, "seed": plan.seed}
    record = make_record(plan.gold, told, plan.settings, options)
    folder = _folder(plan, record)
    workers = plan.workers if plan.url else 1
    with _progress(len(cases)) as progress:
        return evaluate(cases, system, folder, record, mode=plan.mode, workers=workers, progress=progress)


def connect(plan: Plan) -> tuple[System, Mapping[str, Any]]:
    """Return the system of a plan and what it says of itself. Raises RunError where nothing answers."""
    if plan.url is None:
        from qa.assemble import load_assistant

        system: System = InProcess(load_assistant(plan.settings))
        return system, _in_process_record(plan, system)
    make = load_adapter(plan.adapter) if plan.adapter else lambda url: Server.at(url, plan.key)
    system = make(plan.url)
    try:
        return system, system.info()
    except SystemFailed as error:
        raise RunError(f"{plan.url} does not answer: {error}. Start the server or mend --url.") from error


def _in_process_record(plan: Plan, system: System) -> Mapping[str, Any]:
    return dict(system.info()) | {"index": index_seal(plan.settings.index)}


def check_gate(gate: str | None, baseline: str | None) -> list[Rule]:
    """Return the rules of a gate, before hours are spent on a run that they cannot judge. Raises RuleError."""
    rules = parse_rules(gate) if gate else []
    if needs_baseline(rules) and baseline is None:
        raise RuleError("A rule of change (`drop`, `rise`) needs a run to compare with: --baseline RUN.")
    return rules


def verdicts(run: Run, summary: Summary, rules: Sequence[Rule], baseline: Run | None, seed: int = 0) -> list[Verdict]:
    """Return the verdict on every rule of a gate."""
    differences = compare(baseline, run, seed=seed).differences if baseline else {}
    return judge(rules, summary, differences)


def baseline_run(plan: Plan, baseline: str | None) -> Run | None:
    """Return the run to compare with, None where none is named. Raises RunError."""
    return load_run(baseline, plan.runs) if baseline else None


def _cases(plan: Plan) -> list[Case]:
    lines, problems = read_gold(plan.gold)
    folder = plan.articles or (None if plan.url else indexed_folder(plan.settings.index))
    if folder is not None:
        problems += quote_problems(lines, folder_documents(folder))
    refuse(problems)
    return [line.case for line in lines][: plan.limit]


def _folder(plan: Plan, record: Mapping[str, Any]) -> RunFolder:
    if plan.out is not None:
        return _given_folder(RunFolder(plan.out), record, resume=plan.resume)
    stopped = unfinished(plan.runs, str(record["fingerprint"])) if plan.resume else None
    return stopped or new_folder(plan.runs, record)


def _given_folder(folder: RunFolder, record: Mapping[str, Any], *, resume: bool) -> RunFolder:
    if not folder.exists():
        return folder
    if not resume:
        folder.clear()
    elif folder.record().get("fingerprint") != record["fingerprint"]:
        raise RunError(f"{folder.path} holds a run of other gold, settings or index. Give another --out.")
    return folder


@contextmanager
def _progress(total: int) -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield lambda row: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("questions", total=total)
        failed = 0

        def advance(row: Row) -> None:
            nonlocal failed
            failed += row.error is not None
            bar.update(task, advance=1, description=f"questions, {failed} failed" if failed else "questions")

        yield advance
