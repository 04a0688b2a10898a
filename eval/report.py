"""A run in, its faces out: JSON for machines (HTML and Markdown beside it). Runs are found and read through here."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.store import FORMAT
from eval.summary import Summary, flat, summarize
from eval.types import Run


def result_shape(run: Run, summary: Summary | None = None) -> dict[str, Any]:
    """Return a run as one JSON object: `summary` (means by `measure/part`), `intervals`, `record`, `rows`."""
    summary = summarize(run.rows) if summary is None else summary
    return {
        "format": FORMAT,
        "id": run.id,
        "summary": flat(run.rows, summary),
        "intervals": {name: [e.value, e.low, e.high] for name, e in summary.items()},
        "record": dict(run.record),
        "rows": [asdict(row) for row in run.rows],
    }


def write_json(run: Run, path: Path, summary: Summary | None = None) -> None:
    """Write a run as one JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result_shape(run, summary), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
