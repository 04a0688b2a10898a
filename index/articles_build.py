"""The blocks of one article in, the Article out: title, subtitle, byline, section, text, offsets of headings."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles_headings import joined
from index.bylines import authors, dateline, is_affiliation, is_credit, is_head_byline, is_labelled, signature
from index.contents import is_section_label
from index.front_matter import FrontMatter
from index.imprint import Edition, iso_date
from index.repair_characters import CJK, is_chinese
from index.repair_joins import SECTION, is_advertisement
from index.types import Article, ArticleKind, Block, Document

_DASH = re.compile(r"[—–-]{1,2}\s*\S")
_ABSTRACT = re.compile(r"[【\[]?\s*(?:摘\s*要|内容提要|提要|Abstract|关键词|Keywords)", re.IGNORECASE)
_PUBLISHED = re.compile(r"(?:发布|发表|时间|日期|来源|更新|Published|Posted|Updated|Date)", re.IGNORECASE)
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Frame:
    """What the articles of a file share: the document, its blocks, edition, headlines printed twice, front matter."""

    document: Document
    blocks: Sequence[Block]
    about: Edition
    doubled: frozenset[int]
    front: FrontMatter


def build(
    frame: Frame, part: range, section: str | None, sections: frozenset[str]
) -> tuple[Article, list[Article], str | None]:
    """Return the article in a stretch of blocks, what is left over behind it, and the next article's section."""
    blocks = frame.blocks
    head = _head(frame, part)
    stop = _end_of_text(blocks, range(head.body, part.stop))
    rest = leftover(frame, range(stop, part.stop), "leftover", None)
    following = section_of(blocks, part.stop, sections) or (None if _section_ends(blocks, part.stop) else section)
    if any(is_advertisement(blocks[i].text) for i in range(stop, part.stop)):
        section = "广告"
    return _article(frame, range(part.start, stop), head, section), rest, following


def _article(frame: Frame, part: range, head: "_Head", section: str | None) -> Article:
    """Return the article in a stretch of blocks that is all its own; what a front matter says goes before."""
    blocks, front = frame.blocks, frame.front
    body, tail = _without_signature(blocks[head.body : part.stop])
    text, headings = joined(body)
    bylines = [*head.bylines, *tail]
    named = (name for byline in [*bylines, dateline(text)] for name in authors(byline))
    return Article(
        id="",
        source=frame.document.source,
        source_start=blocks[part.start].start,
        source_end=blocks[part.stop - 1].end,
        title=head.title or _title_from(frame, body),
        text=text,
        subtitle=head.subtitle or front.subtitle,
        authors=tuple(dict.fromkeys([*front.authors, *named])),
        section=section or front.section,
        issue=front.issue or frame.about.issue,
        date=front.date or head.date or frame.about.date,
        lang="zh" if is_chinese(text or head.title) else "en",
        pages=_pages(blocks[part.start : part.stop]),
        headings=headings,
        byline="\n".join(bylines) or None,
    )


def _pages(blocks: Sequence[Block]) -> tuple[int, int] | None:
    """Return the first and the last page of blocks, None where there are no pages."""
    pages = [block.pages for block in blocks if block.pages]
    return (pages[0][0], pages[-1][1]) if pages else None


def leftover(frame: Frame, part: range, kind: ArticleKind, title: str | None) -> list[Article]:
    """Return blocks that belong to no article as one leftover, or nothing when there are none."""
    if not part:
        return []
    blocks = frame.blocks[part.start : part.stop]
    text = "\n".join(block.text for block in blocks)
    return [
        Article(
            id="",
            source=frame.document.source,
            source_start=blocks[0].start,
            source_end=blocks[-1].end,
            title=title or text.split("\n")[0][:40],
            text=text,
            issue=frame.about.issue,
            date=frame.about.date,
            lang="zh" if is_chinese(text) else "en",
            pages=_pages(blocks),
            kind=kind,
        )
    ]


def section_of(blocks: Sequence[Block], start: int, sections: frozenset[str]) -> str | None:
    """Return the section that the heading right before a start names, None when there is none."""
    if start == 0 or start >= len(blocks):
        return None
    label = blocks[start - 1]
    if label.kind != "heading" or len(label.text) > 30:
        return None
    return (
        label.text.strip("：: 【】[]〔〕")
        if is_section_label(label.text) or label.text in sections
        else _banner(label.text)
    )


def _banner(text: str) -> str | None:
    return text if len(text) <= 20 and not text.endswith(("？", "！", "。")) else None


@dataclass(frozen=True, slots=True)
class _Head:
    """The lines above an article's text, and where the text begins."""

    title: str
    subtitle: str | None
    bylines: tuple[str, ...]
    date: str | None
    body: int


def _head(frame: Frame, part: range) -> _Head:
    """Return title, subtitle and byline at the top of an article."""
    blocks, at = frame.blocks, part.start
    title, at = _title(frame, part)
    subtitle, date = None, None
    bylines: list[str] = []
    while at < part.stop - 1 and at < part.start + 6:
        text = blocks[at].text
        if subtitle is None and title and _DASH.match(text) and len(text) <= 80:
            subtitle = text
        elif title and _is_byline(text):
            bylines.append(text)
            date = date or iso_date(text)
        else:
            break
        at += 1
    return _Head(title, subtitle, tuple(bylines), date, at)


def _is_byline(text: str) -> bool:
    """Tell whether a line under a title names who wrote the article, or when it came out."""
    if text.startswith(("（", "(")) and is_labelled(text):
        return len(text) <= 200
    dated = len(text) <= 80 and iso_date(text) is not None and _PUBLISHED.match(text) is not None
    return dated or is_credit(text) or is_head_byline(text) or is_affiliation(text)


def _title(frame: Frame, part: range) -> tuple[str, int]:
    """Return the title and the block after it; an empty one when the text begins at once."""
    blocks, at = frame.blocks, part.start
    styles = {line.number: line.style for line in frame.document.lines if line.style in ("title", "h1")}
    first = blocks[at]
    given = frame.document.title
    if given and styles.get(first.start) is None:
        return given, at + 1 if _same(first.text, given) else at
    if first.start not in styles and (
        first.kind != "heading" or SECTION.match(first.text) or _ABSTRACT.match(first.text)
    ):
        return "", at
    if len(first.text) > _LONGEST_TITLE:
        return "", at
    title, at = first.text, at + 1
    while first.start in frame.doubled and at < part.stop and blocks[at].start in frame.doubled:
        title, at = f"{title} {blocks[at].text}", at + 1
    return title, at


def _same(a: str, b: str) -> bool:
    return re.sub(r"\W", "", a) == re.sub(r"\W", "", b)


def _end_of_text(blocks: Sequence[Block], body: range) -> int:
    """Return where an article's blocks end: banners of the next one and `·广告` are not part of it."""
    stop = body.stop
    while stop > body.start:
        last = blocks[stop - 1]
        if last.kind != "heading" and not is_advertisement(last.text):
            return stop
        stop -= 1
    return body.stop


def _section_ends(blocks: Sequence[Block], at: int) -> bool:
    """Tell whether a wider gap than usual parts a block from the one before: a column with a banner ends there."""
    if at == 0 or at >= len(blocks):
        return True
    gaps = Counter(b.start - a.end for a, b in itertools.pairwise(blocks))
    return blocks[at].start - blocks[at - 1].end > gaps.most_common(1)[0][0] + 1


def _without_signature(body: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """Return the blocks without the signature at their end, and the signature."""
    kept = list(body)
    for i in range(len(kept) - 1, max(-1, len(kept) - 4), -1):
        block = kept[i]
        if block.kind != "paragraph":
            continue
        at = signature(block.text)
        if at is None:
            continue
        tail = block.text[at:]
        before = block.text[:at].rstrip()
        kept[i : i + 1] = [_cut(block, before)] if before else []
        return kept, [tail]
    return kept, []


def _cut(block: Block, text: str) -> Block:
    return Block(block.kind, text, block.start, block.end, block.level, block.pages)


def _title_from(frame: Frame, body: Sequence[Block]) -> str:
    """Return a title for an article without one: the words that its chapters share, else its first words."""
    chapters = [SECTION.sub("", block.text).strip() for block in body if block.kind == "heading" and block.level == 1]
    shared = _shared(chapters) if len(chapters) >= 3 else ""
    if shared:
        return shared
    first = next((block.text for block in body if block.kind != "heading"), frame.document.source)
    first = re.sub(r"^[【\[][^】\]]{1,8}[】\]]\s*[:：]?\s*", "", first)
    return first if len(first) <= 30 else first[:30].rstrip("，,、；; ") + "…"


def _shared(chapters: Sequence[str]) -> str:
    """Return the longest words of Chinese that most chapter headings share, an empty text when they share few."""
    counted: Counter[str] = Counter()
    for chapter in chapters:
        pieces = re.findall(f"[{CJK}A-Za-z0-9]+", chapter)
        counted.update({run[i:j] for run in pieces for i in range(len(run)) for j in range(i + 5, len(run) + 1)})
    common = [words for words, count in counted.items() if count >= max(2, 0.6 * len(chapters))]
    return max(common, key=len, default="").strip("的和与在是了")
