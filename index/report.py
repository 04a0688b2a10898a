"""What a build found and did, for the command line and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from index.encoding import Encoded
from index.manifest import Counts, Manifest
from index.plan import Plan
from index.reading import Read


class Progress(Protocol):
    """Who watches a build: each stage says its name and how much there is, then how much is done."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of so many steps."""

    def advance(self, count: int) -> None:
        """Tell that so many steps more are done."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a build found and did."""

    generation: int | None
    """The generation now current; None after a dry run where there is no index."""
    plan: Plan
    counts: Counts
    skipped: tuple[tuple[str, str], ...]
    """Files that could not be read, each with the reason."""
    embedded: int
    reused: int
    adapted: bool
    written: bool
    """False for a dry run, and when nothing had changed."""
    bytes_per_passage: float
    seconds: dict[str, float] = field(default_factory=dict)


def report_of(
    plan: Plan,
    reads: Sequence[Read],
    seconds: dict[str, float],
    *,
    generation: int | None,
    encoded: Encoded | None = None,
    manifest: Manifest | None = None,
) -> Report:
    """Return the report of a build, or of a dry run, which has no vectors and no manifest."""
    return Report(
        generation=generation,
        plan=plan,
        counts=count(reads, len(encoded.windows) if encoded else 0),
        skipped=tuple((read.source.source, read.source.refused) for read in reads if read.source.refused),
        embedded=encoded.embedded if encoded else 0,
        reused=encoded.reused if encoded else 0,
        adapted=manifest is not None and manifest.model.adapted is not None,
        written=manifest is not None,
        bytes_per_passage=round(sum(manifest.bytes_per_passage.values()), 1) if manifest else 0.0,
        seconds=seconds,
    )


def count(reads: Sequence[Read], windows: int) -> Counts:
    """Return how much was read."""
    entries = [entry for read in reads for entry in read.entries]
    return Counts(
        files=sum(read.source.refused is None for read in reads),
        articles=sum(entry.article.kind == "article" for entry in entries),
        leftovers=sum(entry.article.kind != "article" for entry in entries),
        passages=sum(len(entry.passages) for entry in entries),
        windows=windows,
    )
