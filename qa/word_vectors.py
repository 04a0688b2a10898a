"""Words and a model in, the vector of each word out; and a text in, its words with their parts of speech out."""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.embedding_static import StaticEmbedder
from index.scripts import fold
from index.types import Vectors
from index.words import STOP_CHARACTERS, STOP_WORDS

KEPT = 20_000
"""Words whose vectors are kept: 20 MB."""

HAN = re.compile("[㐀-鿿]")
LATIN = re.compile(r"r&d|[a-z](?:[a-z0-9&.]*[a-z0-9])?")


class WordVectors:
    """The vectors of single words, embedded once and kept."""

    def __init__(self, embedder: StaticEmbedder) -> None:
        self._embedder = embedder
        self._kept: dict[str, npt.NDArray[np.float32]] = {}

    def of(self, words: Sequence[str]) -> Vectors | None:
        """Return one row a word, None without words."""
        if not words:
            return None
        kept = self._kept
        known = {word: kept[word] for word in words if word in kept}
        missing = [word for word in dict.fromkeys(words) if word not in known]
        if missing:
            known.update(zip(missing, self._embedder.embed_queries(missing), strict=True))
            # other threads may read the old table: it is never emptied, a new one takes its place
            self._kept = known if len(kept) > KEPT else kept | known
        return np.stack([known[word] for word in words])


@lru_cache(maxsize=32768)
def words_of(text: str) -> tuple[str, ...]:
    """Return the distinct words of a text that can stand for another word."""
    folded = fold(text)
    han = [word for word, _ in tagged(folded) if HAN.match(word) and word not in STOP_CHARACTERS]
    return tuple(dict.fromkeys(han + [word for word in LATIN.findall(folded) if word not in STOP_WORDS]))


@lru_cache(maxsize=16384)
def tagged(text: str) -> tuple[tuple[str, str], ...]:
    """Return the words of a folded text with their parts of speech."""
    import rjieba

    return tuple(rjieba.tag(text))
