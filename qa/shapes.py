"""The JSON objects of the contract: answers, hits and articles as HTTP and `--json` print them.

In: nouns of the answer floor. Out: plain dicts, the same for every face.
"""

from collections.abc import Mapping
from typing import Any

from index.types import Article, Hit
from qa.types import Answer, Citation

Shape = dict[str, Any]


def article_reference(article: Article) -> Shape:
    """Return the short form of an article that stands inside citations and passages."""
    return {
        "id": article.id,
        "title": article.title,
        "authors": list(article.authors),
        "source": article.source,
        "issue": article.issue,
        "date": article.date,
    }


def article_summary(article: Article) -> Shape:
    """Return an article as `GET /api/v1/articles` lists it."""
    return article_reference(article) | {"section": article.section, "lang": article.lang}


def article_shape(article: Article) -> Shape:
    """Return a whole article with its text."""
    return article_summary(article) | {
        "subtitle": article.subtitle,
        "kind": article.kind,
        "source_start": article.source_start,
        "source_end": article.source_end,
        "pages": list(article.pages) if article.pages else None,
        "headings": [{"start": h.start, "end": h.end, "level": h.level, "text": h.text} for h in article.headings],
        "text": article.text,
    }


def hit_shape(hit: Hit) -> Shape:
    """Return a hit as an element of `passages`; `parts` says which leg put it where."""
    return {
        "rank": hit.rank,
        "score": hit.score,
        "id": hit.passage.id,
        "text": hit.passage.text,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "headings": list(hit.passage.headings),
        "article": article_reference(hit.article),
        "parts": {name: {"score": part.score, "rank": part.rank} for name, part in hit.parts.items()},
    }


def citation_shape(citation: Citation) -> Shape:
    """Return a citation: marker, verbatim quote, its offsets and its article."""
    return {
        "marker": citation.marker,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "passage_id": citation.passage_id,
        "article": article_reference(citation.article),
    }


def answer_shape(answer: Answer) -> Shape:
    """Return the whole answer object of the contract."""
    return {
        "id": answer.id,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "lang": answer.lang,
        "answer": answer.text,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "confidence": answer.confidence,
        "mode": answer.mode,
        "citations": [citation_shape(citation) for citation in answer.citations],
        "passages": [hit_shape(hit) for hit in answer.passages],
        "timings_ms": _rounded(answer.timings),
        "notes": list(answer.notes),
    }


def _rounded(timings: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in timings.items()}
