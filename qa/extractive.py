"""A question and hits in, the sentences that answer it out, each a verbatim quote with its marker."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.sentences import spans
from index.types import Hit
from qa.types import Asked, Citation, Draft

FEW = 5
ROOM = 150
QUOTE = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit, by offsets in its article, with its score."""

    hit: Hit
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.hit.article.text[self.start : self.end]


class ExtractiveAnswerer:
    """The Answerer without an LLM."""

    def draft(self, asked: Asked, hits: Sequence[Hit]) -> Draft:
        """Return the likeliest sentences of the first hits; an empty draft where there are none."""
        chosen = _choose(sorted(_candidates(asked.standalone, hits[:FEW]), key=lambda c: -c.score))
        citations = tuple(
            Citation(i, c.hit.article, c.hit.passage.id, c.start, c.end, c.text) for i, c in enumerate(chosen, 1)
        )
        return Draft("".join(f"{citation.quote}[{citation.marker}]" for citation in citations), citations)


def _candidates(question: str, hits: Sequence[Hit]) -> Iterator[Candidate]:
    asked = _pairs(question)
    for hit in hits:
        for start, end in spans(hit.passage.text):
            shared = len(asked & _pairs(hit.passage.text[start:end]))
            end = min(end, start + QUOTE)
            yield Candidate(hit, hit.passage.start + start, hit.passage.start + end, shared / hit.rank**0.3)


def _choose(ranked: Sequence[Candidate]) -> list[Candidate]:
    chosen: list[Candidate] = []
    used = 0
    for candidate in ranked:
        if chosen and used + len(candidate.text) > ROOM:
            break
        chosen.append(candidate)
        used += len(candidate.text)
    return chosen


def _pairs(text: str) -> set[str]:
    letters = re.sub(r"\W", "", text.casefold())
    return {letters[i : i + 2] for i in range(len(letters) - 1)}
