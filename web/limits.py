"""How often somebody may ask: a token bucket for every key, user or address.

In: names. Out: nothing, or a problem (429) that says when to come back. Each server process counts for itself.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from web.problems import Problem

REMEMBERED = 10_000  # names; the one that was silent longest is forgotten first


class Limits:
    """Lets every name take `rate` requests a minute, and as many at once after a quiet minute; 0 means no limit."""

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self._clock = rate, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> None:
        """Count one request. Raises Problem (rate_limited) when the bucket is empty."""
        if not self.rate:
            return
        now = self._clock()
        left, at = self._buckets.pop(name, (float(self.rate), now))
        left = min(float(self.rate), left + (now - at) * self.rate / 60)
        self._buckets[name] = (max(0.0, left - 1) if left >= 1 else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if left < 1:
            wait = math.ceil((1 - left) * 60 / self.rate)
            detail = f"More than {self.rate} requests a minute. Try again in {wait} s."
            raise Problem(429, "rate_limited", detail, {"Retry-After": str(wait)})
