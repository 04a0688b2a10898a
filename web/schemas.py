"""The HTTP contract as pydantic shapes: what requests and, in the OpenAPI, answers must look like.

In: JSON of strangers. Out: checked values; `to_filters` and `to_turns` turn them into the nouns of the lower floors.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from index.types import Filters
from qa.types import Lang, Mode, Reason, Turn

MAX_QUESTION = 2000
MAX_K = 50

IsoDate = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Request(BaseModel):
    """A request body: unknown keys are refused, so that a misspelt option is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FiltersIn(Request):
    """Which articles may be used; what is left out does not restrict."""

    source: Name | None = None
    issue: Name | None = None
    section: Name | None = None
    author: Name | None = None
    lang: Literal["zh", "en"] | None = None
    date_from: IsoDate | None = None
    date_to: IsoDate | None = None
    article_ids: Annotated[tuple[Name, ...], Field(max_length=1000)] | None = None

    def to_filters(self) -> Filters:
        """Return the same as the index floor's noun."""
        return Filters(**self.model_dump())


class TurnIn(Request):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=20_000)]


class SearchIn(Request):
    """A question to find passages for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "2023年种了多少亩梨树？", "k": 8}]})

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, description="1 to 2,000 characters")]
    k: Annotated[int, Field(ge=1, le=MAX_K, strict=True)] = 8
    filters: FiltersIn | None = None

    @field_validator("question")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("the question is empty")
        return value

    def to_filters(self) -> Filters | None:
        """Return the filters as the index floor's noun."""
        return self.filters.to_filters() if self.filters else None


class AnswerIn(SearchIn):
    """A question to answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "What does the report say about storage?", "mode": "auto"},
                {"question": "那其中哪项最多？", "history": [{"role": "user", "content": "报告提到哪些措施？"}]},
            ]
        }
    )

    history: Annotated[tuple[TurnIn, ...], Field(max_length=100)] = ()
    mode: Mode = "auto"
    lang: Annotated[Lang | None, Field(description="language of the answer; that of the question if left out")] = None

    @field_validator("history", mode="before")
    @classmethod
    def _null_is_none(cls, value: Any) -> Any:  # noqa: ANN401 - what a stranger sent
        return () if value is None else value

    def to_turns(self) -> tuple[Turn, ...]:
        """Return the history as the answer floor's noun."""
        return tuple(Turn(turn.role, turn.content) for turn in self.history)


class FeedbackIn(Request):
    """What a reader thinks of an answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"answer_id": "a1b2c3", "rating": -1, "label": "wrong_source"}]}
    )

    answer_id: Annotated[str, Field(min_length=1, max_length=200)]
    rating: Literal[1, -1]
    label: Literal["wrong_source", "not_in_corpus", "wrong_answer", "incomplete", "other"] | None = None
    comment: Annotated[str, Field(max_length=4000)] | None = None


class ArticleRef(BaseModel):
    """The short form of an article."""

    id: str
    title: str
    authors: list[str]
    source: str
    issue: str | None
    date: str | None


class ArticleSummary(ArticleRef):
    """An article as it is listed."""

    section: str | None
    lang: str


class HeadingOut(BaseModel):
    """A heading inside an article's text."""

    start: int
    end: int
    level: int
    text: str


class ArticleOut(ArticleSummary):
    """A whole article; every offset anywhere means `text`, in code points."""

    subtitle: str | None
    kind: str
    source_start: int
    source_end: int
    pages: list[int] | None
    headings: list[HeadingOut]
    text: str


class PartOut(BaseModel):
    """What one leg of the search said."""

    score: float
    rank: int


class PassageOut(BaseModel):
    """A passage found; larger scores are better."""

    rank: int
    score: float
    id: str
    text: str
    start: int
    end: int
    headings: list[str]
    article: ArticleRef
    parts: dict[str, PartOut]


class CitationOut(BaseModel):
    """A verbatim quote: `article.text[start:end]`; `[marker]` in the answer."""

    marker: int
    quote: str
    start: int
    end: int
    passage_id: str
    article: ArticleRef


class AnswerOut(BaseModel):
    """An answer or a refusal."""

    id: str
    question: str
    standalone_question: str
    lang: Lang
    answer: str
    abstained: bool
    reason: Reason | None
    confidence: float
    mode: Literal["extractive", "llm"]
    citations: list[CitationOut]
    passages: list[PassageOut]
    timings_ms: dict[str, float]
    notes: list[str]


class PassagesOut(BaseModel):
    """The passages found, best first."""

    passages: list[PassageOut]


class ArticlesOut(BaseModel):
    """One page of articles; an empty list past the end."""

    articles: list[ArticleSummary]
    total: int
    page: int


class FeedbackOut(BaseModel):
    """The feedback was kept."""

    id: int


class InfoOut(BaseModel):
    """What is being served."""

    version: str
    generation: int
    embedding_model: str
    articles: int
    passages: int
    llm: str | None


class StatusOut(BaseModel):
    """`ok`, or why not."""

    status: str


class InvalidPlace(BaseModel):
    """Where a request is wrong, and how."""

    model_config = ConfigDict(populate_by_name=True)

    place: Annotated[str, Field(alias="in")]
    message: str


class ProblemOut(BaseModel):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[InvalidPlace] | None = None
