"""The nouns of the answer floor: what a question becomes. Imports only the nouns of the index floor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from index.types import Article, Filters, Hit

Mode = Literal["auto", "extractive", "llm"]
Reason = Literal["no_match", "low_confidence", "model_refused"]
Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `article.text[start:end] == quote`, at most 200 characters; `[marker]` in the answer."""

    marker: int
    article: Article
    passage_id: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answerer wrote, before the check: text with `[n]` markers and the citations they stand for."""

    text: str
    citations: tuple[Citation, ...] = ()
    mode: Literal["extractive", "llm"] = "extractive"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way through the steps: what was asked, made to stand alone, and how to answer it."""

    question: str
    standalone: str
    lang: Lang
    k: int = 8
    mode: Mode = "auto"
    filters: Filters | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says, or that it refuses: refusal is a value, not an exception."""

    id: str
    question: str
    standalone_question: str
    lang: Lang
    text: str
    citations: tuple[Citation, ...]
    passages: tuple[Hit, ...]
    confidence: float
    """Probability 0 to 1 that the corpus answers the question, also when refused."""
    abstained: bool
    reason: Reason | None
    mode: Literal["extractive", "llm"]
    """Which answerer wrote the text: an LLM that failed leaves `extractive` and a note."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds: `retrieve`, `answer`, `check`, `total`."""
    notes: tuple[str, ...] = ()
    """What the reader should know: `llm_failed`, `unsupported_sentence`, `newer_preferred`, …"""


@dataclass(frozen=True, slots=True)
class PassagesEvent:
    """First event of a stream: the passages found, before any text."""

    passages: tuple[Hit, ...]
    standalone_question: str


@dataclass(frozen=True, slots=True)
class DeltaEvent:
    """A piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """Last event: the whole answer, checked."""

    answer: Answer


StreamEvent = PassagesEvent | DeltaEvent | DoneEvent


@dataclass(frozen=True, slots=True)
class Info:
    """What is being served: `GET /api/v1/info` and `wenju doctor`."""

    version: str
    generation: int
    embedding_model: str
    articles: int
    passages: int
    llm: str | None
