"""An assistant in, the same as a LangChain Runnable out: retrieve | answer | check, each a named step.

In LangChain code: `chain = as_runnable(assistant)`, then `chain.invoke("question")`, `.stream`, `.batch`, `.ainvoke`.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from index.types import Filters, Hit
from qa.assistant import Assistant
from qa.shapes import article_reference
from qa.types import Answer, Asked, Turn

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

Input = str | Mapping[str, Any]


def as_runnable(assistant: Assistant) -> "Runnable[Input, Answer]":
    """Return the chain from a question, or `{"question", "history", "filters", "k", "mode", "lang"}`, to an Answer.

    `history` may hold LangChain messages, `(role, text)` pairs or `Turn`s.
    """
    from langchain_core.runnables import RunnableLambda

    steps = assistant.steps

    def ask_step(given: Input) -> Asked:
        return _asked(assistant, given)

    ask = RunnableLambda(ask_step, name="ask")
    retrieve = RunnableLambda(steps.retrieve, name="retrieve")
    answer = RunnableLambda(steps.answer, name="answer")
    check = RunnableLambda(steps.check, name="check")
    return (ask | retrieve | answer | check).with_config(run_name="wenju")


def as_text_runnable(assistant: Assistant) -> "Runnable[Input, str]":
    """Return the chain from a question to the answer's text; `.stream` gives the pieces as they are written."""
    from langchain_core.runnables import RunnableGenerator

    def write(given: Iterator[Input]) -> Iterator[str]:
        for each in given:
            found = assistant.steps.retrieve(_asked(assistant, each))
            yield from (piece for piece in assistant.steps.pieces(found) if isinstance(piece, str))

    return RunnableGenerator(write, name="wenju-text")


def as_retriever(assistant: Assistant, *, k: int = 8, filters: Filters | None = None) -> "BaseRetriever":
    """Return the retrieval as a LangChain retriever: documents with the passage's text, its article and its score."""
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    class WenjuRetriever(BaseRetriever):
        """Passages of the index as documents."""

        def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
            hits = assistant.search(query, k=k, filters=filters)
            return [Document(id=hit.passage.id, page_content=hit.passage.text, metadata=_metadata(hit)) for hit in hits]

    return WenjuRetriever()


def _metadata(hit: Hit) -> dict[str, Any]:
    place = {"score": hit.score, "rank": hit.rank, "start": hit.passage.start, "end": hit.passage.end}
    return {**place, "headings": list(hit.passage.headings), "article": article_reference(hit.article)}


def _asked(assistant: Assistant, given: Input) -> Asked:
    if isinstance(given, str):
        return assistant.ask(given)
    options = dict(given)
    turns = [_turn(each) for each in options.pop("history", ())]
    return assistant.ask(options.pop("question"), history=turns, **options)


def _turn(given: Any) -> Turn:  # noqa: ANN401 - a message of LangChain, a pair or a Turn
    if isinstance(given, Turn):
        return given
    role, content = given if isinstance(given, tuple) else (given.type, str(given.content))
    return Turn("user" if role in ("user", "human") else "assistant", content)
