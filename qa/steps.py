"""The steps of an answer: retrieve -> answer -> check, each a function from one noun to the next.

`Assistant` runs them, plain or streaming; `chain.py` shows them to LangChain as one Runnable.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from index.types import Hit
from qa.composition import compose, with_rivalry
from qa.confidence import Confidence
from qa.context import numbered
from qa.drafting import Drafting
from qa.errors import LLMUnavailable
from qa.extractive import ExtractiveAnswerer, Reading
from qa.gathering import gather
from qa.grounding import Likeness
from qa.imprints import CERTAINTY, imprint_lines
from qa.newer import rivalry_of
from qa.ports import RetrieverPort, WriterPort
from qa.refusal import refusal
from qa.summaries import names
from qa.types import Answer, Asked, Citation, Draft, Reason
from qa.unknown_names import unknown_names

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """After `retrieve`: the question, its hits, what was read in them, and the probability that they answer it."""

    asked: Asked
    hits: tuple[Hit, ...]
    reading: Reading
    confidence: float
    timings: dict[str, float] = field(default_factory=dict)
    imprint: tuple[Citation, ...] = ()
    """Lines of an imprint, where the question is about the publication itself."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """After `answer`: what was found, what was written from it, and why that is a refusal, if it is one."""

    found: Found
    draft: Draft
    reason: Reason | None
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LLMOptions:
    """How an LLM is used: its writer, the passages it may read in tokens, how tokens are counted, and strictness."""

    writer: WriterPort
    context_tokens: int
    count: Callable[[str], int]
    rewrite: bool = False
    strict: bool = False
    likeness: Likeness | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """The parts that the steps are made of."""

    retriever: RetrieverPort
    answerer: ExtractiveAnswerer
    confidence: Confidence
    threshold: float
    llm: LLMOptions | None = None

    def retrieve(self, asked: Asked) -> Found:
        """Return the hits, what stands in them, and whether they answer the question."""
        started = time.perf_counter()
        gathered = gather(self.retriever, asked.standalone, k=asked.k, filters=asked.filters)
        retrieved = _since(started)
        started = time.perf_counter()
        reading = self.answerer.read(gathered)
        imprint = imprint_lines(asked.standalone, gathered.hits)
        named = reading.subject is not None and names(asked.standalone, reading.subject)
        confidence = CERTAINTY if imprint or named else self.confidence.probability(asked.standalone, reading)
        timings = {"retrieve": retrieved, "answer": _since(started)}
        return Found(asked, gathered.hits, reading, confidence, timings, imprint)

    def answer(self, found: Found) -> Drafted:
        """Return the draft, or the refusal."""
        for piece in self.pieces(found):
            if isinstance(piece, Drafted):
                return piece
        raise RuntimeError("the pieces of an answer end with its draft")

    def check(self, drafted: Drafted) -> Answer:
        """Return the answer; a citation that is not verbatim in its article goes no further."""
        started = time.perf_counter()
        found, draft = drafted.found, drafted.draft
        kept = tuple(c for c in draft.citations if c.article.text[c.start : c.end] == c.quote)
        timings = drafted.timings | {"check": _since(started)}
        return Answer(
            id=uuid.uuid4().hex,
            question=found.asked.question,
            standalone_question=found.asked.standalone,
            lang=found.asked.lang,
            text=draft.text,
            citations=kept,
            passages=found.hits,
            confidence=found.confidence,
            abstained=drafted.reason is not None,
            reason=drafted.reason,
            mode=draft.mode,
            timings=timings | {"total": sum(timings.values())},
            notes=draft.notes,
        )

    def pieces(self, found: Found) -> Iterator[str | Drafted]:
        """Yield the text as it is written, and at last the Drafted."""
        started = time.perf_counter()
        reason = self._reason(found)
        if reason is not None:
            parts = self._refusing(found, reason)
        elif self.llm is not None and found.asked.mode != "extractive":
            parts = self._by_llm(found, self.llm)
        else:
            parts = self._extracting(found)
        for part in parts:
            if isinstance(part, Drafted):
                spent = found.timings.get("answer", 0.0) + _since(started)
                yield replace(part, timings=found.timings | {"answer": spent})
            else:
                yield part

    def _reason(self, found: Found) -> Reason | None:
        if found.imprint:
            return None
        if not found.reading.chosen:
            return "no_match"
        return "low_confidence" if found.confidence < self.threshold else None

    def _refusing(self, found: Found, reason: Reason, *, shown: bool = False) -> Iterator[str | Drafted]:
        unknown = unknown_names(found.asked.standalone, self.answerer.lexical)
        draft = Draft(refusal(found.reading.lens.query, found.hits, found.asked.lang, reason, unknown))
        if not shown:
            yield draft.text
        yield Drafted(found, replace(draft, mode="llm") if reason == "model_refused" else draft, reason)

    def _extracting(self, found: Found, *, shown: bool = False, note: str | None = None) -> Iterator[str | Drafted]:
        draft = (
            compose(found.imprint, found.asked) if found.imprint else self.answerer.write(found.asked, found.reading)
        )
        if not shown:
            yield draft.text
        yield Drafted(found, replace(draft, notes=(*draft.notes, note)) if note else draft, None)

    def _by_llm(self, found: Found, llm: LLMOptions) -> Iterator[str | Drafted]:
        """Yield what the model writes, checked; the extractive answer where it fails or cites nothing."""
        asked = found.asked
        passages = numbered(found.hits, llm.context_tokens, llm.count)
        drafting = Drafting(passages, asked.lang, likeness=llm.likeness, strict=llm.strict)
        shown = False
        try:
            for piece in _drafted(drafting, llm.writer.write(asked.standalone, passages, asked.lang)):
                shown = True
                yield piece
        except LLMUnavailable as error:
            log.warning("the extractive answer is given: %s", error)
            yield from self._extracting(found, shown=shown, note="llm_failed")
            return
        if drafting.refused:
            yield from self._refusing(found, "model_refused", shown=shown)
        elif not drafting.draft.citations:
            yield from self._extracting(found, shown=shown, note="llm_uncited")
        else:
            yield from self._noting(found, drafting.draft)

    def _noting(self, found: Found, draft: Draft) -> Iterator[str | Drafted]:
        """Yield what a question about now is told of older articles that say something else, and the Drafted."""
        rivalry = rivalry_of(draft.citations, found.hits) if found.reading.lens.query.latest else None
        noted = with_rivalry(draft, rivalry, found.asked.lang) if rivalry else draft
        if noted is not draft:
            yield noted.text[len(draft.text) :]
        yield Drafted(found, noted, None)


def _drafted(drafting: Drafting, written: Iterator[str]) -> Iterator[str]:
    for piece in written:
        yield from drafting.feed(piece)
    yield from drafting.close()


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
