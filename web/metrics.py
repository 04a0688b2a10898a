"""What the server counts, for Prometheus: requests, stages of an answer, refusals, modes, the index generation.

In: requests and answers. Out: the text of `/metrics`; with several workers, the sum over all of them.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from qa.shapes import Shape

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the workers of one server put their counts together (set by `wenju serve --workers`)."""


class Metrics:
    """The server's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "wenju_requests", "Requests by route, method and status", ["route", "method", "status"], registry=registry
        )
        self.seconds = Histogram(
            "wenju_request_seconds", "Time to the end of a response", ["route"], buckets=SECONDS, registry=registry
        )
        self.stages = Histogram(
            "wenju_stage_seconds", "Time of a stage of an answer", ["stage"], buckets=SECONDS, registry=registry
        )
        self.answers = Counter("wenju_answers", "Answers by mode and outcome", ["mode", "outcome"], registry=registry)
        self.llm_errors = Counter("wenju_llm_errors", "Answers whose language model failed", registry=registry)
        self.generation = Gauge(
            "wenju_index_generation", "Generation being served", registry=registry, multiprocess_mode="max"
        )

    def answered(self, shape: Shape) -> None:
        """Count an answer or a refusal and the time of its stages."""
        self.answers.labels(shape["mode"], shape["reason"] or "answered").inc()
        for stage, milliseconds in shape["timings_ms"].items():
            self.stages.labels(stage).observe(milliseconds / 1000)
        if "llm_failed" in shape["notes"]:
            self.llm_errors.inc()

    def text(self) -> bytes:
        """Return everything counted in Prometheus' text format."""
        if not os.environ.get(SHARED_FOLDER):
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
