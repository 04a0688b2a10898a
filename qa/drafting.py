"""What a model writes in, checked text and citations out, piece by piece: the way from tokens to a Draft.

Markers become `[n]` in the order of their quotes; a marker of no passage is dropped; a sentence that what it cites does
not support is marked, or left out where `strict` is set.
"""

import re
from collections.abc import Iterator, Sequence

from index.sentences import spans
from index.types import Hit
from qa.citations import MarkerStream, Marks, cite, locate
from qa.grounding import Likeness, check
from qa.names import quoted
from qa.types import Citation, Draft, Lang

NO_ANSWER = "NO_ANSWER"
UNSUPPORTED = {"zh": "（未证实）", "en": " (not supported)"}
_END = re.compile(r"[。！？!?\n]|\.(?=\s)")
_CONTENT = re.compile(r"\w")
_REFUSES = re.compile(
    rf"^\W*{NO_ANSWER}|(?:段落|资料)(?:中|里)?(?:并?没有|未)(?:提供|提及|提到|回答|包含|说明)|无法(?:根据|从)?.{{0,12}}回答"
    r"|(?:passages?|articles?) (?:do(?:es)? not|don't|doesn't) (?:contain|answer|mention|provide|say)",
    re.IGNORECASE,
)
Token = str | Marks


class Drafting:
    """Takes the pieces of one answer; `draft` is whole after `close`."""

    def __init__(
        self, hits: Sequence[Hit], lang: Lang, *, likeness: Likeness | None = None, strict: bool = False
    ) -> None:
        self._hits, self._lang, self._likeness, self._strict = hits, lang, likeness, strict
        self._markers = MarkerStream()
        self._citations: list[Citation] = []
        self._said: list[str] = []
        self._sentence, self._shown, self._cited = "", "", list[int]()
        self._before = 0
        self._opening: str | None = ""
        self._ended = False
        self._doubted = False

    @property
    def draft(self) -> Draft:
        """The answer so far."""
        notes = ("unsupported_sentence",) if self._doubted else ()
        return Draft("".join(self._said).strip(), tuple(self._citations), "llm", notes)

    @property
    def refused(self) -> bool:
        """Whether the model says that the passages hold no answer."""
        return not self._citations and _REFUSES.search("".join(self._said)) is not None

    def feed(self, piece: str) -> Iterator[str]:
        """Yield the text that is certain after one more piece; a beginning like NO_ANSWER is held back."""
        if self._opening is not None:
            self._opening += piece
            if NO_ANSWER.startswith(self._opening.strip()[: len(NO_ANSWER)]):
                return
            piece, self._opening = self._opening, None
        for token in self._markers.feed(piece):
            yield from self._take(token)

    def close(self) -> Iterator[str]:
        """Yield what is left at the end."""
        if self._opening:
            self._said.append(self._opening)
            return
        for token in self._markers.close():
            yield from self._take(token)
        yield from self._end()

    def _take(self, token: Token) -> Iterator[str]:
        if isinstance(token, Marks):
            yield from self._mark(token)
            return
        at = 0
        for match in _END.finditer(token):
            yield from self._add(token[at : match.end()])
            self._ended = True
            at = match.end()
        yield from self._add(token[at:])

    def _add(self, text: str) -> Iterator[str]:
        if not text:
            return
        if self._ended and _CONTENT.search(text):
            yield from self._end()
        self._sentence += text
        yield from self._show(text)

    def _mark(self, marks: Marks) -> Iterator[str]:
        for number in marks.numbers:
            if 1 <= number <= len(self._hits) and number not in self._cited:
                self._cited.append(number)
                yield from self._show(f"[{self._cite(self._hits[number - 1])}]")

    def _cite(self, hit: Hit) -> int:
        start, end = support_span(self._sentence, hit, self._likeness)
        known = next((c.marker for c in self._citations if (c.article.id, c.start) == (hit.article.id, start)), None)
        if known is not None:
            return known
        self._citations.append(cite(len(self._citations) + 1, hit, start, end))
        return len(self._citations)

    def _show(self, text: str) -> Iterator[str]:
        self._shown += text
        if not self._strict:
            self._said.append(text)
            yield text

    def _end(self) -> Iterator[str]:
        """Close a sentence: check it, and mark it or leave it out where it is not supported."""
        sentence, shown, cited = self._sentence, self._shown, self._cited
        self._sentence, self._shown, self._cited, self._ended = "", "", [], False
        if not _CONTENT.search(sentence):
            return
        doubtful = not self._supported(sentence, cited) and not _REFUSES.search(sentence)
        self._doubted |= doubtful
        if self._strict and doubtful:
            del self._citations[self._before :]
            return
        self._before = len(self._citations)
        pieces = [shown] if self._strict else [UNSUPPORTED[self._lang]] if doubtful else []
        self._said += pieces
        yield from pieces

    def _supported(self, sentence: str, cited: Sequence[int]) -> bool:
        """A sentence without a marker is held against every passage: it may lean on the marker of its neighbour."""
        hits = [self._hits[number - 1] for number in cited] or list(self._hits)
        text = "\n".join(f"{hit.article.title} {hit.article.date or ''} {hit.passage.text}" for hit in hits)
        return check(sentence, text, likeness=self._likeness).ok


def support_span(sentence: str, hit: Hit, likeness: Likeness | None) -> tuple[int, int]:
    """Return where in a hit a sentence is supported: what it quotes, else the sentence of the passage most like it."""
    passage = hit.passage
    for text in sorted(quoted(sentence), key=len, reverse=True):
        found = locate(text, hit.article.text, within=(passage.start, passage.end))
        if found and len(text) >= 8:
            return _sentence_around(hit, found)
    pieces = [(start, end) for start, end in spans(passage.text) if end - start > 5] or [(0, len(passage.text))]
    texts = [passage.text[start:end] for start, end in pieces]
    shared = [check(sentence, text).shared - 0.2 * len(check(sentence, text).missing) for text in texts]
    if likeness is not None:
        shared = [a + b for a, b in zip(shared, likeness(sentence, texts), strict=True)]
    start, end = pieces[max(range(len(pieces)), key=shared.__getitem__)]
    return passage.start + start, passage.start + end


def _sentence_around(hit: Hit, found: tuple[int, int]) -> tuple[int, int]:
    passage = hit.passage
    for start, end in spans(passage.text):
        if passage.start + start <= found[0] and found[1] <= passage.start + end:
            return passage.start + start, passage.start + end
    return found
