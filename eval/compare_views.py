"""Comparisons and leaderboards in, what their pages show out: plots of differences, questions won and lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from eval.charts import Line, Mark, intervals
from eval.compare import CORRECTED, Comparison
from eval.measures import CATALOGUE
from eval.statistics import Difference
from eval.summary import Summary
from eval.types import Run
from eval.views import mark_of, note_of

SHOWN = 15
SURE = 0.05


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A measure of a comparison: its difference, and `good`, `bad` or `even` as a reader should take it."""

    name: str
    about: str
    found: Difference
    verdict: str


@dataclass(frozen=True, slots=True)
class Contender:
    """A run of a leaderboard with its summary and, but for the first, its comparison with the first."""

    label: str
    run: Run
    summary: Summary
    against_first: Comparison | None

    @property
    def rank_key(self) -> float:
        """Return what a leaderboard is sorted by: right answers and early evidence, most first."""
        return -sum(self.summary[name].value for name in ("correct@200/all", "mrr@10/all") if name in self.summary)


@dataclass(frozen=True, slots=True)
class BoardChart:
    """One measure of a leaderboard: every contender by language."""

    name: str
    about: str
    chart: Markup


def comparison_view(comparison: Comparison) -> dict[str, Any]:
    """Return everything the page of a comparison shows."""
    parts = [part for part in ("all", "zh", "en") if f"mrr@10/{part}" in comparison.differences] or ["all"]
    return {
        "a": name_of(comparison.a),
        "b": name_of(comparison.b),
        "sentence": sentence(comparison),
        "unpaired": comparison.unpaired,
        "questions": len(comparison.a.rows),
        "sections": [(part, *_section(comparison.differences, part)) for part in parts],
        "better": comparison.better[:SHOWN],
        "worse": comparison.worse[:SHOWN],
        "counts": (len(comparison.better), len(comparison.worse)),
    }


def name_of(run: Run) -> str:
    """Return the label of a run, or its id."""
    return str(run.record.get("options", {}).get("label") or run.id)


def sentence(comparison: Comparison) -> str:
    """Return in one sentence what surely changed, after Holm's correction."""
    told = [
        f"{line.name} {'rose' if line.found.value > 0 else 'fell'} by {abs(line.found.value) * 100:.1f} points"
        for line in difference_lines(comparison.differences, "all")
        if line.found.adjusted is not None and line.verdict != "even"
    ]
    if not told:
        return "Nothing surely changed: every difference may be chance."
    return f"Surely changed (p under {SURE} after correction for {len(CORRECTED)} measures): {'; '.join(told)}."


def difference_lines(differences: Mapping[str, Difference], part: str) -> list[DifferenceLine]:
    """Return the differences of a part in the order of the catalogue."""
    return [
        DifferenceLine(name, measure.about, found, verdict(name, found))
        for name, measure in CATALOGUE.items()
        if (found := differences.get(f"{name}/{part}")) is not None
    ]


def verdict(name: str, found: Difference) -> str:
    """Return `good` or `bad` for a sure change (corrected where it is one of the corrected), else `even`."""
    p = found.p if found.adjusted is None else found.adjusted
    if p >= SURE or found.value == 0:
        return "even"
    return "good" if (found.value > 0) == CATALOGUE[name].higher_is_better else "bad"


def _section(differences: Mapping[str, Difference], part: str) -> tuple[Markup, list[DifferenceLine]]:
    lines = difference_lines(differences, part)
    edge = max((abs(end) for line in lines for end in (line.found.low, line.found.high)), default=0.1)
    edge = min(1.0, max(0.05, round(edge + 0.049, 1)))
    drawn = [
        Line(line.name, [_mark(line)], f"{line.found.a:.3f} → {line.found.b:.3f}, {chance(line.found.p)}")
        for line in lines
    ]
    return intervals(f"differences, {part}", drawn, low=-edge, high=edge), lines


def _mark(line: DifferenceLine) -> Mark:
    found = line.found
    interval = f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})"
    tip = f"{line.name}: {interval}, {chance(found.p)}, {found.n} questions"
    return Mark(found.value, found.low, found.high, line.verdict, tip)


def chance(p: float) -> str:
    """Return a p value in words.

    >>> chance(0.0004)
    'p < 0.001'
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def board_view(contenders: Sequence[Contender], title: str) -> dict[str, Any]:
    """Return everything the page of a leaderboard shows."""
    return {
        "title": title,
        "contenders": contenders,
        "questions": len(contenders[0].run.rows),
        "charts": [chart for name in CORRECTED if (chart := _board_chart(name, contenders)) is not None],
        "sentences": [(c.label, sentence(c.against_first)) for c in contenders if c.against_first is not None],
        "lost_and_won": [(c.label, c.against_first) for c in contenders if c.against_first is not None],
        "shown": 5,
        "columns": [f"{name}/{lang}" for name in ("all@1", "all@2000ch", "correct@200") for lang in ("zh", "en")],
    }


def _board_chart(name: str, contenders: Sequence[Contender]) -> BoardChart | None:
    lines = []
    for lang in ("all", "zh", "en"):
        marks = [
            mark_of(c.summary[f"{name}/{lang}"], f"s{place % 6}", f"{c.label}, {name}, {lang}")
            for place, c in enumerate(contenders)
            if f"{name}/{lang}" in c.summary
        ]
        if marks:
            lines.append(Line({"all": "all", "zh": "asked in Chinese", "en": "asked in English"}[lang], marks))
    return BoardChart(name, note_of(name), intervals(name, lines)) if lines else None
