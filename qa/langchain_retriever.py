"""Our retriever in, a LangChain retriever out: documents whose metadata say where each passage stands."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, SkipValidation

from index.types import Filters, Hit
from qa.ports import RetrieverPort


class WenjuRetriever(BaseRetriever):
    """A `BaseRetriever` for chains of LangChain: `WenjuRetriever(retriever=Retriever(open_index(path)), k=8)`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: SkipValidation[RetrieverPort]
    k: int = 8
    filters: Filters | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [as_document(hit) for hit in self.retriever.search(query, k=self.k, filters=self.filters)]


def as_document(hit: Hit) -> Document:
    """Return a hit as a document: `page_content` is verbatim, `source`, `start` and `end` say where it stands."""
    article, passage = hit.article, hit.passage
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "article_id": article.id,
            "title": article.title,
            "authors": list(article.authors),
            "source": article.source,
            "issue": article.issue,
            "date": article.date,
            "headings": list(passage.headings),
            "start": passage.start,
            "end": passage.end,
            "rank": hit.rank,
            "score": hit.score,
        },
    )
