"""A question and an index in, the names in the question that no passage holds in any form out.

No article answers a question about a name that it never mentions, however well it tells of the topic. A name is what
the segmenter's dictionary has for one or does not know, what is written in Latin letters among Chinese, or with a
capital among English words.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.lexical import BM25Index
from index.lexicon import load_lexicon
from index.numbers import quantities
from index.romanised import romanised
from index.scripts import fold
from index.words import STOP_WORDS, han_words, latin_words
from qa.asked_words import LIGHT
from qa.language import language
from qa.query_names import aliases
from qa.query_words import QUESTION_STOP_WORDS, without_question_words
from qa.word_vectors import HAN, tagged

LIKELY = 0.3
"""Share of the commonest translation that another one needs: below are words that only stood near."""

_NAME_TAGS = ("nr", "ns", "nt", "nz")
_SUFFIX = re.compile(r"(?<=..)(?:[省市区县镇乡村]|新区|自治区)$")
_PLACE = re.compile(r".[省市县镇乡村州国岛]$")
_TITLED = re.compile(r"科技|集团|公司|银行|股份|教授|院士|先生|女士|主任|馆长|市长|县长")
_SPEAKS = re.compile(r"(?<=..)[谈说讲称认]$")
_COUNTED = re.compile(r"[一二两三四五六七八九十百千万几第每这那各某]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z0-9\u00c0-\u024f&]*(?:['\u2019-][a-z]{2,})?")
_LOWER = re.compile(r"\b[a-z]{4}")
_SIGN = re.compile(r"[a-z]{0,2}\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a question where it stands, by the forms that a text may have it in; `known` where a passage does.

    One that is not `proper` is an ordinary noun that opens the question, as `火星` does, or that has a capital.
    """

    text: str
    start: int
    forms: tuple[str, ...]
    known: bool
    tag: str = ""
    """The part of speech of a Chinese one."""
    proper: bool = True

    @property
    def replaceable(self) -> bool:
        """Whether the text may word it otherwise: an ordinary noun, some other name, a short one such as `滨海`."""
        return not self.proper or self.tag == "nz" or len(self.text) < 3

    @property
    def end(self) -> int:
        """Where it ends in the question."""
        return self.start + len(self.text)


def names_of(question: str, lexical: BM25Index) -> list[Name]:
    """Return the names of a question in their order, and a noun that opens it where no passage has that."""
    return _english(question, lexical) if language(question) == "en" else list(_chinese(question, lexical))


def unknown_names(question: str, lexical: BM25Index) -> list[str]:
    """Return the names of a question that no passage has; those beside one another are one."""
    text = unicodedata.normalize("NFKC", question)
    found: list[Name] = []
    for name in names_of(text, lexical):
        if name.known:
            continue
        if found and not text[found[-1].end : name.start].strip():
            first = found.pop()
            found.append(replace(first, text=text[first.start : name.end]))
        else:
            found.append(name)
    return list(dict.fromkeys(name.text for name in found))


def stands(name: Name, text: str) -> bool:
    """Tell whether a text has a name in any of its forms; most have it as it is, and folding takes a millisecond."""
    if any(form in text for form in name.forms):
        return True
    folded = fold(text)
    return any(form in folded for form in name.forms)


def _chinese(question: str, lexical: BM25Index) -> Iterator[Name]:
    text = unicodedata.normalize("NFKC", question)
    folded = fold(text)
    paired = _paired(folded, lexical)
    for start, word, tag, opens in _words(folded):
        guessed = not _is_latin(word) and not _in_dictionary(word)
        titled = _TITLED.match(folded, start + len(word)) is not None
        proper = _is_proper(word, tag, guessed=guessed, titled=titled)
        if not (proper or _may_name(word, tag, opens=opens, guessed=guessed)) or _COUNTED.match(word):
            continue
        end = start + len(word)
        forms = _forms(word, lexical)
        known = _holds(lexical, forms)
        cut = guessed and not titled and _is_cut(word, paired[start:end], lexical)
        if not known and (cut or _is_made_of(word, lexical)):
            continue
        if proper or not (known or _holds(lexical, han_words(word))):
            yield Name(text[start:end], start, forms, known, tag, proper=proper)


def _words(folded: str) -> Iterator[tuple[int, str, str, bool]]:
    """Yield start, word, part of speech, and whether only light words stand before; a surname with what follows."""
    left = without_question_words(folded)
    taken = _taken(folded)
    at, opens, surname = 0, True, ""
    for word, tag in tagged(folded):
        start = folded.index(word, at)
        at = start + len(word)
        light = word not in left or word in LIGHT or len(word) < (1 if surname and tag[0] == "n" else 2)
        if not light and not any(start < e and at > s for s, e in taken):
            first = surname if tag[0] == "n" else ""
            yield start - len(first), first + word, "nr" if first else tag, opens
        opens = opens and (light or tag[0] in "xp")
        surname = word if tag == "nr" and len(word) == 1 else ""


def _taken(text: str) -> list[tuple[int, int]]:
    return [(quantity.start, quantity.end) for quantity in quantities(text.lower())]


def _is_proper(word: str, tag: str, *, guessed: bool, titled: bool) -> bool:
    if _is_latin(word):
        return not _SIGN.fullmatch(word)
    if guessed and _PLACE.search(word):
        return True
    if tag.startswith("nr") and len(word) < 3 and not titled:
        return False  # 太久, 老罗: mostly no name, or a nickname
    return tag.startswith(_NAME_TAGS) or (tag[0] in "nil" and romanised(word) in _translations(word))


def _may_name(word: str, tag: str, *, opens: bool, guessed: bool) -> bool:
    """Tell whether a word may be a name that the dictionary has for a noun or a phrase, or does not know."""
    if opens:
        return guessed or tag[0] in "nil"
    return len(word) > 3 and not guessed and tag[0] in "nil"


def _is_cut(word: str, paired: Sequence[bool], lexical: BM25Index) -> bool:
    """Tell whether a guessed word is cut across words of passages, takes a verb with it, or is a stray pair."""
    return len(word) < 3 or any(paired) or lexical.holds(_SPEAKS.sub("", word))


def _is_made_of(word: str, lexical: BM25Index) -> bool:
    """Tell whether a word is two that passages have: `美国大学` they may call 美国高校."""
    return any(lexical.holds(word[:at]) and lexical.holds(word[at:]) for at in range(2, len(word) - 1))


def _in_dictionary(word: str) -> bool:
    import rjieba

    return bool(rjieba.has_word(word))


def _paired(folded: str, lexical: BM25Index) -> list[bool]:
    """Return which characters a passage has beside a neighbour: a guessed word of such ones is cut across words."""
    pairs = [bool(HAN.match(a) and HAN.match(b)) and lexical.holds(a + b) for a, b in pairwise(folded)]
    return [left or right for left, right in zip([False, *pairs], [*pairs, False], strict=True)]


def _english(question: str, lexical: BM25Index) -> list[Name]:
    """Return the names of an English question; one of several words is known where most of its letters are."""
    runs: list[list[Name]] = []
    taken = _taken(question)
    for match in _LATIN.finditer(question):
        word = fold(match.group())
        named = _is_name(word, match.group(), opens=not question[: match.start()].strip())
        if not named or any(match.start() < e and match.end() > s for s, e in taken):
            continue
        forms = _forms(word, lexical)
        name = Name(match.group(), match.start(), forms, _holds(lexical, forms))
        if runs and question[runs[-1][-1].end : name.start] == " ":
            runs[-1].append(name)
        else:
            runs.append([name])
    return [name for run in runs for name in _of_run(run, lexical, in_title=not _LOWER.search(question))]


def _of_run(run: Sequence[Name], lexical: BM25Index, *, in_title: bool) -> list[Name]:
    """Return words that stand together as one name has them: unknown where most of it is, `County` set aside.

    An ordinary word alone, as `Mars`, is a noun that stands as a name; where every word has a capital it is none.
    """
    telling = [name for name in run if not _is_ordinary(fold(name.text))]
    whole = _forms_of_run([fold(name.text) for name in run], lexical)
    if _holds(lexical, whole):
        return [replace(name, known=True, forms=(*name.forms, *whole)) for name in run]
    if not telling:
        return [] if in_title else [replace(name, proper=False) for name in run]
    unknown = sum(len(name.text) for name in telling if not name.known)
    known = 2 * unknown <= sum(len(name.text) for name in telling)
    # what no dictionary translates may be a brand or a person whom the passages name in Chinese
    proper = any(_translations(fold(name.text)) for name in telling)
    return [replace(name, known=known, proper=proper) for name in run]


def _forms_of_run(words: Sequence[str], lexical: BM25Index) -> list[str]:
    """Return what Chinese passages may have for words that are one name: translated whole, or spelt in either order."""
    if len(words) < 2:
        return []
    phrase = load_lexicon().translations(" ".join(latin_words(" ".join(words))))
    spelt = {"".join(words), "".join(reversed(words))}
    return [*(form for form, _ in phrase), *(form for each in spelt for form in lexical.named(each))]


def _is_ordinary(word: str) -> bool:
    """Tell whether an English word is translated, and not by a name."""
    found = _translations(word)
    return bool(found) and not _is_tagged(found[0])


def _is_name(word: str, written: str, *, opens: bool) -> bool:
    """Tell whether an English word is a name; the first of a question where its translation is one, or it has none."""
    if not written[0].isupper() or len(word) < 2 or _SIGN.fullmatch(word):
        return False
    if not {word, *re.split("['\u2019]", word)}.isdisjoint(STOP_WORDS | QUESTION_STOP_WORDS):
        return False
    return not (opens and _is_ordinary(word))


def _holds(lexical: BM25Index, forms: Iterable[str]) -> bool:
    return any(lexical.holds(form) for form in forms)


def _forms(word: str, lexical: BM25Index) -> tuple[str, ...]:
    """Return what a text may have a name as: written so, without its sort of place, another name, translated, spelt."""
    stem = " ".join(latin_words(word)) or word
    if _is_latin(word):
        sounds = [form for form in lexical.named(re.sub(r"\W", "", word)) if _is_sound(form)]
    else:
        sounds = [sound for sound in (romanised(_SUFFIX.sub("", word)),) if sound]
    forms = (word, stem, *_translations(word), *sounds)
    others = (other for form in forms for other in aliases().get(_SUFFIX.sub("", form), ()) if len(other) > 1)
    return tuple(dict.fromkeys(each for form in (*forms, *others) for each in (form, _SUFFIX.sub("", form))))


def _translations(word: str) -> list[str]:
    """Return the likelier translations of a word; of a Chinese one those that mean it alone: `whale` is no 蓝鲸."""
    likely = _likely(word)
    return likely if _is_latin(word) else [form for form in likely if word in _likely(form)]


def _likely(word: str) -> list[str]:
    found = load_lexicon().translations(" ".join(latin_words(word)) or word)
    return [form for form, share in found if share >= LIKELY * found[0][1]]


def _is_latin(word: str) -> bool:
    return _LATIN.fullmatch(word) is not None


def _is_sound(form: str) -> bool:
    """Tell whether a Chinese term that sounds so may be the name: one that the dictionary has for none is not."""
    return not _in_dictionary(form) or _is_tagged(form)


def _is_tagged(word: str) -> bool:
    return [tag[:2] in _NAME_TAGS for _, tag in tagged(word)] == [True]
