"""A folder with a table and a tokenizer goes in; an Embedder comes out that needs numpy and no torch.

Reads what sentence-transformers saves for a StaticEmbedding: `tokenizer.json` and `model.safetensors` with either
`embedding.weight`, or `embeddings` (int8 allowed) with optional `weights` (one factor a piece) and `mapping`
(piece -> row, so that several spellings share a row). sentence-transformers reads the same folder.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer

from index.errors import EmbedderError
from index.types import Vectors

WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
MAX_TOKENS = 512
"""A mean over more pieces than this says little; nothing is cut off, so no text is lost unseen."""
BATCH = 64
"""Texts pooled at once: 64 passages of 250 pieces x 256 float32 are 16 MB, and stay in the cache."""

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers, one factor a piece, and which row each piece has."""

    rows: npt.NDArray[Any]
    factors: npt.NDArray[np.float32] | None = None
    mapping: Ids | None = None
    row_weights: npt.NDArray[np.float16] | None = None
    """What an adaptation multiplied the factors with, kept so that it can be saved."""

    def pool(self, pieces: Ids, starts: Ids) -> Vectors:
        """Return the summed rows of each run of pieces; `starts` says where each (non-empty) run begins."""
        where = pieces if self.mapping is None else self.mapping[pieces]
        values = self.rows[where].astype(np.float32)
        if self.factors is not None:
            values *= self.factors[pieces][:, None]
        return cast(Vectors, np.add.reduceat(values, starts, axis=0))


class StaticEmbedder:
    """An Embedder that averages the rows of a text's pieces."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        table: Table,
        *,
        name: str,
        fingerprint: str,
        prompts: tuple[str, str] = ("", ""),
    ) -> None:
        self.tokenizer = tokenizer
        self.table = table
        self._name = name
        self._fingerprint = fingerprint
        self._query_prompt, self._passage_prompt = prompts

    @property
    def name(self) -> str:
        """The model as configured."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.table.rows.shape[1])

    @property
    def fingerprint(self) -> str:
        """A hash of weights, tokenizer and prompts."""
        return self._fingerprint

    @property
    def max_tokens(self) -> int:
        """The longest text worth one vector; longer ones are still read whole."""
        return MAX_TOKENS

    def count_tokens(self, text: str) -> int:
        """Return the number of pieces of `text`."""
        return len(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) unit vectors; a text without a known piece is a row of zeros."""
        return self._embed([self._passage_prompt + text for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) unit vectors of questions."""
        return self._embed([self._query_prompt + text for text in texts])

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the piece ids of each text."""
        return [code.ids for code in self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def with_table(self, table: Table, *, salt: str) -> "StaticEmbedder":
        """Return the same embedder on another table; its fingerprint tells them apart by `salt`."""
        fingerprint = hashlib.sha256(f"{self._fingerprint} {salt}".encode()).hexdigest()
        prompts = (self._query_prompt, self._passage_prompt)
        return StaticEmbedder(self.tokenizer, table, name=self._name, fingerprint=fingerprint, prompts=prompts)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), BATCH):
            codes = self.pieces(texts[start : start + BATCH])
            lengths = np.fromiter(map(len, codes), np.int64, len(codes))
            filled = np.flatnonzero(lengths)
            if not len(filled):
                continue
            pieces = np.concatenate([np.asarray(codes[i], np.int64) for i in filled])
            starts = np.concatenate([[0], np.cumsum(lengths[filled])[:-1]])
            vectors[start + filled] = unit(self.table.pool(pieces, starts))
        return vectors


def unit(vectors: Vectors) -> Vectors:
    """Return the rows scaled to length one; rows of zeros stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return cast(Vectors, vectors / np.maximum(lengths, 1e-12))


def is_static(folder: Path) -> bool:
    """Tell whether a folder holds a table and a tokenizer and nothing that needs a network of layers."""
    return (folder / WEIGHTS).is_file() and (folder / TOKENIZER).is_file() and not (folder / "config.json").is_file()


def load_static(folder: Path, *, name: str, prompts: tuple[str, str] = ("", ""), threads: int = 1) -> StaticEmbedder:
    """Return the embedder of a folder, or raise EmbedderError saying what is wrong with it."""
    _limit_threads(threads)
    try:
        tensors = _read_tensors(folder / WEIGHTS)
        tokenizer = _read_tokenizer(folder / TOKENIZER)
    except (OSError, SafetensorError, ValueError) as error:
        raise EmbedderError(f"The embedding model in {folder} cannot be read ({error}); fetch it again.") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    table = _table(tensors, folder)
    _check_sizes(table, tokenizer, folder)
    fingerprint = _fingerprint(folder, prompts)
    return StaticEmbedder(tokenizer, table, name=name, fingerprint=fingerprint, prompts=prompts)


def _limit_threads(threads: int) -> None:
    # read by tokenizers on every batch; more than one thread pays only while indexing
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads > 1 else "false"
    os.environ.setdefault("RAYON_NUM_THREADS", str(threads))


def _read_tokenizer(path: Path) -> Tokenizer:
    text = path.read_text(encoding="utf-8")
    json.loads(text)  # tokenizers raises a bare Exception on a damaged file; json says where it breaks off
    return Tokenizer.from_str(text)


def _read_tensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    with safe_open(path, framework="numpy") as file:
        return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - safe_open is no mapping


def _table(tensors: Mapping[str, npt.NDArray[Any]], folder: Path) -> Table:
    if "embedding.weight" in tensors:
        return Table(tensors["embedding.weight"])
    if "embeddings" not in tensors:
        raise EmbedderError(f"{folder / WEIGHTS} holds no table of embeddings; it is not a static model.")
    factors, mapping = tensors.get("weights"), tensors.get("mapping")
    return Table(
        tensors["embeddings"],
        None if factors is None else factors.astype(np.float32),
        None if mapping is None else mapping.astype(np.int64),
    )


def _check_sizes(table: Table, tokenizer: Tokenizer, folder: Path) -> None:
    pieces = len(table.rows) if table.mapping is None else len(table.mapping)
    if pieces < tokenizer.get_vocab_size():
        raise EmbedderError(
            f"The table in {folder} has {pieces} pieces and its tokenizer {tokenizer.get_vocab_size()}; "
            "they are of different models: fetch the folder again."
        )


def _fingerprint(folder: Path, prompts: tuple[str, str]) -> str:
    digest = hashlib.sha256()
    for file in (WEIGHTS, TOKENIZER):
        digest.update((folder / file).read_bytes())
    digest.update("\0".join(prompts).encode())
    return digest.hexdigest()
