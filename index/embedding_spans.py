"""Texts and spans of them in, a vector for each text and span out; a static model reads each text once.

Sentences and runs of sentences overlap: embedded one by one, a passage's characters go four times through the
tokenizer, which is nine tenths of the time. A mean-pooled table needs the pieces once, and sums between places.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from index.embedding_static import StaticEmbedder, unit
from index.ports import Embedder
from index.types import Vectors

Span = tuple[int, int]


def embed_spans(embedder: Embedder, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> tuple[Vectors, Vectors]:
    """Return the vectors of the texts, and those of all their spans, text by text.

    A piece belongs to the span that it ends in: a word over the edge of two sentences counts once.
    """
    if isinstance(embedder, StaticEmbedder) and not embedder._passage_prompt:
        return _pooled(embedder, texts, spans)
    parts = [text[start:end] for text, own in zip(texts, spans, strict=True) for start, end in own]
    together = embedder.embed_passages([*texts, *parts])
    return together[: len(texts)], together[len(texts) :]


def _pooled(embedder: StaticEmbedder, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> tuple[Vectors, Vectors]:
    codes = embedder.tokenizer.encode_batch(list(texts), add_special_tokens=False)
    pieces = [code.ids for code in codes]
    firsts = np.concatenate([[0], np.cumsum(list(map(len, pieces)))]).astype(np.int64)
    edges = [_edges(code.offsets, own, first) for code, own, first in zip(codes, spans, firsts, strict=False)]
    ends = np.concatenate([np.stack([firsts[:-1], firsts[1:]], axis=1), *edges])
    ids = np.fromiter(chain.from_iterable(pieces), np.int64, int(firsts[-1]))
    vectors = unit(_between(embedder, ids, ends))
    return vectors[: len(texts)], vectors[len(texts) :]


def _edges(offsets: Sequence[Span], spans: Sequence[Span], first: int) -> npt.NDArray[np.int64]:
    """Return for each span the numbers of its first piece and of the piece after its last."""
    # by where pieces end: a piece that opens a word takes the space before it, or the last character, for its start
    ends = np.fromiter((end for _, end in offsets), np.int64, len(offsets))
    return first + np.searchsorted(ends, np.asarray(spans, dtype=np.int64).reshape(-1, 2), side="right")


def _between(embedder: StaticEmbedder, ids: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Vectors:
    """Return the sum of the rows of the pieces between each pair of ends; every piece is added once."""
    cuts = np.unique(ends)
    if len(cuts) < 2:
        return np.zeros((len(ends), embedder.dimension), np.float32)
    # in float64, so that the difference of two running sums keeps its digits
    sums = np.cumsum(embedder.table.pool(ids, cuts[:-1]), axis=0, dtype=np.float64)
    running = np.concatenate([np.zeros((1, embedder.dimension)), sums])
    places = np.searchsorted(cuts, ends)
    found: Vectors = (running[places[:, 1]] - running[places[:, 0]]).astype(np.float32)
    return found
