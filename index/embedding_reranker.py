"""The name of a cross-encoder in, what scores a question with each text out: both read together by one model.

torch and sentence_transformers are imported when a model is loaded, never before.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.errors import EmbedderError
from index.ports import Scores

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """Scores texts for a question; larger is better."""

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """Return one score a text."""


class CrossEncoderReranker:
    """A Reranker on a cross-encoder of sentence-transformers."""

    def __init__(self, model: "CrossEncoder") -> None:
        self._model = model

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """Return one score a text; nothing for no texts."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        pairs = [(question, text) for text in texts]
        return np.asarray(self._model.predict(pairs, show_progress_bar=False), dtype=np.float32).reshape(len(texts))


def load_reranker(name: str, *, device: str = "cpu") -> CrossEncoderReranker:
    """Return the cross-encoder of a folder or hub id. Raises EmbedderError."""
    if Path(name).expanduser().is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        name = str(Path(name).expanduser())
    try:
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(name, device=device)
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        message = f"The reranker {name!r} cannot be loaded ({error}). Set WENJU_RERANKER to a folder or hub id."
        raise EmbedderError(message) from error
    if model.num_labels != 1:
        raise EmbedderError(f"The model {name!r} gives {model.num_labels} values a text; a reranker gives one.")
    return CrossEncoderReranker(model)
