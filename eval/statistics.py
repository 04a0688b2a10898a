"""Measures of questions in, how sure one can be out: intervals, paired tests, corrections, power.

Everything resamples questions, because questions are what a gold set is a sample of. Everything takes a seed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

from eval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

RESAMPLES = 2000
PERMUTATIONS = 10_000
LEVEL = 0.95
EXACT_UP_TO = 12  # 2**12 sign patterns are fewer than PERMUTATIONS: then all of them are tried


@dataclass(frozen=True, slots=True)
class Difference:
    """B minus A over the same questions: mean, 95 % interval, p of the paired randomisation test."""

    a: float
    b: float
    value: float
    low: float
    high: float
    p: float
    n: int
    better: int
    """Questions on which B is larger."""
    worse: int
    detectable: float
    """The smallest difference that these questions would show (80 % power, p < 0.05)."""
    adjusted: float | None = None
    """p after Holm's correction over all measures compared."""


def estimate(values: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0) -> Estimate:
    """Return the mean of per-question values and its bootstrap interval. Raises ValueError without values."""
    import numpy as np

    if not len(values):
        raise ValueError("no values to average")
    x = np.asarray(values, dtype=float)
    means = _counts(len(x), resamples, seed) @ x / len(x)
    low, high = np.quantile(means, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(float(x.mean()), float(low), float(high), len(x))


@lru_cache(maxsize=64)
def _counts(n: int, resamples: int, seed: int) -> "Floats":
    """Return how often each of n questions is drawn in each resample: one product then gives every mean."""
    import numpy as np

    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples).astype(float)


def paired(a: Sequence[float], b: Sequence[float], *, seed: int = 0) -> Difference:
    """Return the difference between two runs over the same questions, in the same order."""
    import numpy as np

    one, two = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    difference = two - one
    interval = estimate(difference.tolist(), seed=seed)
    return Difference(
        a=float(one.mean()),
        b=float(two.mean()),
        value=interval.value,
        low=interval.low,
        high=interval.high,
        p=randomization_p(difference.tolist(), seed=seed),
        n=len(difference),
        better=int((difference > 0).sum()),
        worse=int((difference < 0).sum()),
        detectable=detectable(float(difference.std(ddof=1)) if len(difference) > 1 else 0.0, len(difference)),
    )


def randomization_p(differences: Sequence[float], *, seed: int = 0, permutations: int = PERMUTATIONS) -> float:
    """Return the two-sided p of Fisher's paired randomisation test: how often random signs do as much.

    >>> randomization_p([1, 1, 1])  # 2 of the 8 sign patterns: all plus, all minus
    0.25
    """
    import numpy as np

    x = np.asarray([d for d in differences if d != 0], dtype=float)
    if not len(x):
        return 1.0
    if exact := len(x) <= EXACT_UP_TO:
        signs = 1.0 - 2.0 * (np.arange(2 ** len(x))[:, None] >> np.arange(len(x)) & 1)
    else:
        signs = 1.0 - 2.0 * np.random.default_rng(seed).integers(0, 2, size=(permutations, len(x)))
    # sums of rounded fractions differ in the last place; without the slack equal sums would count as smaller
    as_extreme = int((np.abs(signs @ x) >= abs(x.sum()) - 1e-9).sum())
    return as_extreme / len(signs) if exact else (as_extreme + 1) / (len(signs) + 1)


def holm(ps: Mapping[str, float]) -> dict[str, float]:
    """Return p values corrected for their number (Holm's step-down; never smaller than before, in the same order).

    >>> holm({"one": 0.01, "two": 0.04, "three": 0.03})
    {'one': 0.03, 'three': 0.06, 'two': 0.06}
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    for place, (name, p) in enumerate(sorted(ps.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, p * (len(ps) - place)))
        adjusted[name] = largest
    return adjusted


def detectable(deviation: float, n: int, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the smallest true difference found with this power, given the deviation of paired differences."""
    if n < 2:
        return math.inf
    normal = NormalDist()
    return (normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)) * deviation / math.sqrt(n)


def detectable_by_set(values: Sequence[float], *, correlation: float = 0.7) -> float:
    """Return the difference a set can show between two runs alike, before a second run exists.

    Two variants of one system agree on most questions; systems that agree less need a larger difference to show it.
    """
    import numpy as np

    deviation = float(np.std(np.asarray(values, dtype=float))) * math.sqrt(2 * (1 - correlation))
    return detectable(deviation, len(values))
