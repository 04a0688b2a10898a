"""The seams of the index floor: who calls what. Implementations: embedding.py, vectors.py, lexical.py."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.types import Rows, Vectors

Scores = npt.NDArray[np.float32]


class TokenCounter(Protocol):
    """Counts tokens as the embedder does; chunking packs to `max_tokens`."""

    @property
    def max_tokens(self) -> int:
        """The longest text, in tokens, that the embedder reads whole."""

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of `text`, never raising on special tokens."""


class Embedder(TokenCounter, Protocol):
    """Turns text into unit vectors; query and passage prompts live inside."""

    @property
    def name(self) -> str:
        """The model as configured (`default`, a folder, a hub id)."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def fingerprint(self) -> str:
        """A hash of weights, tokenizer and prompts: an index made by another one is refused."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) unit vectors of passages, sentences or windows."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) unit vectors of questions."""


class VectorIndex(Protocol):
    """Nearest passages by inner product."""

    def search(self, queries: Vectors, k: int, *, allowed: Rows | None = None) -> tuple[Scores, Rows]:
        """Return scores and rows, both (n, k), best first; missing places have row -1 and score -inf."""

    def save(self, path: Path) -> None:
        """Write the index to one file."""


class LexicalIndex(Protocol):
    """BM25 over terms; what matches nothing is not returned."""

    def search(self, terms: Sequence[str], k: int, *, allowed: Rows | None = None) -> tuple[Scores, Rows]:
        """Return scores and rows, (m,) with m <= k, best first, every score above zero."""

    def idf(self, term: str) -> float:
        """Return the term's inverse document frequency, 0.0 for a term the index has never seen."""

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
