"""The VectorIndex on FAISS: unit vectors in, the nearest passage rows out; exact while that is fast enough.

| passages | kind | measured (256 dimensions, 1 thread) |
|---|---|---|
| up to 20,000 | flat float32, exact | 0.7 ms, 1,024 bytes a passage |
| up to 300,000 | flat float16 (`SQfp16`), recall 1.000 | 1.5 ms at 100,000 where float32 takes 3.3 ms, 512 bytes |
| more | inverted lists in 8 bits (`IVF,SQ8`), `nprobe` chosen by recall measured on its own vectors | 256 bytes |
"""

from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index.errors import IndexDamaged, IndexMismatch, IndexWriteFailed
from index.ports import Scores
from index.types import Rows, Vectors

Native = Any
"""An object of FAISS itself, whose type hints do not tell what its Python side takes."""
_BITMAP: Native = faiss.IDSelectorBitmap
_PARAMETERS: Native = faiss.SearchParameters
_PARAMETERS_IVF: Native = faiss.SearchParametersIVF

EXACT_UP_TO = 20_000
HALF_UP_TO = 300_000
WANTED_RECALL = 0.95
RECALL_SAMPLE = 200


class FaissVectors:
    """Nearest passages by inner product, on FAISS."""

    def __init__(self, index: Native, *, threads: int = 1) -> None:
        self._index = index
        self._threads = threads

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, queries: Vectors, k: int, *, allowed: Rows | None = None) -> tuple[Scores, Rows]:
        """Return scores and rows, both (n, k), best first; missing places have row -1 and score -inf."""
        queries = np.ascontiguousarray(np.atleast_2d(queries), dtype=np.float32)
        _same_dimension(queries.shape[1], self.dimension)
        # OpenMP keeps the number of threads per calling thread; a server's thread would else start with all cores
        # (2.6 ms became 16 ms beside one busy neighbour).
        faiss.omp_set_num_threads(self._threads)
        # a selector does not own its bits: they must outlive the search
        bits = None if allowed is None else _bits(allowed, len(self))
        scores, rows = self._index.search(queries, k, params=self._parameters(bits))
        return np.where(rows < 0, -np.inf, scores).astype(np.float32), rows

    def reconstruct(self, rows: Rows) -> Vectors:
        """Return the stored vectors of rows, as exact as the index keeps them."""
        if len(rows) == 0:
            return np.zeros((0, self.dimension), dtype=np.float32)
        if _is_inverted(self._index):
            self._index.make_direct_map()
        return np.asarray(self._index.reconstruct_batch(np.asarray(rows, dtype=np.int64)), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the index to one file. Raises IndexWriteFailed."""
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise IndexWriteFailed(f"{path} cannot be written ({error}). Free some space and index again.") from error

    def _parameters(self, bits: np.ndarray[Any, Any] | None) -> Native:
        selector = None if bits is None else _BITMAP(bits)
        if _is_inverted(self._index):
            probes = self._index.nlist if bits is not None else self._index.nprobe
            return _PARAMETERS_IVF(sel=selector, nprobe=probes)
        return None if selector is None else _PARAMETERS(sel=selector)


def build_vectors(vectors: Vectors, *, threads: int = 1) -> FaissVectors:
    """Return an index of the vectors, its kind chosen by their number (see the table above)."""
    faiss.omp_set_num_threads(threads)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    count, dimension = vectors.shape
    index = faiss.index_factory(dimension, kind_for(count), faiss.METRIC_INNER_PRODUCT)
    if count == 0:
        return FaissVectors(faiss.IndexFlatIP(dimension), threads=threads)
    index.train(vectors[:: max(1, count // 200_000)])
    index.add(vectors)
    if _is_inverted(index):
        _choose_probes(index, vectors)
    return FaissVectors(index, threads=threads)


def open_vectors(path: Path, *, threads: int = 1) -> FaissVectors:
    """Return the index of a file, memory-mapped, so that worker processes share its pages. Raises IndexDamaged."""
    try:
        # plain IO_FLAG_MMAP reads a flat index whole (0.65 s and 1 GB for a million vectors); this one does not
        return FaissVectors(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC), threads=threads)
    except RuntimeError as error:
        raise IndexDamaged(f"{path} cannot be read. Run `wenju index ARTICLES` to build the index again.") from error


def kind_for(count: int) -> str:
    """Return the FAISS factory string for a number of passages."""
    if count <= EXACT_UP_TO:
        return "Flat"
    if count <= HALF_UP_TO:
        return "SQfp16"
    return f"IVF{int(4 * count**0.5)},SQ8"


def _choose_probes(index: Native, vectors: Vectors) -> None:
    """Set the least nprobe, doubling from 8, that finds 95 % of the true ten nearest of a sample.

    Recall at the same nprobe moved from 1.00 to 0.40 between two collections, so it is measured on the user's own.
    """
    sample = vectors[:: max(1, len(vectors) // RECALL_SAMPLE)][:RECALL_SAMPLE]
    truth = np.argpartition(-(sample @ vectors.T), 10, axis=1)[:, :10]
    index.nprobe = 8
    while index.nprobe < index.nlist and _recall(index, sample, truth) < WANTED_RECALL:
        index.nprobe = min(index.nlist, index.nprobe * 2)


def _recall(index: Native, sample: Vectors, truth: Rows) -> float:
    _, rows = index.search(sample, 10)
    return float(np.mean([len(np.intersect1d(found, true)) / 10 for found, true in zip(rows, truth, strict=True)]))


def _is_inverted(index: Native) -> bool:
    return hasattr(index, "nprobe")


def _bits(allowed: Rows, count: int) -> np.ndarray[Any, Any]:
    flags = np.zeros(count, dtype=bool)
    flags[allowed] = True
    return np.packbits(flags, bitorder="little")


def _same_dimension(given: int, wanted: int) -> None:
    if given != wanted:
        raise IndexMismatch(
            f"The embedding model gives vectors of length {given}, the index holds {wanted}. "
            "Run `wenju index ARTICLES` with this model, or set WENJU_EMBEDDING_MODEL to the one that made the index."
        )
