"""A file in, its articles out: title, subtitle, authors, section, issue, date, lines, text and headings.

Every block of the file ends up in one article or leftover: contents list, masthead, imprint, banners are kept too.
"""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.articles_build import Frame, build, leftover, section_of
from index.contents import Plan, find_starts
from index.front_matter import STYLE as FRONT
from index.front_matter import read_front
from index.imprint import Edition, edition, imprint, masthead
from index.readers import read_document
from index.repair import Repaired, repair
from index.types import Article, ArticleKind, Block, Document, Repair


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: the document, its articles and leftovers in order, and the log of repairs."""

    document: Document
    articles: tuple[Article, ...]
    repairs: tuple[Repair, ...]


def read_articles(path: Path, source: str) -> Reading:
    """Return the articles and leftovers of a file; raises UnreadableFile."""
    document = read_document(path, source)
    repaired = repair(document)
    return Reading(document, split(document, repaired), repaired.repairs)


def split(document: Document, repaired: Repaired) -> tuple[Article, ...]:
    """Return every article and leftover of a document, in order.

    A file without signs of several articles is one article; so is every Markdown and HTML page.
    """
    blocks = repaired.blocks
    end = imprint(blocks)
    doubled = frozenset(
        done.line for done in repaired.repairs if done.kind == "doubled" and done.before == done.after * 2
    )
    single = document.format in {"md", "html"}
    plan = Plan(range(0), ()) if single else find_starts(blocks, end, doubled)
    parts = _parts(document, blocks, plan, end, doubled)
    return _identified([article for article in parts if article.text or article.title])


def _parts(document: Document, blocks: Sequence[Block], plan: Plan, end: int, doubled: frozenset[int]) -> list[Article]:
    """Return the articles and leftovers without their ids."""
    first = plan.starts[0] if plan.starts else _first_of_single(document, blocks, end)
    head = masthead(blocks, plan.contents.start if plan.contents else first)
    about = edition([block.text for i in (head, range(end, len(blocks))) for block in (blocks[j] for j in i)])
    front = read_front([line.text for line in document.lines if line.style == FRONT])
    frame = Frame(document, blocks, about, doubled, front)
    before = sorted({0, head.stop, plan.contents.start, plan.contents.stop, first} & set(range(first + 1)))
    parts = []
    for start, stop in itertools.pairwise(before):
        kind: ArticleKind = "contents" if start in plan.contents else "imprint" if start in head else "leftover"
        parts += leftover(frame, range(start, stop), kind, _name(kind, about, "刊头"))
    known = first - 1 in head or (first - 1 in plan.contents)
    section = None if known else section_of(blocks, first, plan.sections)
    starts = plan.starts or ((first,) if first < end else ())
    for start, stop in zip(starts, [*starts[1:], end], strict=False):
        article, rest, following = build(frame, range(start, stop), section, plan.sections)
        parts += [article, *rest]
        section = following
    parts += leftover(frame, range(end, len(blocks)), "imprint", _name("imprint", about, "版权信息"))
    return parts


def _first_of_single(document: Document, blocks: Sequence[Block], end: int) -> int:
    """Return the block where a file's only article begins: after the masthead, if there is one."""
    after = masthead(blocks, min(4, end)).stop
    return after if after < end and len(blocks) > after + 1 else 0


def _name(kind: ArticleKind, about: Edition, edge: str) -> str | None:
    """Return what a leftover of this kind is called; None for one that is called by its first words."""
    name = {"contents": "目录", "imprint": edge}.get(kind)
    return f"{about.issue} {name}" if name and about.issue else name


def _identified(articles: list[Article]) -> tuple[Article, ...]:
    """Return the articles with ids made of source and title; the second of the same title counts on."""
    seen: dict[str, int] = {}
    named = []
    for article in articles:
        key = f"{article.source}\n{article.kind}\n{article.title}"
        seen[key] = seen.get(key, -1) + 1
        digest = hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()
        named.append(replace(article, id=digest[:16]))
    return tuple(named)
