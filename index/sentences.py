"""Text in, sentence spans out: Chinese and Latin, quotes and brackets kept closed, no span over a line break."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

LONG_QUOTE = 120  # a quotation longer than this is read sentence by sentence: a citation holds 200 characters
LONG_SENTENCE = 100  # a sentence longer than this is cut at its semicolons

_PAIRS = {
    "”": "“",
    "’": "‘",
    "」": "「",
    "』": "『",
    "》": "《",
    "）": "（",
    ")": "(",
    "】": "【",
    "]": "[",
    "〉": "〈",
}
_OPENERS = frozenset(_PAIRS.values())
_BRACKET = re.compile("[" + re.escape("".join([*_PAIRS, *_OPENERS])) + '"]')
_CLOSERS = "”’」』》）)】\\]〉\"'"
_END = re.compile(rf"(?:[。｡！？!?]|…|⋯|(?<=\S)\.)+[{_CLOSERS}]*")
_SEMICOLON = re.compile(rf"[；;][{_CLOSERS}]*")
_CJK = r"㐀-鿿豈-﫿぀-ヿ"
_CHINESE = re.compile(f"[{_CJK}]")
_ABBREVIATION = re.compile(
    r"(?:^|[^A-Za-z])(?:Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Gen|Gov|Sen|Rep|Inc|Ltd|Co|Corp|No|Nos|Vol|Fig|Figs|Eq|Sec|Ch|pp?"
    r"|al|vs|cf|etc|e\.g|i\.e|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[A-Z]|(?:[A-Za-z]\.)+[A-Za-z])\.$"
)
_LIST_NUMBER = re.compile(r"\s*[(（]?(?:\d{1,3}|[A-Za-z])(?:\.\d{1,3})*\.$")
_SAYING = re.compile("说|表示|称|认为|道|解释|指出|谈|介绍|强调|坦言|透露|告诉|建议|回忆|提到|看来")


def spans(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence in order, without overlaps; only white space lies between them."""
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\r\n\u2028\u2029]+", text):
        start = line.start()
        for sentence in _of_line(line.group()):
            trimmed = _trim(text, start + sentence[0], start + sentence[1])
            if trimmed:
                found.append(trimmed)
    return found


def _of_line(line: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences of one line, long ones cut at their semicolons."""
    closed = _closed(line)
    start = 0
    for end in [*_ends(line, closed), len(line)]:
        if end > start:
            yield from _at_semicolons(line, start, end, closed)
            start = end


def _closed(line: str) -> list[tuple[int, int]]:
    """Return the outermost quotations and brackets that open and close in this line and are not too long."""
    found: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    open_at: dict[str, list[int]] = defaultdict(list)  # of each opener its places in the stack: no search through it
    straight = line.count('"') % 2 == 0
    for match in _BRACKET.finditer(line):
        mark = match.group()
        if mark == '"' and not straight:
            continue
        opener = '"' if mark == '"' and open_at['"'] else _PAIRS.get(mark)
        if opener is None:
            open_at[mark].append(len(stack))
            stack.append((mark, match.start()))
        elif open_at[opener]:
            at = open_at[opener][-1]
            begin = stack[at][1]
            for sign, _ in stack[at:]:
                open_at[sign].pop()
            del stack[at:]
            if match.end() - begin <= LONG_QUOTE:
                while found and found[-1][0] > begin:
                    found.pop()
                found.append((begin, match.end()))
    return found


def _ends(line: str, closed: list[tuple[int, int]]) -> Iterator[int]:
    """Yield where sentences end: an end mark outside quotes, or a quotation that ends its sentence."""
    start = 0
    for match in _END.finditer(line):
        end = match.end()
        around = _around(closed, match.start())
        if around and end < around[1]:
            continue
        if around and not _quotation_ends(line, start, around, end):
            continue
        if not around and not _is_end(line, match):
            continue
        yield end
        start = end


def _around(closed: list[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """Return the closed quotation or bracket that holds position `at`."""
    index = bisect_right(closed, (at, len(closed) + at + LONG_QUOTE)) - 1
    if index >= 0 and closed[index][0] < at < closed[index][1]:
        return closed[index]
    return None


def _quotation_ends(line: str, start: int, quotation: tuple[int, int], end: int) -> bool:
    """Tell whether a quotation that closes after an end mark ends the sentence around it.

    `他说：“好。”` does; `“好。”他说。` goes on to its speaker; `“好不好？”的问题` goes on.
    """
    before = line[start : quotation[0]].rstrip()
    if line[end - 1] in "）)】]》〉":
        return line[end - 1] in "）)】]" and (not before or before[-1] in "。！？!?")
    if before.endswith(("：", ":")):
        return True
    if before:
        return end == len(line)
    following = _END.search(line, end)
    attribution = line[end : following.start() if following else len(line)]
    if line[end - 2] in "？！?!" and 0 < len(attribution) <= 40:  # a quoted question used like a noun
        return False
    return not (len(attribution) <= 60 and (_SAYING.search(attribution[:40]) or re.match(r"\s*[a-z]", attribution)))


def _is_end(line: str, match: re.Match[str]) -> bool:
    """Tell whether an end mark outside quotes ends its sentence: not a decimal point, abbreviation or address."""
    marks, after = match.group(), line[match.end() : match.end() + 2]
    if any(sign in marks for sign in "。｡！？…⋯"):
        return True
    before = line[max(0, match.start() - 24) : match.end()]
    if marks[0] == ".":
        if after and not re.match(rf"\s+(?:[^a-z\s]|$)|[{_CJK}]", line[match.end() : match.end() + 3]):
            return False
        return not (_ABBREVIATION.search(before) and after) and not _LIST_NUMBER.match(line[: match.end()])
    return not after or after[0].isspace() or bool(_CHINESE.search(before[-6:] + after))


def _at_semicolons(line: str, start: int, end: int, closed: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield a sentence whole, or its clauses when it is long and Chinese."""
    if end - start > LONG_SENTENCE and _CHINESE.search(line, start, end):
        for match in _SEMICOLON.finditer(line, start, end):
            if not _around(closed, match.start()):
                yield start, match.end()
                start = match.end()
    yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span without white space at its ends, or None when nothing is left."""
    part = text[start:end]
    stripped = part.strip()
    if not stripped:
        return None
    start += len(part) - len(part.lstrip())
    return start, start + len(stripped)
