"""Every implementation of a seam of the index floor, against what the seam promises."""

import pytest
from contracts import EmbedderContract, LexicalIndexContract
from index_fixtures import BigramEmbedder

from index.embedding import load_embedder
from index.lexical import build_lexical, open_lexical
from index.ports import Embedder
from index.words import terms


@pytest.fixture(scope="module")
def default() -> Embedder:
    return load_embedder()


class TestDefaultEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, default: Embedder) -> Embedder:
        return default


class TestBigramEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return BigramEmbedder()


class TestBM25(LexicalIndexContract):
    @pytest.fixture
    def build(self):
        return build_lexical

    @pytest.fixture
    def reopen(self):
        return open_lexical

    @pytest.fixture
    def terms(self):
        return terms
