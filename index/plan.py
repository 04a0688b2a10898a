"""A folder and what was indexed before in, the plan out: which files are new, changed, moved, gone or the same."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.catalog import Source
from index.errors import NothingToIndex

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Plan:
    """The files of a folder against those of the generation before, each list in order of path."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    """Pairs of old and new path of a file with the same bytes."""
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def changes(self) -> int:
        """Number of files that are not as they were."""
        return len(self.added) + len(self.changed) + len(self.moved) + len(self.removed)


def scan(folder: Path, *, leave_out: Path) -> list[Source]:
    """Return the files under a folder with the hash of their bytes, in order of path. Raises NothingToIndex.

    Hidden files, the index's own folder and links that lead out of the folder are left out.
    """
    check_folder(folder)
    root, apart = folder.resolve(), leave_out.resolve()
    if root == apart:
        raise NothingToIndex(f"{folder} cannot hold the articles and the index. Give another --index.")
    refused: list[OSError] = []
    found = [_source(path, root) for path in _files(root, apart, refused) if not _leads_out(path, root)]
    found += [_unreadable(os.path.relpath(str(error.filename), root), _reason(error)) for error in refused]
    if not found:
        raise NothingToIndex(f"There is no file in {folder}. Give the folder that holds the articles.")
    return sorted(found, key=lambda source: source.source)


def check_folder(folder: Path) -> None:
    """Raise NothingToIndex where there is no such folder."""
    if folder.is_file():
        raise NothingToIndex(f"{folder} is a file. Give the folder that holds it.")
    if not folder.is_dir():
        raise NothingToIndex(f"There is no folder {folder}. Give the folder that holds the articles.")


def compare(found: Sequence[Source], before: Sequence[Source]) -> Plan:
    """Return the plan that leads from the files indexed before to those found now."""
    now = {source.source: source.digest for source in found}
    then = {source.source: source.digest for source in before}
    gone = {then[name]: name for name in sorted(then, reverse=True) if name not in now and then[name] != UNREADABLE}
    new = [name for name in now if name not in then]
    moved = [(gone.pop(now[name]), name) for name in new if now[name] in gone]
    left, arrived = {old for old, _ in moved}, {name for _, name in moved}
    return Plan(
        added=tuple(name for name in new if name not in arrived),
        changed=tuple(name for name in now if name in then and now[name] != then[name]),
        moved=tuple(moved),
        removed=tuple(sorted(name for name in then if name not in now and name not in left)),
        unchanged=tuple(name for name in now if then.get(name) == now[name]),
    )


def _files(root: Path, apart: Path, refused: list[OSError]) -> Iterator[Path]:
    for place, folders, files in os.walk(root, onerror=refused.append):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(place, name) != apart]
        yield from (Path(place, name) for name in files if not name.startswith("."))


def _leads_out(path: Path, root: Path) -> bool:
    # the walk enters no linked folder, so only a file that is a link itself leads out
    return path.is_symlink() and not path.resolve().is_relative_to(root)


def _source(path: Path, root: Path) -> Source:
    name = path.relative_to(root).as_posix()
    if not name.isprintable() and name.encode(errors="surrogateescape") != name.encode(errors="replace"):
        return _unreadable(name, "its name is not UTF-8; give it another")
    if not path.is_file():
        return _unreadable(name, "it is not a plain file")
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
        return Source(name, digest, path.stat().st_size)
    except OSError as error:
        return _unreadable(name, _reason(error))


def _unreadable(name: str, reason: str) -> Source:
    shown = name.encode(errors="surrogateescape").decode(errors="replace")
    return Source(shown, UNREADABLE, 0, reason)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
