"""Article in, Passages out: whole sentences packed to about `TARGET` characters and the embedder's token limit.

Characters are counted without white space, as readers and scorers see them. Where to cut is found by the least
total cost: distance from the target, and the kind of place (heading, paragraph end, middle of a paragraph).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from index.ports import TokenCounter
from index.sentences import spans
from index.types import Article, Heading, Passage

TARGET = 220
"""Small passages, joined again by qa/joining.py where neighbours match: on the development gold, all@1 / all@1000ch of
Chinese questions .74/.88 at 500, .75/.90 at 400, .79/.92 at 240, .78/.92 at 180."""
LIMIT = 440
"""No passage is longer: two of them still fit the 600 characters that readers of hits and the scorers look at."""
OVERLAP = 40
"""A sentence up to this long is repeated at the start of a passage that begins in mid-paragraph."""

# The price of a cut, in units of "a passage of no length at all" (squared distance from the target, 1.0).
PARAGRAPH_CUT = 0.05
SENTENCE_CUT = 0.25
AFTER_HEADING_CUT = 4.0
HEADING_INSIDE = 0.2

PROBE = "琉璃"
"""Two rare characters: a byte-level model needs more than two pieces for them."""
CLAUSE = re.compile(r"[，、；：,;:]\s*|\s+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of one that is too long, with what stands before it."""

    start: int
    end: int
    size: int
    tokens: int
    opens: str
    """What begins here: `heading`, `body` (first after a heading), `paragraph` or `sentence`."""


def pack(
    article: Article, counter: TokenCounter, *, target_chars: int = TARGET, limit_chars: int = LIMIT
) -> list[Passage]:
    """Return the passages of an article, in order; together they hold all of its text but white space."""
    budget = _token_budget(article, counter)
    passages = _pack(article, _Measure(target_chars, limit_chars))
    # a piece is at least one character, so most texts need no counting, unless the model takes bytes for pieces
    whole_characters = counter.count_tokens(PROBE) <= len(PROBE)
    short = budget if whole_characters else 0
    if all(len(passage.text) <= short or counter.count_tokens(passage.text) <= budget for passage in passages):
        return passages
    return _pack(article, _Measure(target_chars, limit_chars, budget, counter))


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a passage should and may hold; tokens are counted only where there is a counter."""

    target: int
    limit: int
    budget: int = 0
    counter: TokenCounter | None = None

    def tokens(self, text: str) -> int:
        return self.counter.count_tokens(text) if self.counter else 0

    def fits(self, text: str) -> bool:
        return _size(text) <= self.limit and self.tokens(text) <= self.budget


def _pack(article: Article, measure: _Measure) -> list[Passage]:
    pieces = list(_pieces(article, measure))
    path = _HeadingPath(article.headings)
    return [
        _passage(article, path, _overlapped(pieces, first, last, measure), pieces[last - 1].end)
        for first, last in pairwise(_best_cuts(pieces, measure))
    ]


def _passage(article: Article, path: "_HeadingPath", start: int, end: int) -> Passage:
    text = article.text[start:end]
    return Passage(f"{article.id}-{start}", article.id, start, end, path.at(start), text)


def embedded_text(passage: Passage, title: str) -> str:
    """Return what stands for a passage in the embedding: title, headings it does not hold itself, text."""
    above = [heading for heading in passage.headings if heading not in passage.text]
    return "\n".join([title, *above, passage.text] if title else [*above, passage.text])


def _token_budget(article: Article, counter: TokenCounter) -> int:
    """Return the tokens left for text beside the title and the headings."""
    taken = counter.count_tokens(article.title) + 16
    return max(counter.max_tokens - taken, counter.max_tokens // 2)


def _pieces(article: Article, measure: _Measure) -> Iterator[_Piece]:
    heads = {heading.start for heading in article.headings}
    opens, start = "paragraph", 0
    for paragraph in article.text.split("\n"):
        opens = "heading" if start in heads else "body" if opens == "heading" else "paragraph"
        kind = opens
        for first, last in spans(paragraph):
            for low, high in _split(paragraph, first, last, measure):
                part = paragraph[low:high]
                yield _Piece(start + low, start + high, _size(part), measure.tokens(part), kind)
                kind = "sentence"
        start += len(paragraph) + 1


def _split(text: str, first: int, last: int, measure: _Measure) -> Iterator[tuple[int, int]]:
    """Yield the span, or where it is over the limit its parts: cut after a clause, else anywhere."""
    while not measure.fits(text[first:last]):
        longest = _longest(text, first, last, measure)
        clauses = [match.end() for match in CLAUSE.finditer(text, first + (longest - first) // 2, longest)]
        cut = clauses[-1] if clauses else longest
        yield first, first + len(text[first:cut].rstrip())
        first = cut
    if text[first:last].strip():
        yield first, last


def _longest(text: str, first: int, last: int, measure: _Measure) -> int:
    """Return the end of the longest part from `first` that fits, found by halving."""
    low, high = first + 1, min(last, first + 4 * measure.limit)
    while low < high:
        middle = (low + high + 1) // 2
        if measure.fits(text[first:middle]):
            low = middle
        else:
            high = middle - 1
    return low


def _best_cuts(pieces: Sequence[_Piece], measure: _Measure) -> list[int]:
    """Return the piece numbers where passages begin, and the number of pieces, at the least total cost."""
    if not pieces:
        return []
    target, limit, budget = measure.target, measure.limit, measure.budget
    sizes = [0, *accumulate(piece.size for piece in pieces)]
    tokens = [0, *accumulate(piece.tokens for piece in pieces)]
    heads = [0, *accumulate(int(piece.opens == "heading") for piece in pieces)]
    prices = [_price(piece) for piece in pieces]
    best, origin = [0.0], [0]
    for last in range(1, len(pieces) + 1):
        least, chosen = float("inf"), last - 1
        for first in range(last - 1, -1, -1):
            size = sizes[last] - sizes[first]
            if first < last - 1 and (size > limit or tokens[last] - tokens[first] > budget):
                break
            inside = heads[last] - heads[first + 1]
            cost = best[first] + ((size - target) / target) ** 2 + prices[first] + HEADING_INSIDE * inside
            if cost < least:
                least, chosen = cost, first
        best.append(least)
        origin.append(chosen)
    return _trace(origin)


def _trace(origin: Sequence[int]) -> list[int]:
    cuts = [len(origin) - 1]
    while cuts[-1] > 0:
        cuts.append(origin[cuts[-1]])
    return cuts[::-1]


def _price(piece: _Piece) -> float:
    prices = {"heading": 0.0, "body": AFTER_HEADING_CUT, "paragraph": PARAGRAPH_CUT, "sentence": SENTENCE_CUT}
    return prices[piece.opens]


def _overlapped(pieces: Sequence[_Piece], first: int, last: int, measure: _Measure) -> int:
    """Return where the passage begins: one short sentence earlier if it would begin in mid-paragraph."""
    if first == 0 or pieces[first].opens != "sentence":
        return pieces[first].start
    taken = pieces[first - 1 : last]
    short = taken[0].size <= OVERLAP and sum(piece.size for piece in taken) <= measure.limit
    fits = short and sum(piece.tokens for piece in taken) <= measure.budget
    return taken[0].start if fits else pieces[first].start


class _HeadingPath:
    """The headings above a place: of each level the last one that is not closed by a higher one."""

    def __init__(self, headings: Sequence[Heading]) -> None:
        self._headings = sorted(headings, key=lambda heading: heading.start)

    def at(self, start: int) -> tuple[str, ...]:
        """Return the heading texts above a place, the highest first."""
        path: list[Heading] = []
        for heading in self._headings:
            if heading.start > start:
                break
            path = [above for above in path if above.level < heading.level] + [heading]
        return tuple(heading.text for heading in path)


def _size(text: str) -> int:
    """Return the number of characters that are not white space."""
    return len(text) - sum(map(text.count, " \t\n\u3000\u00a0"))
