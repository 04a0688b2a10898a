"""Pairs of piece runs go in; a table of rows that brings the two texts of a pair together comes out.

The mean of a text's rows is its vector; a batch of pairs from one source is scored all against all, and each text
has to pick its partner (symmetric softmax, scale 16). Adam on the rows that occur, falling linearly. numpy and
scipy on one thread: 43 ms for a batch of 1,024 pairs.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-untyped]
from tokenizers import Tokenizer

from index.training.sources import Pair

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
LONGEST = 160
"""Pieces of a text that train; the rest of a longer one is left out."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the table is fitted."""

    dimension: int = 256
    steps: int = 5000
    batch: int = 1024
    rate: float = 0.02
    scale: float = 16.0
    spread: float = 0.1
    """Standard deviation of the table at the start."""
    dropped: float = 0.8
    """Up to this share of one side's pieces is left out, chosen per text: a question names but a part."""
    dropped_sources: frozenset[str] = frozenset(
        {"law", "pydoc", "ntrex_en", "tico_zh", "ntrex", "tico", "context_law", "context_wiki"}
    )
    blocks: Mapping[str, int] = field(default_factory=lambda: {"law": 16})
    """Neighbours that stay together in a batch: articles of one law are each other's hard negatives."""
    weights: Mapping[str, float] = field(
        default_factory=lambda: {
            **{"synonym": 0.3, "question_sentence": 4.0, "question_passage": 2.0, "ntrex_en": 4.0, "tico_zh": 4.0},
            **{"title_law": 0.5, "gloss_law": 1.0, "gloss_wiki": 2.0},
        }
    )
    """How much more often than its size a source is drawn; 1 where nothing is said."""


class Runs:
    """Rows of many texts, one after the other."""

    def __init__(self, tokenizer: Tokenizer, mapping: Sequence[int], texts: Sequence[str]) -> None:
        where = np.asarray(mapping, np.int64)
        parts = [
            np.asarray(code.ids[:LONGEST], np.int64)
            for start in range(0, len(texts), 4096)
            for code in tokenizer.encode_batch_fast(list(texts[start : start + 4096]))
        ]
        self.bounds = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
        self.rows = where[np.concatenate(parts)]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def take(self, chosen: Ints) -> tuple[Ints, Ints]:
        """Return the rows of the chosen texts, and the bounds of each text in them."""
        lengths = self.bounds[chosen + 1] - self.bounds[chosen]
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        places = np.repeat(self.bounds[chosen] - bounds[:-1], lengths) + np.arange(bounds[-1])
        return self.rows[places], bounds


class Fitter:
    """A table being fitted, with the two moments of Adam."""

    def __init__(self, rows: int, recipe: Recipe, seed: int) -> None:
        self.recipe = recipe
        self.rng = np.random.default_rng(seed)
        self.table = self.rng.standard_normal((rows, recipe.dimension), np.float32) * np.float32(recipe.spread)
        self.table[0] = 0
        self._first = np.zeros_like(self.table)
        self._second = np.zeros_like(self.table)
        self._step = 0

    def fit(self, sources: Mapping[str, tuple[Runs, Runs]]) -> Floats:
        """Return the table after all steps."""
        recipe = self.recipe
        names = list(sources)
        shares = np.array([len(sources[name][0]) * recipe.weights.get(name, 1.0) for name in names])
        drawn = self.rng.choice(len(names), size=recipe.steps, p=shares / shares.sum())
        orders = {name: _Order(self.rng, len(sources[name][0]), recipe.blocks.get(name, 1)) for name in names}
        losses: dict[str, list[float]] = {}
        for step, name in enumerate(names[i] for i in drawn):
            chosen = orders[name].next(recipe.batch)
            rate = recipe.rate * (1 - step / recipe.steps) + 1e-4
            loss = self._fit_batch([side.take(chosen) for side in sources[name]], rate, name in recipe.dropped_sources)
            losses.setdefault(name, []).append(loss)
            if (step + 1) % 200 == 0:
                log.info("step %d: %s", step + 1, {key: round(float(np.mean(v)), 2) for key, v in losses.items()})
                losses = {}
        return self.table

    def _fit_batch(self, sides: list[tuple[Ints, Ints]], rate: float, drop: bool) -> float:
        (rows_a, bounds_a), (rows_b, bounds_b) = sides
        bounds = np.concatenate([bounds_a, bounds_b[1:] + bounds_a[-1]])
        used, inverse = np.unique(np.concatenate([rows_a, rows_b]), return_inverse=True)
        weights = self._weights(bounds_a, bounds_b) if drop else np.ones(len(inverse), np.float32)
        shape = (len(bounds) - 1, len(used))
        pooling = sparse.csr_matrix((weights, inverse.astype(np.int32), bounds.astype(np.int32)), shape=shape)
        loss, slope = contrast(pooling @ self.table[used], self.recipe.scale)
        self._move(used, np.asarray(pooling.T @ slope), rate)
        return loss

    def _weights(self, bounds_a: Ints, bounds_b: Ints) -> Floats:
        """Return ones, with zeros where pieces of one side (drawn by chance) are left out."""
        weights = np.ones(bounds_a[-1] + bounds_b[-1], np.float32)
        second = bool(self.rng.integers(2))
        lengths = np.diff(bounds_b if second else bounds_a)
        share = self.rng.random(len(lengths)) * self.recipe.dropped * (lengths > 6)
        left_out = self.rng.random(lengths.sum()) < np.repeat(share, lengths)
        start = int(bounds_a[-1]) if second else 0
        weights[start : start + len(left_out)][left_out] = 0
        return weights

    def _move(self, used: Ints, slope: Floats, rate: float) -> None:
        self._step += 1
        first = self._first[used] * 0.9 + slope * 0.1
        second = self._second[used] * 0.999 + slope * slope * 0.001
        self._first[used], self._second[used] = first, second
        corrected = second / (1 - 0.999**self._step)
        self.table[used] -= rate * (first / (1 - 0.9**self._step)) / (np.sqrt(corrected) + 1e-8)
        self.table[0] = 0


def contrast(pooled: Floats, scale: float) -> tuple[float, Floats]:
    """Return the symmetric softmax loss of n pairs and its slope; rows 0 to n-1 pair with rows n to 2n-1."""
    count = len(pooled) // 2
    lengths = np.linalg.norm(pooled, axis=1, keepdims=True) + 1e-6
    unit = pooled / lengths
    ones, others = unit[:count], unit[count:]
    powers = np.exp((ones @ others.T - 1) * scale)
    by_row, by_column = powers / powers.sum(1, keepdims=True), powers / powers.sum(0, keepdims=True)
    right = np.arange(count)
    loss = -float((np.log(by_row[right, right] + 1e-12) + np.log(by_column[right, right] + 1e-12)).mean()) / 2
    error = by_row + by_column
    error[right, right] -= 2
    error *= np.float32(scale / 2 / count)
    slope = np.concatenate([error @ others, error.T @ ones])
    return loss, (slope - unit * (slope * unit).sum(1, keepdims=True)) / lengths


def read_runs(
    tokenizer: Tokenizer, mapping: Sequence[int], pairs: Mapping[str, list[Pair]]
) -> dict[str, tuple[Runs, Runs]]:
    """Return both sides of each source as rows."""
    return {
        name: (Runs(tokenizer, mapping, [a for a, _ in found]), Runs(tokenizer, mapping, [b for _, b in found]))
        for name, found in pairs.items()
        if found
    }


class _Order:
    """Draws the pairs of a source without repeats, blocks of neighbours kept together, over and over."""

    def __init__(self, rng: np.random.Generator, count: int, block: int) -> None:
        self._rng, self._count, self._block = rng, count, block
        self._order = self._shuffled()
        self._place = 0

    def next(self, size: int) -> Ints:
        size = min(size, len(self._order))
        if self._place + size > len(self._order):
            self._order, self._place = self._shuffled(), 0
        self._place += size
        return self._order[self._place - size : self._place]

    def _shuffled(self) -> Ints:
        if self._block == 1:
            return self._rng.permutation(self._count)
        start = int(self._rng.integers(self._block))
        blocks = self._rng.permutation((self._count - start) // self._block)
        return (start + blocks[:, None] * self._block + np.arange(self._block)).ravel()
