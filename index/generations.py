"""The index on disk: generations built beside each other, one of them current, switched by an atomic rename.

    INDEX/current                 the number of the generation in use
    INDEX/lock                    held while an index is being built
    INDEX/generations/<n>/        manifest.json (written last), catalog.sqlite, vectors.faiss, windows/, lexical/

A generation without a manifest is unfinished: it is never read, and the next build removes it.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from pydantic import ValidationError

from index.errors import IndexDamaged, IndexLocked, IndexMismatch, IndexWriteFailed, NoIndex
from index.manifest import FORMAT, Manifest, seal

BUILD = "Run `wenju index ARTICLES` to build it"
CURRENT = "current"
MANIFEST = "manifest.json"


def current_generation(index: Path) -> int:
    """Return the number of the generation in use; cheap, to notice a new one. Raises NoIndex, IndexDamaged."""
    try:
        text = (index / CURRENT).read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise NoIndex(f"There is no index at {index}. {BUILD}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"{index / CURRENT} cannot be read ({error}). {BUILD} again.") from error
    if not text.strip().isdigit():
        raise IndexDamaged(f"{index / CURRENT} does not hold the number of a generation. {BUILD} again.")
    return int(text)


def folder_of(index: Path, generation: int) -> Path:
    """Return the folder of a generation."""
    return index / "generations" / str(generation)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a generation's folder. Raises IndexDamaged, IndexMismatch."""
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{folder / MANIFEST} cannot be read ({error}). {BUILD} again.") from error
    found = values.get("format") if isinstance(values, dict) else None
    if found != FORMAT:
        raise IndexMismatch(f"The index at {folder} has format {found}, this version reads {FORMAT}. {BUILD} again.")
    try:
        return Manifest.model_validate(values)
    except ValidationError as error:
        raise IndexDamaged(f"{folder / MANIFEST} is not a manifest. {BUILD} again.") from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file of a generation with its seal. Raises IndexDamaged."""
    for name, sealed in manifest.files.items():
        try:
            found = seal(folder / name)
        except OSError as error:
            raise IndexDamaged(f"{folder / name} is missing or cannot be read ({error}). {BUILD} again.") from error
        if found != sealed:
            raise IndexDamaged(
                f"{folder / name} is not what the manifest says. {BUILD} again, or `wenju index --rollback`."
            )


@contextmanager
def exclusive(index: Path) -> Iterator[None]:
    """Hold the lock of an index while it is built. Raises IndexLocked, IndexWriteFailed."""
    try:
        index.mkdir(parents=True, exist_ok=True)
        handle = os.open(index / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise IndexWriteFailed(f"{index} cannot be written ({error.strerror}). Choose another --index.") from error
    try:
        _lock(handle, index)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, index: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise IndexLocked(f"Another process is building the index at {index}. Wait until it is done.") from error


def new_folder(index: Path) -> tuple[int, Path]:
    """Make the folder of the next generation, after removing unfinished ones; only under the lock."""
    numbers = _numbers(index)
    for number in numbers:
        if not (folder_of(index, number) / MANIFEST).exists():
            shutil.rmtree(folder_of(index, number))
    generation = max(numbers, default=0) + 1
    folder = folder_of(index, generation)
    folder.mkdir(parents=True)
    return generation, folder


def finish(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a generation whose files are all there, everything safe on disk."""
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _write(folder / MANIFEST, manifest.model_dump_json(indent=1))
    _sync(folder)
    _sync(folder.parent)


def switch(index: Path, generation: int) -> None:
    """Make a generation the current one: all at once, or not at all."""
    _write(index / CURRENT, f"{generation}\n")
    _sync(index)


def remove_old(index: Path, *keep: int) -> None:
    """Remove every generation but those to keep."""
    for number in _numbers(index):
        if number not in keep:
            shutil.rmtree(folder_of(index, number), ignore_errors=True)


def roll_back(index: Path) -> int:
    """Make the last generation before the current one current, and return its number. Raises NoIndex, IndexDamaged."""
    with exclusive(index):
        current = current_generation(index)
        for number in sorted(_numbers(index), reverse=True):
            folder = folder_of(index, number)
            if number < current and (folder / MANIFEST).exists():
                check_files(folder, read_manifest(folder))
                switch(index, number)
                return number
    raise NoIndex(f"There is no earlier generation at {index} to go back to; generation {current} stays.")


def _numbers(index: Path) -> list[int]:
    folder = index / "generations"
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit()) if folder.is_dir() else []


def _write(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _sync(path: Path) -> None:
    # some file systems refuse to sync a folder; a file that cannot be synced is a failed write
    refused = suppress(OSError) if path.is_dir() else nullcontext()
    handle = os.open(path, os.O_RDONLY)
    try:
        with refused:
            os.fsync(handle)
    finally:
        os.close(handle)
