"""A question about a publication itself in, the lines of its imprint in front of the hits out.

Imprints (publisher, editor, advisers, address) are leftovers of their files and not searched; only a question that
names a field of an imprint and a publication or an issue gets to see them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.numbers import MONTHS
from index.types import Article, Filters, Hit, Part, Passage
from qa.citations import cite
from qa.ports import RetrieverPort
from qa.types import Citation

CERTAINTY = 0.9
"""Confidence in a line of the imprint that carries the label asked for; a rule, not fitted."""
SHOWN = 590
"""Longest text of an imprint that is shown, as long as the longest joined passage."""

# What is asked for (left) and how an imprint says it (right).
_FIELDS = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(label))
    for asked, label in (
        (r"主编|责编|责任编辑|\bedit(?:or|ed)", r"主编|编辑(?!部)"),
        (r"顾问|\bconsultant|\badvis[eo]r", r"顾问"),
        (r"主办|主管|出版|\bpublish|\bsponsor|\borgani[sz]", r"主办|主管|出版"),
        (r"地址|\baddress", r"地址"),
        (r"电话|\bphone|\btelephone", r"电话"),
        (r"邮编|邮政编码|\bpost ?code|\bzip code", r"邮编|邮政编码"),
        (r"联系人|\bcontact", r"联系人"),
    )
)
_PUBLICATION = re.compile(
    r"第\s*\d+\s*期|[那这一本]期|\d+月号|本刊|刊物|杂志|\b(?:issue|journal|magazine)\b", re.IGNORECASE
)
_LINE = re.compile(r"[^\n]+")
_NUMBER = re.compile(r"\d+")


class ImprintRetriever:
    """A RetrieverPort over another one that puts the imprint which is asked about in front."""

    def __init__(self, inner: RetrieverPort, leftovers: Sequence[Article]) -> None:
        self.inner = inner
        self._imprints = [article for article in leftovers if article.kind == "imprint"]

    def search(self, question: str, *, k: int, filters: Filters | None = None) -> list[Hit]:
        """Return the hits of the inner retriever, an imprint before them where the question asks for one."""
        hits = self.inner.search(question, k=k, filters=filters)
        imprint = None if filters else asked_imprint(question, self._imprints)
        if imprint is None:
            return hits
        score = max((hit.score for hit in hits), default=0.0)
        first = Hit(_passage(imprint), imprint, score, 1, {"imprint": Part(score, 1)})
        return [first, *(replace(hit, rank=rank) for rank, hit in enumerate(hits[: k - 1], 2))]


def asked_imprint(question: str, imprints: Sequence[Article]) -> Article | None:
    """Return the imprint that holds a field the question asks for, of the issue that it names; None when none does."""
    labels = [label for asked, label in _FIELDS if asked.search(question)]
    named = [article for article in imprints if _names_publication(question, article)]
    holding = [article for article in named if any(label.search(article.text) for label in labels)]
    wanted = _numbers(question)
    return max(holding, key=lambda article: len(wanted & _numbers(f"{article.issue} {article.date}")), default=None)


def imprint_lines(question: str, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Return the lines of an imprint in front of the hits that hold what is asked; nothing without an imprint."""
    if not hits or "imprint" not in hits[0].parts:
        return ()
    labels = [label for asked, label in _FIELDS if asked.search(question)]
    lines = [line for line in _LINE.finditer(hits[0].passage.text) if any(label.search(line[0]) for label in labels)]
    start = hits[0].passage.start
    return tuple(cite(i, hits[0], start + line.start(), start + line.end()) for i, line in enumerate(lines, 1))


def _names_publication(question: str, imprint: Article) -> bool:
    name = (imprint.issue or "").split(" ")[0]
    return bool(name and name in question) or _PUBLICATION.search(question) is not None


def _numbers(text: str) -> set[int]:
    months = {at for at, month in enumerate(MONTHS, 1) if month in text.lower()}
    return months | {int(number) for number in _NUMBER.findall(text)}


def _passage(imprint: Article) -> Passage:
    end = min(len(imprint.text), SHOWN)
    return Passage(f"{imprint.id}-0", imprint.id, 0, end, (), imprint.text[:end])
