"""What the corpus offers a reader who does not know it yet: filter choices and questions to begin with.

In: an assistant. Out: `Shelf`, made once for every generation.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from index.types import Article
from qa.ports import AssistantPort
from web.i18n import Interface, Words

LOOKED_AT = 2000  # articles; choices of a larger corpus come from its first ones
CHOICES = 200
SUGGESTED = 4


@dataclass(frozen=True, slots=True)
class Shelf:
    """Choices for the filters, and articles worth asking about."""

    count: int
    issues: tuple[str, ...]
    sections: tuple[str, ...]
    authors: tuple[str, ...]
    examples: tuple[Article, ...]

    def suggestions(self, lang: Interface) -> list[str]:
        """Return questions about some articles, those in the reader's language first."""
        own = [article for article in self.examples if article.lang == lang]
        others = [article for article in self.examples if article.lang != lang]
        chosen = [*_spread(own, SUGGESTED - bool(others)), *_spread(others, SUGGESTED)][:SUGGESTED]
        return [_question(article, lang) for article in chosen]


def survey(assistant: AssistantPort) -> Shelf:
    """Return what an assistant's corpus offers."""
    articles, count = assistant.articles(per_page=LOOKED_AT)
    return Shelf(
        count,
        _distinct(article.issue for article in articles),
        _distinct(article.section for article in articles),
        _distinct(author for article in articles for author in article.authors),
        tuple(article for article in articles if 4 <= len(article.title) <= 60 and len(article.text) >= 40),
    )


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))[:CHOICES]


def _spread(articles: list[Article], count: int) -> list[Article]:
    """Return `count` of the articles, evenly spread."""
    step = max(1, len(articles) // max(1, count))
    return articles[::step][:count]


def _question(article: Article, lang: Interface) -> str:
    if article.title.endswith(("？", "?")):
        return article.title
    return Words(lang)("example_title", title=article.title)
