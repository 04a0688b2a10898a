"""Blocks of a file in, out where its articles start: contents list, bylines, signatures, advertisements."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from index.bylines import is_dateline, is_head_byline, is_labelled, is_names, signature
from index.imprint import masthead
from index.repair_joins import SECTION, is_advertisement, is_back_matter
from index.repair_layout import ends_sentence
from index.types import Block

ALIKE = 0.66  # share of common character pairs from which a heading is the entry in other words
LONGEST = 500  # blocks before the first text; more of them are a word list or a table, no contents list
FEWEST = 3  # entries that must recur before a run of short lines is a contents list
_LEADER = re.compile(r"[\s.…·⋯]*(?:\.{2,}|…|⋯|·{3,}|\s)\s*[（(]?\d{1,3}[)）]?\s*$")
_PREFIX = re.compile(r"^[^：:]{2,8}[：:]")
_PART = re.compile(
    r"(?:引言|前言|绪论|摘要|结论|结语|小结|讨论|方法|Abstract|Introduction|Background|Methods?|Results?|Discussion|Conclusions?"
    r"|References|Appendix|Acknowledg|Chapter)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[【\[〔][^】\]〕]{2,8}[】\]〕]")
_CONTENTS = re.compile(r"[【\[]?\s*(?:目\s*[录次]|本期导读|要目|CONTENTS|Table of Contents)\s*[】\]]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things stand in a file, as block numbers: contents list, articles, lines that name sections."""

    contents: range
    starts: tuple[int, ...]
    sections: frozenset[str] = frozenset()
    """Section labels as the contents list gives them: `综合观察：`."""


def find_starts(blocks: Sequence[Block], end: int, doubled: frozenset[int]) -> Plan:
    """Return the plan of a file's blocks before `end`; `doubled` are lines of headlines printed twice."""
    contents, starts, sections = _by_contents(blocks, end)
    body = contents.stop or masthead(blocks, end).stop
    found = set(starts) | _by_bylines(blocks, body, end)
    found |= _by_signatures(blocks, body, end, found)
    if len(found) > 1:
        found |= _by_layout(blocks, body, end)
    found |= _by_advertisements(blocks, end, found, doubled)
    while body < end and is_section_label(blocks[body].text):
        body += 1
    if found and _is_article(blocks[body : min(found)]):
        found.add(body)
    return Plan(contents, tuple(_with_text(blocks, sorted(found), end)), sections)


def is_section_label(text: str) -> bool:
    """Tell whether a heading names a section of the issue, not an article: `综合观察：`."""
    return len(text) <= 12 and (text.endswith(("：", ":")) or bool(_BRACKETED.fullmatch(text)))


def _by_contents(blocks: Sequence[Block], end: int) -> tuple[range, list[int], frozenset[str]]:
    """Return the contents list, the headings its entries recur as, and the section labels in it."""
    stop = next((i for i, block in enumerate(blocks[:end]) if _is_text(block)), end)
    if not FEWEST <= stop <= LONGEST:
        return range(0), [], frozenset()
    entries = [_pairs(block.text) for block in blocks[:stop]]
    repeated = next((j for j in range(stop) if any(_alike(entries[i], entries[j]) for i in range(j))), stop)
    if repeated == stop and stop > 1:  # the list leaves the first article out: its title stands before its text
        repeated -= 2 if _is_subtitle(blocks[stop - 1].text) else 1
    while repeated > 0 and is_section_label(blocks[repeated - 1].text):
        repeated -= 1
    matched = _match(blocks, range(repeated), repeated, end)
    outline = sum(_is_outline(blocks[i].text) for i in matched)
    if len(matched) < FEWEST or outline > 0.3 * len(matched):  # the outline of one paper is no list of articles
        return range(0), [], frozenset()
    first = min(matched)
    while first > 0 and (_CONTENTS.fullmatch(blocks[first - 1].text) or is_section_label(blocks[first - 1].text)):
        first -= 1
    labels = {match.group() for i in matched if (match := _PREFIX.match(blocks[i].text))}
    return range(first, repeated), sorted(matched.values()), frozenset(labels)


def _is_outline(entry: str) -> bool:
    """Tell whether an entry names a part of a paper: `一、…`, `2.1 …`, `Methods`."""
    return bool(SECTION.match(entry) or _PART.match(entry))


def _match(blocks: Sequence[Block], entries: range, start: int, end: int) -> dict[int, int]:
    """Return entry -> heading for the best way to find the entries again, in their order."""
    headings = [(j, _pairs(blocks[j].text)) for j in range(start, end) if _may_be_title(blocks[j])]
    best: list[tuple[float, dict[int, int]]] = [(0.0, {})] * (len(headings) + 1)
    for i in entries:
        forms = [_pairs(form) for form in _forms(blocks[i].text)]
        before, best = best, [best[0]]
        for place, (j, pairs) in enumerate(headings, 1):
            choice = max(before[place], best[-1], key=lambda option: option[0])
            likeness = max(_likeness(form, pairs) for form in forms)
            if likeness >= ALIKE:
                # among equals the first: a subhead may repeat its article's title word for word
                score = before[place - 1][0] + likeness - place * 1e-6
                if score > choice[0]:
                    choice = (score, {**before[place - 1][1], i: j})
            best.append(choice)
    return best[-1][1]


def _forms(entry: str) -> list[str]:
    """Return how an entry may read in the body: without page number, without the section before the colon."""
    plain = _LEADER.sub("", entry)
    return [plain, _PREFIX.sub("", plain), re.split(r"\s*[/／]\s*", plain)[0]]


def _by_bylines(blocks: Sequence[Block], body: int, end: int) -> set[int]:
    """Return the headings that stand right before a byline."""
    found = set()
    for i in range(body + 1, end):
        text = blocks[i].text
        if is_dateline(text) and blocks[i - 1].kind == "heading":
            found.add(i - 1)
            continue
        if not (
            is_head_byline(text) or (is_names(text) and blocks[i - 1].kind == "heading" and _text_follows(blocks, i))
        ):
            continue
        title = i - 1
        if _is_subtitle(blocks[title].text) and title > body:
            title -= 1
        if blocks[title].kind == "heading" and not is_section_label(blocks[title].text):
            found.add(title)
    return found


def _by_signatures(blocks: Sequence[Block], body: int, end: int, found: set[int]) -> set[int]:
    """Return the headings that follow a signature at the end of an article."""
    added: set[int] = set()
    begun = body
    for i in range(body, end - 1):
        if i in found:
            begun = i
        at = signature(blocks[i].text)
        if at is None or not _is_article(blocks[begun : i + 1]):
            continue
        if not is_labelled(blocks[i].text[at:]) and len(found | added) < 2:  # bare names may be of someone quoted
            continue
        run = _headings(blocks, i + 1, end)
        if run and not found & set(run) and _text_follows(blocks, run[-1]):
            title = next((j for j in run if not is_section_label(blocks[j].text)), run[0])
            added.add(title)
            begun = title
    return added


def _by_layout(blocks: Sequence[Block], body: int, end: int) -> set[int]:
    """Return the headings that a section label stands over or a subtitle under, in a file of several articles."""
    added: set[int] = set()
    for i in range(body, end - 2):
        if blocks[i].kind != "heading" or SECTION.match(blocks[i].text) or is_section_label(blocks[i].text):
            continue
        below = _is_subtitle(blocks[i + 1].text) and _text_follows(blocks, i + 1)
        above = i > 0 and blocks[i - 1].kind == "heading" and is_section_label(blocks[i - 1].text)
        if below or (above and _text_follows(blocks, i)):
            added.add(i)
    return added


def _is_subtitle(text: str) -> bool:
    return text.startswith(("—", "--")) and len(text) <= 80


def _by_advertisements(blocks: Sequence[Block], end: int, found: set[int], doubled: frozenset[int]) -> set[int]:
    """Return the headings where the advertisements begin that `·广告` closes."""
    added = set()
    for i in range(end):
        if not is_advertisement(blocks[i].text):
            continue
        since = max((start for start in found if start < i), default=0)
        heads = [j for j in range(since + 1, i) if blocks[j].kind == "heading" and blocks[j - 1].kind != "heading"]
        twice = [j for j in heads if blocks[j].start in doubled]
        if twice:
            added.add(twice[0])
        elif heads:
            added.add(min(heads, key=lambda j: _shared_words(blocks[since:j], blocks[j:i])))
    return added


def _shared_words(before: Sequence[Block], after: Sequence[Block]) -> float:
    """Return how alike two stretches of text are: the cosine of their character pairs."""
    first, second = (Counter(pair for block in part for pair in _pairs(block.text)) for part in (before, after))
    common = sum(count * second[pair] for pair, count in first.items())
    size = sqrt(sum(n * n for n in first.values()) * sum(n * n for n in second.values()))
    return common / size if size else 0.0


def _with_text(blocks: Sequence[Block], starts: list[int], end: int) -> list[int]:
    """Return the starts that a text follows before the next start."""
    bounds = zip(starts, [*starts[1:], end], strict=False)
    return [start for start, stop in bounds if any(_is_text(block) for block in blocks[start:stop])]


def _headings(blocks: Sequence[Block], start: int, end: int) -> list[int]:
    """Return the run of headings that begins at a block."""
    run = []
    while start < end and blocks[start].kind == "heading" and not is_back_matter(blocks[start].text):
        run.append(start)
        start += 1
    return run


def _text_follows(blocks: Sequence[Block], at: int) -> bool:
    return any(_is_text(block) for block in blocks[at + 1 : at + 4])


def _is_article(part: Sequence[Block]) -> bool:
    """Tell whether blocks hold the text of an article, not a masthead."""
    return sum(len(block.text) for block in part if _is_text(block)) >= 60


def _is_text(block: Block) -> bool:
    if block.kind == "table":
        return True
    return block.kind == "paragraph" and (
        len(block.text) >= 40 or (len(block.text) >= 15 and ends_sentence(block.text))
    )


def _may_be_title(block: Block) -> bool:
    return block.kind == "heading" or (block.kind == "paragraph" and len(block.text) <= 60)


def _pairs(text: str) -> frozenset[str]:
    """Return the character pairs of a text, punctuation and blanks aside."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum())
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1))


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    return len(a) >= 4 and len(b) >= 4 and (_likeness(a, b) >= 0.9 or (len(b) >= 6 and b < a))


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    """Return Dice's coefficient of two sets of character pairs."""
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
