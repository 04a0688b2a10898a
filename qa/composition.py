"""Citations in, the answer's text out: the quotes with their markers, in a short frame for an English question."""

import re
from collections.abc import Sequence

from index.types import Article
from qa.types import Asked, Citation, Draft

_THIS_YEAR = re.compile(r"今年|本年|年内")
_LAST_YEAR = re.compile(r"去年|上年")
_ENDED = re.compile(r"[。！？!?.；;…”」』）)]$")


def compose(citations: Sequence[Citation], asked: Asked) -> Draft:
    """Return the quotes as an answer: one after the other, each with its marker, years made clear beside them."""
    if not citations:
        return Draft("")
    pieces = [_piece(citation, asked) for citation in citations]
    if asked.lang == "en":
        return Draft("The articles say: " + "\n".join(pieces), tuple(citations))
    return Draft("\n".join(pieces), tuple(citations))


def _piece(citation: Citation, asked: Asked) -> str:
    cut = "" if _ENDED.search(citation.quote) else "……"
    quote = citation.quote.replace("\n", " ")
    return f"{quote}{cut}[{citation.marker}]{_year_note(citation.quote, citation.article, asked)}"


def _year_note(quote: str, article: Article, asked: Asked) -> str:
    """Return what `今年` or `去年` means in a quote, by the article's date."""
    if not article.date or not article.date[:4].isdigit():
        return ""
    year = int(article.date[:4])
    meant = [
        (word.group(), year - back)
        for back, found in enumerate((_THIS_YEAR, _LAST_YEAR))
        if (word := found.search(quote))
    ]
    if not meant:
        return ""
    if asked.lang == "en":
        return " (" + ", ".join(f"{word} is {year}" for word, year in meant) + ")"
    return "（" + "，".join(f"{word}指{year}年" for word, year in meant) + "）"
