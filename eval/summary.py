"""Rows in, one Estimate for every measure and part out: `correct@200/zh`, `all@5/list`, `auroc/all`.

Parts: `all`, each language, each kind, `style:…`, `doc:…`. A measure that has no value in a part is left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING

from eval.matching import squash
from eval.refusal_metrics import area_under_risk, auroc, calibration_error, reliability, risk_coverage
from eval.statistics import estimate
from eval.types import Estimate, Row

if TYPE_CHECKING:
    import numpy as np

RESAMPLES_OF_SETS = 500
RIGHT = "correct@400"
ALL = "all"

Summary = dict[str, Estimate]


def summarize(rows: Sequence[Row], *, seed: int = 0) -> Summary:
    """Return the estimate of every measure in every part of a run."""
    summary: Summary = {}
    for part, members in parts(rows).items():
        for name in dict.fromkeys(name for row in members for name in row.measures):
            values = [row.measures[name] for row in members if name in row.measures]
            summary[f"{name}/{part}"] = estimate(values, seed=seed)
        if not part.startswith(("doc:", "style:")):
            summary |= {f"{name}/{part}": value for name, value in _of_set(members, seed).items()}
    return summary


def parts(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows of every part, `all` first."""
    grouped: dict[str, list[Row]] = {ALL: []}
    for row in rows:
        for part in (ALL, row.lang, row.kind, f"style:{row.style}", *(f"doc:{doc}" for doc in row.docs)):
            grouped.setdefault(part, []).append(row)
    return grouped


def latencies(rows: Iterable[Row]) -> dict[str, tuple[float, float, float]]:
    """Return p50, p95 and the largest of every stage in milliseconds, in the order in which stages appear."""
    times: dict[str, list[float]] = {}
    for row in rows:
        for stage, value in (row.reply.timings if row.reply else {}).items():
            times.setdefault(stage, []).append(value)
    return {stage: tail(values) for stage, values in times.items()}


def costs(rows: Iterable[Row]) -> dict[str, tuple[float, float, float]]:
    """Return p50, p95 and the largest of the tokens read and written per question (estimated, see `qa.tokens`)."""
    spent: dict[str, list[float]] = {}
    for row in rows:
        for name, value in (row.reply.tokens if row.reply else {}).items():
            spent.setdefault(name, []).append(value)
    return {name: tail(values) for name, values in spent.items()}


def tail(values: Sequence[float]) -> tuple[float, float, float]:
    """Return p50, p95 and the largest of some values."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1]


def answer_characters(rows: Iterable[Row]) -> list[int]:
    """Return the squashed length of every answer that was given."""
    return [len(squash(row.reply.answer)) for row in rows if row.reply and row.reply.answer and not row.reply.abstained]


def right(row: Row) -> bool:
    """Return whether the answer given is right: it says what was asked, to a question that has an answer."""
    return row.measures.get(RIGHT, 0.0) == 1.0


def area(rows: Sequence[Row]) -> float | None:
    """Return AUROC of the confidence over the rows that have one."""
    yes = [row.confidence for row in rows if row.answerable and row.confidence is not None]
    no = [row.confidence for row in rows if not row.answerable and row.confidence is not None]
    return auroc(yes, no)


def _error(rows: Sequence[Row]) -> float | None:
    told = [row for row in rows if row.confidence is not None]
    return calibration_error(reliability([row.confidence or 0.0 for row in told], [row.answerable for row in told]))


def _risk(rows: Sequence[Row]) -> float | None:
    told = [row for row in rows if row.confidence is not None]
    return area_under_risk(risk_coverage([row.confidence or 0.0 for row in told], [right(row) for row in told]))


OF_SET: Mapping[str, Callable[[Sequence[Row]], float | None]] = {
    "auroc": area,
    "calibration error": _error,
    "aurc": _risk,
}
"""Measures of a whole set of questions; all others belong to single questions and are averaged."""


def _of_set(rows: Sequence[Row], seed: int) -> Summary:
    import numpy as np

    found: Summary = {}
    for name, value_of in OF_SET.items():
        value = value_of(rows)
        if value is None:
            continue
        rng = np.random.default_rng(seed)
        again = [value_of(_resample(rows, rng)) for _ in range(RESAMPLES_OF_SETS)]
        low, high = np.quantile([other for other in again if other is not None] or [value], (0.025, 0.975))
        found[name] = Estimate(value, float(low), float(high), len(rows))
    return found


def _resample(rows: Sequence[Row], rng: "np.random.Generator") -> list[Row]:
    return [rows[i] for i in rng.integers(0, len(rows), len(rows))]


def mean(summary: Summary, name: str) -> float | None:
    """Return one mean of a summary, None where the measure has no value."""
    return summary[name].value if name in summary else None


def flat(rows: Sequence[Row], summary: Summary) -> dict[str, float]:
    """Return the means by name, with answer length and failures beside them, as the shared scorer writes them."""
    lengths = answer_characters(rows)
    return {name: value.value for name, value in summary.items()} | {
        "answer characters/median": float(median(lengths)) if lengths else 0.0,
        "failed/all": float(sum(row.error is not None for row in rows)),
        "questions/all": float(len(rows)),
    }
