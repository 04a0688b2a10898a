"""A question and its hits in, candidate sentences with features out: what the extractive answer chooses from."""

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from index.lexical import BM25Index, TermClass
from index.numbers import quantities
from index.scripts import fold
from index.sentences import spans
from index.types import Article, Hit
from index.words import terms
from qa.answer_types import fitness, hard_fitness
from qa.enumerations import asked_count, lists_inline
from qa.query import Query

Sims = Callable[[str, Sequence[Hit]], Sequence[Sequence[tuple[int, int, float]]]]
"""For a question and hits: the windows of each hit, (start, end in the article, cosine)."""

FEATURES = (
    "cover",
    "around",
    "passage",
    "classes",
    "classes_best",
    "classes_passage",
    "quantities",
    "other_year",
    "alike",
    "alike_best",
    "alike_pair_best",
    "rank",
    "score",
    "fit",
    "clause",
    "heading",
    "before",
    "short",
    "long",
    "crossed_alike",
    "counted",
    "grams",
)
"""The features of a candidate, in the order of the weights."""
_AT = {name: i for i, name in enumerate(FEATURES)}

TELLING = 1.5
"""How heavy the words are together that tell a part of a question from the others, beside those they share: `安徽` in
`造机器人，安徽的分工有什么不同`. Out of fold it raises the recall of comparisons .71 -> .83, on our own .90 -> .95; 4
lowers both."""

_ENDS = "。！？!?；;”」）)."
_CLAUSE = re.compile(r"[^，,。；;：:！？!?]+")
Row = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit, by offsets in its article."""

    hit: Hit
    place: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.hit.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence says, read once and kept."""

    folded: str
    terms: frozenset[str]
    quantities: frozenset[str]
    years: frozenset[str]


@lru_cache(maxsize=32768)
def facts(text: str) -> Facts:
    """Return what a sentence says; kept for 32,768 sentences, about 50 MB, as hits recur."""
    folded = fold(text)
    stated = frozenset(quantity.term for quantity in quantities(folded))
    return Facts(folded, frozenset(terms(text)), stated, frozenset(term for term in stated if term.startswith("#y")))


def is_heading(article: Article, start: int) -> bool:
    """Tell whether a sentence that begins at an offset stands in a heading of its article."""
    at = bisect_right(article.headings, start, key=attrgetter("start"))
    return at > 0 and start < article.headings[at - 1].end


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """Return every sentence of the hits once, in the order of the hits."""
    return list(_sentences(hits))


def _sentences(hits: Sequence[Hit]) -> Iterator[Candidate]:
    seen: set[tuple[str, int]] = set()
    for place, hit in enumerate(hits):
        for start, end in _spans(hit.passage.text):
            key = (hit.article.id, hit.passage.start + start)
            if key not in seen:
                seen.add(key)
                yield Candidate(hit, place, hit.passage.start + start, hit.passage.start + end)


@lru_cache(maxsize=4096)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(spans(text))


class Lens:
    """A question ready to be held against sentences: its terms and classes with their weights."""

    def __init__(self, query: Query, lexical: BM25Index, shared: frozenset[str] = frozenset()) -> None:
        self.query = query
        self.count = asked_count(query.text)
        self.grams = frozenset(run[at : at + 3] for run in query.focus.split() for at in range(len(run) - 2))
        idf = {term: lexical.idf(term) for term in query.weights}
        usual = sum(idf.values()) / max(1, sum(value > 0 for value in idf.values()))
        # a term that no passage holds weighs as a usual one: question words are gone, so it may be what is asked for
        self.weights = {term: weight * (idf[term] or usual) for term, weight in query.weights.items()}
        self.classes = [(each, each.weight * rarity(each, lexical)) for each in query.classes if each.terms]
        self.mass = sum(weight for _, weight in self.classes)
        """How much the question says: the weight of its classes."""
        if shared:
            self._tell_from(shared)

    def _tell_from(self, shared: frozenset[str]) -> None:
        """Let the terms count more that tell this part of a question from the others, which share `shared`."""
        telling = [not any(term in shared for term, _ in each.terms) for each, _ in self.classes]
        masses = [weight for _, weight in self.classes]
        factor = _raising(masses, telling)
        self.classes = [
            (each, w * factor if tells else w) for (each, w), tells in zip(self.classes, telling, strict=True)
        ]
        telling = [term not in shared for term in self.weights]
        factor = _raising(list(self.weights.values()), telling)
        pairs = zip(self.weights.items(), telling, strict=True)
        self.weights = {term: w * factor if tells else w for (term, w), tells in pairs}

    def cover(self, found: Facts) -> float:
        """Return the share of the question's terms that stand in a sentence, by weight."""
        return self._share(sum(weight for term, weight in self.weights.items() if term in found.terms))

    def cover_all(self, several: Sequence[Facts]) -> float:
        """Return the share of the question's terms that stand in any of several sentences."""
        return self._share(
            sum(weight for term, weight in self.weights.items() if any(term in each.terms for each in several))
        )

    def gram_share(self, found: Facts) -> float:
        """Return the share of the question's character trigrams that stand in a sentence."""
        return sum(gram in found.folded for gram in self.grams) / max(1, len(self.grams))

    def class_strengths(self, found: Facts) -> Row:
        """Return how strongly a sentence holds each class."""
        return np.array([strength(each, found) for each, _ in self.classes])

    def class_share(self, strengths: Row) -> float:
        """Return the share of the classes that is held, by weight."""
        weights = np.array([weight for _, weight in self.classes])
        return float(strengths @ weights / weights.sum()) if len(weights) and weights.sum() else 0.0

    def _share(self, mass: float) -> float:
        return mass / (sum(self.weights.values()) or 1.0)


def _raising(weights: Sequence[float], telling: Sequence[bool]) -> float:
    """Return the factor, at least 1, that makes the telling weights `TELLING` times as heavy as the others."""
    own = sum(weight for weight, tells in zip(weights, telling, strict=True) if tells)
    return max(1.0, TELLING * (sum(weights) - own) / own) if own else 1.0


def rarity(each: TermClass, lexical: BM25Index) -> float:
    """Return how rare the passages are that hold a class: its weight in a question."""
    holders = int(np.count_nonzero(lexical.class_strengths(each)))
    return math.log(1 + (lexical.passage_count - holders + 0.5) / (holders + 0.5))


def strength(each: TermClass, found: Facts) -> float:
    """Return how strongly a sentence holds a class."""
    return max((strength for term, strength in each.terms if _holds(found, term)), default=0.0)


def _holds(found: Facts, term: str) -> bool:
    return term in found.terms or (len(term) > 2 and not term.isascii() and term in found.folded)


def features(lens: Lens, sentences: Sequence[Candidate], sims: Sequence[Sequence[tuple[int, int, float]]]) -> Row:
    """Return the features of each candidate, (n, len(FEATURES)); `sims` are the windows of each hit."""
    if not sentences:
        return np.zeros((0, len(FEATURES)))
    known = [facts(sentence.text) for sentence in sentences]
    held = np.array([lens.class_strengths(each) for each in known]).reshape(len(known), len(lens.classes))
    rows = np.zeros((len(sentences), len(FEATURES)))
    for i, sentence in enumerate(sentences):
        near = [j for j in (i - 1, i, i + 1) if 0 <= j < len(sentences) and sentences[j].place == sentence.place]
        single, pair = _alike(sentence, sims[sentence.place])
        _fill(
            rows[i],
            cover=lens.cover(known[i]),
            around=lens.cover_all([known[j] for j in near]),
            classes=lens.class_share(held[i]),
            grams=lens.gram_share(known[i]),
            **_own(lens, known[i], sentence),
            clause=_best_clause(lens, sentence),
            before=lens.class_share(held[i - 1]) if i - 1 in near else 0.0,
            alike=single,
            alike_pair_best=pair,
        )
    _of_hits(rows, lens, sentences, known, held)
    crossed = lens.query.lang != sentences[0].hit.article.lang
    _compare(rows, crossed=crossed)
    return rows


def _own(lens: Lens, found: Facts, sentence: Candidate) -> Mapping[str, float]:
    """Return what a sentence alone says: its fit, its quantities, its length, the place of its hit."""
    asked, count = lens.query.wants, lens.count
    asked_years = {term for term in asked.quantities if term.startswith("#y")}
    length = sentence.end - sentence.start
    return {
        "quantities": len(asked.quantities & found.quantities) / len(asked.quantities) if asked.quantities else 0.5,
        "other_year": float(bool(found.years and asked_years and not found.years & asked_years)),
        "rank": math.log(sentence.hit.rank),
        "score": sentence.hit.score,
        "fit": fitness(asked, sentence.text),
        "counted": float(count is not None and lists_inline(sentence.text, count)),
        "short": float(length < 14),
        "heading": float(sentence.text[-1] not in _ENDS),
        "long": math.log(max(20, length) / 60),
    }


def _best_clause(lens: "Lens", sentence: Candidate) -> float:
    """Return how well one clause both speaks of the question and holds what is asked for."""
    best = 0.0
    for text in _CLAUSE.findall(sentence.text):
        share = lens.class_share(lens.class_strengths(facts(text)))
        if share > best:
            best = max(best, share * hard_fitness(lens.query.wants, [text]))
    return best


def _of_hits(rows: Row, lens: Lens, sentences: Sequence[Candidate], known: Sequence[Facts], held: Row) -> None:
    """Fill in what all sentences of a hit share: how much of the question its passage and title hold."""
    for place in {sentence.place for sentence in sentences}:
        inside = [i for i, sentence in enumerate(sentences) if sentence.place == place]
        hit = sentences[inside[0]].hit
        title = facts(" ".join((hit.article.title, *hit.passage.headings)))
        rows[inside, _AT["passage"]] = lens.cover_all([title, *(known[i] for i in inside)])
        if len(lens.classes):
            together = np.maximum(held[inside].max(axis=0), lens.class_strengths(title))
            rows[inside, _AT["classes_passage"]] = lens.class_share(together)


def _compare(rows: Row, *, crossed: bool) -> None:
    """Fill in how far each candidate is behind the best, and the terms for crossed languages."""
    for name, source in (("classes_best", "classes"), ("alike_best", "alike")):
        rows[:, _AT[name]] = rows[:, _AT[source]] - rows[:, _AT[source]].max()
    for name in ("alike_pair_best", "score"):
        rows[:, _AT[name]] -= rows[:, _AT[name]].max()
    if crossed:
        rows[:, _AT["crossed_alike"]] = rows[:, _AT["alike_best"]]


def _alike(sentence: Candidate, windows: Sequence[tuple[int, int, float]]) -> tuple[float, float]:
    """Return the cosine of the smallest window that holds the sentence, and of the best one."""
    over = [(end - start, cosine) for start, end, cosine in windows if start < sentence.end and end > sentence.start]
    return (min(over)[1], max(cosine for _, cosine in over)) if over else (0.0, 0.0)


def _fill(row: Row, **values: float) -> None:
    for name, value in values.items():
        row[_AT[name]] = value
