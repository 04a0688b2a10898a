"""A question in, a checked and cited answer out: the steps retrieve, answer, check, over parts chosen elsewhere."""

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.types import Article, Filters, Hit
from qa.errors import BadQuestion
from qa.language import language
from qa.ports import Answerer, Library, RetrieverPort
from qa.types import Answer, Asked, DeltaEvent, DoneEvent, Draft, Info, Lang, Mode, PassagesEvent, StreamEvent, Turn

LONGEST = 2000
MOST = 50

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """After `retrieve`: the question, its hits and the milliseconds so far."""

    asked: Asked
    hits: tuple[Hit, ...]
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drafted:
    """After `answer`: what was found and what was written from it."""

    found: Found
    draft: Draft
    timings: dict[str, float] = field(default_factory=dict)


class Assistant:
    """The AssistantPort over a retriever, a library of articles and an answerer."""

    def __init__(self, retriever: RetrieverPort, library: Library, answerer: Answerer) -> None:
        self._retriever = retriever
        self._library = library
        self._answerer = answerer

    def search(self, question: str, *, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """Return the hits for a question. Raises BadQuestion."""
        return self._retriever.search(_checked(question), k=_checked_k(k), filters=filters)

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
        asked = self.ask(question, history=history, filters=filters, k=k, mode=mode, lang=lang)
        return self.check(self.write(self.retrieve(asked)))

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
        asked = self.ask(question, history=history, filters=filters, k=k, mode=mode, lang=lang)
        found = self.retrieve(asked)
        yield PassagesEvent(found.hits, asked.standalone)
        answer = self.check(self.write(found))
        yield DeltaEvent(answer.text)
        yield DoneEvent(answer)

    def articles(
        self, query: str = "", *, filters: Filters | None = None, page: int = 1, per_page: int = 50
    ) -> tuple[list[Article], int]:
        """Return a page of articles in order of source and line, and how many there are."""
        return self._library.articles(query, filters=filters, page=page, per_page=per_page)

    def article(self, article_id: str) -> Article:
        """Return an article or leftover with its text. Raises UnknownArticle."""
        return self._library.article(article_id)

    def info(self) -> Info:
        """Return what is being served."""
        return self._library.info()

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        k: int = 8,
        mode: Mode = "auto",
        lang: Lang | None = None,
    ) -> Asked:
        """Return the question made to stand alone, with its language. Raises BadQuestion."""
        text = _checked(question)
        return Asked(text, text, lang or language(text), _checked_k(k), mode, filters)

    def retrieve(self, asked: Asked) -> Found:
        """Step one: the hits."""
        started = time.perf_counter()
        hits = tuple(self._retriever.search(asked.standalone, k=asked.k, filters=asked.filters))
        return Found(asked, hits, {"retrieve": _since(started)})

    def write(self, found: Found) -> Drafted:
        """Step two: the draft."""
        started = time.perf_counter()
        draft = self._answerer.draft(found.asked, found.hits)
        return Drafted(found, draft, found.timings | {"answer": _since(started)})

    def check(self, drafted: Drafted) -> Answer:
        """Step three: the answer, or its refusal."""
        started = time.perf_counter()
        asked, draft = drafted.found.asked, drafted.draft
        refused = not draft.citations
        answer = Answer(
            id=uuid.uuid4().hex,
            question=asked.question,
            standalone_question=asked.standalone,
            lang=asked.lang,
            text=_refusal(asked.lang) if refused else draft.text,
            citations=draft.citations,
            passages=drafted.found.hits,
            confidence=0.0 if refused else 0.5,
            abstained=refused,
            reason="no_match" if refused else None,
            mode=draft.mode,
            notes=draft.notes,
        )
        timings = drafted.timings | {"check": _since(started)}
        return replace(answer, timings=timings | {"total": sum(timings.values())})


def _checked(question: str) -> str:
    text = question.strip()
    if not text:
        raise BadQuestion("The question is empty. Ask something.")
    if len(text) > LONGEST:
        raise BadQuestion(f"The question has {len(text):,} characters; at most {LONGEST:,} are allowed. Shorten it.")
    return text


def _checked_k(k: int) -> int:
    if not 1 <= k <= MOST:
        raise BadQuestion(f"k is {k}; it may be 1 to {MOST}.")
    return k


def _refusal(lang: Lang) -> str:
    return "资料里没有找到答案。" if lang == "zh" else "The articles do not answer this."


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
