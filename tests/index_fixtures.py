"""Stand-ins and small folders for the tests of the index floor."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from index.types import Article, Heading, Vectors


class BigramEmbedder:
    """An embedder that counts hashed pairs of characters: the same in every process, and no model."""

    def __init__(self, *, name: str = "bigrams", dimension: int = 64, max_tokens: int = 512) -> None:
        self.name, self.dimension, self.max_tokens = name, dimension, max_tokens
        self.texts_embedded = 0

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(f"{self.name} {self.dimension}".encode()).hexdigest()

    def count_tokens(self, text: str) -> int:
        return len(text)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.texts_embedded += len(texts)
        return self.embed_queries(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for pair in pairwise(text):
                vectors[row, hash_of("".join(pair)) % self.dimension] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def hash_of(text: str) -> int:
    """Return a number that is the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


HARBOUR = (
    "港口的新航线\n\n"
    "江海港去年开通了九条新航线，往返东南亚的班轮每周增加到四十班。码头装了两百台电动吊机，"
    "靠港的船可以接岸电，不必再烧油发电。\n\n"
    "港务局说，岸电的价格比柴油低三成。\n"
)
LIBRARY = (
    "The night library\n\n"
    "The library stays open until two in the morning since May 2024. Some six hundred readers come every night.\n\n"
    "Volunteers of the university keep the reading room warm and serve tea.\n"
)


def write_folder(folder: Path, **files: str) -> Path:
    """Write text files (`name="text"` becomes name.txt) and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def article_of(text: str, *, headings: Sequence[tuple[str, int]] = (), name: str = "x", title: str = "题目") -> Article:
    """Return an article of a text; headings are lines of it, with their level."""
    found, after = [], 0
    for line, level in headings:
        start = text.index(line, after)
        found.append(Heading(start, start + len(line), level, line))
        after = start + len(line)
    return Article(name, f"{name}.txt", 1, 1 + text.count("\n"), title, text, headings=tuple(found))


def write_many(folder: Path) -> Path:
    """Write a few articles that share most of their words and return the folder."""
    files = {f"part{number}": f"第{number}篇\n\n{HARBOUR.replace('九', str(number))}" for number in range(8)}
    return write_folder(folder, **files)
