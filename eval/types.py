"""The nouns of the evaluation: what is asked (Case), what came back (Reply), what it was worth (Row), Run.

Imports nothing of ours. Everything is frozen and turns into JSON with `dataclasses.asdict`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

Kind = Literal["fact", "list", "definition", "reason", "compare", "multi", "summary", "unanswerable"]
Shape = Mapping[str, Any]
"""A JSON object of the contract, as HTTP gives it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quote and the document it stands in, its path relative to the indexed folder."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    doc: str
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """One gold question, as a line of a gold file says it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    id: str
    question: str
    lang: Literal["zh", "en"]
    kind: Kind
    answers: tuple[tuple[str, ...], ...]
    """Every group is needed, any one alternative of a group is enough."""
    evidence: tuple[tuple[Evidence, ...], ...]
    """Every group is needed, any one quote of a group is enough."""
    style: str = "plain"
    reference: str = ""
    article: str = ""
    article_key: str | None = None
    """The article the question was written for (file and starting line): folds and clusters go by it."""
    near: bool | None = None
    """Unanswerable only: a near miss, or far off."""

    @property
    def answerable(self) -> bool:
        """Return whether the corpus holds an answer."""
        return self.kind != "unanswerable"

    @property
    def docs(self) -> tuple[str, ...]:
        """Return the documents of the evidence, each once, in order."""
        return tuple(dict.fromkeys(e.doc for group in self.evidence for e in group))


@dataclass(frozen=True, slots=True)
class Found:
    """A retrieved passage, as far as a report needs it."""

    text: str
    article_id: str = ""
    title: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A cited quote; `verbatim` says whether it is the text at its offsets in its article."""

    text: str
    marker: int = 0
    title: str = ""
    source: str = ""
    verbatim: bool | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the system under test said to one question."""

    answer: str
    abstained: bool
    confidence: float | None = None
    reason: str | None = None
    mode: str = ""
    citations: tuple[Quote, ...] = ()
    found: tuple[Found, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds: `search` and `answer` as seen from here, and the stages that the system reports."""
    tokens: Mapping[str, int] = field(default_factory=dict)
    """What the stages cost with an LLM, estimated: `read` of the passages in a prompt, `written` in the answer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a run with its measures; where `error` is set, every measure is that of a wrong answer."""

    id: str
    question: str
    lang: str
    kind: str
    style: str = "plain"
    docs: tuple[str, ...] = ()
    article_key: str | None = None
    near: bool | None = None
    reference: str = ""
    evidence: tuple[tuple[str, ...], ...] = ()
    """Quotes by group, for the report: it shows what should have been found beside what was."""
    measures: Mapping[str, float] = field(default_factory=dict)
    reply: Reply | None = None
    error: str | None = None

    @property
    def answerable(self) -> bool:
        """Return whether the corpus holds an answer."""
        return self.kind != "unanswerable"

    @property
    def confidence(self) -> float | None:
        """Return the confidence of the reply, None where there is none."""
        return self.reply.confidence if self.reply else None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95 % interval and the number of questions behind it."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Run:
    """A finished evaluation: how it was made (`record`) and every row."""

    id: str
    record: Mapping[str, Any]
    rows: Sequence[Row]
