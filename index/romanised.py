"""A Chinese term in, its romanised form out (`宁波` is `ningbo`), so that names in Latin letters find it."""

import unicodedata
from functools import lru_cache


def romanised(term: str) -> str | None:
    """Return the commonest reading of two to four Chinese characters, without tones; None for anything else.

    >>> romanised("宁波")
    'ningbo'
    """
    if not 2 <= len(term) <= 4:
        return None
    table = _syllables()
    syllables = [table.get(character) for character in term]
    return None if None in syllables else "".join(syllable for syllable in syllables if syllable)


@lru_cache(maxsize=1)
def _syllables() -> dict[str, str]:
    """Return the first reading of each character: 40 ms, needed only while indexing."""
    from pypinyin import pinyin_dict

    return {chr(code): _plain(readings.split(",")[0]) for code, readings in pinyin_dict.pinyin_dict.items()}


def _plain(reading: str) -> str:
    """Return a syllable without its tone; `ü` becomes `u`, as names are mostly written."""
    parts = unicodedata.normalize("NFD", reading)
    return "".join(part for part in parts if not unicodedata.combining(part))
