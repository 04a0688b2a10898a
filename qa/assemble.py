"""Settings in, an Assistant out: the one place where implementations are chosen."""

from qa.assistant import Assistant
from qa.settings import Settings


def load_assistant(settings: Settings) -> Assistant:
    """Return the assistant over the index of these settings. Raises what the index floor raises: NoIndex and others."""
    from index.embedding import load_embedder
    from index.opened import open_index
    from qa.extractive import ExtractiveAnswerer
    from qa.library import IndexLibrary
    from qa.likeness import WindowLikeness
    from qa.retriever import Retriever

    embedder = load_embedder(
        settings.embedding_model,
        device=settings.embedding_device,
        query_prompt=settings.embedding_query_prompt,
        passage_prompt=settings.embedding_passage_prompt,
        threads=settings.threads,
    )
    opened = open_index(settings.index, embedder=embedder, threads=settings.threads)
    likeness = WindowLikeness(opened)
    return Assistant(
        Retriever(opened), IndexLibrary(opened, llm=settings.llm), ExtractiveAnswerer(opened.lexical, likeness.windows)
    )
