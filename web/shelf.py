"""What the corpus offers a reader who does not know it yet: filter choices and questions to begin with.

In: an assistant. Out: `Shelf`, made once for every generation.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.types import Article
from qa.ports import AssistantPort
from web.i18n import Interface, Words

LOOKED_AT = 2000  # articles; choices of a larger corpus come from its first ones
CHOICES = 200
SUGGESTED = 4
TRIED = 8


@dataclass(frozen=True, slots=True)
class Shelf:
    """Choices for the filters, and articles worth asking about."""

    count: int
    issues: tuple[str, ...]
    sections: tuple[str, ...]
    authors: tuple[str, ...]
    suggestions: Mapping[Interface, tuple[str, ...]]


def survey(assistant: AssistantPort) -> Shelf:
    """Return what an assistant's corpus offers."""
    articles, count = assistant.articles(per_page=LOOKED_AT)
    return Shelf(
        count,
        _distinct(article.issue for article in articles),
        _distinct(article.section for article in articles),
        _distinct(author for article in articles for author in article.authors),
        {lang: _suggestions(assistant, articles, lang) for lang in ("zh", "en")},
    )


def _suggestions(assistant: AssistantPort, articles: Sequence[Article], lang: Interface) -> tuple[str, ...]:
    """Return questions about some articles, those in the reader's language first, that get an answer."""
    good = [article for article in articles if 4 <= len(article.title) <= 60 and len(article.text) >= 40]
    own, others = ([a for a in good if (a.lang == lang) is same] for same in (True, False))
    tried = [*_spread(own, TRIED - TRIED // 4), *_spread(others, TRIED // 4)]
    asked = (_question(article, lang) for article in tried)
    answered = (q for q in asked if not assistant.answer(q, mode="extractive").abstained)
    return tuple(itertools.islice(answered, SUGGESTED))


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))[:CHOICES]


def _spread(articles: Sequence[Article], count: int) -> Sequence[Article]:
    """Return `count` of the articles, evenly spread."""
    step = max(1, len(articles) // max(1, count))
    return articles[::step][:count]


def _question(article: Article, lang: Interface) -> str:
    if article.title.endswith(("？", "?")):
        return article.title
    return Words(lang)("example_title", title=article.title)
