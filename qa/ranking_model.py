"""Features in, a score out: a linear model whose weights stand in `ranking_weights.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.ports import Scores
from qa.rerank import NAMES

DEFAULT_PATH = Path(__file__).parent / "ranking_weights.json"


@dataclass(frozen=True, slots=True)
class RankingModel:
    """A weight for each feature that counts."""

    weights: Mapping[str, float]

    def scores(self, table: npt.NDArray[np.float32]) -> Scores:
        """Return the weighted sum of each row of `NAMES`."""
        vector = np.array([self.weights.get(name, 0.0) for name in NAMES], dtype=np.float32)
        return np.asarray(table @ vector, dtype=np.float32)


@lru_cache(maxsize=4)
def load_ranking(path: Path = DEFAULT_PATH) -> RankingModel:
    """Return the model of a file written by `python -m qa.ranking_training`."""
    return RankingModel(json.loads(path.read_text(encoding="utf-8"))["weights"])
