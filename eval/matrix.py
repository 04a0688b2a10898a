"""A plan and variations in, a leaderboard out: every configuration over the same questions.

The configuration named last (by custom the shipped one, `hybrid`) comes last; all are compared with the first.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from eval.compare import compare
from eval.compare_views import Contender
from eval.errors import RuleError
from eval.session import Plan, perform
from eval.summary import summarize
from eval.systems import InProcess
from eval.variants import Variant, load_variant, parse_variants

PAGE = "leaderboard.html"


def perform_matrix(
    plan: Plan, variations: Sequence[str], announce: Callable[[str], None] = lambda label: None
) -> list[Contender]:
    """Return every configuration's run with its comparison with the first. Raises EvaluationError."""
    if plan.url is not None:
        raise RuleError("Only a system in this process can be varied; leave --url away.")
    contenders: list[Contender] = []
    for place, variant in enumerate(parse_variants(variations, plan.settings)):
        announce(variant.label)
        run = perform(_plan_of(plan, variant, place), system=InProcess(load_variant(variant)))
        first = contenders[0].run if contenders else None
        against = compare(first, run, seed=plan.seed) if first else None
        contenders.append(Contender(variant.label, run, summarize(run.rows, seed=plan.seed), against))
    return contenders


def _plan_of(plan: Plan, variant: Variant, place: int) -> Plan:
    out = plan.out / f"{place + 1:02d}" if plan.out else None
    label = f"{plan.label}: {variant.label}" if plan.label else variant.label
    return replace(plan, settings=variant.settings, label=label, out=out)


def page_of(plan: Plan, contenders: Sequence[Contender]) -> Path:
    """Return where the leaderboard's page is written: into --out, or beside the runs under the first one's name."""
    folder = plan.out or plan.runs / f"{contenders[0].run.id}-leaderboard"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / PAGE
