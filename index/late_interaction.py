"""A question and texts in, how well each piece of the question is met by some piece of each text out (MaxSim).

Late interaction after ColBERT (Khattab and Zaharia, SIGIR 2020), over the rows of a static table, which know no
context: a mean vector forgets which words it was made of, this does not, and across languages it needs no dictionary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.embedding_static import StaticEmbedder, unit
from index.ports import Scores
from index.types import Vectors

BLOCK = 15
"""Pieces; a run is two blocks. Runs of 30 against 60: MRR@10 of English pieces over Taiwan law .735 and .719."""

Pieces = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Met:
    """Scores of texts, 0 to 1: how well the question is met anywhere in the text, and in its best run of pieces."""

    text: Scores
    run: Scores


class LateInteraction:
    """MaxSim over the table of a static model."""

    def __init__(self, embedder: StaticEmbedder) -> None:
        self._embedder = embedder

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """Return the pieces of each text (0.1 ms a passage; worth keeping)."""
        return [np.array(ids, dtype=np.int32) for ids in self._embedder.pieces(texts)]

    def met(self, question: str, texts: Sequence[Pieces]) -> Met:
        """Return the scores of texts: squared cosines of each piece with its best match, by the piece's weight."""
        lengths = [len(text) for text in texts]
        filled = [at for at, length in enumerate(lengths) if length]
        scores = Met(np.zeros(len(texts), dtype=np.float32), np.zeros(len(texts), dtype=np.float32))
        asked, weights = self._question(question)
        if not filled or not len(weights):
            return scores
        known, places = np.unique(np.concatenate([texts[at] for at in filled]), return_inverse=True)
        cosines = asked @ unit(self._rows(known)).T
        alike = np.square(np.maximum(cosines, 0.0))[:, places]
        blocks, owners = _blocks([lengths[at] for at in filled])
        best = np.maximum.reduceat(alike, blocks, axis=1)
        firsts = np.searchsorted(owners, np.arange(len(filled)))
        scores.text[filled] = weights @ np.maximum.reduceat(best, firsts, axis=1)
        scores.run[filled] = np.maximum.reduceat(weights @ _in_twos(best, owners), firsts)
        return scores

    def _question(self, question: str) -> tuple[Vectors, Scores]:
        """Return the unit vectors of the question's pieces, and their weights of sum 1: a piece's part in the mean."""
        ids = np.array(self._embedder.pieces([question])[0], dtype=np.int32)
        rows, factors = self._rows(ids), self._embedder.table.factors
        weights = np.linalg.norm(rows, axis=1) * (1.0 if factors is None else factors[ids])
        return unit(rows), np.asarray(weights / max(float(weights.sum()), 1e-9), dtype=np.float32)

    def _rows(self, pieces: Pieces) -> Vectors:
        table = self._embedder.table
        found: Vectors = table.rows[pieces if table.mapping is None else table.mapping[pieces]].astype(np.float32)
        return found


def _blocks(lengths: Sequence[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return where each block begins in the texts laid end to end, and the number of its text."""
    counts = -(-np.asarray(lengths) // BLOCK)
    owners = np.repeat(np.arange(len(lengths)), counts)
    within = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(np.cumsum(lengths) - lengths, counts) + within * BLOCK, owners


def _in_twos(best: Scores, owners: npt.NDArray[np.int64]) -> Scores:
    """Return for each block the best of it and of the next one of its text."""
    following = np.concatenate([best[:, 1:], np.zeros((len(best), 1), dtype=best.dtype)], axis=1)
    last = np.append(owners[1:] != owners[:-1], True)
    return np.maximum(best, np.where(last, 0.0, following))
