"""A static embedder and the user's own sentences go in; the same embedder, weighted for them, comes out.

A piece that stands everywhere in these articles tells little of any passage, so its row weighs less: a row of
relative frequency f weighs a / (a + f). Rows of other words and languages follow the frequent rows they lie close
to, so that a question in English is weighted as the Chinese text is. No gradient, nothing drawn by chance: the same
sentences give the same weights, in well under a second.

Development gold, dense leg, evidence first: best sentence zh 0.58 -> 0.65, en 0.45 -> 0.55; with the passage added
zh 0.57 -> 0.65, en 0.43 -> 0.52; found within 2,000 characters zh 0.82 -> 0.88, en 0.83 -> 0.79 (42 questions).
Over held-out texts about everything it neither helps nor harms much: MRR@10 between -0.016 and +0.014 (model card).

For whoever builds an index:

    adapted = adapt(embedder, sentences)            # once, when the index is first built
    save_adaptation(adapted, generation / ADAPTATION_FILE)
    embedder = load_adaptation(embedder, generation / ADAPTATION_FILE)   # when it is opened or grows

The fingerprint of the adapted embedder differs, and is the same after loading. Adapting again changes every vector:
keep the file over later generations, until all is embedded anew.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from index.embedding_static import StaticEmbedder, Table, unit
from index.errors import IndexDamaged

ADAPTATION_FILE = "adaptation.safetensors"
SMOOTHING = 0.005
"""The a of a / (a + f); 0.003 to 0.01 gave the same within 0.02."""
FREQUENT = 800
"""How many rows, the most frequent first, others are compared with."""
NEAR = 0.5
"""Cosine from which a row follows another; 0.4 to 0.6 gave the same within 0.02."""
SENTENCES = 100_000
"""Sentences that are counted, evenly spread over all that there are: more change nothing."""
BLOCK = 1024
"""Rows compared at a time: their nearness takes 3 MB, and all of it stays in the cache (8,192 took 140 MB at once)."""
BATCH = 64
"""Texts cut into pieces at a time: 64 passages are 16,000 pieces, whose record takes 2 MB."""

Weights = npt.NDArray[np.float16]


def adapt(embedder: StaticEmbedder, sentences: Sequence[str]) -> StaticEmbedder:
    """Return the embedder weighted for texts like these sentences (headings and titles may be among them)."""
    counts = _count_rows(embedder, sentences[:: max(1, len(sentences) // SENTENCES)])
    if not counts.any():
        return embedder
    own = np.log(SMOOTHING / (SMOOTHING + counts / counts.sum()))
    near = _follow(embedder.table, own, np.argsort(-counts, kind="stable")[:FREQUENT])
    return _weighted(embedder, np.exp(np.minimum(own, near)).astype(np.float16))


def save_adaptation(adapted: StaticEmbedder, path: Path) -> None:
    """Write the weights of an adapted embedder; for one that is not adapted, a file that changes nothing."""
    save_file({"row_weights": _weights_of(adapted)}, path)


def load_adaptation(embedder: StaticEmbedder, path: Path) -> StaticEmbedder:
    """Return the embedder with the weights of a file. Raises IndexDamaged."""
    try:
        weights = load_file(path)["row_weights"]
    except (OSError, SafetensorError, KeyError) as error:
        raise IndexDamaged(f"{path} cannot be read ({error}); build the index again.") from error
    if weights.shape != (len(embedder.table.rows),):
        raise IndexDamaged(f"{path} was made for another embedding model; build the index again.")
    return embedder if (weights == 1).all() else _weighted(embedder, weights)


def _count_rows(embedder: StaticEmbedder, sentences: Sequence[str]) -> npt.NDArray[np.int64]:
    counts = np.zeros(len(embedder.table.rows), np.int64)
    mapping = embedder.table.mapping
    for start in range(0, len(sentences), BATCH):
        pieces = np.fromiter(chain.from_iterable(embedder.pieces(sentences[start : start + BATCH])), np.int64)
        counts += np.bincount(pieces if mapping is None else mapping[pieces], minlength=len(counts))
    return counts


def _follow(table: Table, own: npt.NDArray[Any], frequent: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Return for each row the mean of the frequent rows' logarithms, weighted by how near they lie."""
    leaders, depths = unit(table.rows[frequent].astype(np.float32)).T, own[frequent].astype(np.float32)
    followed = np.zeros(len(table.rows), np.float32)
    for start in range(0, len(table.rows), BLOCK):
        nearness = unit(table.rows[start : start + BLOCK].astype(np.float32)) @ leaders
        np.maximum((nearness - np.float32(NEAR)) / np.float32(1 - NEAR), 0, out=nearness)
        followed[start : start + BLOCK] = nearness @ depths / np.maximum(nearness.sum(axis=1), 1)
    return followed


def _weighted(embedder: StaticEmbedder, weights: Weights) -> StaticEmbedder:
    table = embedder.table
    per_piece = weights.astype(np.float32) if table.mapping is None else weights.astype(np.float32)[table.mapping]
    factors = per_piece if table.factors is None else table.factors * per_piece
    salt = hashlib.sha256(weights.tobytes()).hexdigest()
    return embedder.with_table(replace(table, factors=factors, row_weights=weights), salt=salt)


def _weights_of(embedder: StaticEmbedder) -> Weights:
    weights = embedder.table.row_weights
    return np.ones(len(embedder.table.rows), np.float16) if weights is None else weights
