"""A folder of articles in, larger folders of like text out, so that speed can be measured at several sizes.

Files that are added hold sentences of the given articles in random order with random figures: real words in real
proportions, and no two passages alike.
"""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.errors import UnreadableFile
from index.readers import SUFFIXES, read_document
from index.sentences import spans

FILE_CHARS = 12_000
PARAGRAPH = 6
DIGIT = re.compile(r"\d")


def texts_of(folder: Path) -> list[str]:
    """Return the text of every readable file of a folder."""
    return [text for _, text in sorted(_read(folder))]


def _read(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in SUFFIXES:
            source = path.relative_to(folder).as_posix()
            try:
                yield source, "\n".join(line.text for line in read_document(path, source).lines)
            except UnreadableFile:
                continue


def write_corpus(texts: Sequence[str], size: int, out: Path, *, seed: int = 0) -> int:
    """Write the texts and, up to `size` times their characters, files of shuffled sentences; return all characters."""
    out.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        (out / f"given-{number:05d}.txt").write_text(text, encoding="utf-8")
    given = sum(map(len, texts))
    rng = random.Random(seed)
    pool = [text[start:end] for text in texts for start, end in spans(text)]
    written, number = given, 0
    while written < given * size:
        text = _shuffled(pool, rng)
        (out / f"added-{number:06d}.txt").write_text(text, encoding="utf-8")
        written += len(text)
        number += 1
    return written


def _shuffled(pool: Sequence[str], rng: random.Random) -> str:
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < FILE_CHARS:
        sentences = rng.choices(pool, k=PARAGRAPH)
        paragraphs.append("".join(DIGIT.sub(lambda found: str(rng.randint(0, 9)), s) for s in sentences))
    return "\n\n".join(paragraphs)
