"""Text in, search terms out: segmented Chinese words, character bigrams, stemmed Latin words, quantities."""

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from index.numbers import quantities
from index.scripts import fold

_HAN_RUN = re.compile("[々〇㐀-䶿一-鿿]+")
_WORD = re.compile(r"[^\W_々〇㐀-䶿一-鿿]+")

STOP_CHARACTERS = frozenset("的了在是和与及等或也就都而被把将对从为以于其之这那有个着过吗呢吧啊呀么们我你他她它")
"""Function characters: no term of their own, and no bigram with them; they are in every passage."""

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
    folded = fold(text)
    found: list[str] = []
    pieces: list[str] = []
    position = 0
    for quantity in quantities(folded):
        found.append(quantity.term)
        pieces.append(folded[position : quantity.start])
        position = quantity.end
    pieces.append(folded[position:])
    rest = " ".join(pieces)
    return found + latin_words(rest) + han_terms(rest)


def latin_words(folded: str) -> list[str]:
    """Return the words of a folded text that are not Chinese, stemmed, without stop words."""
    return [_stem(word) for word in _WORD.findall(folded) if word not in STOP_WORDS and not word.isdecimal()]


def han_terms(folded: str) -> list[str]:
    """Return segmented words and character bigrams; a bigram that is a word counts once."""
    found = Counter(han_words(folded))
    for pair, count in Counter(han_bigrams(folded)).items():
        if found.get(pair, 0) < count:
            found[pair] = count
    return list(found.elements())


def han_words(folded: str) -> list[str]:
    """Return the Chinese words of a folded text, long words with the words inside them (rjieba: 5 MB a second)."""
    import rjieba

    return [word for word in rjieba.cut_for_search(folded) if word not in STOP_CHARACTERS and _HAN_RUN.fullmatch(word)]


def han_bigrams(folded: str) -> list[str]:
    """Return the pairs of adjoining Chinese characters, without those that hold a function character."""
    return [
        first + second
        for run in _HAN_RUN.findall(folded)
        for first, second in pairwise(run)
        if first not in STOP_CHARACTERS and second not in STOP_CHARACTERS
    ]


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """Return the English stem; PyStemmer objects are not thread-safe, hence one a word."""
    import Stemmer

    return str(Stemmer.Stemmer("english").stemWord(word)) if len(word) > 3 else word
