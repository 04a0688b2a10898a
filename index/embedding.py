"""The name of a model in, an Embedder out: static tables without torch, others by sentence-transformers.

`default` is the model in index/model/. A folder with a table and a tokenizer is read by embedding_static.py, one that
`export_onnx` made by embedding_onnx.py, any other folder or hub id by embedding_transformer.py, which imports torch
only when a model is loaded.
"""

from pathlib import Path

from index.embedding_onnx import is_onnx, load_onnx
from index.embedding_static import StaticEmbedder, is_static, load_static
from index.embedding_transformer import load_transformer
from index.errors import EmbedderError
from index.ports import Embedder

DEFAULT = "default"
MODEL_FOLDER = Path(__file__).parent / "model"


def load_embedder(
    name: str = DEFAULT,
    *,
    device: str = "cpu",
    query_prompt: str | None = None,
    passage_prompt: str | None = None,
    threads: int = 1,
) -> Embedder:
    """Return the embedder of a name: `default`, a folder or a hub id. Raises EmbedderError.

    A prompt of None means the one that the model's family asks for; an empty one means none.
    """
    folder = MODEL_FOLDER if name == DEFAULT else Path(name).expanduser()
    if is_static(folder):
        return load_static(folder, name=name, prompts=(query_prompt or "", passage_prompt or ""), threads=threads)
    if is_onnx(folder):
        return load_onnx(folder, name=name, query_prompt=query_prompt, passage_prompt=passage_prompt, threads=threads)
    if name == DEFAULT:
        raise EmbedderError(f"The embedded model is missing from {folder}; install wenju again.")
    return load_transformer(
        name, device=device, query_prompt=query_prompt, passage_prompt=passage_prompt, threads=threads
    )


def static_of(embedder: Embedder) -> StaticEmbedder:
    """Return an embedder that knows single words: the given one where it is a table, else the embedded model."""
    if isinstance(embedder, StaticEmbedder):
        return embedder
    return load_static(MODEL_FOLDER, name=DEFAULT)
