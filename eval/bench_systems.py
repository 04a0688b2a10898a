"""Text and questions in, passages out: what `wenju bench` measures, ours and two plain recipes side by side.

A recipe does what a tutorial shows: LangChain's recursive splitter, one vector a chunk, FAISS flat, and no more; and
rank-bm25 over windows of text with a word segmenter. Both use the same embedder and segmenter as wenju.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from eval.errors import RunError
from eval.types import Evidence
from qa.settings import Settings

CHUNK, OVERLAP = 500, 50
DEPTH = 10
Texts = Mapping[str, str]


class Measured(Protocol):
    """What is measured: it indexes a folder, opens the index in a fresh process, and finds passages."""

    def build(self, folder: Path, index: Path) -> dict[str, float]:
        """Index a folder; return the seconds of each stage."""

    def open(self, folder: Path, index: Path) -> int:
        """Make ready for questions; return the number of passages."""

    def ask(self, question: str) -> tuple[list[str], dict[str, float]]:
        """Return the passages for a question and the milliseconds of each stage."""


def clock(stages: dict[str, float], name: str, factor: float = 1.0) -> "Clock":
    """Return a context that adds the time spent in it to a stage."""
    return Clock(stages, name, factor)


@dataclass
class Clock:
    """Measures a stage."""

    stages: dict[str, float]
    name: str
    factor: float
    started: float = 0.0

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        spent = (time.perf_counter() - self.started) * self.factor
        self.stages[self.name] = self.stages.get(self.name, 0.0) + spent


@dataclass
class Wenju:
    """The whole of wenju: hybrid retrieval and the extractive answer."""

    settings: Settings
    assistant: Any = None

    def build(self, folder: Path, index: Path) -> dict[str, float]:
        """Index a folder with wenju's own stages."""
        from index.embedding import load_embedder
        from index.sync import build_index

        stages: dict[str, float] = {}
        with clock(stages, "load model"):
            embedder = load_embedder(self.settings.embedding_model, device=self.settings.embedding_device)
        report = build_index(folder, index, embedder=embedder, adapt=self.settings.adapt)
        return stages | report.seconds

    def open(self, folder: Path, index: Path) -> int:
        """Open the index."""
        from qa.assemble import load_assistant

        self.assistant = load_assistant(self.settings.model_copy(update={"index": index}))
        return int(self.assistant.info().passages)

    def ask(self, question: str) -> tuple[list[str], dict[str, float]]:
        """Search, then answer: the answer's own retrieval is not counted twice."""
        stages: dict[str, float] = {}
        with clock(stages, "search", 1000):
            hits = self.assistant.search(question, k=DEPTH)
        told = self.assistant.answer(question, mode="extractive").timings
        stages |= {name: float(told[name]) for name in ("answer", "check") if name in told}
        return [hit.passage.text for hit in hits], stages


@dataclass
class LangChain:
    """The plain LangChain recipe: recursive splitter, the same embedder, FAISS flat."""

    settings: Settings
    chunks: list[str] = field(default_factory=list)
    embedder: Any = None
    vectors: Any = None

    def build(self, folder: Path, index: Path) -> dict[str, float]:
        """Split, embed and write the vectors and chunks."""
        import json

        stages: dict[str, float] = {}
        with clock(stages, "load model"):
            from index.embedding import load_embedder
            from index.vectors import build_vectors

            embedder = load_embedder(self.settings.embedding_model, device=self.settings.embedding_device)
        with clock(stages, "read and split"):
            chunks = _recursive(_texts(folder))
        with clock(stages, "embed"):
            vectors = embedder.embed_passages(chunks)
        with clock(stages, "write"):
            index.mkdir(parents=True, exist_ok=True)
            build_vectors(vectors).save(index / "vectors.faiss")
            (index / "chunks.json").write_text(json.dumps(chunks, ensure_ascii=False), encoding="utf-8")
        return stages

    def open(self, folder: Path, index: Path) -> int:
        """Load model, vectors and chunks."""
        import json

        from index.embedding import load_embedder
        from index.vectors import open_vectors

        self.embedder = load_embedder(self.settings.embedding_model, device=self.settings.embedding_device)
        self.vectors = open_vectors(index / "vectors.faiss")
        self.chunks = json.loads((index / "chunks.json").read_text(encoding="utf-8"))
        return len(self.chunks)

    def ask(self, question: str) -> tuple[list[str], dict[str, float]]:
        """Embed the question, search the vectors."""
        stages: dict[str, float] = {}
        with clock(stages, "search", 1000):
            vector = self.embedder.embed_queries([question])
            _, rows = self.vectors.search(vector, DEPTH)
        return [self.chunks[row] for row in rows[0] if row >= 0], stages


@dataclass
class RankBM25:
    """rank-bm25 over windows of text, with the word segmenter that wenju uses."""

    settings: Settings
    chunks: list[str] = field(default_factory=list)
    bm25: Any = None
    cut: Callable[[str], list[str]] = str.split

    def build(self, folder: Path, index: Path) -> dict[str, float]:
        """Write the chunks: rank-bm25 has no index on disk and builds anew at every start."""
        import json

        stages: dict[str, float] = {}
        with clock(stages, "read and split"):
            chunks = [
                text[i : i + CHUNK] for text in _texts(folder).values() for i in range(0, len(text), CHUNK - OVERLAP)
            ]
            index.mkdir(parents=True, exist_ok=True)
            (index / "chunks.json").write_text(json.dumps(chunks, ensure_ascii=False), encoding="utf-8")
        with clock(stages, "count words"):
            self._count(chunks)
        return stages

    def open(self, folder: Path, index: Path) -> int:
        """Count the words of every chunk."""
        import json

        self.chunks = json.loads((index / "chunks.json").read_text(encoding="utf-8"))
        self._count(self.chunks)
        return len(self.chunks)

    def ask(self, question: str) -> tuple[list[str], dict[str, float]]:
        """Score every chunk, keep the best."""
        stages: dict[str, float] = {}
        with clock(stages, "search", 1000):
            best = self.bm25.get_top_n(self.cut(question), self.chunks, n=DEPTH)
        return list(best), stages

    def _count(self, chunks: list[str]) -> None:
        import rjieba

        rank_bm25 = _imported("rank_bm25", "rank-bm25")
        self.cut = lambda text: list(rjieba.cut(text.lower()))
        self.bm25 = rank_bm25.BM25Okapi([self.cut(chunk) for chunk in chunks])


SYSTEMS: Mapping[str, Callable[[Settings], Measured]] = {"wenju": Wenju, "langchain": LangChain, "rank-bm25": RankBM25}
TITLES = {
    "wenju": "wenju (hybrid, reranked, answered)",
    "langchain": "LangChain recipe (splitter, vectors, FAISS flat)",
    "rank-bm25": "rank-bm25 (words, no index on disk)",
}
NEEDS = {"langchain": "langchain-text-splitters", "rank-bm25": "rank-bm25"}


def missing_package(system: str) -> str | None:
    """Return the package that a system needs and that is not installed."""
    from importlib.util import find_spec

    package = NEEDS.get(system)
    return package if package and find_spec(package.replace("-", "_")) is None else None


def _imported(module: str, package: str) -> ModuleType:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as error:
        raise RunError(f"This recipe needs {package}. Install it: pip install {package}") from error


def _recursive(texts: Texts) -> list[str]:
    splitters = _imported("langchain_text_splitters", "langchain-text-splitters")
    splitter = splitters.RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    return [chunk for text in texts.values() for chunk in splitter.split_text(text)]


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}


def quality(evidence: list[list[str]], passages: list[str]) -> dict[str, float]:
    """Return the retrieval measures of one question's passages, for a look at quality beside speed."""
    from eval.retrieval_metrics import retrieval_measures

    groups = [[Evidence("", quote) for quote in group] for group in evidence]
    return retrieval_measures(groups, passages)
