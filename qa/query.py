"""A question in, what is searched for out: weighted terms, classes of terms across languages, what is wanted.

No LLM: question words and filler are dropped, names and abbreviations come from `query_names.py`, English words and
phrases are looked up in the bilingual term list, names in Latin letters by their romanised form.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.lexical import BM25Index, TermClass
from index.lexicon import Lexicon, load_lexicon
from index.numbers import quantities
from index.scripts import fold
from index.words import STOP_WORDS, han_bigrams, han_words, latin_words, terms
from qa.answer_types import Wanted, wanted
from qa.language import language
from qa.query_names import aliases
from qa.query_words import QUESTION_STOP_WORDS, asks_latest, without_question_words
from qa.types import Lang

BIGRAM_WEIGHT = 0.4
"""Beside a word's 1.0; 0.25 to 0.5 were the best for Chinese questions (all@5 .91 to .92, with 1.0 .90)."""
PHRASE_WORD_WEIGHT = 0.4
"""A word inside a phrase that was found counts this much beside the phrase."""
FOREIGN_STRENGTH = 0.8
"""A translation beside the word itself, which counts 1.0."""
SHARE_POWER = 0.5
"""A translation's strength is its share, over the commonest one's, to this power: 0.3 to 0.5 were best, 1.0 worse."""

_LATIN = re.compile(r"[^\W_々〇㐀-䶿一-鿿]+")
_QUOTED = re.compile(r"[“「『\"《]([^”」』\"》]{2,40})[”」』\"》]")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched for."""

    text: str
    lang: Lang
    focus: str
    """The folded question without question words and filler."""
    weights: Mapping[str, float]
    """Its terms as they are, for the exact lexical leg."""
    classes: tuple[TermClass, ...]
    """Each word or phrase with what stands for it in either language, for the cross-lingual lexical leg."""
    quantities: tuple[str, ...]
    quoted: tuple[str, ...]
    wants: Wanted
    latest: bool


def understand(question: str, lexical: BM25Index, lexicon: Lexicon | None = None) -> Query:
    """Return what to search for; `lexical` knows which Chinese terms a romanised name may mean."""
    text = unicodedata.normalize("NFKC", question)
    focus = without_question_words(fold(text))
    classes = _classes(text, focus, lexical, load_lexicon() if lexicon is None else lexicon)
    return Query(
        text=question,
        lang=language(question),
        focus=focus,
        weights=term_weights(focus),
        classes=tuple(_held(each, lexical) for each in classes),
        quantities=tuple(dict.fromkeys(quantity.term for quantity in quantities(focus))),
        quoted=tuple(fold(found) for found in _QUOTED.findall(text)),
        wants=wanted(question),
        latest=asks_latest(text),
    )


def _held(each: TermClass, lexical: BM25Index) -> TermClass:
    """Return the class without terms that no passage holds; an empty one stays, as a sign of what is missing."""
    return replace(each, terms=tuple((term, strength) for term, strength in each.terms if lexical.holds(term)))


def term_weights(focus: str) -> dict[str, float]:
    """Return the weight of each term of a folded text: words and quantities 1, bigrams that are no words less."""
    weak = set(han_bigrams(focus)) - set(han_words(focus))
    return {term: BIGRAM_WEIGHT if term in weak else 1.0 for term in terms(focus)}


def _classes(text: str, focus: str, lexical: BM25Index, lexicon: Lexicon) -> Iterator[TermClass]:
    for form in dict.fromkeys(quantity.term for quantity in quantities(focus)):
        yield TermClass(((form, 1.0),))
    words = dict.fromkeys(han_words(focus))
    for name in aliases():
        if len(name) > 1 and name in focus and not name.isascii():
            words.setdefault(name)
    for word in words:
        yield TermClass(_alike(word) or ((word, 1.0), *_strengths(lexicon.translations(word), FOREIGN_STRENGTH)))
    yield from _latin_classes(_latin_tokens(text), lexical, lexicon)


@dataclass(frozen=True, slots=True)
class _Token:
    """A Latin word of the question: as a term, as written, and whether a capital says that it is a name."""

    term: str
    word: str
    capital: bool


def _latin_tokens(text: str) -> list[_Token]:
    found = []
    for match in _LATIN.finditer(text):
        word = fold(match.group())
        if word in STOP_WORDS or word in QUESTION_STOP_WORDS or word.isdecimal():
            continue
        found.append(_Token(latin_words(word)[0], word, match.start() > 0 and match.group()[0].isupper()))
    return found


def _latin_classes(tokens: Sequence[_Token], lexical: BM25Index, lexicon: Lexicon) -> Iterator[TermClass]:
    """Yield a class for each longest phrase that is known, and for each word."""
    at = 0
    while at < len(tokens):
        size, phrase = _phrase_at(tokens, at, lexical, lexicon)
        if phrase:
            yield TermClass(phrase, float(size))
        for token in tokens[at : at + size]:
            candidates = _word_candidates(token, lexical, lexicon)
            if not (phrase and size == 1):
                yield TermClass(candidates, PHRASE_WORD_WEIGHT if phrase else 1.0)
        at += size


def _phrase_at(
    tokens: Sequence[_Token], at: int, lexical: BM25Index, lexicon: Lexicon
) -> tuple[int, tuple[tuple[str, float], ...]]:
    """Return the length and the class of the longest phrase that begins here and that the index holds, or (1, ())."""
    for size in range(min(4, len(tokens) - at), 0, -1):
        key = " ".join(token.term for token in tokens[at : at + size])
        found = _alike(key) or (_strengths(lexicon.translations(key)) if size > 1 else ())
        if any(lexical.holds(term) for term, _ in found):
            return size, ((key, 1.0), *found)
    return 1, ()


def _word_candidates(token: _Token, lexical: BM25Index, lexicon: Lexicon) -> tuple[tuple[str, float], ...]:
    known = lexicon.translations(token.term)
    if not token.capital and known:
        return ((token.term, 1.0), *_strengths(known))
    names = lexical.named(token.word)
    if not names:
        return ((token.term, 1.0), *_strengths(known))
    spread = len(names) ** -SHARE_POWER
    return ((token.term, 1.0), *((name, spread) for name in names), *_strengths(known, 0.5))


def _strengths(translations: Sequence[tuple[str, float]], most: float = 1.0) -> tuple[tuple[str, float], ...]:
    if not translations:
        return ()
    top = max(share for _, share in translations)
    return tuple((term, most * (share / top) ** SHARE_POWER) for term, share in translations)


def _alike(key: str) -> tuple[tuple[str, float], ...]:
    """Return the class of a name or abbreviation, () if it is none: one character alone counts half."""
    group = aliases().get(key, ())
    return tuple((term, 0.5 if len(term) == 1 and term != key else 1.0) for term in group)
