"""A question in, a checked and cited answer out, whole or as a stream: the AssistantPort over steps.py."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.types import Article, Filters, Hit
from qa.errors import BadQuestion, LLMUnavailable
from qa.history import standalone
from qa.language import language
from qa.ports import Library, RetrieverPort
from qa.steps import Drafted, Steps
from qa.types import Answer, Asked, DeltaEvent, DoneEvent, Info, Lang, Mode, PassagesEvent, StreamEvent, Turn

LONGEST = 2000
MOST = 50

log = logging.getLogger(__name__)


class Assistant:
    """Everything a face may ask for, over the steps and a library of articles."""

    def __init__(self, steps: Steps, library: Library) -> None:
        self.steps = steps
        self._library = library

    def with_retriever(self, retriever: RetrieverPort) -> "Assistant":
        """Return the same assistant over another retriever, as `wenju eval run --vary` does."""
        return Assistant(replace(self.steps, retriever=retriever), self._library)

    def search(self, question: str, *, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """Return the hits for a question. Raises BadQuestion."""
        return self.steps.retriever.search(_checked(question), k=_checked_k(k), filters=filters)

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
        """Return the checked answer. Raises BadQuestion, LLMUnavailable (for mode `llm` where none is configured)."""
        asked = self.ask(question, history=history, filters=filters, k=k, mode=mode, lang=lang)
        return self.steps.check(self.steps.answer(self.steps.retrieve(asked)))

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
        """Return PassagesEvent, DeltaEvents, DoneEvent: the same answer as `answer`, piece by piece.

        Raises as `answer` does, at once. The deltas together are the answer's text, unless an LLM refuses or fails
        after it began to write: then the text of DoneEvent takes their place.
        """
        return self._events(self.ask(question, history=history, filters=filters, k=k, mode=mode, lang=lang))

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
        """Return the question made to stand alone, with its language. Raises BadQuestion, LLMUnavailable."""
        text = _checked(question)
        if mode == "llm" and self.steps.llm is None:
            raise LLMUnavailable("No LLM is configured. Set WENJU_LLM (and WENJU_LLM_BASE_URL), or ask with mode auto.")
        alone = self._alone(text, history, mode)
        return Asked(text, alone, lang or language(text), _checked_k(k), mode, filters)

    def _alone(self, question: str, history: Sequence[Turn], mode: Mode) -> str:
        llm = self.steps.llm
        if history and llm and llm.rewrite and mode != "extractive":
            try:
                rewritten = llm.writer.rewrite(question, history, language(question))
            except LLMUnavailable as error:
                log.warning("the follow-up is rewritten by rules: %s", error)
            else:
                if 0 < len(rewritten) <= LONGEST:
                    return rewritten
        return standalone(question, history)[:LONGEST]

    def _events(self, asked: Asked) -> Iterator[StreamEvent]:
        found = self.steps.retrieve(asked)
        yield PassagesEvent(found.hits, asked.standalone)
        for piece in self.steps.pieces(found):
            yield DoneEvent(self.steps.check(piece)) if isinstance(piece, Drafted) else DeltaEvent(piece)


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
