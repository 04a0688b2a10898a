"""Rows of features and labels in, weights out: a listwise and a logistic fit, folds by group; numpy alone."""

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
STEPS, RATE = 600, 0.03


def folds(keys: Sequence[str], *, count: int = 5, seed: int = 0) -> npt.NDArray[np.int64]:
    """Return the fold of each row: rows of the same key share one."""
    distinct = sorted(set(keys))
    random.Random(seed).shuffle(distinct)
    fold_of = {key: i % count for i, key in enumerate(distinct)}
    return np.array([fold_of[key] for key in keys])


def fit_listwise(lists: Sequence[Matrix], right: Sequence[npt.NDArray[np.bool_]], *, ridge: float = 3.0) -> Matrix:
    """Return the weights under which the right rows of each list take most of its softmax (Adam, full batch)."""
    rows, labels = np.vstack(lists), np.concatenate(right).astype(np.float64)
    starts = np.concatenate([[0], np.cumsum([len(part) for part in lists])[:-1]])
    owner = np.repeat(np.arange(len(lists)), [len(part) for part in lists])
    spread = _spread(rows)
    scaled = rows / spread
    weights = np.zeros(rows.shape[1])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        score = scaled @ weights
        exp = np.exp(score - np.maximum.reduceat(score, starts)[owner])
        all_share = exp / np.add.reduceat(exp, starts)[owner]
        good = exp * labels
        good_share = good / np.maximum(np.add.reduceat(good, starts), 1e-30)[owner]
        slope = scaled.T @ (all_share - good_share) + ridge * weights
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        rate = RATE * (1 - step / (STEPS + 1))
        weights -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-9)
    return weights / spread


def fit_logistic(rows: Matrix, labels: Matrix, *, ridge: float = 1.0, mass: Matrix | None = None) -> Matrix:
    """Return weights, the intercept last, of a ridge logistic regression (Newton)."""
    spread, centre = _spread(rows), rows.mean(axis=0)
    scaled = np.hstack([(rows - centre) / spread, np.ones((len(rows), 1))])
    penalty = np.diag([ridge] * rows.shape[1] + [1e-6])
    counts = np.ones(len(rows)) if mass is None else mass
    weights = np.zeros(scaled.shape[1])
    for _ in range(50):
        share = sigmoid(scaled @ weights)
        slope = scaled.T @ (counts * (share - labels)) + penalty @ weights
        bend = scaled.T @ (scaled * (counts * share * (1 - share))[:, None]) + penalty
        step = np.linalg.solve(bend, slope)
        weights -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - centre @ plain)


def sigmoid(values: Matrix) -> Matrix:
    """Return 1 / (1 + exp(-values)), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(values, dtype=np.float64)))


def _spread(rows: Matrix) -> Matrix:
    spread = rows.std(axis=0)
    return np.where(spread < 1e-6, 1.0, spread)
