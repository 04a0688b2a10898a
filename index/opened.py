"""A path in, the index opened for reading out: everything that a query needs, safe to share between threads."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from index.catalog import Catalog
from index.embedding import load_embedder
from index.errors import IndexDamaged, IndexMismatch
from index.fitted_embedder import refit
from index.generations import check_files, current_generation, folder_of, read_manifest
from index.lexical import BM25Index, open_lexical
from index.manifest import Manifest
from index.ports import Embedder
from index.types import Article, Filters, Passage, Rows
from index.vectors import FaissVectors, open_vectors
from index.windows import Windows, open_windows

ARTICLES_KEPT = 256
"""Articles kept in memory: some 5 MB of text."""


class OpenIndex:
    """One generation, read-only: nouns by row and id, the legs of retrieval, and the embedder that made it."""

    def __init__(self, folder: Path, manifest: Manifest, base: Embedder, *, threads: int = 1) -> None:
        self.manifest = manifest
        self.generation = manifest.generation
        self.fitted = refit(base, manifest, folder)
        self.embedder = self.fitted.embedder
        self.vectors: FaissVectors = open_vectors(folder / "vectors.faiss", threads=threads)
        self.windows: Windows = open_windows(folder / "windows")
        self.lexical: BM25Index = open_lexical(folder / "lexical")
        self.catalog = Catalog(folder / "catalog.sqlite")
        self.article = lru_cache(ARTICLES_KEPT)(self.catalog.article)
        self._check_counts()
        if self.embedder.fingerprint != (manifest.model.adapted or manifest.model.fingerprint):
            raise IndexDamaged(
                f"The adapted model of generation {self.generation} is not what made its vectors. "
                "Run `wenju index ARTICLES` again."
            )

    @property
    def passage_count(self) -> int:
        """Number of passages, and of rows."""
        return self.catalog.passage_count

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of rows, in the order asked."""
        return self.catalog.passages(rows)

    def articles_of(self, rows: Sequence[int]) -> list[Article]:
        """Return the article of each row, in the order asked."""
        found = [self.article(name) for name in self.catalog.article_ids(rows)]
        return [article for article in found if article is not None]

    def rows_matching(self, filters: Filters) -> Rows | None:
        """Return the sorted rows whose articles pass the filters, None when nothing is restricted."""
        return self.catalog.rows_matching(filters)

    def list_articles(
        self, query: str = "", *, filters: Filters | None = None, page: int = 1, per_page: int = 50
    ) -> tuple[list[Article], int]:
        """Return a page of articles, by source and line, that hold every word asked, and how many there are."""
        return self.catalog.articles(query, filters or Filters(), limit=per_page, offset=(page - 1) * per_page)

    def leftovers(self) -> list[Article]:
        """Return contents lists, imprints and other leftovers, which have no passages."""
        return self.catalog.leftovers()

    def close(self) -> None:
        """Let go of the catalogue's connections."""
        self.catalog.close()

    def _check_counts(self) -> None:
        counts = {
            "catalog.sqlite": self.passage_count,
            "vectors.faiss": len(self.vectors),
            "windows": self.windows.passage_count,
            "lexical": self.lexical.passage_count,
        }
        wrong = [name for name, count in counts.items() if count != self.manifest.counts.passages]
        if wrong:
            raise IndexDamaged(
                f"{' and '.join(wrong)} of generation {self.generation} do not hold the "
                f"{self.manifest.counts.passages} passages of the manifest. Run `wenju index ARTICLES` again."
            )


def open_index(path: Path, *, embedder: Embedder | None = None, threads: int = 1) -> OpenIndex:
    """Return the current generation, checked. Raises NoIndex, IndexMismatch, IndexDamaged, EmbedderError."""
    folder = folder_of(path, current_generation(path))
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    chosen = embedder or load_embedder(manifest.model.name, threads=threads)
    _check_model(chosen, manifest)
    return OpenIndex(folder, manifest, chosen, threads=threads)


def _check_model(embedder: Embedder, manifest: Manifest) -> None:
    made = manifest.model
    if (embedder.fingerprint, embedder.dimension) != (made.fingerprint, made.dimension):
        raise IndexMismatch(
            f"The index was made by the embedding model {made.name!r} ({made.fingerprint[:12]}), and this is "
            f"{embedder.name!r} ({embedder.fingerprint[:12]}). Run `wenju index ARTICLES` with this model, "
            "or set WENJU_EMBEDDING_MODEL (and its prompts) to what made the index."
        )
