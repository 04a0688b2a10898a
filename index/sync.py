"""A folder in, a new generation of the index out: only what changed is read and embedded again.

report = build_index(Path("articles"), Path(".wenju/index"), embedder=load_embedder("default"))
"""

import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index.catalog import Entry, Source, write_catalog
from index.chunking import LIMIT, OVERLAP, TARGET
from index.encoding import Cache, Encoded, encode
from index.errors import IndexDamaged, IndexMismatch, IndexWriteFailed, NoIndex, NothingToIndex
from index.fitted_embedder import Fitted, can_adapt, fit
from index.generations import exclusive, finish, new_folder, remove_old, switch
from index.lexical import Known, build_lexical
from index.manifest import FileSeal, Manifest, seal_all
from index.opened import OpenIndex, open_index
from index.plan import Plan, compare, scan
from index.ports import Embedder
from index.reading import Read, code_seal, distinct, read_all, read_before, rows_before
from index.report import Progress, Report, count, report_of
from index.vectors import build_vectors
from index.windows import RUN, SHORT

log = logging.getLogger(__name__)

CHUNKING = {"target": TARGET, "limit": LIMIT, "overlap": OVERLAP, "window_short": SHORT, "window_run": RUN}


def build_index(
    folder: Path,
    index: Path,
    *,
    embedder: Embedder,
    adapt: bool = True,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> Report:
    """Bring the index up to date with a folder and say what was done.

    Raises NothingToIndex, IndexLocked, IndexWriteFailed; whatever happens, the index that was there stays in use.
    """
    build = _Build(folder, index, embedder, adapt and can_adapt(embedder), progress or _Unwatched())
    if dry_run:
        return build.look()
    with exclusive(index):
        return build.run()


class _Unwatched:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage."""

    def advance(self, count: int) -> None:
        """Go on."""


class _Build:
    """One run over a folder: its stages in order, and the seconds each took."""

    def __init__(self, folder: Path, index: Path, embedder: Embedder, adapt: bool, progress: Progress) -> None:
        self.folder, self.index, self.embedder, self.adapt, self.progress = folder, index, embedder, adapt, progress
        self.seconds: dict[str, float] = {}
        self.cores = len(os.sched_getaffinity(0))
        self.before = _before(index, embedder)
        self.same_code = self.before is not None and self.before.manifest.code == code_seal()

    def look(self) -> Report:
        """Say what a build would find and do, writing nothing."""
        found, plan = self._plan()
        reads = self._read(found, plan)
        return report_of(plan, reads, self.seconds, generation=self.before.generation if self.before else None)

    def run(self) -> Report:
        """Build the next generation and make it current, unless nothing has changed."""
        found, plan = self._plan()
        if self.before and self._is_current(self.before, plan):
            return _unchanged(self.before, plan, self.seconds)
        reads = self._read(found, plan)
        if not any(entry.passages for read in reads for entry in read.entries):
            raise NothingToIndex(_nothing(self.folder, reads))
        with _written(self.index) as (generation, place):
            with ThreadPoolExecutor(2) as beside:
                # while this process waits for vectors, it joins what the others count, and writes the catalogue
                words = beside.submit(self._write_lexical, place / "lexical", reads)
                catalog = beside.submit(_write_catalog, place / "catalog.sqlite", reads)
                fitted = self._fit(reads)
                encoded = self._encode(reads, fitted.embedder)
                with self._stage("lexical", 1):
                    words.result()
                    catalog.result()
            self._write(place, encoded, fitted)
            manifest = self._seal(place, generation, reads, encoded, fitted)
            with self._stage("switch", 1):
                switch(self.index, generation)
        remove_old(self.index, generation, self.before.generation if self.before else generation)
        return report_of(plan, reads, self.seconds, generation=generation, encoded=encoded, manifest=manifest)

    def _is_current(self, before: OpenIndex, plan: Plan) -> bool:
        return not plan.changes and self.same_code and (before.manifest.model.adapted is not None) == self.adapt

    def _plan(self) -> tuple[list[Source], Plan]:
        with self._stage("scan", 1):
            found = scan(self.folder, leave_out=self.index)
            return found, compare(found, self.before.catalog.sources() if self.before else [])

    def _read(self, found: Sequence[Source], plan: Plan) -> list[Read]:
        kept = set(plan.unchanged) if self.same_code else set[str]()
        fresh = [source for source in found if source.source not in kept]
        with self._stage("read", len(found)):
            advance = self.progress.advance
            read = read_all(self.folder, fresh, self.embedder, cores=self.cores, advance=advance)
            reads = {each.source.source: each for each in read}
            if self.before and kept:
                reads |= read_before(self.before.catalog, kept)
                advance(len(kept))
        return distinct([reads[source.source] for source in found])

    def _fit(self, reads: Sequence[Read]) -> Fitted:
        if not self.adapt:
            return Fitted(self.embedder)
        with self._stage("adapt", 1):
            return fit(self.embedder, _entries(reads), self.before.fitted if self.before else None)

    def _encode(self, reads: Sequence[Read], embedder: Embedder) -> Encoded:
        entries, before = _entries(reads), self.before
        with self._stage("embed", sum(len(entry.passages) for entry in entries)):
            alike = before is not None and before.embedder.fingerprint == embedder.fingerprint
            cache = Cache(before.catalog, before.vectors, before.windows) if before and alike else None
            return encode(entries, embedder, cache, cores=self.cores, advance=self.progress.advance)

    def _write_lexical(self, folder: Path, reads: Sequence[Read]) -> None:
        entries = _entries(reads)
        passages = [passage for entry in entries for passage in entry.passages]
        articles = {entry.article.id: entry.article for entry in entries}
        known = Known(self.before.lexical, rows_before(reads)) if self.before else None
        build_lexical(passages, articles, known=known, cores=self.cores).save(folder)

    def _write(self, place: Path, encoded: Encoded, fitted: Fitted) -> None:
        with self._stage("write", 1):
            build_vectors(encoded.vectors, threads=self.cores).save(place / "vectors.faiss")
            encoded.windows.save(place / "windows")
            fitted.save(place)

    def _seal(self, place: Path, generation: int, reads: Sequence[Read], encoded: Encoded, fitted: Fitted) -> Manifest:
        """Write the manifest after a look that what was written can be opened and fits."""
        with self._stage("verify", 1):
            files, counts = seal_all(place), count(reads, len(encoded.windows))
            manifest = Manifest(
                generation=generation,
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                folder=str(self.folder.resolve()),
                model=fitted.seal(self.embedder),
                code=code_seal(),
                chunking=CHUNKING,
                counts=counts,
                bytes_per_passage=_bytes_per_passage(files, counts.passages),
                files=files,
            )
            OpenIndex(place, manifest, self.embedder).close()
            finish(place, manifest)
            return manifest

    @contextmanager
    def _stage(self, name: str, total: int) -> Iterator[None]:
        self.progress.stage(name, total)
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)
        log.debug("%s: %.3f s", name, self.seconds[name])


@contextmanager
def _written(index: Path) -> Iterator[tuple[int, Path]]:
    """Lend the folder of a new generation, and remove it if the build does not come to its end."""
    place = None
    try:
        generation, place = new_folder(index)
        yield generation, place
    except BaseException as error:
        if place:
            shutil.rmtree(place, ignore_errors=True)
        if isinstance(error, OSError | sqlite3.Error):
            raise IndexWriteFailed(
                f"The new index could not be written to {index} ({error}). The old one is unharmed: free some space "
                "and run `wenju index` again."
            ) from error
        raise


def _before(index: Path, embedder: Embedder) -> OpenIndex | None:
    """Return the index that is there, or None where it cannot be built upon."""
    try:
        return open_index(index, embedder=embedder)
    except NoIndex:
        return None
    except (IndexMismatch, IndexDamaged) as error:
        log.warning("The index is built from nothing: %s", error)
        return None


def _unchanged(before: OpenIndex, plan: Plan, seconds: dict[str, float]) -> Report:
    counts = before.manifest.counts
    return Report(
        generation=before.generation,
        plan=plan,
        counts=counts,
        skipped=tuple((each.source, each.refused) for each in before.catalog.sources() if each.refused),
        embedded=0,
        reused=counts.passages,
        adapted=before.manifest.model.adapted is not None,
        written=False,
        bytes_per_passage=round(sum(before.manifest.bytes_per_passage.values()), 1),
        seconds=seconds,
    )


def _entries(reads: Sequence[Read]) -> list[Entry]:
    return [entry for read in reads for entry in read.entries]


def _write_catalog(path: Path, reads: Sequence[Read]) -> None:
    write_catalog(path, (read.source for read in reads), _entries(reads))


def _bytes_per_passage(files: dict[str, FileSeal], passages: int) -> dict[str, float]:
    parts = sorted({name.split("/")[0] for name in files})
    sums = {part: sum(sealed.size for name, sealed in files.items() if name.split("/")[0] == part) for part in parts}
    return {part: round(size / max(passages, 1), 1) for part, size in sums.items()}


def _nothing(folder: Path, reads: Sequence[Read]) -> str:
    reasons = "; ".join(f"{read.source.source}: {read.source.refused}" for read in reads[:3] if read.source.refused)
    return (
        f"Nothing in {folder} can be read ({reasons or 'no text'}). Give a folder of txt, md, html, pdf or docx files."
    )
