"""Text in, search terms out: segmented Chinese words, character bigrams, stemmed Latin words, quantities."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.numbers import quantities
from index.scripts import fold

STOP_CHARACTERS = frozenset("的了在是和与及等或也就都而被把将对从为以于其之这那有个着过吗呢吧啊呀么们我你他她它")
"""Function characters: no term of their own, and no bigram with them; they are in every passage."""

_HAN_RUN = re.compile("[々〇㐀-䶿一-鿿]+")
_WORD = re.compile(r"[^\W_々〇㐀-䶿一-鿿]+")

STOP_WORDS = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "been", "by", "can", "could", "did", "do", "does", "for", "from",
        "had", "has", "have", "how", "if", "in", "into", "is", "it", "its", "of", "on", "or", "so", "such", "than",
        "that", "the", "their", "them", "then", "there", "these", "they", "this", "to", "was", "were", "what", "when",
        "where", "which", "who", "whom", "whose", "why", "will", "with", "would",
    )
)  # fmt: skip


def terms(text: str) -> list[str]:
    """Return the search terms of `text` in no particular order, repeated as often as they occur.

    >>> sorted(terms("占比百分之二十"))
    ['#20%', '占比']
    """
    apart = take_apart(text)
    found = Counter(filter(is_han_word, apart.segmented))
    for pair, count in Counter(han_bigrams(apart.rest)).items():
        if found[pair] < count:  # a bigram that is a word counts once
            found[pair] = count
    return [*apart.others, *found.elements()]


@dataclass(frozen=True, slots=True)
class Apart:
    """A text taken apart: its quantities and Latin words, the folded text without quantities, and its segments."""

    others: list[str]
    rest: str
    segmented: list[str]


def take_apart(text: str) -> Apart:
    """Return what the terms of a text are made of."""
    import rjieba

    numbers, rest = _without_quantities(fold(text))
    return Apart(numbers + latin_words(rest), rest, rjieba.cut_for_search(rest))


def latin_words(folded: str) -> list[str]:
    """Return the words of a folded text that are not Chinese, stemmed, without stop words."""
    return [_stem(word) for word in _WORD.findall(folded) if word not in STOP_WORDS and not word.isdecimal()]


def han_words(folded: str) -> list[str]:
    """Return the Chinese words of a folded text, long words with the words inside them (rjieba: 5 MB a second)."""
    import rjieba

    return list(filter(is_han_word, rjieba.cut_for_search(folded)))


def is_han_word(segment: str) -> bool:
    """Tell whether a segment is a Chinese word that is a term."""
    return segment not in STOP_CHARACTERS and _HAN_RUN.fullmatch(segment) is not None


def han_runs(folded: str) -> list[str]:
    """Return the runs of Chinese characters."""
    return _HAN_RUN.findall(folded)


def han_bigrams(folded: str) -> list[str]:
    """Return the pairs of adjoining Chinese characters, without those that hold a function character."""
    return [
        first + second
        for run in han_runs(folded)
        for first, second in pairwise(run)
        if first not in STOP_CHARACTERS and second not in STOP_CHARACTERS
    ]


def _without_quantities(folded: str) -> tuple[list[str], str]:
    """Return the quantities of a folded text, and the text around them."""
    found: list[str] = []
    pieces: list[str] = []
    position = 0
    for quantity in quantities(folded):
        found.append(quantity.term)
        pieces.append(folded[position : quantity.start])
        position = quantity.end
    pieces.append(folded[position:])
    return found, " ".join(pieces)


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """Return the English stem; PyStemmer objects are not thread-safe, hence one a word."""
    import Stemmer

    return str(Stemmer.Stemmer("english").stemWord(word)) if len(word) > 3 else word
