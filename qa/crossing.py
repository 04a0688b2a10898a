"""Names of one language and a text in the other in, out: those it has in no form.

Only names that can be told are judged: places and people of the bilingual term list, words built of Chinese syllables,
and abbreviations in capitals. A brand that nobody has translated may stand for anything.
"""

import re
from functools import lru_cache

from index.lexicon import load_lexicon
from index.romanised import romanised
from index.scripts import fold
from index.words import STOP_WORDS, latin_words
from qa.query_names import GROUPS

_HAN = re.compile(r"[\u3400-\u9fff]+")
_SYLLABLES = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:[aeiou]{1,3}(?:ng?(?![aeiou])|r(?![aeiou]))?)){2,4}"
)
_AT_HOME = frozenset(("china", "chinese"))
"""What a Chinese text calls 国家 or 全国 as often as by name."""


def untold_names(names: list[str], bare: str) -> list[str]:
    """Return the names that `bare`, a folded Chinese text without signs, would have in some form and does not.

    >>> untold_names(["Ningbo", "Hefei", "Gadget"], "宁波种了梨树")
    ['Hefei']
    """
    return [name for name in names if (_is_acronym(name) or _judged(_word(name))) and not _told(_word(name), bare)]


def untold_chinese_names(names: list[str], source: str) -> list[str]:
    """Return the Chinese names that a folded English text would have translated or romanised and does not.

    >>> untold_chinese_names(["宁波", "合肥"], "ningbo planted pear trees.")
    ['合肥']
    """
    words = set(latin_words(source))
    return [name for name in names if not words & {*_translated_words(name), romanised(name)} and name not in source]


def _translated_words(name: str) -> set[str]:
    """Return the words, stemmed, that may stand for a Chinese name in an English text."""
    others = {each for names in GROUPS if name in names for each in names}
    translations = [english for each in {name, *others} for english, _ in load_lexicon().translations(each)]
    return {word for english in (*translations, *others) for word in latin_words(fold(english))}


def _is_acronym(name: str) -> bool:
    """Tell whether a word is three capitals or more, which a Chinese text keeps as they are."""
    return len(name) > 2 and name.isalpha() and name.isupper()


def _word(name: str) -> str:
    return re.sub(r"['’]s$", "", fold(name))


def _translations(word: str) -> list[str]:
    found = [chinese for stem in latin_words(word) for chinese, _ in load_lexicon().translations(stem)]
    return [re.sub(r"(?<=..)[省市区县]$", "", chinese) for chinese in found if len(chinese) > 1]


def _judged(word: str) -> bool:
    """Tell whether a word is a place or person of the term list, or, unknown, made of Chinese syllables."""
    if word in _AT_HOME or not word.isalpha() or len(word) < 4:
        return False
    translations = _translations(word)
    if not translations:
        return _SYLLABLES.fullmatch(word) is not None and word not in STOP_WORDS
    return _is_name(translations[0]) or (_SYLLABLES.fullmatch(word) is not None and any(map(_is_name, translations)))


def _is_name(chinese: str) -> bool:
    import rjieba

    tagged = rjieba.tag(chinese)
    return len(tagged) == 1 and len(chinese) > 1 and tagged[0][1] in ("ns", "nr", "nrt", "nt")


def _told(word: str, bare: str) -> bool:
    if word in bare or any(chinese in bare for chinese in _translations(word)):
        return True
    if any(word in map(fold, names) and any(fold(name) in bare for name in names) for names in GROUPS):
        return True
    return word in _readings(bare)


@lru_cache(maxsize=32)
def _readings(bare: str) -> frozenset[str]:
    """Return how each two to four characters of a text are read (1 ms for 700 characters)."""
    runs = ((run, size) for run in _HAN.findall(bare) for size in (2, 3, 4))
    pieces = {run[at : at + size] for run, size in runs for at in range(len(run) - size + 1)}
    return frozenset(reading for reading in map(romanised, pieces) if reading)
