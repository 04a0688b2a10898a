"""Settings in, an Assistant out: the one place where implementations are chosen."""

from qa.assistant import Assistant
from qa.extractive import ExtractiveAnswerer
from qa.settings import Settings


def load_assistant(settings: Settings) -> Assistant:
    """Return the assistant over the index of these settings. Raises what the index floor raises: NoIndex and others."""
    from index.opened import open_index
    from qa.library import IndexLibrary
    from qa.retriever import Retriever

    opened = open_index(settings.index, embedder=None, threads=settings.threads)
    return Assistant(Retriever(opened), IndexLibrary(opened, llm=settings.llm), ExtractiveAnswerer())
