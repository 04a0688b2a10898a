"""A question in, its words that a text should hold out: what stands for each, and how rare it is.

A text holds a word by the word itself, by a translation, or by a word that means much the same.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.lexical import BM25Index
from index.lexicon import Lexicon, load_lexicon
from index.numbers import quantities
from index.scripts import fold
from index.words import STOP_WORDS, latin_words
from qa.candidates import facts
from qa.query_names import aliases
from qa.query_words import QUESTION_STOP_WORDS, without_question_words
from qa.word_vectors import HAN, LATIN, WordVectors, tagged, words_of

Strengths = npt.NDArray[np.float64]

ALIKE_FROM, ALIKE_FULL = 0.4, 0.8
"""Cosine of two words that counts as nothing, and as the same word."""
TRANSLATED = 0.9
"""A translation beside the word itself."""
FEW = 3
"""Translations and names that are tried for a word."""
SINGLE = 0.4
"""Weight of a word of one character, which is mostly a light verb."""
NEAR, NEAR_ENGLISH = 3, 14
"""Characters between a word and the asking word up to which it says what is asked."""

_ASKING = re.compile(
    r"多少|(?<![这那好])几(?!乎)|哪|什么|啥|谁|为何|怎么|怎样|如何|咋|多[大高长远重宽久]|何时|何处"
    r"|\b(?:how (?:many|much)|how|what|which|who|whose|when|where|why)\b"
)
_FUNCTION_TAGS = tuple("dpcuryeomqfxwkht")
"""Parts of speech that carry no content: adverbs, prepositions, numerals, measures; names of three characters stay."""
LIGHT = frozenset(
    (
        "截至", "目前", "一共", "总共", "全部", "达到", "成为", "进行", "开始", "有关", "关于", "认为", "希望",
        "需要", "提出", "具体", "主要", "其中", "当时", "今年", "去年", "年底", "年末", "最后", "现在", "已经",
        "至今", "大约", "左右", "是否", "能够", "可以", "应该", "想要", "名字", "时候", "地方", "东西", "事情",
        "情况", "方面", "问题", "内容", "文章", "觉得", "属于", "作为", "以来", "之后", "之前", "是从", "中", "上",
        "下", "里", "时", "后", "前", "内", "外", "年", "月", "日", "号", "个", "家", "有", "是", "要", "占", "做",
        "搞", "弄", "拿", "叫", "给", "会", "能", "到", "用", "让", "去", "来", "看", "说", "讲", "谈", "出", "过",
        "起", "得", "amount", "average", "year", "end", "late", "early", "take", "took", "make", "made", "so", "now",
        "cover", "set", "up", "per", "total", "number", "most", "than", "according",
    )
)  # fmt: skip
"""Words that say little of what is asked."""


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A word of a question with what stands for it, each with a strength; `beside` the asking word or not."""

    text: str
    forms: tuple[tuple[str, float], ...]
    weight: float
    beside: bool
    is_place: bool


class AskedWords:
    """The words of one question, ready to be looked for in texts."""

    def __init__(self, words: Sequence[AskedWord], vectors: WordVectors) -> None:
        self.words = tuple(words)
        self._vectors = vectors
        weights = np.array([word.weight for word in words])
        self.beside = np.array([word.beside for word in words], dtype=bool)
        self.shares = _shares(weights)
        self.shares_beside = _shares(weights * self.beside)
        strong = [(at, form) for at, word in enumerate(words) for form, s in word.forms[:FEW] if s >= 0.6]
        self._owners = np.array([at for at, _ in strong], dtype=np.int64)
        self._own = vectors.of([form for _, form in strong])

    def __len__(self) -> int:
        return len(self.words)

    def held(self, text: str) -> Strengths:
        """Return how strongly a text holds each word, 0 to 1."""
        found = facts(text)
        exact = [
            max((s for form, s in word.forms if _stands(form, found.terms, found.folded)), default=0.0)
            for word in self.words
        ]
        strengths = np.array(exact)
        others = None if self._own is None else self._vectors.of(words_of(text))
        if self._own is not None and others is not None:
            np.maximum.at(strengths, self._owners, alike((self._own @ others.T).max(axis=1)))
        return strengths


def alike(cosines: npt.NDArray[np.floating[Any]]) -> Strengths:
    """Return how far words of these cosines stand for one another, 0 to 1."""
    return np.clip((np.asarray(cosines, dtype=np.float64) - ALIKE_FROM) / (ALIKE_FULL - ALIKE_FROM), 0.0, 1.0)


def _shares(weights: Strengths) -> Strengths:
    return np.asarray(weights / (weights.sum() or 1.0))


def asked_words(question: str, lexical: BM25Index, lexicon: Lexicon | None = None) -> list[AskedWord]:
    """Return the words of a question that carry content, in order; its figures and question words are none."""
    known = load_lexicon() if lexicon is None else lexicon
    folded = fold(question)
    asking = _ASKING.search(folded)
    content = _content(folded)
    taken = [(q.start, q.end) for q in quantities(folded)]
    found = []
    for start, end, word, tag in _tokens(folded):
        if any(start < e and end > s for s, e in taken) or not content(start, end) or _is_light(word, tag):
            continue
        forms = _forms(word, tag, lexical, known)
        rarity = _rarity(forms, lexical) * (SINGLE if len(word) < 2 else 1.0)
        beside = asking is not None and _is_beside(asking, start, end, english=not tag)
        is_place = (bool(tag) or word.title() in question) and _is_place(forms)
        found.append(AskedWord(word, forms, rarity, beside, is_place))
    return found


def _content(folded: str) -> Callable[[int, int], bool]:
    """Return a test whether a stretch of the question is left when its question words are taken out."""
    left = without_question_words(folded)
    return lambda start, end: folded[start:end] in left


def _tokens(folded: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield start, end, word and part of speech of Chinese words, then of Latin ones, whose tag is empty."""
    at = 0
    for word, tag in tagged(folded):
        at = folded.find(word, at)
        if HAN.search(word):
            yield at, at + len(word), word, tag
        at += len(word)
    latin = [(match.start(), match.end(), match.group()) for match in LATIN.finditer(folded)]
    at = 0
    while at < len(latin):
        size = _phrase_size([word for _, _, word in latin[at : at + 4]])
        start, end = latin[at][0], latin[at + size - 1][1]
        yield start, end, " ".join(word for _, _, word in latin[at : at + size]), ""
        at += size


def _phrase_size(words: Sequence[str]) -> int:
    """Return how many words from the first one make a name that stands in the table of names, else 1."""
    for size in range(len(words), 1, -1):
        stems = latin_words(" ".join(words[:size]))
        if len(stems) == size and " ".join(stems) in aliases():
            return size
    return 1


def _stemmed(phrase: str) -> str:
    return " ".join(latin_words(phrase))


def _is_light(word: str, tag: str) -> bool:
    if word in LIGHT:
        return True
    if not tag:
        return word in STOP_WORDS or word in QUESTION_STOP_WORDS or len(word) < 2
    return tag.startswith(_FUNCTION_TAGS) and len(word) < 3


def _forms(word: str, tag: str, lexical: BM25Index, lexicon: Lexicon) -> tuple[tuple[str, float], ...]:
    stem = word if tag else _stemmed(word) or word
    translations = lexicon.translations(stem)
    top = max((share for _, share in translations), default=1.0)
    named = [] if tag or translations else lexical.named(word)[:FEW]
    alias = aliases().get(stem, ())
    forms = [(word, 1.0), (stem, 1.0), *((form, 1.0) for form in (*alias, *named) if len(form) > 1)]
    forms += [(form, TRANSLATED * (share / top) ** 0.5) for form, share in translations[:4]]
    strongest: dict[str, float] = {}
    for form, strength in forms:
        strongest[form] = max(strength, strongest.get(form, 0.0))
    return tuple(strongest.items())


def _rarity(forms: Sequence[tuple[str, float]], lexical: BM25Index) -> float:
    """Return 0 to 1 by how few passages hold the word in any of its likelier forms; 1 where none does."""
    count = lexical.passage_count
    holders = max(len(lexical.postings(form)[0]) for form, strength in forms if strength >= 0.5)
    return math.log(1 + (count - holders + 0.5) / (holders + 0.5)) / math.log(2 * count + 2)


def _is_beside(asking: re.Match[str], start: int, end: int, *, english: bool) -> bool:
    if english:
        return 0 <= start - asking.end() <= NEAR_ENGLISH
    return 0 <= (asking.start() - end if end <= asking.start() else start - asking.end()) <= NEAR


def _is_place(forms: Sequence[tuple[str, float]]) -> bool:
    first = next((form for form, _ in forms if len(form) > 1 and HAN.match(form)), "")
    return [tag for _, tag in tagged(first)] == ["ns"]


def _stands(form: str, terms: frozenset[str], folded: str) -> bool:
    return form in terms or (len(form) > 1 and not form.isascii() and form in folded)
