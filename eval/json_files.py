"""JSON files in, the objects in them out; what cannot be read is refused in one sentence."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.errors import EvaluationError, GoldError


def read_object(path: Path, refusal: type[EvaluationError]) -> dict[str, Any]:
    """Return the object that a JSON file holds. Raises the given refusal."""
    try:
        shape = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise refusal(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(shape, dict):
        raise refusal(f"{path} is not a JSON object.")
    return shape


def read_objects(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file with one a line. Raises GoldError."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _object(json.loads(line), f"{path}:{number}")
    except (OSError, ValueError) as error:
        raise GoldError(f"{path} cannot be read as JSON lines: {error}.") from error


def _object(shape: object, place: str) -> dict[str, Any]:
    if not isinstance(shape, dict):
        raise GoldError(f"{place} is not a JSON object.")
    return shape
