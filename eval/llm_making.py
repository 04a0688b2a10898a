"""Articles and a language model in, questions for a review file out; what the model made up is dropped.

A question is kept when its quote stands word for word in the article and in the document, and its answer in the quote.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from eval.gold import EVIDENCE_CHARS, Documents
from eval.matching import QUOTE_CHARS, squash
from eval.types import Case, Evidence
from index.types import Article
from prompts import render
from qa.settings import Settings

STYLE = "llm"
ARTICLE_CHARS = 6000  # about 4,000 tokens of Chinese: room for the prompt and the questions in a window of 8,000
OBJECT = re.compile(r"\{[^{}]*\}")

log = logging.getLogger(__name__)

Ask = Callable[[str], str]


def ask_with(settings: Settings) -> Ask:
    """Return a function from prompt to text with the configured model. Raises LLMUnavailable."""
    from qa.llm import load_model

    model = load_model(settings)
    return lambda prompt: str(model.invoke(prompt).text)


def make_with_llm(
    articles: Sequence[Article], ask: Ask, documents: Documents | None = None, *, per_article: int = 3
) -> list[Case]:
    """Return the questions that a model wrote and that their articles bear out, for a review file."""
    cases: list[Case] = []
    for article in articles:
        lang = "zh" if article.lang == "zh" else "en"
        text = ask(render(f"gold.{lang}", title=article.title, text=article.text[:ARTICLE_CHARS], count=per_article))
        document = documents(article.source) if documents else None
        kept = [shape for shape in _objects(text) if _borne_out(shape, article, document)][:per_article]
        log.info("%s: %d questions kept", article.title, len(kept))
        cases += [_case(f"L-{len(cases) + n:04d}", shape, article) for n, shape in enumerate(kept, 1)]
    return cases


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in a model's reply, whatever stands around them."""
    for found in OBJECT.finditer(text):
        try:
            shape = json.loads(found[0])
        except ValueError:
            continue
        if all(isinstance(shape.get(key), str) and shape[key].strip() for key in ("question", "answer", "quote")):
            yield shape


def _borne_out(shape: dict[str, Any], article: Article, document: str | None) -> bool:
    quote = squash(shape["quote"])
    return (
        EVIDENCE_CHARS[0] <= len(quote) <= QUOTE_CHARS
        and quote in squash(article.text)
        and (document is None or quote in document)
        and squash(shape["answer"]).casefold() in quote.casefold()
    )


def _case(name: str, shape: dict[str, Any], article: Article) -> Case:
    return Case(
        id=name,
        question=shape["question"].strip(),
        lang="zh" if article.lang == "zh" else "en",
        kind="fact",
        answers=((shape["answer"].strip(),),),
        evidence=((Evidence(article.source, shape["quote"].strip()),),),
        style=STYLE,
        reference=shape["answer"].strip(),
        article=article.title,
        article_key=f"{article.source}:{article.source_start}",
    )
