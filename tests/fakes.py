"""An assistant over four articles of our own that answers at once, for tests of the faces and the evaluation.

In: nothing. Out: `FakeAssistant`, an AssistantPort whose every answer can be foretold: it quotes the sentence that
shares most character pairs (Latin: words) with the question, and refuses where less than `ENOUGH` of it is shared.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.types import Article, Filters, Hit, Part, Passage
from qa.errors import BadQuestion, LLMUnavailable, UnknownArticle
from qa.types import (
    Answer,
    Citation,
    DeltaEvent,
    DoneEvent,
    Info,
    Lang,
    Mode,
    PassagesEvent,
    StreamEvent,
    Turn,
)

ENOUGH = 0.28
REFUSED = "清河县的茶馆一共有几个座位？"
"""A question that the fake always refuses, with the nearest passages still listed."""

ARTICLES = (
    Article(
        id="pear",
        source="orchard.txt",
        source_start=1,
        source_end=9,
        title="清河县的梨园",
        authors=("清河县农业农村局",),
        section="乡村",
        issue="2024年第3期",
        date="2024-03",
        text="清河县在2023年种了1280亩梨树。县里的冷库能存放900吨梨。\n梨园雇了46名果农，其中三分之一是返乡青年。",
    ),
    Article(
        id="ferry",
        source="harbour.txt",
        source_start=1,
        source_end=7,
        title="白沙渡口换上电动渡船",
        authors=("林舟", "何汀"),
        section="交通",
        issue="2025年第1期",
        date="2025-01-15",
        text="白沙渡口的两艘柴油渡船在2024年12月停航。新的电动渡船每天开26班，一次可载120人。\n船票仍是每人3元。",
    ),
    Article(
        id="library",
        source="library.md",
        source_start=1,
        source_end=5,
        title="山脚下的图书馆",
        section="文化",
        date="2025",
        text="山脚下的图书馆藏书4.2万册。馆长说，因为白天人手不够，图书馆改为晚上开放。",
    ),
    Article(
        id="tram",
        source="tram.txt",
        source_start=1,
        source_end=6,
        title="The night tram of Elmford",
        authors=("Elmford Transit Office",),
        section="Transport",
        date="2024-06",
        lang="en",
        text="The night tram of Elmford runs every 20 minutes. It carried 310,000 riders in 2023.\nA ride is 2 pounds.",
    ),
)


def _pairs(text: str) -> set[str]:
    """Return the words of a Latin text and the character pairs of a Chinese one."""
    words = set(re.findall(r"[a-z0-9]+", text.casefold()))
    letters = [c for c in text.casefold() if c.isalnum()]
    return words | {a + b for a, b in itertools.pairwise(letters) if not (a + b).isascii()}


def _sentences(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for i, c in enumerate(text):
        ends = c in "。\n" or (c == "." and text[i + 1 : i + 2] in ("", " ", "\n"))
        if ends:
            if text[start : i + 1].strip():
                spans.append((start, i + (c != "\n")))
            start = i + 1 + (text[i + 1 : i + 2] == " ")
    if text[start:].strip():
        spans.append((start, len(text)))
    return spans


def _likeness(question: str, text: str) -> float:
    asked = _pairs(question)
    return len(asked & _pairs(text)) / max(1, len(asked))


def _kept(article: Article, filters: Filters | None) -> bool:
    if filters is None:
        return True
    wanted = ("source", "issue", "section", "lang")
    if any(getattr(filters, name) not in (None, getattr(article, name)) for name in wanted):
        return False
    if filters.author is not None and filters.author not in article.authors:
        return False
    if filters.date_from is not None and (article.date or "") < filters.date_from:
        return False
    if filters.date_to is not None and (article.date or "")[: len(filters.date_to)] > filters.date_to:
        return False
    return filters.article_ids is None or article.id in filters.article_ids


def _hit(article: Article, score: float, rank: int) -> Hit:
    whole = Passage(f"{article.id}:0", article.id, 0, len(article.text), (), article.text)
    return Hit(whole, article, score, rank, {"lexical": Part(score, rank)})


@dataclass
class FakeAssistant:
    """An AssistantPort that answers from `known` and writes down every question it was asked."""

    known: Sequence[Article] = ARTICLES
    llm: bool = False
    asked: list[str] = field(default_factory=list)

    def search(self, question: str, *, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        _check(question)
        scored = [(_likeness(question, a.title + a.text), a) for a in self.known if _kept(a, filters)]
        best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])[:k]
        return [_hit(article, score, rank) for rank, (score, article) in enumerate(best, 1)]

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        k: int = 8,
        mode: Mode = "auto",
        lang: Lang | None = None,
    ) -> Answer:
        self.asked.append(question)
        if mode == "llm" and not self.llm:
            raise LLMUnavailable("No LLM is configured. Set WENJU_LLM, or ask with mode auto.")
        standalone = f"{history[-1].content} {question}" if history else question
        hits = tuple(self.search(standalone, k=k, filters=filters))
        spoken: Lang = lang or ("zh" if any("\u4e00" <= c <= "\u9fff" for c in question) else "en")
        best = max(
            ((_likeness(question, h.article.text[s:e]), h, s, e) for h in hits for s, e in _sentences(h.article.text)),
            key=lambda found: found[0],
            default=None,
        )
        refused = best is None or best[0] < ENOUGH
        citations: tuple[Citation, ...] = ()
        text = "资料里没有找到答案。" if spoken == "zh" else "The articles do not answer this."
        if best is not None and not refused:
            _, hit, start, end = best
            quote = hit.article.text[start:end]
            citations = (Citation(1, hit.article, hit.passage.id, start, end, quote),)
            text = f"{quote}[1]" if spoken == "zh" else f"The articles say: {quote} [1]"
        return Answer(
            id=f"answer-{len(self.asked)}",
            question=question,
            standalone_question=standalone,
            lang=spoken,
            text=text,
            citations=citations,
            passages=hits,
            confidence=round(best[0], 3) if best else 0.0,
            abstained=refused,
            reason=("low_confidence" if hits else "no_match") if refused else None,
            mode="llm" if mode == "llm" else "extractive",
            timings={"retrieve": 1.0, "answer": 1.0, "check": 1.0, "total": 3.0},
        )

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        k: int = 8,
        mode: Mode = "auto",
        lang: Lang | None = None,
    ) -> Iterator[StreamEvent]:
        answer = self.answer(question, history=history, filters=filters, k=k, mode=mode, lang=lang)
        yield PassagesEvent(answer.passages, answer.standalone_question)
        for start in range(0, len(answer.text), 8):
            yield DeltaEvent(answer.text[start : start + 8])
        yield DoneEvent(answer)

    def articles(
        self, query: str = "", *, filters: Filters | None = None, page: int = 1, per_page: int = 50
    ) -> tuple[list[Article], int]:
        found = [a for a in self.known if query in a.title + a.text and _kept(a, filters)]
        found.sort(key=lambda a: (a.source, a.source_start))
        return found[(page - 1) * per_page : page * per_page], len(found)

    def article(self, article_id: str) -> Article:
        for article in self.known:
            if article.id == article_id:
                return article
        raise UnknownArticle(f"There is no article {article_id!r}. List them with GET /api/v1/articles.")

    def info(self) -> Info:
        return Info("0.1.0", 1, "fake", len(self.known), len(self.known), "fake" if self.llm else None)


def _check(question: str) -> None:
    if not question.strip():
        raise BadQuestion("The question is empty. Ask something.")
    if len(question) > 2000:
        raise BadQuestion(f"The question has {len(question)} characters; at most 2,000 are allowed. Shorten it.")
