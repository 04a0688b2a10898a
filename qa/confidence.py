"""A question and what was read for it in, the calibrated probability that the corpus answers it out.

Three logistic models over features of retrieval and reading, multiplied (on topic, the detail told, the names known):
how much of the question stands in the best passage, which of its figures and names do not, how alike the best sentence
is, whether it holds the kind of thing asked for.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.lexical import TermClass
from index.numbers import quantities
from index.scripts import fold
from index.types import Article, Hit
from index.words import terms
from qa.answer_types import Kind, Wanted, asked_about, hard_fitness
from qa.answerability import FEATURES as ANSWERABILITY
from qa.answerability import Answerability
from qa.asked_words import alike
from qa.candidates import FEATURES as SENTENCE_FEATURES
from qa.candidates import facts
from qa.extractive import Reading
from qa.language import language
from qa.names import chinese_names, latin_names, quoted
from qa.regression import sigmoid
from qa.unknown_names import Name, names_of, stands
from qa.word_vectors import words_of

MODEL = Path(__file__).with_name("confidence.json")
Terms = Callable[[Sequence[str], Hit], tuple[Sequence[tuple[int, int]], npt.NDArray[np.float32]]]

TAKEN = ("classes", "classes_passage", "alike", "fit", "clause", "before")
KINDS: tuple[tuple[str, frozenset[Kind]], ...] = (
    ("asks_amount", frozenset(("amount",))),
    ("asks_time", frozenset(("time",))),
    ("asks_name", frozenset(("person", "place", "body"))),
    ("asks_list", frozenset(("list",))),
    ("asks_why", frozenset(("reason", "manner"))),
    ("asks_what", frozenset(("definition",))),
    ("asks_both", frozenset(("compare",))),
)
TOPIC = (
    *TAKEN,
    "best",
    "share",
    "classes_most",
    "quantities_missing",
    "names_missing",
    "unit_missing",
    "quantities_missing_near",
    "hard_fit",
    "about_near",
    "about_alike",
    "soft",
    "soft_near",
    "top",
    "length",
    "english",
    *(name for name, _ in KINDS),
    "asks_nothing",
)
"""Features that say whether the question is on a topic of the corpus. What kind of answer is asked for counts for
itself: a figure is missing from a text on the topic far more often than a reason or a list is."""
DETAIL = (*ANSWERABILITY, "fit", "before", "unit_missing", "english")
"""Features that say whether the detail is told. Few: with those of the topic as well, .46 of the near misses are
answered in place of .36, where 3.5 % of the answerable questions are refused."""
NAMES = ("unknown_name", "names_elsewhere")
"""Features that say whether the articles know the names of the question. On their own, as gold has no such
question and swapped ones are made: in the second model they cost it near misses, .44 answered in place of .37."""
FEATURES = tuple(dict.fromkeys((*TOPIC, *DETAIL, *NAMES)))
"""All features, in the order of the weights."""

NOUN = 0.6
"""How surely a name is one that no dictionary has for a name: a noun that opens the question and stands nowhere, as
`火星` is and `老板` is not, or a Latin one that the passages may have in Chinese."""
_MEASURES = "家户个项位名人次件座条所篇张台套部艘辆只栋间层亩米里吨千元岁年月日天周时分公平度倍种类届期批股支瓶盒双"
"""First characters of Chinese measure words: a number before the asked one is wanted, not just any number."""
_MONEY = re.compile(
    r"多少钱|价|租金|费用|收费|会费|工资|薪|[总金]额|投资|营收|收入|贷款|补贴|罚款"
    r"|how much|cost|price|worth|revenue|yuan"
)
_MONEY_UNIT = re.compile(r"元|万|亿|yuan|dollar|%|成|[$¥€]")


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights of the features and the intercept."""

    weights: npt.NDArray[np.float64]
    intercept: float

    def probability(self, row: npt.NDArray[np.float64]) -> float:
        """Return the probability of one row of features."""
        return float(sigmoid(row @ self.weights + self.intercept))


@dataclass(frozen=True, slots=True)
class Model:
    """Is the question on a topic of the corpus; if so, is the detail told, and of those it names; refuse below what."""

    topic: Logistic
    detail: Logistic
    names: Logistic
    threshold: float

    def probability(self, row: npt.NDArray[np.float64]) -> float:
        """Return the product of all."""
        return self.topic.probability(row) * self.detail.probability(row) * self.names.probability(row)


class Confidence:
    """Turns what was read into a probability."""

    def __init__(self, terms_alike: Terms, answerability: Answerability, model: Model | None = None) -> None:
        self._terms = terms_alike
        self._answerability = answerability
        self.model = model or load_model()

    def probability(self, question: str, reading: Reading) -> float:
        """Return the probability that the corpus answers the question, 0.0 where nothing was found."""
        if not reading.candidates:
            return 0.0
        return self.model.probability(self.measure(question, reading))

    def measure(self, question: str, reading: Reading) -> npt.NDArray[np.float64]:
        """Return the features of a question."""
        best = int(np.argmax(reading.scores))
        place = reading.candidates[best].place
        inside = [i for i, candidate in enumerate(reading.candidates) if candidate.place == place]
        near = [i for i in inside if abs(i - best) <= 1]
        values = {name: _value(reading, best, name) for name in TAKEN}
        values |= _of_list(reading, best) | _asks(reading.lens.query.wants.kinds)
        passage = reading.candidates[best].hit.passage.text
        article = reading.candidates[best].hit.article
        text = "\n".join((article.title, *reading.candidates[best].hit.passage.headings, passage))
        asked = reading.lens.query.wants.quantities
        stated = facts(text).quantities | facts(article.date or "").quantities
        close = [fold(reading.candidates[i].text) for i in near]
        beside = fold(" ".join((article.title, article.date or "", *close)))
        stated_near = {q.term for q in quantities(beside)}
        values["quantities_missing"] = len(asked - stated) / len(asked) if asked else 0.0
        values["quantities_missing_near"] = len(asked - stated_near) / len(asked) if asked else 0.0
        values["names_missing"] = _names_missing(question, fold(text + " " + " ".join(article.authors)))
        values["unit_missing"] = _unit_missing(reading.lens.query.wants, close)
        values["hard_fit"] = hard_fitness(reading.lens.query.wants, close)
        values |= self._alike(question, reading, best, near) | self._answerability.measure(question, reading)
        values |= self._of_names(names_of(question, self._answerability.lexical), reading)
        values["top"] = reading.candidates[0].hit.score
        values["length"] = float(np.log(1 + len(reading.lens.classes)))
        values["english"] = float(language(question) == "en")
        return np.array([values[name] for name in FEATURES])

    def _alike(self, question: str, reading: Reading, best: int, near: Sequence[int]) -> dict[str, float]:
        """Return how much of the question the passage and the sentence hold, a likeness of words counting as well.

        `about` is what is to be told, by the words around the asking one; `soft` every class of the question.
        """
        lens, candidate = reading.lens, reading.candidates[best]
        about = asked_about(question)
        spans, cosines = self._terms([about, *(_spoken(each) for each, _ in lens.classes)], candidate.hit)
        low, high = min(reading.candidates[i].start for i in near), max(reading.candidates[i].end for i in near)
        beside = [k for k, (start, end) in enumerate(spans) if start < high and end > low] or [0]
        values = {"about_alike": float(cosines[0, beside].max())}
        if not lens.classes:
            return values | dict.fromkeys(("about_near", "soft", "soft_near"), 0.0)
        weights = np.array([weight for _, weight in lens.classes])
        held = {i: lens.class_strengths(facts(reading.candidates[i].text)) for i in self._inside(reading, best)}
        title = lens.class_strengths(facts(_title(reading, best)))
        whole = np.maximum(title, np.max(list(held.values()), axis=0))
        close = np.maximum(title, np.max([held[i] for i in near], axis=0))
        soft = np.maximum(whole, cosines[1:].max(axis=1))
        soft_near = np.maximum(close, cosines[1:, beside].max(axis=1))
        words = set(terms(about))
        told = np.array([_speaks_of(each.terms[0][0], words, about) for each, _ in lens.classes])
        share = weights / weights.sum()
        return values | {
            "about_near": float(soft_near[told] @ weights[told] / weights[told].sum()) if told.any() else 0.5,
            "soft": float(soft @ share),
            "soft_near": float(soft_near @ share),
        }

    def _of_names(self, names: Sequence[Name], reading: Reading) -> dict[str, float]:
        """Return how surely a name stands nowhere, and the share of those that no article which is quoted has."""
        hits = {reading.candidates[i].hit.article.id: reading.candidates[i].hit for i in _quoted_sentences(reading)}
        texts = [_text(hit.article) for hit in hits.values()]
        known = [any(stands(name, text) for text in texts) for name in names if name.known]
        passages = [hit.passage.text for hit in hits.values()]
        return {
            "unknown_name": max((self._strange(name, passages) for name in names if not name.known), default=0.0),
            "names_elsewhere": 1.0 - sum(known) / len(known) if known else 0.0,
        }

    def _strange(self, name: Name, passages: Sequence[str]) -> float:
        """Return how surely an unknown name is one: a noun that stands nowhere may be worded otherwise."""
        strength = 1.0 if name.proper else NOUN
        words = [word for text in passages for word in words_of(text)] if name.replaceable else []
        own, others = self._answerability.vectors.of([fold(name.text)]), self._answerability.vectors.of(words)
        if own is None or others is None:
            return strength
        return strength * float(1.0 - alike((own @ others.T).max()))

    @staticmethod
    def _inside(reading: Reading, best: int) -> list[int]:
        place = reading.candidates[best].place
        return [i for i, candidate in enumerate(reading.candidates) if candidate.place == place]


def _quoted_sentences(reading: Reading) -> list[int]:
    return [i for chosen in reading.chosen for i in chosen.sentences]


def _text(article: Article) -> str:
    return f"{article.title} {' '.join(article.authors)} {article.text}"


def _spoken(each: TermClass) -> str:
    """Return a term of a class as it can be embedded: the likeliest Chinese one for a stemmed English word."""
    first = each.terms[0][0]
    chinese = next((term for term, _ in each.terms if not term.isascii()), None)
    return chinese if chinese and first.isascii() else first


def _speaks_of(term: str, words: set[str], about: str) -> bool:
    return term in words or term in about or any(part in words for part in term.split(" "))


def load_model(path: Path = MODEL) -> Model:
    """Return the model that `qa.confidence_training` wrote."""
    return _load(path)


@lru_cache(maxsize=4)
def _load(path: Path) -> Model:
    stored = json.loads(path.read_text(encoding="utf-8"))
    topic, detail, names = (_logistic(stored[part]) for part in ("topic", "detail", "names"))
    return Model(topic, detail, names, stored["threshold"])


def _logistic(stored: dict[str, float]) -> Logistic:
    return Logistic(np.array([stored.get(name, 0.0) for name in FEATURES]), stored["intercept"])


def _value(reading: Reading, best: int, name: str) -> float:
    return float(reading.features[best, SENTENCE_FEATURES.index(name)])


def _of_list(reading: Reading, best: int) -> dict[str, float]:
    """Return how the best candidate stands among all."""
    return {
        "best": float(reading.scores[best]),
        "share": reading.chosen[0].share if reading.chosen else 0.0,
        "classes_most": float(reading.features[:, SENTENCE_FEATURES.index("classes_passage")].max()),
    }


def _asks(kinds: Sequence[Kind]) -> dict[str, float]:
    values = {name: float(not some.isdisjoint(kinds)) for name, some in KINDS}
    return values | {"asks_nothing": float(not kinds)}


def _title(reading: Reading, at: int) -> str:
    hit = reading.candidates[at].hit
    return " ".join((hit.article.title, *hit.passage.headings))


def _names_missing(question: str, text: str) -> float:
    """Return the share of the question's names and quoted strings that do not stand in the passage or its title."""
    names = {fold(name) for name in quoted(question)}
    if language(question) == "zh":
        names |= set(chinese_names(question)) | set(latin_names(question))
    bare = re.sub(r"\W", "", text)
    return float(np.mean([re.sub(r"\W", "", name) not in bare for name in names])) if names else 0.0


def _unit_missing(asked: Wanted, sentences: Sequence[str]) -> float:
    """Return 1 where something measured is asked for and no sentence has a new number with that measure, else 0."""
    if asked.unit and asked.unit[0] in _MEASURES:
        wanted_unit = re.compile(rf"[约多余]?.{{0,2}}{re.escape(asked.unit[0])}")
    elif _MONEY.search(asked.question):
        wanted_unit = re.compile(rf".{{0,3}}(?:{_MONEY_UNIT.pattern})")
    else:
        return 0.0
    for text in sentences:
        for quantity in quantities(text):
            scaled = text[quantity.start : quantity.end + 8]
            after = text[quantity.end :]
            new = quantity.term not in asked.quantities and not quantity.is_date
            if new and (wanted_unit.match(after) or wanted_unit.search(scaled)):
                return 0.0
    return 1.0
