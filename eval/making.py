"""Articles or readers' opinions in, questions for review out: made by templates, to be judged by a person.

A Chinese question stands where its answer stands (…种了多少亩梨树？), so a sentence becomes a question by putting the
question word in the place of a number, a date, a name or a definition. English sentences become gaps to be filled.
Nothing is asked whose quote does not stand in its document as read.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.errors import GoldError
from eval.gold import EVIDENCE_CHARS, Documents
from eval.matching import QUOTE_CHARS, squash
from eval.types import Case, Evidence, Kind
from index.sentences import spans
from index.types import Article

UNITS = (
    "亿元|万元|元|万人|亿人|人|家|个|项|件|万辆|辆|台|万吨|亿吨|吨|公里|平方公里|平方米|亩|公顷|倍|所|座|条|次|届|篇|名"
)
DATE = re.compile(r"(?:19|20)\d\d年(?:\d{1,2}月(?:\d{1,2}日)?)?")
AMOUNT = re.compile(rf"(?<![\d.第])(\d+(?:[.,]\d+)*)(多?余?)({UNITS})")
SHARE = re.compile(r"(?<![\d.])\d+(?:\.\d+)?[%％]")
SPEAKER = re.compile(r"^([\u4e00-\u9fff]{2,4})(?=(?:认为|表示|指出|强调|介绍)[，：,:])")
DEFINED = re.compile(r"^(?:所谓)?[“「]?([\u4e00-\u9fffA-Za-z]{2,12})[”」]?，?(?:是指|指的是|即指)(.{6,})$")
FIGURE = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?:\s?(?:%|per cent|percent|million|billion))?(?![\w])")
SENTENCE_CHARS = (14, 90)
STYLE = "template"


@dataclass(frozen=True, slots=True)
class Draft:
    """A question made from a sentence."""

    question: str
    kind: Kind
    answer: str


Template = Callable[[str], Iterator[Draft]]


def make_cases(
    articles: Sequence[Article], documents: Documents | None = None, *, per_article: int = 3, seed: int = 0
) -> list[Case]:
    """Return at most `per_article` template questions an article, of different sentences, for a review file."""
    rng = random.Random(seed)
    cases: list[Case] = []
    for article in articles:
        made = [(quote, draft) for quote in _quotes(article, documents) for draft in _drafts(quote, article.lang)]
        rng.shuffle(made)
        first_of = {quote: (quote, draft) for quote, draft in reversed(made)}
        for quote, draft in sorted(first_of.values(), key=lambda pair: KIND_ORDER[pair[1].kind])[:per_article]:
            cases.append(_case(f"T-{len(cases) + 1:04d}", article, quote, draft))
    return cases


KIND_ORDER: Mapping[str, int] = {"definition": 0, "fact": 1}


def _quotes(article: Article, documents: Documents | None) -> Iterator[str]:
    document = documents(article.source) if documents else None
    for start, end in spans(article.text):
        quote = article.text[start:end].strip()
        short, long = SENTENCE_CHARS if article.lang == "zh" else EVIDENCE_CHARS
        if short <= len(quote) <= min(long, QUOTE_CHARS) and (document is None or squash(quote) in document):
            yield quote


def _drafts(quote: str, lang: str) -> Iterator[Draft]:
    for template in CHINESE if lang == "zh" else ENGLISH:
        yield from template(quote)


def _asked(quote: str, start: int, end: int, word: str) -> str:
    """Return the sentence as a question, with a question word in the place of what is asked."""
    return f"{quote[:start]}{word}{quote[end:]}".rstrip("。.；;！!，, ") + "？"


def amounts(quote: str) -> Iterator[Draft]:
    """Yield 多少 questions for numbers with a unit."""
    for found in AMOUNT.finditer(quote):
        word = f"多少{found[3]}"
        yield Draft(_asked(quote, *found.span(), word), "fact", found[0])


def shares(quote: str) -> Iterator[Draft]:
    """Yield 百分之多少 questions for percentages."""
    for found in SHARE.finditer(quote):
        yield Draft(_asked(quote, *found.span(), "百分之多少"), "fact", found[0])


def dates(quote: str) -> Iterator[Draft]:
    """Yield 哪一年 and 什么时候 questions for dates."""
    for found in DATE.finditer(quote):
        word = "哪一年" if found[0].endswith("年") else "什么时候"
        yield Draft(_asked(quote, *found.span(), word), "fact", found[0])


def speakers(quote: str) -> Iterator[Draft]:
    """Yield 谁 questions for sentences that say who holds something."""
    if found := SPEAKER.match(quote):
        yield Draft(_asked(quote, *found.span(1), "谁"), "fact", found[1])


def definitions(quote: str) -> Iterator[Draft]:
    """Yield 什么是 questions for sentences that define something."""
    if found := DEFINED.match(quote):
        meaning = re.split(r"[，。；]", found[2])[0]
        yield Draft(f"什么是{found[1]}？", "definition", meaning)


def gaps(quote: str) -> Iterator[Draft]:
    """Yield a sentence with a gap for each of its figures: the honest form of a question made by rule in English."""
    for found in FIGURE.finditer(quote):
        gapped = f"{quote[: found.start()]}___{quote[found.end() :]}"
        yield Draft(f"Which figure is missing here: {gapped}", "fact", found[0])


CHINESE: Sequence[Template] = (amounts, shares, dates, speakers, definitions)
ENGLISH: Sequence[Template] = (gaps,)


def _case(name: str, article: Article, quote: str, draft: Draft) -> Case:
    return Case(
        id=name,
        question=draft.question,
        lang="zh" if article.lang == "zh" else "en",
        kind=draft.kind,
        answers=((draft.answer,),),
        evidence=((Evidence(article.source, quote),),),
        style=STYLE,
        reference=quote,
        article=article.title,
        article_key=f"{article.source}:{article.source_start}",
    )


def case_from_feedback(shape: Mapping[str, Any], name: str) -> Case:
    """Return a question from a reader's opinion: `{"answer": the answer object, "label"?, "rating"?}`.

    What the answer cited becomes evidence and, until a person shortens it, what an answer has to say. Raises GoldError.
    """
    try:
        return _case_of_answer(shape["answer"], shape, name)
    except (KeyError, TypeError) as error:
        raise GoldError(
            f"An opinion needs the whole answer object that the server gave; {error!r} in {name}."
        ) from error


def _case_of_answer(answer: Mapping[str, Any], shape: Mapping[str, Any], name: str) -> Case:
    cited = [] if shape.get("label") == "not_in_corpus" else answer["citations"]
    return Case(
        id=name,
        question=answer["question"],
        lang=answer["lang"],
        kind="fact" if cited else "unanswerable",
        answers=tuple((citation["quote"],) for citation in cited),
        evidence=tuple((Evidence(c["article"]["source"], c["quote"]),) for c in cited),
        style="reader",
        reference=answer["answer"] if cited else "",
        article=cited[0]["article"]["title"] if cited else "",
    )
