"""Settings in, an Assistant out: the one place where implementations are chosen."""

import os
from typing import TYPE_CHECKING

from qa.assistant import Assistant
from qa.settings import Settings
from qa.steps import LLMOptions, Steps

if TYPE_CHECKING:
    from index.embedding_reranker import Reranker
    from index.opened import OpenIndex
    from qa.likeness import WindowLikeness


def load_assistant(settings: Settings) -> Assistant:
    """Return the assistant over the index of these settings.

    Raises what the index floor raises (NoIndex, IndexMismatch, EmbedderError, …), and LLMUnavailable for an LLM whose
    package is not installed.
    """
    from qa.library import IndexLibrary

    opened = _opened(settings)
    return Assistant(_steps(settings, opened), IndexLibrary(opened, llm=settings.llm))


def _opened(settings: Settings) -> "OpenIndex":
    from index.embedding import load_embedder
    from index.opened import open_index

    embedder = load_embedder(
        settings.embedding_model,
        device=settings.embedding_device,
        query_prompt=settings.embedding_query_prompt,
        passage_prompt=settings.embedding_passage_prompt,
        threads=settings.threads,
    )
    return open_index(settings.index, embedder=embedder, threads=settings.threads)


def _steps(settings: Settings, opened: "OpenIndex") -> Steps:
    from index.embedding import static_of
    from qa.answerability import Answerability
    from qa.confidence import Confidence
    from qa.extractive import ExtractiveAnswerer
    from qa.imprints import ImprintRetriever
    from qa.likeness import WindowLikeness
    from qa.retriever import Retriever
    from qa.word_vectors import WordVectors

    likeness = WindowLikeness(opened)
    confidence = Confidence(likeness.terms, Answerability(opened.lexical, WordVectors(static_of(opened.embedder))))
    return Steps(
        retriever=ImprintRetriever(Retriever(opened, reranker=_reranker(settings)), opened.leftovers()),
        answerer=ExtractiveAnswerer(opened.lexical, likeness.windows),
        confidence=confidence,
        threshold=confidence.model.threshold if settings.threshold is None else settings.threshold,
        llm=_llm(settings, likeness) if settings.llm else None,
    )


def _reranker(settings: Settings) -> "Reranker | None":
    if settings.reranker is None:
        return None
    from index.embedding_reranker import load_reranker

    return load_reranker(settings.reranker, device=settings.embedding_device)


def _llm(settings: Settings, likeness: "WindowLikeness") -> LLMOptions:
    from qa.llm import Writer, load_model
    from qa.tokens import load_counter

    return LLMOptions(
        writer=Writer(load_model(settings), timeout=settings.llm_timeout),
        context_tokens=settings.llm_context_tokens,
        count=load_counter(settings, os.environ).count,
        rewrite=settings.llm_rewrite,
        strict=settings.strict,
        likeness=likeness.cosines,
    )
