"""A folder or a hub id goes in; an Embedder on sentence-transformers comes out, with its family's prompts.

torch and sentence_transformers are imported when a model is loaded, never before (4 to 6 s and 415 MB).
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from index.errors import EmbedderError
from index.types import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TASK = "Given a question, retrieve passages that answer the question"
BGE_ZH = "为这个句子生成表示以用于检索相关文章："
BGE_EN = "Represent this sentence for searching relevant passages: "
FAMILIES: tuple[tuple[str, tuple[str, str]], ...] = (
    (r"e5-.*instruct|gte-qwen", (f"Instruct: {TASK}\nQuery: ", "")),
    (r"qwen3-embedding", (f"Instruct: {TASK}\nQuery:", "")),
    (r"(^|[/_-])e5([_-]|$)", ("query: ", "passage: ")),
    (r"bge-multilingual-gemma", (f"<instruct>{TASK}\n<query>", "")),
    (r"bge-m3", ("", "")),
    (r"bge-.*zh", (BGE_ZH, "")),
    (r"bge-.*en", (BGE_EN, "")),
    (r"gte", ("", "")),
)
"""Query and passage prompts as the model cards give them; the first pattern found in the name counts."""
LONGEST = 8192
"""What a model without a stated limit is taken to read."""
PROMPT_KEYS = (("query",), ("passage", "document", "corpus"))


class TransformerEmbedder:
    """An Embedder on a sentence-transformers model."""

    def __init__(self, model: "SentenceTransformer", *, name: str, prompts: tuple[str, str]) -> None:
        self.model = model
        self._name = name
        self.prompts = prompts
        self._fingerprint = _fingerprint(model, prompts)

    @property
    def name(self) -> str:
        """The model as configured."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.model.get_embedding_dimension() or 0)

    @property
    def fingerprint(self) -> str:
        """A hash of weights, tokenizer and prompts."""
        return self._fingerprint

    @property
    def max_tokens(self) -> int:
        """The longest passage that is read whole: the model's limit less its special tokens and the prompt."""
        limit = self.model.max_seq_length
        whole = LONGEST if limit is None or limit > LONGEST else int(limit)
        return max(1, whole - len(self._codes(self.prompts[1], special=True)))

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of `text`, special ones not counted."""
        return len(self._codes(text, special=False))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) unit vectors of passages."""
        return self._embed(texts, self.prompts[1])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) unit vectors of questions."""
        return self._embed(texts, self.prompts[0])

    def _embed(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        # an empty prompt is passed as such, so that the model's own default prompt is not added to ours
        vectors = self.model.encode(
            list(texts), prompt=prompt, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return cast(Vectors, np.asarray(vectors, np.float32))

    def _codes(self, text: str, *, special: bool) -> list[int]:
        codes = self.model.tokenizer(text, add_special_tokens=special, truncation=False, verbose=False)
        return list(codes["input_ids"])


def family_prompts(name: str) -> tuple[str, str] | None:
    """Return the query and passage prompts that a model of this name asks for, None for an unknown family.

    Example: `intfloat/multilingual-e5-small` gives `("query: ", "passage: ")`.
    """
    return next((prompts for pattern, prompts in FAMILIES if re.search(pattern, name.lower())), None)


def load_transformer(
    name: str,
    *,
    device: str = "cpu",
    query_prompt: str | None = None,
    passage_prompt: str | None = None,
    threads: int = 1,
) -> TransformerEmbedder:
    """Return the embedder of a folder or hub id. Raises EmbedderError, quickly, where it cannot be had."""
    folder = Path(name).expanduser()
    model = _open(str(folder) if folder.is_dir() else name, device, threads, is_folder=folder.is_dir())
    query, passage = _own_prompts(model) or family_prompts(_family_name(name, folder)) or ("", "")
    prompts = (query if query_prompt is None else query_prompt, passage if passage_prompt is None else passage_prompt)
    return TransformerEmbedder(model, name=name, prompts=prompts)


def _open(name: str, device: str, threads: int, *, is_folder: bool) -> "SentenceTransformer":
    if is_folder:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        return _sentence_transformer(name, device, threads, local=True)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        if is_folder or _looks_like_a_path(name):
            raise EmbedderError(
                f"{name} is not a folder with an embedding model ({_first_line(error)}); "
                "set WENJU_EMBEDDING_MODEL to one saved by sentence-transformers, to a hub id or to `default`."
            ) from error
    _reach_hub(name)
    try:
        return _sentence_transformer(name, device, threads, local=False)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise EmbedderError(
            f"The embedding model {name} cannot be loaded from the hub ({_first_line(error)}); check its name."
        ) from error


def _sentence_transformer(name: str, device: str, threads: int, *, local: bool) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    return SentenceTransformer(name, device=device, local_files_only=local)


def _looks_like_a_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or name.count("/") > 1


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _reach_hub(name: str) -> None:
    # asked first, because the hub's own client retries for 69 s before it says that there is no network
    import httpx

    hub = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    try:
        httpx.head(hub, timeout=5)
    except httpx.HTTPError as error:
        raise EmbedderError(
            f"The embedding model {name} is not on this machine and {hub} cannot be reached ({_first_line(error)}); "
            "copy the model into a folder and set WENJU_EMBEDDING_MODEL to that folder, or to `default`."
        ) from error


def _family_name(name: str, folder: Path) -> str:
    """Return the name with what the folder's own config says of its origin, for a folder called just anything."""
    config = folder / "config.json"
    if not config.is_file():
        return name
    return f"{folder.name} {json.loads(config.read_text(encoding='utf-8')).get('_name_or_path', '')}"


def _own_prompts(model: "SentenceTransformer") -> tuple[str, str] | None:
    prompts = {key: text for key, text in (model.prompts or {}).items() if text}
    if not prompts:
        return None
    query, passage = (next((prompts[key] for key in keys if key in prompts), "") for keys in PROMPT_KEYS)
    return (query, passage) if query or passage else None


def _fingerprint(model: "SentenceTransformer", prompts: tuple[str, str]) -> str:
    digest = hashlib.sha256()
    for part in _weights(model):
        digest.update(part)
    digest.update(model.tokenizer.backend_tokenizer.to_str().encode())
    digest.update("\0".join(prompts).encode())
    return digest.hexdigest()


def _weights(model: "SentenceTransformer") -> Iterator[bytes]:
    import torch

    for key, tensor in sorted(model.state_dict().items()):
        yield key.encode()
        yield tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
