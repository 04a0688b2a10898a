"""Everything that a run was made with in, its record out: what one needs to know to make it again.

Gold (by hash), system (version, generation, model), settings without secrets, package versions, machine, seed.
"""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from index.errors import IndexFloorError
from qa.settings import Settings

PACKAGES = ("wenju", "numpy", "faiss-cpu", "langchain-core", "sentence-transformers", "torch", "tokenizers", "rjieba")
TELLING = (
    *("embedding_model", "embedding_query_prompt", "embedding_passage_prompt", "adapt", "reranker", "threshold"),
    *("strict", "llm", "llm_rewrite", "llm_max_tokens", "llm_context_tokens", "tokenizer_file", "threads"),
)
"""Settings that change answers: two runs that differ in one of these are not parts of one run."""


def make_record(
    gold: Sequence[Path], system: Mapping[str, Any], settings: Settings, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the record of a run; `options` are those of the command: target, mode, limit, seed, label."""
    made_by = {
        "gold": [{"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in gold],
        "system": dict(system),
        "options": dict(options),
        "settings": {name: value for name, value in settings.model_dump(mode="json").items() if name in TELLING},
    }
    return made_by | {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "machine": machine(),
        "fingerprint": hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()[:16],
    }


def index_seal(index: Path) -> dict[str, Any]:
    """Return what the manifest of an index says of generation, model and counts; empty where there is none."""
    from index.generations import current_generation, folder_of, read_manifest

    try:
        manifest = read_manifest(folder_of(index, current_generation(index)))
    except IndexFloorError:
        return {}
    return manifest.model_dump(mode="json", include={"generation", "created", "model", "code", "chunking", "counts"})


def indexed_folder(index: Path) -> Path | None:
    """Return the folder that an index was made from, None where it is not known or not there any more."""
    from index.generations import current_generation, folder_of, read_manifest

    try:
        folder = Path(read_manifest(folder_of(index, current_generation(index))).folder)
    except IndexFloorError:
        return None
    return folder if folder.is_dir() else None


def machine() -> dict[str, Any]:
    """Return the machine, as far as it explains a latency."""
    return {
        "system": platform.platform(terse=True),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": _memory_gib(),
        "omp_threads": os.environ.get("OMP_NUM_THREADS", ""),
        "implementation": sys.implementation.name,
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, OSError, ValueError):
        return None
