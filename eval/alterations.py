"""A good sentence in, the same with one thing changed out, so that what it rests on no longer holds it.

Each alteration takes the sentence, the names of the corpus and a random generator, and returns None where there is
nothing of its kind to change.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval.corpus_names import Names

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MONTH = re.compile(r"(?<=年)\d{1,2}(?=月)")
_SPELT = re.compile(r"[二两三四五六七八九](?=[个项条家座类种大届批步方成级国省市区倍])")
_SCALES: Mapping[str, Sequence[str]] = {
    "万亿": ("亿", "千亿"), "亿": ("万亿", "万"), "万": ("亿", "千"), "%": ("倍", "个百分点"),
    "亿元": ("亿美元", "万元"), "万元": ("万美元", "亿元"),
    "吨": ("公斤",), "公里": ("米",), "平方公里": ("平方米",), "米": ("公里",),
    "公斤": ("吨",), "小时": ("分钟", "天"),
}  # fmt: skip
_SCALE = re.compile(rf"(?<=\d)\s?(?:{'|'.join(sorted(_SCALES, key=len, reverse=True))})")
_TRENDS = (
    "增长 下降",
    "上升 下降",
    "增加 减少",
    "提高 降低",
    "提升 降低",
    "扩大 缩小",
    "高于 低于",
    "超过 不足",
    "上涨 下跌",
)
_TREND_PAIRS = {a: b for pair in _TRENDS for a, b in (pair.split(), pair.split()[::-1])}
_TREND = re.compile("|".join(_TREND_PAIRS))


@dataclass(frozen=True, slots=True)
class Altered:
    """A changed sentence and what was put into it."""

    text: str
    new: str


Alteration = Callable[[str, Names, random.Random], Altered | None]


def digit(text: str, names: Names, rng: random.Random) -> Altered | None:
    """Return the sentence with one digit of one of its numbers changed."""
    del names
    return _put(text, list(_NUMBER.finditer(text)), rng, _other_digit)


def spelt_number(text: str, names: Names, rng: random.Random) -> Altered | None:
    """Return the sentence with one number that is spelt out changed (`三类`, `六成`)."""
    del names
    return _put(text, list(_SPELT.finditer(text)), rng, lambda old, rng: _other(old, "三四五六七八九", rng))


def date(text: str, names: Names, rng: random.Random) -> Altered | None:
    """Return the sentence with one year or month changed to one near by."""
    del names
    return _put(text, [*_YEAR.finditer(text), *_MONTH.finditer(text)], rng, _other_date)


def unit(text: str, names: Names, rng: random.Random) -> Altered | None:
    """Return the sentence with the scale or unit behind one number changed."""
    del names
    return _put(text, list(_SCALE.finditer(text)), rng, lambda old, rng: rng.choice(_SCALES[old.strip()]))


def trend(text: str, names: Names, rng: random.Random) -> Altered | None:
    """Return the sentence with one rise made a fall, or the other way round."""
    del names
    return _put(text, list(_TREND.finditer(text)), rng, lambda old, rng: _TREND_PAIRS[old])


def denial(text: str, names: Names, rng: random.Random) -> Altered | None:
    """Return the sentence with one of its verbs denied."""
    import rjieba

    del names
    verbs = {word for word, tag in rjieba.tag(text) if tag == "v" and len(word) > 1}
    places = list(re.finditer("|".join(sorted(verbs)), text)) if verbs else []
    return _put(text, places, rng, lambda old, rng: rng.choice(("没有", "未", "并未")) + old)


def name_of(*kinds: str) -> Alteration:
    """Return the alteration that puts another name of the corpus, of the same kind, in the place of one of `kinds`."""

    def alter(text: str, names: Names, rng: random.Random) -> Altered | None:
        found = [(match, kind) for kind in kinds for match in names.found_in(text, kind)]
        found = [(match, kind) for match, kind in found if kind != "quotation" or text[match.start() - 1] in "“「《"]
        if not found:
            return None
        match, kind = rng.choice(found)
        return _put(text, [match], rng, lambda old, rng: _other(old, names.by_kind[kind], rng))

    return alter


NUMBERS: Mapping[str, Alteration] = {
    "a digit": digit,
    "a number spelt out": spelt_number,
    "a year or month": date,
    "a unit or scale": unit,
}
NAMES: Mapping[str, Alteration] = {
    "a person, place or organisation": name_of("person", "place", "organisation"),
    "a person": name_of("person"),
    "a place": name_of("place"),
    "an organisation": name_of("organisation"),
    "a quoted string": name_of("quotation"),
    "a Latin word": name_of("Latin word"),
}
SENSE: Mapping[str, Alteration] = {"a rise made a fall": trend, "a thing denied": denial}


def _put(
    text: str, places: Sequence[re.Match[str]], rng: random.Random, other: Callable[[str, random.Random], str]
) -> Altered | None:
    if not places:
        return None
    match = rng.choice(places)
    new = other(match.group(), rng)
    return Altered(text[: match.start()] + new + text[match.end() :], new)


def _other(old: str, choices: Sequence[str], rng: random.Random) -> str:
    return rng.choice([choice for choice in choices if choice not in old and old not in choice] or [f"非{old}"])


def _other_digit(number: str, rng: random.Random) -> str:
    at = rng.choice([i for i, sign in enumerate(number) if sign.isdigit()])
    return number[:at] + _other(number[at], "123456789", rng) + number[at + 1 :]


def _other_date(number: str, rng: random.Random) -> str:
    year = len(number) == 4
    near = range(int(number) - 5, int(number) + 6) if year else range(1, 13)
    return str(rng.choice([each for each in near if each != int(number)]))
