"""One measurement in a process of its own: `python -m eval.bench_worker build|ask SYSTEM JOB.json`, JSON out.

A fresh process for each system and step, so that memory and start-up are its own and nobody warms it up for others.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from eval.bench_systems import SYSTEMS, Measured, quality
from qa.settings import Settings

QUALITY = ("all@1", "all@5", "all@2000ch", "mrr@10")


def main(arguments: list[str]) -> None:
    """Do one step of one system and write what was measured to the job's `out`."""
    step, system, path = arguments
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    measured = SYSTEMS[system](Settings.model_validate(job["settings"]))
    found = _build(measured, job) if step == "build" else _ask(measured, job)
    found |= {"peak_mb": _peak_mb(), "resident_mb": _resident_mb()}
    Path(job["out"]).write_text(json.dumps(found), encoding="utf-8")


def _build(measured: Measured, job: dict[str, Any]) -> dict[str, Any]:
    return {"stages": measured.build(Path(job["folder"]), Path(job["index"]))}


def _ask(measured: Measured, job: dict[str, Any]) -> dict[str, Any]:
    started = time.perf_counter()
    passages = measured.open(Path(job["folder"]), Path(job["index"]))
    opened = time.perf_counter() - started
    for asked in job["questions"][:3]:  # the first questions load what is loaded once
        measured.ask(asked["question"])
    times: dict[str, list[float]] = {}
    found: dict[str, list[float]] = {}
    for asked in job["questions"]:
        texts, stages = measured.ask(asked["question"])
        for name, value in stages.items():
            times.setdefault(name, []).append(value)
        if asked["evidence"]:
            measures = quality(asked["evidence"], texts)
            for name in QUALITY:
                found.setdefault(f"{name}/{asked['lang']}", []).append(measures[name])
    return {"open_seconds": opened, "passages": passages, "times": times, "quality": found}


def _peak_mb() -> float:
    # kibibytes on Linux, bytes on macOS
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _resident_mb() -> float | None:
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 2**10


if __name__ == "__main__":
    main(sys.argv[1:])
