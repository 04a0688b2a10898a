"""The blocks of an article's body in, its text and the headings in it out: subheads by level, who speaks."""

import re
from collections import Counter
from collections.abc import Sequence

from index.bylines import is_name
from index.repair_characters import CJK
from index.repair_joins import SECTION
from index.types import Block, Heading

_SPEAKER = re.compile(f"([{CJK}·]{{1,6}})[：:]")
_ASKER = re.compile("主持人|(?:本报|本刊)?记者|问|答|嘉宾|编者")


def joined(body: Sequence[Block]) -> tuple[str, tuple[Heading, ...]]:
    """Return the paragraphs joined by newlines, and where their headings stand."""
    levels = _levels(body)
    speakers = _speakers(body)
    headings = []
    at = 0
    for block in body:
        said = _SPEAKER.match(block.text)
        if block.kind == "heading":
            headings.append(Heading(at, at + len(block.text), levels[_style(block)], block.text))
        elif said and said[1] in speakers:  # what follows without a name is still theirs
            headings.append(Heading(at, at + len(said[1]), len(levels) + 1, said[1]))
        at += len(block.text) + 1
    return "\n".join(block.text for block in body), tuple(headings)


def _speakers(body: Sequence[Block]) -> frozenset[str]:
    """Return who speaks in an interview: names before a colon that come again and again."""
    opened = [match[1] for block in body if block.kind == "paragraph" and (match := _SPEAKER.match(block.text))]
    counted = Counter(name for name in opened if is_name(name) or _ASKER.fullmatch(name))
    speakers = frozenset(name for name, count in counted.items() if count >= 2)
    return speakers if len(speakers) >= 2 else frozenset()


def _levels(body: Sequence[Block]) -> dict[str, int]:
    """Return the level of each style of heading: the style that comes first in an article is the highest."""
    styles = list(dict.fromkeys(_style(block) for block in body if block.kind == "heading"))
    return {style: place for place, style in enumerate(styles, 1)}


def _style(block: Block) -> str:
    """Return what a heading's numbering looks like: `一、`, `（一）`, `1.`, or its level where it has none."""
    marked = SECTION.match(block.text)
    return str(marked.lastgroup) if marked else f"plain{block.level}"
