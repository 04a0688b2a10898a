"""An open index in, the Library of the answer floor out: articles by page and by id, and what is served."""

from importlib.metadata import version

from index.opened import OpenIndex
from index.types import Article, Filters
from qa.errors import UnknownArticle
from qa.types import Info


class IndexLibrary:
    """The Library over one generation of an index."""

    def __init__(self, opened: OpenIndex, *, llm: str | None = None) -> None:
        self._opened = opened
        self._llm = llm

    def articles(
        self, query: str = "", *, filters: Filters | None = None, page: int = 1, per_page: int = 50
    ) -> tuple[list[Article], int]:
        """Return a page of articles in order of source and line, and how many there are."""
        return self._opened.list_articles(query, filters=filters, page=page, per_page=per_page)

    def article(self, article_id: str) -> Article:
        """Return an article or leftover with its text. Raises UnknownArticle."""
        found = self._opened.article(article_id)
        if found is None:
            raise UnknownArticle(f"There is no article {article_id!r}. List them with GET /api/v1/articles.")
        return found

    def info(self) -> Info:
        """Return what is being served."""
        manifest = self._opened.manifest
        counts = manifest.counts
        return Info(
            version=version("wenju"),
            generation=self._opened.generation,
            embedding_model=manifest.model.name,
            articles=counts.articles,
            passages=counts.passages,
            llm=self._llm,
        )
