"""The seams of the answer floor. The web and the evaluation know an `AssistantPort` and nothing behind it."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from index.types import Article, Filters, Hit
from qa.types import Answer, Asked, Draft, Info, Lang, Mode, StreamEvent, Turn


class RetrieverPort(Protocol):
    """Finds passages for a stand-alone question."""

    def search(self, question: str, *, k: int, filters: Filters | None = None) -> list[Hit]:
        """Return at most `k` hits, best first, ranks from 1; an empty list when nothing matches."""


class Answerer(Protocol):
    """Writes an answer from hits. Implementations: extractive.py, llm.py."""

    def draft(self, asked: Asked, hits: Sequence[Hit]) -> Draft:
        """Return the answer's text and citations; an empty text where the hits hold nothing."""


class WriterPort(Protocol):
    """An LLM that writes. Implementation: llm.py; every failure is an LLMUnavailable."""

    def write(self, question: str, passages: Sequence[Hit], lang: Lang) -> Iterator[str]:
        """Yield the answer in pieces; `[n]` in it means the nth passage. Raises LLMUnavailable, also in the middle."""

    def rewrite(self, question: str, history: Sequence[Turn], lang: Lang) -> str:
        """Return a follow-up as a question that stands alone. Raises LLMUnavailable."""


class Library(Protocol):
    """The articles behind the answers, and what is known of the index."""

    def articles(
        self, query: str = "", *, filters: Filters | None = None, page: int = 1, per_page: int = 50
    ) -> tuple[list[Article], int]:
        """Return a page of articles in order of source and line, and how many there are."""

    def article(self, article_id: str) -> Article:
        """Return an article or leftover. Raises UnknownArticle."""

    def info(self) -> Info:
        """Return what is being served."""


class AssistantPort(Protocol):
    """Everything a face (page, API, command line, evaluation) may ask for. Implemented by `qa.assistant.Assistant`."""

    def search(self, question: str, *, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """Return the hits for a question. Raises BadQuestion."""

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        k: int = 8,
        mode: Mode = "auto",
        lang: Lang | None = None,
    ) -> Answer:
        """Return the checked answer. Raises BadQuestion, LLMUnavailable (only for mode `llm`)."""

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        k: int = 8,
        mode: Mode = "auto",
        lang: Lang | None = None,
    ) -> Iterator[StreamEvent]:
        """Yield PassagesEvent, DeltaEvents, DoneEvent: the same answer as `answer`, piece by piece."""

    def articles(
        self, query: str = "", *, filters: Filters | None = None, page: int = 1, per_page: int = 50
    ) -> tuple[list[Article], int]:
        """Return a page of articles (kind `article` only, in order of source and line) and how many there are."""

    def article(self, article_id: str) -> Article:
        """Return an article or leftover with its text. Raises UnknownArticle."""

    def info(self) -> Info:
        """Return what is being served."""
