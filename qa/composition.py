"""Citations in, the answer's text out: the quotes with their markers, in a short frame for an English question."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.types import Article
from qa.newer import Rivalry
from qa.types import Asked, Citation, Draft, Lang

NEWER = "newer_preferred"
"""The note of an answer that prefers the newer of two articles that say different things."""

_RELATIVE_YEAR = re.compile(r"今年|本年|年内|去年|上年")
_ENDED = re.compile(r"[。！？!?.；;…”」』）)]$")


def compose(citations: Sequence[Citation], asked: Asked) -> Draft:
    """Return the quotes as an answer: one after the other, each with its marker, years made clear beside them."""
    if not citations:
        return Draft("")
    pieces = [_piece(citation, asked) for citation in citations]
    if asked.lang == "en":
        return Draft("The articles say: " + "\n".join(pieces), tuple(citations))
    return Draft("\n".join(pieces), tuple(citations))


def with_rivalry(draft: Draft, rivalry: Rivalry, lang: Lang) -> Draft:
    """Return a draft that says which article was preferred to which."""
    return replace(draft, text=f"{draft.text}{rivalry_note(rivalry, lang)}", notes=(*draft.notes, NEWER))


def rivalry_note(rivalry: Rivalry, lang: Lang) -> str:
    """Return the sentence that names the newer article and the older one that says something else."""
    newer, older = rivalry.newer, rivalry.older
    if lang == "en":
        preferred = f'"{newer.title}" ({newer.date}), was preferred to the older, "{older.title}" ({older.date}).'
        return f"\n(The articles differ; the newer, {preferred})"
    told = "，".join(
        f"《{each.title}》（{_in_words(each.date or '')}）较{how}" for each, how in ((newer, "新"), (older, "早"))
    )
    return f"\n（各文说法不一，以新的为准：{told}。）"


def _piece(citation: Citation, asked: Asked) -> str:
    whole = citation.article.text[citation.end : citation.end + 1] in ("", "\n")
    cut = "" if whole or _ENDED.search(citation.quote) else "……"
    quote = citation.quote.replace("\n", " ")
    return f"{quote}{cut}[{citation.marker}]{_year_note(citation.quote, citation.article, asked)}"


def _year_note(quote: str, article: Article, asked: Asked) -> str:
    """Return when a quote that speaks of `今年` or `去年` was published.

    Not which year is meant: what appears in January was often written in December.
    """
    if not article.date or not _RELATIVE_YEAR.search(quote):
        return ""
    return f" (published {article.date})" if asked.lang == "en" else f"（刊于{_in_words(article.date)}）"


def _in_words(date: str) -> str:
    """Return an ISO date, as exact as it is, in Chinese.

    >>> _in_words("2025-07")
    '2025年7月'
    """
    numbers = [part.lstrip("0") for part in date.split("-")]
    return "".join(number + unit for number, unit in zip(numbers, "年月日", strict=False))
