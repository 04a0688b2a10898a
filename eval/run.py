"""Cases and a system in, a Run out: every question asked, measured, written down at once; failures are rows.

The rows of a run are appended to `rows.jsonl` as they come, so that a run that was stopped goes on where it was.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eval.errors import SystemFailed
from eval.measures import measure, measure_failure
from eval.store import RunFolder
from eval.systems import System, ask
from eval.types import Case, Reply, Row, Run
from index.errors import IndexFloorError
from qa.errors import AnswerFloorError
from qa.tokens import estimate
from qa.types import Mode

log = logging.getLogger(__name__)

# What a system under test may die of: its own refusals, a wrong shape, a bug. Memory and interrupts stop the run.
FAILURES = (
    SystemFailed,
    AnswerFloorError,
    IndexFloorError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
)
KEPT_PASSAGES = 5
PROMPTED = 8
"""Passages that an answer is written from unless `k` says otherwise."""
KEPT_CHARS = 1500

Progress = Callable[[Row], None]


def evaluate(
    cases: Sequence[Case],
    system: System,
    folder: RunFolder,
    record: Mapping[str, Any],
    *,
    mode: Mode = "extractive",
    workers: int = 1,
    progress: Progress = lambda row: None,
) -> Run:
    """Return the run over all cases in their order; what the folder answered already is not asked again."""
    done = {row.id: row for row in folder.rows() if row.error is None}
    missing = [case for case in cases if case.id not in done]
    folder.begin(record)
    for row in done.values():
        progress(row)
    for row in _rows(missing, system, mode, workers):
        folder.append(row)
        done[row.id] = row
        progress(row)
    run = Run(folder.name, record, tuple(done[case.id] for case in cases))
    folder.finish(run)
    return run


def _rows(cases: Sequence[Case], system: System, mode: Mode, workers: int) -> Iterator[Row]:
    if workers == 1:
        yield from (evaluate_case(case, system, mode) for case in cases)
        return
    from concurrent.futures import ThreadPoolExecutor, as_completed

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(evaluate_case, case, system, mode) for case in cases]
        try:
            yield from (future.result() for future in as_completed(futures))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def evaluate_case(case: Case, system: System, mode: Mode = "extractive") -> Row:
    """Return the row of one question; a system that fails leaves an error and counts as wrong."""
    row = Row(
        id=case.id,
        question=case.question,
        lang=case.lang,
        kind=case.kind,
        style=case.style,
        docs=case.docs,
        article_key=case.article_key,
        near=case.near,
        reference=case.reference,
        evidence=tuple(tuple(e.quote for e in group) for group in case.evidence),
    )
    try:
        reply = ask(system, case.question, mode)
        return replace(row, measures=measure(case, reply), reply=_kept(reply))
    except FAILURES as error:
        log.warning("question %s failed: %s: %s", case.id, type(error).__name__, error)
        return replace(row, measures=measure_failure(case), error=f"{type(error).__name__}: {error}")


def _kept(reply: Reply) -> Reply:
    """Return the reply as far as reports show it, with what it cost: the first passages, cut."""
    tokens = {"read": sum(estimate(f.text) for f in reply.found[:PROMPTED]), "written": estimate(reply.answer)}
    found = tuple(replace(f, text=f.text[:KEPT_CHARS]) for f in reply.found[:KEPT_PASSAGES])
    return replace(reply, found=found, tokens=tokens)
