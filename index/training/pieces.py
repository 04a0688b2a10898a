"""Counted words go in; a Unigram tokenizer comes out, and the row of the table that each of its pieces has.

Spellings that mean the same share a row, so that no row is spent twice: traditional and simplified characters, the
inflections of a word (by Snowball stemmers), British and American endings. Beginnings of words carry a mark (▁), so
that `work` in `framework` is another piece than the word.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

MARK = "▁"
STEMMERS = {
    **{"en": "english", "es": "spanish", "fr": "french", "de": "german", "pt": "portuguese", "it": "italian"},
    **{"ru": "russian", "ar": "arabic", "tr": "turkish", "hi": "hindi", "id": "indonesian", "nl": "dutch"},
    "uk": "russian",
}
MARKED_SCRIPTS = r"\p{Latin}\p{Cyrillic}\p{Arabic}\p{Hangul}\p{Devanagari}"
RUN = re.compile(
    "[㐀-鿿豈-﫿]+|[a-zà-öø-ɏḀ-ỿ]+|[Ѐ-ӿ]+|[ء-ۿ]+|\\d+|[\u0900-\u097f]+|[\u0e00-\u0e7f]+|[\u3040-\u30ff]+|[\uac00-\ud7af]+"
)
BRITISH = re.compile(r"is(ation|e|ed|es|ing|ations|er|ers)$")
COLOUR = re.compile(r"our(s?)$")
AMERICAN = re.compile(r"iz(ation|e|ed|es|ing|ations|er|ers)$")
RARE = 1_000_000
"""Added to a language's size, so that four words in a small text do not make an English word Japanese."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows go to what; the rest after Chinese, digits, letters and endings is shared by the other words."""

    rows: int = 53_000
    chinese: int = 19_000
    characters: int = 6_500
    longest: int = 6
    letters: int = 1_500
    endings: int = 1_000
    english_share: float = 0.72
    english_least: int = 2


@dataclass(slots=True)
class Counts:
    """Weighted counts of Chinese words, of words by language, and of numbers."""

    chinese: Counter[str] = field(default_factory=Counter)
    words: dict[str, Counter[str]] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)

    def add(self, texts: Iterable[tuple[str, str]], weight: int) -> None:
        """Count the words of (text, language) pairs."""
        runs: Counter[str] = Counter()
        for text, lang in texts:
            latin = self.words.setdefault("en" if lang.startswith("zh") else lang, Counter())
            for run in RUN.findall(unicodedata.normalize("NFKC", text).lower()):
                if "㐀" <= run[0] <= "鿿":
                    runs[run] += min(weight, 2)
                elif run[0].isdigit():
                    self.numbers[run] += weight
                else:
                    latin[run] += weight
        _count_segmented(runs, self.chinese)


@dataclass(slots=True)
class Pieces:
    """Pieces with their row and log-probability; row 0 is that of the unknown."""

    rows: dict[str, int] = field(default_factory=lambda: {"": 0})
    places: dict[str, tuple[int, float]] = field(default_factory=dict)

    def add(self, piece: str, meaning: str, score: float) -> None:
        """Give the piece the row of its meaning, keeping the better score of two."""
        known = self.places.get(piece)
        if known is None or known[1] < score:
            self.places[piece] = (self.rows.setdefault(meaning, len(self.rows)), round(score, 2))


def build_tokenizer(counts: Counts, sizes: Sizes) -> tuple[Tokenizer, list[int]]:
    """Return the tokenizer and the row of each piece."""
    pieces = Pieces()
    _add_chinese(pieces, counts.chinese, sizes)
    _add_numbers(pieces, counts)
    room = max(0, sizes.rows - len(pieces.rows) - sizes.letters - sizes.endings)
    words = _Words(counts)
    _add_words(pieces, words, room, sizes)
    _add_parts(pieces, words, sizes)
    vocabulary = [("<unk>", 0.0), *((piece, score) for piece, (_, score) in pieces.places.items())]
    return _tokenizer(vocabulary), [0, *(row for row, _ in pieces.places.values())]


def _tokenizer(vocabulary: list[tuple[str, float]]) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0, byte_fallback=False))
    beginning = Regex(f"(?<![{MARKED_SCRIPTS}])(?=[{MARKED_SCRIPTS}])")
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(beginning, MARK)]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(rf"[^\p{{L}}\p{{N}}\p{{M}}{MARK}]+"), "removed")
    return tokenizer


def _count_segmented(runs: Counter[str], into: Counter[str]) -> None:
    import rjieba

    segmenter = rjieba.Jieba()
    for run, number in runs.items():
        for word in segmenter.cut(run):
            into[word] += number


def _add_chinese(pieces: Pieces, counted: Counter[str], sizes: Sizes) -> None:
    import opencc

    simplify, complicate = opencc.OpenCC("t2s").convert, opencc.OpenCC("s2t").convert
    words: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for word, number in counted.items():
        simple = simplify(word)
        words[simple] += number
        for character in simple:
            characters[character] += number
    total = words.total()
    common = [character for character, _ in characters.most_common(sizes.characters)]
    for character in common:
        pieces.add(character, f"z:{character}", math.log(max(words[character], 1) / total) - 1)
    longer = sorted(((n, word) for word, n in words.items() if 2 <= len(word) <= sizes.longest), reverse=True)
    for number, word in longer[: sizes.chinese - len(common)]:
        pieces.add(word, f"z:{word}", math.log(number / total))
    for piece, (row, score) in list(pieces.places.items()):
        pieces.places.setdefault(complicate(piece), (row, score))


def _add_numbers(pieces: Pieces, counts: Counts) -> None:
    for number in range(10):
        pieces.add(str(number), f"d:{number}", -9)
    for number in range(100):
        pieces.add(f"{number:02d}", f"d:{number:02d}", -11)
    for year in range(1900, 2036):
        pieces.add(str(year), f"d:{year}", -9)
    total = counts.chinese.total()
    for digits, number in counts.numbers.most_common(1200):
        if len(digits) <= 4 and number >= 5:
            pieces.add(digits, f"d:{digits}", math.log(number / total))


class _Words:
    """The words of all scripts but Han: each with one language, its count and the stem that gives its row."""

    def __init__(self, counts: Counts) -> None:
        self.language = _languages(counts)
        self.stem = dict(_stems(self.language))
        self.families: Counter[tuple[str, str]] = Counter()
        for word, (lang, number) in self.language.items():
            self.families[lang, self.stem[word]] += number


def _languages(counts: Counts) -> dict[str, tuple[str, int]]:
    """Return for each word the language in which it is most frequent, and its count there."""
    best: dict[str, tuple[float, str, int]] = {}
    for lang, counted in counts.words.items():
        total = counted.total()
        for word, number in counted.items():
            share = number / (total + RARE)
            if word not in best or share > best[word][0]:
                best[word] = (share, lang, number)
    return {word: (lang, number) for word, (_, lang, number) in best.items()}


def _stems(language: dict[str, tuple[str, int]]) -> Iterable[tuple[str, str]]:
    import Stemmer

    stemmers = {lang: Stemmer.Stemmer(name) for lang, name in STEMMERS.items()}
    for word, (lang, _) in language.items():
        spelt = COLOUR.sub(r"or\1", BRITISH.sub(r"iz\1", word)) if lang == "en" and len(word) > 5 else word
        yield word, stemmers[lang].stemWord(spelt) if lang in stemmers and len(word) > 3 else spelt


def _add_words(pieces: Pieces, words: _Words, room: int, sizes: Sizes) -> None:
    ranked = words.families.most_common()
    english = [key for key, number in ranked if key[0] == "en" and number >= sizes.english_least]
    others = [key for key, number in ranked if key[0] != "en" and number >= 3]
    english = english[: int(room * sizes.english_share)]
    chosen = {*english, *others[: room - len(english)]}
    total = words.families.total()
    for word, (lang, number) in words.language.items():
        stem = words.stem[word]
        if (lang, stem) not in chosen:
            continue
        mark = "" if "\u3040" <= word[0] <= "\u30ff" or "\u0e00" <= word[0] <= "\u0e7f" else MARK
        pieces.add(mark + word, f"{lang}:{stem}", math.log(number / total))
        if lang == "en" and len(word) > 5:
            pieces.add(mark + AMERICAN.sub(r"is\1", word), f"{lang}:{stem}", math.log(number / total) - 1)
        if len(stem) >= 4 and word.startswith(stem):
            pieces.add(mark + stem, f"{lang}:{stem}", math.log(words.families[lang, stem] / total) - 3)


def _add_parts(pieces: Pieces, words: _Words, sizes: Sizes) -> None:
    """Add single letters, and with the rows left common endings and beginnings, for words that have no row."""
    letters, endings, beginnings = Counter[str](), Counter[str](), Counter[str]()
    for word, (_, number) in words.language.items():
        weight = max(1, int(math.log2(number + 1)))
        for size in range(1, 6):
            if len(word) > size + 2:
                endings[word[-size:]] += weight
        for size in range(3, 7):
            if len(word) > size:
                beginnings[MARK + word[:size]] += weight
        for letter in word:
            letters[letter] += number
    for letter, _ in letters.most_common(sizes.letters):
        pieces.add(letter, f"c:{letter}", -14)
        pieces.add(MARK + letter, f"c:{letter}", -14)
    pieces.add(MARK, "c:", -14)
    _add_commonest(pieces, endings, (sizes.rows - len(pieces.rows)) // 2)
    _add_commonest(pieces, beginnings, sizes.rows - len(pieces.rows))


def _add_commonest(pieces: Pieces, parts: Counter[str], room: int) -> None:
    total = parts.total()
    fresh = [(part, number) for part, number in parts.most_common() if part not in pieces.places]
    for part, number in fresh[: max(0, room)]:
        pieces.add(part, f"p:{part}", math.log(number / total) - 5)
