"""Dictionaries and translations in, the bilingual term list out: `python -m index.lexicon_training DATA OUT`.

Words: IBM model 1 over dictionary glosses and short translations, both ways. Phrases: whole glosses of two to four
words. Only sources whose licence allows shipping (see `SOURCES`); the list is under CC BY-SA 4.0, as CC-CEDICT is.
"""

import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.scripts import fold
from index.words import STOP_CHARACTERS, latin_words

SOURCES = ("cc-cedict", "wordnet", "tw-law", "python-docs", "ntrex", "tico19", "tatoeba")
MAX_TOKENS = 24
"""Longer sentence pairs are left out: they cost the most and say the least."""
MIN_SHARE, MIN_COUNT = 0.05, 0.9
ITERATIONS = 5
GLOSS_COPIES = 3
"""How often a dictionary entry counts beside one sentence pair."""

_HAN = re.compile("[㐀-䶿一-鿿]{1,8}")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|^\s*(?:to|the|an?)\s+(?=\w)", re.IGNORECASE)
_NAME = re.compile(r"^(?:[A-Z][\w'-]*)(?:\s+(?:of|and|the|de)?\s*[A-Z][\w'-]*)*")

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pair:
    """A Chinese and an English text that say the same, as terms."""

    chinese: tuple[str, ...]
    english: tuple[str, ...]
    gloss: bool


HELD_OUT = {"ntrex": (1996, 0.75), "tico19": (2100, 0.8)}
"""Lines between Chinese and English, and the share of them, from the first, that trains with `--hold-out`."""
LAW_BLOCK, LAW_HELD = 50, 40
"""Of the laws every 40th run of 50 is kept back with `--hold-out`: the same that index/training keeps back."""


def main(data: Path, out: Path, *, hold_out: bool = False) -> None:
    """Train on the folders of `data` and write the list to `out` (gzip, keys in byte order).

    With `hold_out`, without the lines on which searching across languages is measured.
    """
    pairs = list(read_pairs(data, hold_out=hold_out))
    to_chinese = [*shares(phrases(pairs), limit=2), *shares(translations(pairs), limit=4)]
    to_english = shares(translations([_turned(pair) for pair in pairs if _common(pair)]), limit=2)
    lines = sorted(f"{key}\t{' '.join(found)}\n".encode() for key, found in (*to_chinese, *to_english))
    out.write_bytes(gzip.compress(b"".join(lines), mtime=0))
    sys.stderr.write(f"{len(pairs)} pairs, {len(lines)} keys, {out.stat().st_size} bytes\n")


def _common(pair: Pair) -> bool:
    """Whether a pair helps Chinese questions over English text: no idioms and no rare characters."""
    return not pair.gloss or (2 <= len(pair.chinese[0]) <= 3 and len(pair.english) <= 2)


def read_pairs(data: Path, *, hold_out: bool = False) -> Iterator[Pair]:
    """Yield the Chinese-English pairs of the sources, dictionary entries one a gloss."""
    for source in SOURCES:
        with gzip.open(data / source / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = (row for row in map(json.loads, lines) if {row["lang_a"], row["lang_b"]} == {"zh", "en"})
            for place, row in enumerate(rows):
                if hold_out and is_held_out(source, place):
                    continue
                chinese, english = (row["a"], row["b"]) if row["lang_a"] == "zh" else (row["b"], row["a"])
                yield from _pairs(chinese, english, gloss=row["kind"] in ("dictionary", "wordnet"))


def is_held_out(source: str, place: int) -> bool:
    """Tell whether the pair at this place of a source is for measuring."""
    if source == "tw-law":
        return place // LAW_BLOCK % LAW_HELD == 0
    count, trained = HELD_OUT.get(source, (0, 1.0))
    return place >= count * trained and count > 0


def _pairs(chinese: str, english: str, *, gloss: bool) -> Iterator[Pair]:
    if gloss:
        head = fold(chinese)
        if _HAN.fullmatch(head):
            for text in dict.fromkeys(_glosses(english)):
                words = tuple(latin_words(fold(text)))
                if words:
                    yield Pair((head,), words[:MAX_TOKENS], gloss=True)
        return
    pair = Pair(tuple(_han_words(chinese)), tuple(dict.fromkeys(latin_words(fold(english)))), gloss=False)
    if 0 < len(pair.chinese) <= MAX_TOKENS and 0 < len(pair.english) <= MAX_TOKENS:
        yield pair


def _glosses(english: str) -> Iterator[str]:
    """Yield each gloss without asides; of `Ningbo, city in Zhejiang` the name alone."""
    for gloss in english.split(";"):
        text = _ASIDE.sub("", gloss.strip()).strip()
        text = _ASIDE.sub("", text).strip()
        name = _NAME.match(text)
        yield name.group() if name else text.split(", ")[0]


def _han_words(text: str) -> Iterable[str]:
    import rjieba

    words = rjieba.cut(fold(text))
    return dict.fromkeys(word for word in words if word not in STOP_CHARACTERS and _HAN.fullmatch(word))


def phrases(pairs: Iterable[Pair]) -> dict[str, dict[str, float]]:
    """Return the headwords of each gloss of two or three words."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in pairs:
        if pair.gloss and 2 <= len(pair.english) <= 3 and 2 <= len(pair.chinese[0]) <= 6:
            headwords = found[" ".join(pair.english)]
            headwords[pair.chinese[0]] = headwords.get(pair.chinese[0], 0.0) + 1
    return found


def translations(pairs: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """Return the shares of each source word's translations by IBM model 1.

    Dictionary and sentences are normalised apart and averaged: laws are many, and say `事业` for every enterprise.
    """
    sources, targets, cells = _cells(pairs)
    keys, cell_of = np.unique(cells.source.astype(np.int64) * len(targets) + cells.target, return_inverse=True)
    source_of = (keys // len(targets)).astype(np.int32)
    fraction = chance = np.ones(len(keys))
    for _ in range(ITERATIONS):
        fraction = chance[cell_of]
        total = np.add.reduceat(fraction, cells.starts)
        fraction /= np.repeat(total, np.diff(np.append(cells.starts, len(fraction))))
        counts = np.bincount(cell_of, weights=fraction * np.where(cells.gloss, GLOSS_COPIES, 1), minlength=len(keys))
        chance = counts / np.bincount(source_of, weights=counts)[source_of]
    averaged = np.zeros(len(keys))
    for kind in (cells.gloss, ~cells.gloss):
        part = np.bincount(cell_of, weights=fraction * kind, minlength=len(keys))
        totals = np.bincount(source_of, weights=part)
        averaged += np.divide(part, totals[source_of], out=np.zeros(len(keys)), where=totals[source_of] >= MIN_COUNT)
    return _kept(list(sources), list(targets), keys, averaged)


@dataclass(frozen=True, slots=True)
class _Cells:
    """Every (source word, target word) of every pair, those of one target word together."""

    source: Ids
    target: Ids
    gloss: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.int64]


def _cells(pairs: Sequence[Pair]) -> tuple[dict[str, int], dict[str, int], _Cells]:
    from array import array

    sources: dict[str, int] = {"": 0}
    targets: dict[str, int] = {}
    source, target, gloss, sizes = array("i"), array("i"), array("b"), array("i")
    for pair in pairs:
        ids = [0] * (not pair.gloss) + [sources.setdefault(word, len(sources)) for word in pair.english]
        for word in pair.chinese:
            source.extend(ids)
            target.extend([targets.setdefault(word, len(targets))] * len(ids))
            gloss.extend([pair.gloss] * len(ids))
            sizes.append(len(ids))
    starts = np.concatenate([[0], np.cumsum(np.asarray(sizes, dtype=np.int64))[:-1]])
    cells = _Cells(np.asarray(source), np.asarray(target), np.asarray(gloss).astype(bool), starts)
    return sources, targets, cells


def _kept(
    sources: list[str], targets: list[str], keys: npt.NDArray[np.int64], shares: npt.NDArray[np.float64]
) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for place in np.flatnonzero(shares >= MIN_SHARE):
        source, target = divmod(int(keys[place]), len(targets))
        if source:
            found[sources[source]][targets[target]] = float(shares[place])
    return found


def shares(table: dict[str, dict[str, float]], *, limit: int) -> Iterator[tuple[str, list[str]]]:
    """Yield each key with its commonest translations as `term:percent`."""
    for key, counts in table.items():
        total = sum(counts.values())
        best = [(term, round(100 * count / total)) for term, count in nlargest(limit, counts.items(), key=_count)]
        kept = [f"{term}:{share}" for term, share in best if share >= 100 * MIN_SHARE]
        if kept:
            yield key, kept


def _count(item: tuple[str, float]) -> float:
    return item[1]


def _turned(pair: Pair) -> Pair:
    return Pair(pair.english, pair.chinese, pair.gloss)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), hold_out="--hold-out" in sys.argv)
