"""A table and its tokenizer in, a folder that index/embedding.py and sentence-transformers both read out."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from tokenizers import Tokenizer

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.sentence_transformer.modules.StaticEmbedding"},
    {
        "idx": 1,
        "name": "1",
        "path": "1_Normalize",
        "type": "sentence_transformers.sentence_transformer.modules.Normalize",
    },
]


def export_model(tokenizer: Tokenizer, mapping: Sequence[int], table: npt.NDArray[np.float32], folder: Path) -> None:
    """Write the model in int8, file by file into place, so that a reader never sees half of one."""
    beside = folder.with_name(folder.name + ".new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    rows, factors = quantize(table)
    where = np.asarray(mapping, np.int64)
    # one factor a piece is what sentence-transformers multiplies with; half precision costs 5e-4 of a row's length
    tensors = {
        "embeddings": rows,
        "mapping": where.astype(np.uint16 if len(rows) <= 1 << 16 else np.int32),
        "weights": factors[where].astype(np.float16),
    }
    save_file(tensors, beside / "model.safetensors")
    tokenizer.save(str(beside / "tokenizer.json"), pretty=False)
    (beside / "modules.json").write_text(json.dumps(MODULES, indent=1) + "\n", encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(beside.iterdir()):
        file.chmod(0o644)  # safetensors writes for the owner only
        os.replace(file, folder / file.name)
    beside.rmdir()


def quantize(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return the table in int8 and the factor of each row."""
    factors = np.abs(table).max(axis=1) / 127
    factors[factors == 0] = 1
    return np.rint(table / factors[:, None]).astype(np.int8), factors
