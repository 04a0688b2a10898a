"""Passages in, their weighted term counts out; the counts of shards joined into postings in order of terms."""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.types import Article, Passage
from index.words import term_counts
from index.workers import in_processes

TITLE_WEIGHT, HEADING_WEIGHT = 1.0, 0.5
"""How much a term of the title or of a heading counts beside one of the text: 0.5 to 4 gave the same within 0.01."""
SHARD = 1_000
"""Passages counted at a time: a process takes 0.3 s for them and gives back 1.5 MB."""
PAYS_FROM = 5_000
"""Passages from which more processes pay: they take 0.5 s to start, and one counts 3,000 a second."""

Fields = Mapping[str, str]
"""The title field of each article, by its id."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Term counts of passages, row by row: `sizes[row]` postings, each a place in the vocabulary and a count."""

    vocabulary: Sequence[str]
    places: npt.NDArray[np.int32]
    counts: npt.NDArray[np.float32]
    sizes: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.float32]
    """Terms of each passage, those of title and headings not among them."""


def count_terms(passages: Sequence[Passage], articles: Mapping[str, Article], *, cores: int = 1) -> Counted:
    """Return the term counts of passages with those of their titles and headings; many are counted by processes."""
    fields = {name: _title_field(article) for name, article in articles.items()}
    if cores < 2 or len(passages) < PAYS_FROM:
        return _count(None, (passages, fields))
    return _joined(in_processes(cores, _count, None, _shards(passages, fields)))


def hash_of(term: str) -> np.uint64:
    """Return the 64-bit hash by which a term is found."""
    return np.uint64(int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little"))


def _shards(passages: Sequence[Passage], fields: Fields) -> Iterator[tuple[Sequence[Passage], Fields]]:
    for start in range(0, len(passages), SHARD):
        shard = passages[start : start + SHARD]
        yield shard, {name: fields[name] for name in {each.article_id for each in shard} if name in fields}


def _count(_: None, shard: tuple[Sequence[Passage], Fields]) -> Counted:
    passages, fields = shard
    titles = {name: term_counts(field) for name, field in fields.items()}
    paths = {path: term_counts("\n".join(path)) for path in {passage.headings for passage in passages}}
    ids: dict[str, int] = {}
    places, counts, sizes, lengths = array("i"), array("f"), array("i"), array("f")
    for passage in passages:
        weighted: dict[str, float] = dict(term_counts(passage.text))
        lengths.append(sum(weighted.values()))
        _add(weighted, titles.get(passage.article_id, {}), TITLE_WEIGHT)
        _add(weighted, paths[passage.headings], HEADING_WEIGHT)
        places.extend([ids.setdefault(term, len(ids)) for term in weighted])
        counts.extend(weighted.values())
        sizes.append(len(weighted))
    return Counted(
        list(ids),
        np.asarray(places, dtype=np.int32),
        np.asarray(counts, dtype=np.float32),
        np.asarray(sizes, dtype=np.int32),
        np.asarray(lengths, dtype=np.float32),
    )


def _joined(parts: Iterable[Counted]) -> Counted:
    """Return the counts of passages that follow each other as those of one vocabulary."""
    ids: dict[str, int] = {}
    pieces = []
    for part in parts:
        known = np.array([ids.setdefault(term, len(ids)) for term in part.vocabulary], dtype=np.int32)
        pieces.append((known[part.places], part.counts, part.sizes, part.lengths))
    places, counts, sizes, lengths = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return Counted(list(ids), places, counts, sizes, lengths)


def _title_field(article: Article) -> str:
    return "\n".join((article.title, article.subtitle or "", *article.authors))


def _add(counts: dict[str, float], others: Mapping[str, int], weight: float) -> None:
    for term, count in others.items():
        counts[term] = counts.get(term, 0.0) + weight * count
