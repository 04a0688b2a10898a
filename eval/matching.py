"""Two texts in, out whether one holds, says or overlaps the other.

Every measure compares texts through this file. They are compared squashed: NFKC, white space removed. The
rules are those of the shared scorer (DESIGN 4.3), and a test holds the two together.
"""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from eval.types import Evidence

NUMBER = re.compile(r"\d+(?:\.\d+)?")
MARKER = re.compile(r"\[\d+\]")
RUN = 8  # a shorter common run is chance: two Chinese articles on one subject share many runs of 4 to 6 characters
ENOUGH = 0.8
QUOTE_CHARS = 200
OVERLAP_RUN = 12


@lru_cache(maxsize=20_000)
def squash(text: str) -> str:
    """Return the text after NFKC without white space, so that layout does not count.

    >>> squash("２．４ 倍\\n和")
    '2.4倍和'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=200_000)
def holds(text: str, quote: str) -> bool:
    """Return whether a text holds an evidence quote: whole, or 80 % of it in two runs with every number."""
    sought, there = squash(quote), squash(text)
    if sought in there:
        return True
    if not set(NUMBER.findall(sought)) <= set(NUMBER.findall(there)):
        return False
    # no common run of 8 means no countable block: 97 of 100 pairs end here, at a hundredth of the cost
    if not any(sought[i : i + RUN] in there for i in range(len(sought) - RUN + 1)):
        return False
    blocks = SequenceMatcher(None, there, sought, autojunk=False).get_matching_blocks()
    longest = sorted((block.size for block in blocks), reverse=True)[:2]
    return sum(size for size in longest if size >= RUN) >= ENOUGH * len(sought)


def holds_group(text: str, group: Sequence[Evidence]) -> bool:
    """Return whether a text holds any quote of an evidence group."""
    return any(holds(text, evidence.quote) for evidence in group)


@lru_cache(maxsize=20_000)
def _saying(alternative: str) -> re.Pattern[str]:
    sought = squash(alternative).casefold()
    before = r"(?<![\d.])" if sought[:1].isdigit() else ""
    after = r"(?!\.?\d)" if sought[-1:].isdigit() else ""
    return re.compile(before + re.escape(sought) + after)


def says(text: str, alternative: str) -> bool:
    """Return whether a squashed, case-folded text says an accepted answer; a number must be the whole number."""
    return _saying(alternative).search(text) is not None


def overlaps(quote: str, evidence: str) -> bool:
    """Return whether a cited quote and an evidence quote share 12 characters in a run and half the shorter one.

    A quote over 200 characters overlaps nothing: citing everything is not citing.
    """
    cited, sought = squash(quote), squash(evidence)
    if not cited or len(cited) > QUOTE_CHARS:
        return False
    run = SequenceMatcher(None, cited, sought, autojunk=False).find_longest_match().size
    return run >= min(OVERLAP_RUN, len(sought)) and run >= 0.5 * min(len(cited), len(sought))


def without_markers(text: str) -> str:
    """Return an answer without its citation markers."""
    return MARKER.sub("", text)
