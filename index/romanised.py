"""A Chinese term in, its romanised form out (`宁波` is `ningbo`), so that names in Latin letters find it."""

import os
import unicodedata
from functools import lru_cache


def romanised(term: str) -> str | None:
    """Return the commonest reading of two to four Chinese characters, without tones; None for anything else.

    >>> romanised("宁波")
    'ningbo'
    """
    if not 2 <= len(term) <= 4:
        return None
    syllables = [_syllable(character) for character in term]
    return None if None in syllables else "".join(syllable for syllable in syllables if syllable)


@lru_cache(maxsize=8192)
def _syllable(character: str) -> str | None:
    """Return the first reading of a character."""
    # the package's table of phrases is not asked here, and takes 40 MB and 0.1 s
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin import pinyin_dict

    readings = pinyin_dict.pinyin_dict.get(ord(character))
    return _plain(readings.split(",")[0]) if readings else None


def _plain(reading: str) -> str:
    """Return a syllable without its tone; `ü` becomes `u`, as names are mostly written."""
    parts = unicodedata.normalize("NFD", reading)
    return "".join(part for part in parts if not unicodedata.combining(part))
