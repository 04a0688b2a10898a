"""A sentence and the text it cites in, out: is the one supported by the other, and what is missing.

Numbers with their scale and unit, dates, names, Latin words and quoted strings of the sentence must stand in the text,
nothing may be said the other way round, and of the rest enough must be shared. It is a check of wording, not of logic.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.scripts import fold
from index.words import latin_words, terms
from qa.crossing import untold_chinese_names, untold_names
from qa.figure_claims import unsupported
from qa.figures import without_figures
from qa.language import language
from qa.names import capitalised, chinese_names, english_names, latin_names, quoted
from qa.place_claims import mistaken_places
from qa.polarity import turned
from qa.unheard import absent_names

ENOUGH = 0.25
"""Share of a sentence's terms that must stand in what it cites (see `eval/GROUNDING.md` for what it catches)."""

ENOUGH_ALIKE = 0.2
"""Cosine that a sentence in another language must reach with the likeliest sentence of what it cites."""

_CODE = re.compile(r"(?!q\d$)[a-z][a-z-]?\d|\d[a-z]")

WORDS = 3
"""Words beside figures and names from which on a sentence in another language can be held against a likeness."""

Likeness = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosines of one text with several."""


@dataclass(frozen=True, slots=True)
class Support:
    """What the check found: what is asserted and absent or turned round, and the share of terms (or cosine)."""

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
    enough = (ENOUGH_ALIKE if likeness and not _all_told(sentence) else 0.0) if crossed else ENOUGH
    return Support(not missing and shared >= enough, missing, shared)


def _all_told(sentence: str) -> bool:
    """Tell whether a sentence is made of figures and names: where none is missing there is nothing else to be like."""
    if language(sentence) != "en":
        return False
    bare = without_figures(fold(sentence))
    told = {fold(name) for name in capitalised(sentence)}
    rest = {word for word in latin_words(bare) if word not in told}
    return len(rest) < WORDS and (bare != fold(sentence) or bool(english_names(sentence)))


def _missing(sentence: str, cited: str) -> list[str]:
    lang = language(sentence)
    folded, source = fold(sentence), fold(cited)
    bare = re.sub(r"\W", "", source)
    absent = unsupported(folded, source)
    if lang == "zh":
        same = language(cited) == "zh"
        absent += absent_names(folded, bare) if same else untold_chinese_names(chinese_names(sentence), source)
        absent += [name for name in latin_names(without_figures(folded)) if not _stands(name, source, bare)]
    else:
        absent += [code for code in latin_names(sentence) if _CODE.search(code) and not _stands(code, source, bare)]
    if lang != language(cited):
        return absent + (untold_names(_beside_figures(sentence), bare) if lang == "en" else [])
    if lang == "zh":
        absent += [*turned(folded, source), *mistaken_places(folded, source)]
    else:
        absent += [name for name in english_names(sentence) if not _stands(fold(name), source, bare)]
    return absent + [text for text in quoted(sentence) if re.sub(r"\W", "", fold(text)) not in bare]


def _beside_figures(sentence: str) -> list[str]:
    """Return the capitalised words of an English sentence that are no units."""
    words = set(latin_names(without_figures(fold(sentence))))
    return [name for name in capitalised(sentence) if words & set(latin_names(name))]


def _stands(name: str, source: str, bare: str) -> bool:
    """Tell whether a Latin word stands in the source: short ones as a word of their own, as `AI` is part of `fair`."""
    letters = re.sub(r"\W", "", name)
    return letters in bare if len(letters) > 3 else re.search(rf"(?<![a-z]){re.escape(name)}", source) is not None


def _shared(sentence: str, cited: str) -> float:
    wanted = set(terms(sentence))
    return len(wanted & set(terms(cited))) / len(wanted) if wanted else 1.0


def _alike(sentence: str, cited: str, likeness: Likeness | None) -> float:
    if likeness is None:
        return 1.0
    pieces = [piece for piece in re.split(r"(?<=[。！？.!?;；])\s*", cited) if piece] or [cited]
    return max(likeness(sentence, pieces))
