"""Runs on disk, a folder each: `run.json` (how it was made), `rows.jsonl` (what came out), reports.

In: a Run, or a path to a run folder or to the JSON of a run. Out: files, or the Run read back.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.errors import RunError
from eval.json_files import read_object
from eval.types import Row, Run

if TYPE_CHECKING:
    from pydantic import TypeAdapter

RECORD, ROWS = "run.json", "rows.jsonl"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @property
    def name(self) -> str:
        """Return the run's id: the folder's name."""
        return self.path.name

    def exists(self) -> bool:
        """Return whether a run was begun here."""
        return (self.path / RECORD).is_file()

    def clear(self) -> None:
        """Forget the rows of an earlier run."""
        (self.path / ROWS).unlink(missing_ok=True)

    def begin(self, record: Mapping[str, Any]) -> None:
        """Write down how the run is made, before its first question. Raises RunError."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            _write(self.path / RECORD, dict(record) | {"finished": False})
        except OSError as error:
            raise RunError(f"The run cannot be written to {self.path}: {error}. Give another folder: --out.") from error

    def append(self, row: Row) -> None:
        """Add a row, so that it is on disk when this returns."""
        with (self.path / ROWS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")

    def finish(self, run: Run) -> None:
        """Mark the run as finished."""
        _write(self.path / RECORD, dict(run.record) | {"finished": True})

    def record(self) -> dict[str, Any]:
        """Return how the run was made. Raises RunError."""
        return read_object(self.path / RECORD, RunError)

    def rows(self) -> list[Row]:
        """Return the rows written so far, the last one of each question; a line cut off by a stop is removed."""
        path = self.path / ROWS
        if not path.is_file():
            return []
        lines = path.read_text(encoding="utf-8").split("\n")
        if lines[-1]:
            path.write_text("\n".join([*lines[:-1], ""]), encoding="utf-8")
        return list({row.id: row for row in (_row(line, path) for line in lines[:-1])}.values())


def new_folder(runs: Path, record: Mapping[str, Any]) -> RunFolder:
    """Return a fresh folder below `runs`, named by the record's time."""
    stem = str(record["created"]).replace(":", "").replace("-", "")[:15]
    names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, 10_000))
    return RunFolder(next(path for name in names if not (path := runs / name).exists()))


def unfinished(runs: Path, fingerprint: str) -> RunFolder | None:
    """Return the newest run that was stopped half-way and was made like this one, None if there is none."""
    for folder in run_folders(runs):
        record = folder.record()
        if not record.get("finished") and record.get("fingerprint") == fingerprint:
            return folder
    return None


def run_folders(runs: Path) -> Iterator[RunFolder]:
    """Yield the run folders below `runs`, newest first."""
    if runs.is_dir():
        found = [path.parent for path in runs.glob(f"*/{RECORD}")]
        yield from (RunFolder(path) for path in sorted(found, reverse=True))


def load_run(place: str | Path, runs: Path | None = None) -> Run:
    """Return a run by its folder, its JSON file or its id among `runs`. Raises RunError."""
    path = Path(place)
    if not path.exists() and runs is not None:
        path = runs / place
    if path.is_dir():
        folder = RunFolder(path)
        return Run(folder.name, folder.record(), tuple(folder.rows()))
    if not path.is_file():
        raise RunError(f"There is no run {str(place)!r}. List the runs with: wenju eval runs")
    return run_of(read_object(path, RunError), path)


def run_of(shape: Mapping[str, Any], path: Path) -> Run:
    """Return the run that a JSON object holds. Raises RunError."""
    if shape.get("format") != FORMAT or "rows" not in shape:
        raise RunError(f"{path} is not the JSON of a run. Make one with: wenju eval run GOLD --json FILE")
    rows = tuple(_row(json.dumps(row), path) for row in shape["rows"])
    return Run(str(shape.get("id", path.stem)), shape.get("record", {}), rows)


def _row(line: str, path: Path) -> Row:
    from pydantic import ValidationError

    try:
        return _rows_adapter().validate_json(line)
    except ValidationError as error:
        raise RunError(f"{path} holds a row that cannot be read: {error.errors()[0]['msg']}. Run again.") from error


@cache
def _rows_adapter() -> "TypeAdapter[Row]":
    from pydantic import TypeAdapter

    return TypeAdapter(Row)


def _write(path: Path, shape: Mapping[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(shape, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)
