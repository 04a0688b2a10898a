"""What a generation says of itself: the pydantic shape of manifest.json, and the digests of its files."""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 3
WHOLE = 16 * 2**20
BLOCK = 2**20


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileSeal(_Shape):
    """Size and digest of a file of the generation."""

    size: int
    digest: str


class ModelSeal(_Shape):
    """The embedding model that made the vectors."""

    name: str
    fingerprint: str = Field(description="hash of weights, tokenizer and prompts, before adaptation")
    dimension: int
    max_tokens: int
    adapted: str | None = None
    """Fingerprint after adaptation to the articles, or None."""
    adapted_to: int | None = None
    """How many passages it was adapted to, in this or an earlier generation."""


class Counts(_Shape):
    """How much there is."""

    files: int
    articles: int
    leftovers: int
    passages: int
    windows: int


class Manifest(_Shape):
    """Everything that must fit before an index is read; written last, so a generation without one is unfinished."""

    format: int = FORMAT
    generation: int
    created: str
    folder: str
    model: ModelSeal
    code: str
    """Hash of the code that reads, repairs, splits, packs and indexes."""
    chunking: dict[str, int]
    counts: Counts
    bytes_per_passage: dict[str, float]
    files: dict[str, FileSeal]


def seal(path: Path) -> FileSeal:
    """Return size and digest of a file; above 16 MiB sixteen blocks spread over it stand for the whole.

    Hashing 1 GB takes half a second at every start; cut, swapped or overwritten files show in the sample as well.
    """
    size = path.stat().st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=16)
    with path.open("rb") as file:
        if size <= WHOLE:
            digest.update(file.read())
        else:
            for part in range(16):
                file.seek(part * (size - BLOCK) // 15)
                digest.update(file.read(BLOCK))
    return FileSeal(size=size, digest=digest.hexdigest())


def seal_all(folder: Path) -> dict[str, FileSeal]:
    """Return the seals of every file under a folder, by path relative to it."""
    return {path.relative_to(folder).as_posix(): seal(path) for path in sorted(folder.rglob("*")) if path.is_file()}
