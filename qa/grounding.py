"""A sentence and the text it cites in, out: is the one supported by the other, and what is missing.

Numbers with their scale, dates, names, Latin words and quoted strings of the sentence must stand in the text; of the
rest enough must be shared. It is a check of wording, not of logic: `not` in the wrong place passes.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.numbers import quantities
from index.scripts import fold
from index.words import terms
from qa.language import language
from qa.names import chinese_names, english_names, latin_names, quoted

ENOUGH = 0.25
"""Share of a sentence's terms that must stand in what it cites (see `qa.grounding_check` for what it catches)."""

ENOUGH_ALIKE = 0.2
"""Cosine that a sentence in another language must reach with the likeliest sentence of what it cites."""

_SUFFIX = re.compile(r"(?<=..)(?:[省市区县镇乡村]|新区|自治区)$")
_CODE = re.compile(r"(?!q\d$)[a-z][a-z-]?\d|\d[a-z]")
_SMALL = {
    f"#{n}": numeral for n, numeral in enumerate(("一", "二两", "三", "四", "五", "六", "七", "八", "九", "十"), 1)
}

Likeness = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosines of one text with several."""


@dataclass(frozen=True, slots=True)
class Support:
    """What the check found: `missing` are the things asserted and absent, `shared` the share of terms (or cosine)."""

    ok: bool
    missing: tuple[str, ...]
    shared: float


def check(sentence: str, cited: str, *, likeness: Likeness | None = None) -> Support:
    """Return whether `cited` supports `sentence`.

    >>> check("县里种了300亩梨树。", "全县种植梨树280亩。").missing
    ('#300',)
    """
    missing = tuple(dict.fromkeys(_missing(sentence, cited)))
    crossed = language(sentence) != language(cited)
    shared = _alike(sentence, cited, likeness) if crossed else _shared(sentence, cited)
    enough = (ENOUGH_ALIKE if likeness else 0.0) if crossed else ENOUGH
    return Support(not missing and shared >= enough, missing, shared)


def _missing(sentence: str, cited: str) -> list[str]:
    folded, source = fold(sentence), fold(cited)
    bare = re.sub(r"\W", "", source)
    absent = _missing_quantities(folded, source)
    names = chinese_names(sentence) if language(sentence) == "zh" else []
    absent += [name for name in names if _SUFFIX.sub("", name) not in bare]
    if language(sentence) == "zh":
        absent += [name for name in latin_names(sentence) if not _stands(name, source, bare)]
    else:
        absent += [code for code in latin_names(sentence) if _CODE.search(code) and not _stands(code, source, bare)]
    if language(sentence) == language(cited) == "en":
        absent += [name for name in english_names(sentence) if not _stands(fold(name), source, bare)]
    if language(sentence) == language(cited):
        absent += [text for text in quoted(sentence) if re.sub(r"\W", "", fold(text)) not in bare]
    return absent


def _stands(name: str, source: str, bare: str) -> bool:
    """Tell whether a Latin word stands in the source: short ones as a word of their own, as `AI` is part of `fair`."""
    letters = re.sub(r"\W", "", name)
    return letters in bare if len(letters) > 3 else re.search(rf"(?<![a-z]){re.escape(name)}", source) is not None


def _missing_quantities(folded: str, source: str) -> list[str]:
    stated = {quantity.term for quantity in quantities(source)}
    bare = {term.rstrip("%") for term in stated}
    asserted = (quantity.term for quantity in quantities(folded))
    return [term for term in asserted if term not in stated | bare and not _spelt_out(term, source)]


def _spelt_out(term: str, source: str) -> bool:
    """Tell whether a number up to ten stands in the source as a digit or a Chinese numeral (`3项` for `三项`)."""
    return any(numeral in source for numeral in _SMALL.get(term, "")) or (
        term in _SMALL and re.search(rf"(?<![\d.]){term[1:]}(?![\d.])", source) is not None
    )


def _shared(sentence: str, cited: str) -> float:
    wanted = set(terms(sentence))
    return len(wanted & set(terms(cited))) / len(wanted) if wanted else 1.0


def _alike(sentence: str, cited: str, likeness: Likeness | None) -> float:
    if likeness is None:
        return 1.0
    pieces = [piece for piece in re.split(r"(?<=[。！？.!?;；])\s*", cited) if piece] or [cited]
    return max(likeness(sentence, pieces))
