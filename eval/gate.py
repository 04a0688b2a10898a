"""Rules in words and a summary (and a baseline) in, sentences of what breaks them out: `all@5/zh >= 0.95`.

A rule of level:   MEASURE[/PART] (>= | > | <= | <) NUMBER
A rule of change:  MEASURE[/PART] (drop | rise) (<= | <) NUMBER [at p < NUMBER]        needs a baseline
Rules are parted by semicolons. PART is `all` unless given; `correct` means `correct@200`.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.errors import RuleError
from eval.measures import CATALOGUE
from eval.statistics import Difference, holm
from eval.types import Estimate

Change = Literal["drop", "rise"]
SHORT = {"correct": "correct@200", "ndcg": "ndcg@10", "mrr": "mrr@10", "recall": "recall@10"}
HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_NUMBER = r"\d+(?:\.\d+)?|\.\d+"
_RULE = re.compile(
    rf"(?P<name>.+?)(?:/(?P<part>\S+?))?\s*(?:\b(?P<change>drop|rise))?\s*(?P<sign>>=|<=|>|<)\s*(?P<bound>{_NUMBER})"
    rf"(?:\s+at\s+p\s*<\s*(?P<p>{_NUMBER}))?"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a gate, as it was written and as it is understood."""

    text: str
    measure: str
    part: str
    sign: str
    bound: float
    change: Change | None = None
    p: float | None = None

    @property
    def name(self) -> str:
        """Return the name of the figure that the rule is about."""
        return f"{self.measure}/{self.part}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a rule: whether it holds, and a sentence that says by how much and how sure."""

    rule: Rule
    holds: bool
    sentence: str


def parse_rules(text: str) -> list[Rule]:
    """Return the rules of a gate. Raises RuleError that shows the form of a rule.

    >>> [rule.name for rule in parse_rules("all@5/zh >= 0.95; correct drop <= 0.01 at p < 0.05")]
    ['all@5/zh', 'correct@200/all']
    """
    rules = [_parse(part.strip()) for part in text.split(";") if part.strip()]
    if not rules:
        raise RuleError(f"The gate {text!r} has no rule. Write for example: all@5/zh >= 0.95")
    return rules


def _parse(text: str) -> Rule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise RuleError(
            f"The rule {text!r} is not understood. Write `MEASURE/PART >= NUMBER`, or, against a baseline, "
            "`MEASURE/PART drop <= NUMBER at p < NUMBER`."
        )
    found = match.groupdict()
    measure = SHORT.get(found["name"].strip(), found["name"].strip())
    if measure not in CATALOGUE:
        raise RuleError(f"There is no measure {measure!r} (rule {text!r}). Measures are: {', '.join(CATALOGUE)}.")
    if found["p"] and not found["change"]:
        raise RuleError(f"The rule {text!r} compares nothing, so it has no p. Say `drop` or `rise`, or leave p away.")
    if found["change"] and found["sign"].startswith(">"):
        raise RuleError(f"The rule {text!r} would demand a {found['change']}. A change has an upper bound: <= NUMBER.")
    change: Change | None = {"drop": "drop", "rise": "rise"}.get(found["change"] or "")  # type: ignore[assignment]
    p = float(found["p"]) if found["p"] else None
    return Rule(text, measure, found["part"] or "all", found["sign"], float(found["bound"]), change, p)


def needs_baseline(rules: Sequence[Rule]) -> bool:
    """Return whether any rule speaks of a change."""
    return any(rule.change for rule in rules)


def judge(
    rules: Sequence[Rule], summary: Mapping[str, Estimate], differences: Mapping[str, Difference]
) -> list[Verdict]:
    """Return the verdict on every rule; a figure that the run does not have breaks its rule.

    The p values of all rules of change are corrected for their number: more rules are not more chances to fail.
    """
    tested = {rule.name: differences[rule.name].p for rule in rules if rule.p and rule.name in differences}
    adjusted = holm(tested)
    return [
        _changed(rule, differences.get(rule.name), adjusted.get(rule.name))
        if rule.change
        else _level(rule, summary.get(rule.name))
        for rule in rules
    ]


def _level(rule: Rule, found: Estimate | None) -> Verdict:
    if found is None:
        return Verdict(rule, False, f"{rule.name} has no value in this run, and {rule.sign} {rule.bound:g} is demanded")
    holds = HOLDS[rule.sign](found.value, rule.bound)
    interval = f"{found.value:.3f} (95 % interval {found.low:.3f} to {found.high:.3f}, {found.n} questions)"
    if holds:
        return Verdict(rule, True, f"{rule.name} is {interval}, as demanded: {rule.sign} {rule.bound:g}")
    sure = not any(HOLDS[rule.sign](end, rule.bound) for end in (found.low, found.high))
    told = "surely: the whole interval is beyond it" if sure else "not surely: the interval reaches it"
    miss = abs(found.value - rule.bound)
    return Verdict(rule, False, f"{rule.name} is {interval}, {miss:.3f} off the {rule.sign} {rule.bound:g}; {told}")


def _changed(rule: Rule, found: Difference | None, adjusted: float | None) -> Verdict:
    if found is None:
        return Verdict(rule, False, f"{rule.name} has no value in both runs, so its {rule.change} cannot be judged")
    change = -found.value if rule.change == "drop" else found.value
    within = HOLDS[rule.sign](change, rule.bound)
    p = found.p if adjusted is None else adjusted
    holds = within or (rule.p is not None and p >= rule.p)
    went = "fell" if found.value < 0 else "rose"
    sentence = (
        f"{rule.name} {went} by {abs(found.value):.3f} from {found.a:.3f} to {found.b:.3f} "
        f"(95 % interval of the change {found.low:+.3f} to {found.high:+.3f}, p = {p:.4f}, {found.n} questions)"
    )
    if found.value == 0:
        sentence = f"{rule.name} did not change ({found.a:.3f}, {found.n} questions)"
    verdict = "within" if within else ("beyond, but not surely," if holds else "more than")
    return Verdict(rule, holds, f"{sentence}: {verdict} the {rule.bound:g} allowed")
