"""Citations in, the answer's text out: the quotes with their markers, in a short frame for an English question."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.types import Article
from qa.antecedents import leans
from qa.language import language
from qa.newer import Rivalry
from qa.types import Asked, Citation, Draft, Lang

NEWER = "newer_preferred"
"""The note of an answer that prefers the newer of two articles that say different things."""
MISSING = "side_not_found"
"""The note of an answer to a comparison that found nothing about one side."""

_RELATIVE_YEAR = re.compile(r"今年|本年|年内|去年|上年")
_QUOTES = '“”"「」'
_ENDED = re.compile(r"[。！？!?.；;…”」』）)]$")


def compose(citations: Sequence[Citation], asked: Asked) -> Draft:
    """Return the quotes as an answer: one after the other, each with its marker, made clear beside it."""
    if not citations:
        return Draft("")
    pieces = [_piece(citation, asked) for citation in citations]
    if asked.lang == "en":
        return Draft("The articles say: " + "\n".join(pieces), tuple(citations))
    return Draft("\n".join(pieces), tuple(citations))


def compose_summary(citations: Sequence[Citation], asked: Asked, *, headed: bool) -> Draft:
    """Return an article's opening statement, then its main points: headings in one line, sentences in lines."""
    lead, *points = (_piece(citation, asked) for citation in citations)
    title = citations[0].article.title
    if asked.lang == "en":
        named = f"“{title}”" if language(title) == "en" else f"《{title}》"
        first, then, between = f"{named} opens: ", "Its parts: " if headed else "Main points:\n", "; "
    else:
        first, then, between = f"《{title}》：", "各部分：" if headed else "要点：\n", "；"
    told = (between if headed else "\n").join(points)
    return Draft(first + lead + ("\n" + then + told if points else ""), tuple(citations))


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


def with_missing(draft: Draft, names: Sequence[str], lang: Lang) -> Draft:
    """Return a draft that says of which sides of a comparison nothing was found."""
    if lang == "en":
        told = f"\n(Nothing was found about {' or '.join(names)}.)"
    else:
        told = f"\n（未找到关于{'、'.join(f'“{name.strip(_QUOTES)}”' for name in names)}的内容。）"
    return replace(draft, text=draft.text + told, notes=(*draft.notes, MISSING))


def _piece(citation: Citation, asked: Asked) -> str:
    whole = citation.article.text[citation.end : citation.end + 1] in ("", "\n")
    cut = "" if whole or _ENDED.search(citation.quote) else "……"
    quote = citation.quote.replace("\n", " ")
    return f"{quote}{cut}[{citation.marker}]{_note(citation.quote, citation.article, asked)}"


def _note(quote: str, article: Article, asked: Asked) -> str:
    """Return what makes a quote clear: its article's title where it begins with a pronoun, when it was published where
    it speaks of `今年` or `去年`.

    Not which year is meant: what appears in January was often written in December.
    """
    dated = article.date if article.date and _RELATIVE_YEAR.search(quote) else None
    titled = article.title if leans(quote) else None
    if asked.lang == "en":
        told = [f"from “{titled}”" if titled else "", f"published {dated}" if dated else ""]
        return f" ({', '.join(filter(None, told))})" if any(told) else ""
    told = [f"见《{titled}》" if titled else "", f"刊于{_in_words(dated)}" if dated else ""]
    return f"（{'，'.join(filter(None, told))}）" if any(told) else ""


def _in_words(date: str) -> str:
    """Return an ISO date, as exact as it is, in Chinese.

    >>> _in_words("2025-07")
    '2025年7月'
    """
    numbers = [part.lstrip("0") for part in date.split("-")]
    return "".join(number + unit for number, unit in zip(numbers, "年月日", strict=False))
