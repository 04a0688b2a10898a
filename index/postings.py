"""Passages in, their term counts out; counts of shards and of a generation before in, postings out."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.counting import PLACE, Bags, Numbers, count, grouped
from index.errors import IndexWriteFailed
from index.ports import Scores
from index.romanised import romanised
from index.types import Article, Passage, Rows
from index.workers import in_processes

K1, B = 1.2, 0.6
"""Chinese questions of the development gold hardly mind: all@2000ch .91 to .92 for k1 of 0.8 to 2, b of 0.3 to 0.9."""

TEXT, TITLE, HEADING = 2, 2, 1
"""How much a term of the text, of the title or of a heading counts, in halves: 0.5 to 4 gave the same within 0.01."""
SHARD = 2_000
"""Passages counted at a time: a process takes 0.25 s for them and gives back 2.5 MB; fewer join slower."""
PAYS_FROM = 5_000
"""Passages from which more processes pay: they take 0.5 s to start, and one counts 8,000 a second."""
MOST = 2**16 - 1
"""The greatest count that is kept, in halves."""

_ROW, _TERM = np.uint64(16), np.uint64(40)
"""Where row and term begin in the number that is a posting: 16 bits for the halves, 24 for the row, 24 for the term."""
_BELOW = np.uint64(2**40 - 1)

Int32 = npt.NDArray[np.int32]
Packed = npt.NDArray[np.uint64]
Fields = Mapping[str, str]
"""The title field of each article, by its id."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Term counts of passages: for each posting its term's place in the vocabulary, its row, and its halves."""

    vocabulary: Sequence[str]
    places: Int32
    rows: Int32
    halves: npt.NDArray[np.uint16]
    lengths: Int32
    """Terms of each passage, those of title and headings not among them."""


def count_terms(passages: Sequence[Passage], articles: Mapping[str, Article], *, cores: int = 1) -> Iterator[Counted]:
    """Yield the term counts of a shard of passages after the other, those of their titles and headings among them."""
    fields = {name: _title_field(article) for name, article in articles.items()}
    shards = _shards(passages, fields)
    if cores < 2 or len(passages) < PAYS_FROM:
        return (_count(None, shard) for shard in shards)
    return in_processes(cores, _count, None, shards)


def arranged(parts: Iterable[tuple[Counted, Rows]], passage_count: int) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an index: postings in order of the terms' hashes, and of the rows within a term.

    A part says which row each of its passages has now, -1 if it is gone. Raises IndexWriteFailed where there are too
    many passages or terms.
    """
    terms: dict[str, int] = {}
    lengths = np.zeros(passage_count, dtype=np.int32)
    packed = list[Packed]()
    for part, rows in parts:
        lengths[rows[rows >= 0]] = part.lengths[rows >= 0]
        packed.append(_packed(part, rows, terms))
    if max(passage_count, len(terms)) > 1 << 24:
        raise IndexWriteFailed("A folder may hold 16 million passages, and as many terms. Index it in parts.")
    hashes = hashes_of(terms)
    order = np.argsort(hashes)
    spelt = list(terms)
    starts, held, halves = _unpacked(_sorted(packed, np.argsort(order).astype(np.uint64)), len(terms))
    return {
        "hashes": hashes[order],
        "starts": starts,
        "rows": held,
        "impacts": _impacts(halves, lengths, held),
        "idf": inverse_frequency(np.diff(starts), passage_count),
        "halves": halves,
        "lengths": lengths,
        **_spelt([spelt[place] for place in order.tolist()]),
    }


def _packed(part: Counted, rows: Rows, terms: dict[str, int]) -> Packed:
    """Return a part's postings as one number each: the term's place in `terms`, which grows, then row and halves."""
    now = rows[part.rows]
    kept = now >= 0
    used, places = _relabelled(part.places[kept], len(part.vocabulary))
    known = np.array([terms.setdefault(part.vocabulary[place], len(terms)) for place in used], dtype=np.uint64)
    return known[places] << _TERM | now[kept].astype(np.uint64) << _ROW | part.halves[kept]


def _sorted(packed: list[Packed], rank: Packed) -> Packed:
    """Return all postings in order, each term by its rank instead of its place; the list is used up."""
    # in one array that is sorted in place: no order of it (8 bytes a posting) and no copies in that order
    postings = np.empty(sum(map(len, packed)), dtype=np.uint64)
    end = len(postings)
    while packed:
        part = packed.pop()
        postings[end - len(part) : end] = rank[part >> _TERM] << _TERM | part & _BELOW
        end -= len(part)
    postings.sort()
    return postings


def _unpacked(postings: Packed, term_count: int) -> tuple[npt.NDArray[np.int64], Int32, npt.NDArray[np.uint16]]:
    """Return where each term's postings begin, their rows and their halves."""
    starts = np.searchsorted(postings, np.arange(term_count + 1, dtype=np.uint64) << _TERM)
    rows = (postings >> _ROW).astype(np.int32)
    rows &= 2**24 - 1
    return starts.astype(np.int64), rows, postings.astype(np.uint16)


def hashes_of(terms: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return the 64-bit hashes by which terms are found."""
    digests = (hashlib.blake2b(term.encode(), digest_size=8).digest() for term in terms)
    return np.frombuffer(b"".join(digests), dtype="<u8")


def _shards(passages: Sequence[Passage], fields: Fields) -> Iterator[tuple[Sequence[Passage], Fields]]:
    for start in range(0, len(passages), SHARD):
        shard = passages[start : start + SHARD]
        yield shard, {name: fields[name] for name in {each.article_id for each in shard} if name in fields}


def _count(_: None, shard: tuple[Sequence[Passage], Fields]) -> Counted:
    passages, fields = shard
    paths = dict.fromkeys(passage.headings for passage in passages)
    bags = count([*(passage.text for passage in passages), *fields.values(), *map("\n".join, paths), ""])
    nothing = len(passages) + len(fields) + len(paths)
    titles = {name: at for at, name in enumerate(fields, len(passages))}
    headings = {path: at for at, path in enumerate(paths, len(passages) + len(fields))}
    weighed = (
        (np.arange(len(passages)), TEXT),
        (np.array([titles.get(passage.article_id, nothing) for passage in passages], dtype=np.int64), TITLE),
        (np.array([headings[passage.headings] for passage in passages], dtype=np.int64), HEADING),
    )
    return _weighted(bags, weighed, len(passages))


def _weighted(bags: Bags, weighed: Iterable[tuple[Numbers, int]], passage_count: int) -> Counted:
    """Return the counts of passages as the sum of bags, each given as the texts it is of and its weight."""
    fields = [(*bags.of(texts), weight) for texts, weight in weighed]
    keys = np.concatenate([rows << PLACE | places for rows, places, _, _ in fields])
    halves = np.concatenate([counts * weight for _, _, counts, weight in fields])
    keys, halves = grouped(keys, halves, np.add)
    used, places = _relabelled(keys & (1 << PLACE) - 1, len(bags.vocabulary))
    rows, _, counts, _ = fields[0]
    return Counted(
        [bags.vocabulary[place] for place in used],
        places,
        (keys >> PLACE).astype(np.int32),
        np.minimum(halves, MOST).astype(np.uint16),
        np.bincount(rows, counts, passage_count).astype(np.int32),
    )


def _relabelled(places: npt.NDArray[Any], size: int) -> tuple[Sequence[int], Int32]:
    """Return the places of a vocabulary that are in use, and the same places counted among these alone."""
    in_use = np.zeros(size, dtype=bool)
    in_use[places] = True
    return np.flatnonzero(in_use).tolist(), (np.cumsum(in_use, dtype=np.int32) - 1)[places]


def _title_field(article: Article) -> str:
    return "\n".join((article.title, article.subtitle or "", *article.authors))


def inverse_frequency(frequencies: npt.NDArray[np.int64], passage_count: int) -> Scores:
    """Return ln(1 + (N - n + 0.5) / (n + 0.5)): never negative, as in Lucene."""
    return np.log1p((passage_count - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)


def _impacts(halves: npt.NDArray[np.uint16], lengths: npt.NDArray[np.int32], rows: npt.NDArray[np.int32]) -> Scores:
    """Return the saturated count of each posting; longer passages than the mean count less."""
    counts, terms = halves.astype(np.float32), lengths.astype(np.float32)
    counts /= 2
    mean = float(terms.mean()) if len(terms) else 1.0
    norm: Scores = K1 * (1 - B + B * terms / max(mean, 1.0))
    impacts = norm[rows]
    impacts += counts
    counts *= K1 + 1
    np.divide(counts, impacts, out=impacts)
    return impacts


def _spelt(terms: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Return the letters of all terms, in their order, and the romanised names with the places they stand for."""
    encoded = [term.encode() for term in terms]
    named = [(name, place) for place, term in enumerate(terms) if (name := romanised(term))]
    names = hashes_of(name for name, _ in named)
    order = np.argsort(names, kind="stable")
    return {
        "names": names[order],
        "named": np.array([place for _, place in named], dtype=np.int32)[order],
        "letters": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        "spans": np.concatenate([[0], np.cumsum([len(word) for word in encoded])]).astype(np.int64),
    }
