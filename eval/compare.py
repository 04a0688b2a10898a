"""Two runs in, their differences out: per measure with interval and p, per question with both answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from eval.errors import RunError
from eval.measures import CATALOGUE
from eval.statistics import Difference, holm, paired
from eval.summary import parts
from eval.types import Row, Run

JUDGED_BY = ("correct@400", "correct@200", "all@2000ch", "mrr@10", "false answer", "false refusal")
"""What decides, in this order, whether a question came out better or worse."""
CORRECTED = (
    "all@1",
    "all@5",
    "all@2000ch",
    "mrr@10",
    "correct@200",
    "citation recall",
    "false refusal",
    "false answer",
)
"""The measures of `all` that Holm's correction counts: more of them would only repeat these."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that came out differently: by which measure, and both rows."""

    measure: str
    gain: float
    a: Row
    b: Row


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A."""

    a: Run
    b: Run
    differences: dict[str, Difference]
    better: list[Changed]
    worse: list[Changed]
    unpaired: int
    """Questions that only one of the runs has; they are left out."""


def compare(a: Run, b: Run, *, seed: int = 0) -> Comparison:
    """Return the comparison over the questions that both runs have. Raises RunError where there are none."""
    of_a, of_b = {row.id: row for row in a.rows}, {row.id: row for row in b.rows}
    shared = [row.id for row in a.rows if row.id in of_b and _same(row, of_b[row.id])]
    if not shared:
        raise RunError(f"The runs {a.id} and {b.id} have no question in common. Run both on the same gold.")
    pairs = [(of_a[name], of_b[name]) for name in shared]
    changed = sorted(filter(None, (_change(*pair) for pair in pairs)), key=lambda c: -abs(c.gain))
    return Comparison(
        a,
        b,
        differences=_differences(pairs, seed),
        better=[c for c in changed if c.gain > 0],
        worse=[c for c in changed if c.gain < 0],
        unpaired=len(of_a.keys() ^ of_b.keys()),
    )


def _same(a: Row, b: Row) -> bool:
    """Return whether two rows ask the same: in the same words, or, perturbed, of the same evidence."""
    return a.question == b.question or (a.evidence, a.article_key, a.kind) == (b.evidence, b.article_key, b.kind)


def _differences(pairs: Sequence[tuple[Row, Row]], seed: int) -> dict[str, Difference]:
    partner = {a.id: b for a, b in pairs}
    found: dict[str, Difference] = {}
    for part, rows in parts([a for a, _ in pairs]).items():
        if ":" in part:  # styles and documents are too small to compare
            continue
        for name in CATALOGUE:
            values = [
                (row.measures[name], partner[row.id].measures[name])
                for row in rows
                if name in row.measures and name in partner[row.id].measures
            ]
            if values:
                found[f"{name}/{part}"] = paired([a for a, _ in values], [b for _, b in values], seed=seed)
    adjusted = holm({f"{name}/all": found[f"{name}/all"].p for name in CORRECTED if f"{name}/all" in found})
    return found | {name: replace(found[name], adjusted=p) for name, p in adjusted.items()}


def _change(a: Row, b: Row) -> Changed | None:
    for name in JUDGED_BY:
        if name in a.measures and name in b.measures and a.measures[name] != b.measures[name]:
            gain = b.measures[name] - a.measures[name]
            return Changed(name, gain if CATALOGUE[name].higher_is_better else -gain, a, b)
    return None
