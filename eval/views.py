"""A run and its summary in, what a page shows out: tiles, families of measures with their charts, worst cases."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from eval.case_views import badness, case_view
from eval.charts import Line, Mark, histogram, intervals, reliability_diagram, risk_curve, waterfall
from eval.measures import CATALOGUE, Family
from eval.refusal_metrics import reliability, risk_coverage
from eval.statistics import detectable_by_set
from eval.summary import Summary, costs, latencies, right
from eval.summary import parts as grouped
from eval.types import Estimate, Row, Run

PARTS = ("all", "zh", "en")
WORST = 12
BY_PART = ("all@1", "all@2000ch", "correct@200", "citation recall", "false answer")
RANKS = (*map(str, range(1, 11)), "none")
TITLES: Mapping[Family, tuple[str, str]] = {
    "retrieval": ("Does the right text come up?", "Evidence quotes looked for in the passages, in their order."),
    "answer": ("Is the answer right?", "What the answer says, against the accepted answers and the written reference."),
    "citation": ("Does it stand on its sources?", "The quotes that the answer cites, against the evidence."),
    "refusal": (
        "Does it know what it does not know?",
        "Questions that the articles do not answer should be refused, all others answered; the confidence should be "
        "as often right as it says.",
    ),
}
CHARTED: Mapping[Family, tuple[str, ...]] = {
    "retrieval": ("all@1", "hit@1", "all@5", "all@1000ch", "all@2000ch", "recall@10", "mrr@10", "ndcg@10"),
    "answer": ("correct@200", "correct@400", "f1", "rouge-l"),
    "citation": ("citation precision", "citation recall", "verbatim", "sentences supported", "numbers quoted"),
    "refusal": ("false refusal", "false answer", "false answer near", "false answer far", "auroc", "brier"),
}
TILES = (
    ("correct@200", "of the answerable questions get the right answer in 200 characters"),
    ("all@2000ch", "have all their evidence in the first 2,000 characters found"),
    ("citation recall", "of the evidence is cited"),
    ("verbatim", "of the quotes stand word for word in their article"),
    ("false refusal", "of the answerable questions are refused"),
    ("false answer", "of the unanswerable questions are answered all the same"),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure, what it says, and how sure it is."""

    figure: str
    words: str
    sure: str


@dataclass(frozen=True, slots=True)
class Cells:
    """A line of a table of measures."""

    name: str
    about: str
    higher: bool
    cells: Sequence[Estimate | None]


@dataclass(frozen=True, slots=True)
class Extra:
    """A chart beside a family's plot."""

    title: str
    words: str
    chart: Markup


@dataclass(frozen=True, slots=True)
class Section:
    """A family of measures as a page shows it."""

    title: str
    words: str
    parts: Sequence[str]
    chart: Markup
    table: Sequence[Cells]
    extra: Sequence[Extra]


@dataclass(frozen=True, slots=True)
class PartLine:
    """A style or document with its main figures."""

    name: str
    questions: int
    names: Sequence[str]
    cells: Sequence[Estimate | None]


def run_view(run: Run, summary: Summary) -> dict[str, Any]:
    """Return everything the run's page shows."""
    options, system = run.record.get("options", {}), run.record.get("system", {})
    wrong = [case for row in run.rows if (case := case_view(row)).faults]
    stages = stage_times(run.rows)
    return {
        "run": run,
        "label": options.get("label", ""),
        "counts": ", ".join(f"{n} {name}" for name, n in Counter(row.lang for row in run.rows).most_common()),
        "gold": ", ".join(gold["file"] for gold in run.record.get("gold", [])) or "a gold set",
        "target": options.get("target", ""),
        "mode": options.get("mode", ""),
        "system": f"wenju {system.get('version', '?')}, model {system.get('embedding_model', '?')}",
        "created": run.record.get("created", ""),
        "tiles": tiles(summary),
        "failed": sum(row.error is not None for row in run.rows),
        "detectable": detectable_by_set([r.measures["correct@200"] for r in run.rows if "correct@200" in r.measures]),
        "families": [section for family in TITLES if (section := family_section(family, run.rows, summary))],
        "by_kind": kind_chart(run.rows, summary),
        "by_part": part_lines(run.rows, summary),
        "waterfall": waterfall("time by stage", stages) if stages else "",
        "seen_from_here": seen_from_here(run.rows),
        "worst": sorted(wrong, key=lambda case: badness(case.row))[:WORST],
        "wrong": len(wrong),
        "record": json.dumps(dict(run.record), ensure_ascii=False, indent=2),
    }


def tiles(summary: Summary) -> list[Tile]:
    """Return the headline figures that this run has."""
    shown = [(summary[f"{name}/all"], words) for name, words in TILES if f"{name}/all" in summary]
    return [
        Tile(f"{e.value:.0%}", words, f"{e.low * 100:.0f} to {e.high * 100:.0f} %, {e.n} questions")
        for e, words in shown
    ]


def family_section(family: Family, rows: Sequence[Row], summary: Summary) -> Section | None:
    """Return the section of a family, None where the run has none of its measures."""
    names = [m.name for m in CATALOGUE.values() if m.family == family and f"{m.name}/all" in summary]
    if not names:
        return None
    parts = [part for part in PARTS if any(f"{name}/{part}" in summary for name in names)]
    charted = [name for name in CHARTED[family] if name in names]
    title, words = TITLES[family]
    return Section(
        title=title,
        words=words,
        parts=parts,
        chart=intervals(title, [Line(name, _marks(name, parts, summary), note_of(name)) for name in charted]),
        table=[
            Cells(name, CATALOGUE[name].about, CATALOGUE[name].higher_is_better, _cells(name, parts, summary))
            for name in names
        ],
        extra=_extras(family, rows),
    )


def note_of(name: str) -> str:
    """Return what a measure says, and that less of it is better where that is so."""
    measure = CATALOGUE[name]
    return measure.about if measure.higher_is_better else f"{measure.about} (less is better)"


def _cells(name: str, parts: Sequence[str], summary: Summary) -> list[Estimate | None]:
    return [summary.get(f"{name}/{part}") for part in parts]


def _marks(name: str, series: Sequence[str], summary: Summary) -> list[Mark]:
    return [mark_of(e, part, f"{name}, {part}") for part in series if (e := summary.get(f"{name}/{part}"))]


def mark_of(e: Estimate, series: str, what: str) -> Mark:
    """Return the mark of an estimate, with its figures as a tip."""
    return Mark(e.value, e.low, e.high, series, f"{what}: {e.value:.3f} ({e.low:.3f} to {e.high:.3f}), {e.n} questions")


def _extras(family: Family, rows: Sequence[Row]) -> list[Extra]:
    told = [row for row in rows if row.confidence is not None]
    if family == "retrieval":
        counts = rank_counts(rows)
        words = "Per cent of the questions whose first evidence stands at this rank."
        return [Extra("Rank of the first evidence", words, histogram("rank of first evidence", counts, RANKS))]
    if family != "refusal" or not told:
        return []
    confidences = [row.confidence or 0.0 for row in told]
    honest = reliability_diagram(reliability(confidences, [row.answerable for row in told]))
    risk = risk_curve(risk_coverage(confidences, [right(row) for row in told]))
    return [
        Extra("Reliability", "On the dashed line the confidence is honest; above it, too modest.", honest),
        Extra("Risk by coverage", "Answering only the surest questions: how many of these answers are wrong.", risk),
    ]


def rank_counts(rows: Sequence[Row]) -> dict[str, list[int]]:
    """Return by language how many questions have their first evidence at each of the ten ranks, and at none."""
    counts: dict[str, list[int]] = {}
    for row in rows:
        if (reciprocal := row.measures.get("mrr@10")) is not None:
            place = round(1 / reciprocal) - 1 if reciprocal else len(RANKS) - 1
            counts.setdefault(row.lang, [0] * len(RANKS))[place] += 1
    return dict(sorted(counts.items(), reverse=True))


def kind_chart(rows: Sequence[Row], summary: Summary) -> Markup | str:
    """Return retrieval and answers by kind of question."""
    kinds = sorted({row.kind for row in rows if row.answerable})
    lines = []
    for kind in kinds:
        named = (("s0", f"all@2000ch/{kind}"), ("s1", f"correct@200/{kind}"))
        marks = [mark_of(summary[name], series, name) for series, name in named if name in summary]
        lines.append(Line(f"{kind} ({sum(row.kind == kind for row in rows)})", marks))
    return intervals("by kind", lines) if lines else ""


def part_lines(rows: Sequence[Row], summary: Summary) -> list[PartLine]:
    """Return the main figures by style and by document."""
    return [
        PartLine(part, len(members), BY_PART, [summary.get(f"{name}/{part}") for name in BY_PART])
        for part, members in grouped(rows).items()
        if ":" in part
    ]


def stage_times(rows: Sequence[Row]) -> list[tuple[str, float, float]]:
    """Return name, p50 and p95 of the stages that the system reports."""
    prefix = "answer: "
    told = latencies(rows)
    return [
        (name.removeprefix(prefix), p50, p95)
        for name, (p50, p95, _) in told.items()
        if name.startswith(prefix) and not name.endswith("total")
    ]


def seen_from_here(rows: Sequence[Row]) -> str:
    """Return how long search and answer took, seen from the evaluation, and what a question costs in tokens."""
    times = latencies(rows)
    told = [
        f"{name} {times[name][0]:.1f} ms (95 %: {times[name][1]:.1f})" for name in ("search", "answer") if name in times
    ]
    spent = ", ".join(f"{p50:.0f} tokens {name} (95 %: {p95:.0f})" for name, (p50, p95, _) in costs(rows).items())
    cost = f" With an LLM a question costs, as estimated, {spent}." if spent else ""
    return f"Seen from the evaluation: {', '.join(told)}.{cost}" if told else ""
