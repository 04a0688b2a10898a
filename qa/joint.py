"""The likelihoods of sentences for each part of a question in, the windows to quote out, chosen together.

All parts share one room, so that their windows are weighed together: one that answers two parts needs no second, and a
wide one gives way to two that each answer a part. Chosen one after the other the first took the room of the second: of
our own questions in parts (`eval/sample/parts.jsonl`) recall is .90 together and .85 one by one, out of fold on the
development gold .77 both ways. Left out: a bonus for windows of one article, which costs .12 of the two-part questions,
as many are answered from two; and the root of each part's likelihood in the place of the sum.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Shares = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.int64]
Window = tuple[int, ...]

KEPT = 30
"""Windows weighed for each part."""
COST = 0.0001
"""What a character costs in likelihood."""
ENOUGH = 0.25
"""What a further window must add in likelihood over all parts: .13 quotes more that is beside the point."""
WIDEST, OVER = 250, 0.002
"""Characters that windows together may have where the room does not hold them, and what each over it costs."""


def together(windows: Sequence[Window], plans: Sequence[Shares], lengths: Lengths, room: int) -> list[Window]:
    """Return the windows that together answer the parts best, in the order of the parts.

    `plans` are the likelihoods of the sentences for each part, `lengths` their characters, white space aside.
    """
    held = np.zeros((len(windows), len(lengths)), dtype=bool)
    for row, window in enumerate(windows):
        held[row, list(window)] = True
    size, mass = held @ lengths, held @ np.stack(plans).T
    kept = np.unique(np.argsort(-(mass - COST * size[:, None]), axis=0)[:KEPT])
    held, size, mass = held[kept], size[kept], mass[kept]
    chosen = _best(held, size, mass, room)
    for _ in range(len(plans) - 2):
        chosen += _further(chosen, held, size, mass, room)
    found = {at: windows[kept[at]] for at in chosen}
    return [found[at] for at in sorted(found, key=lambda at: (int(mass[at].argmax()), found[at]))]


def _best(held: npt.NDArray[np.bool_], size: Lengths, mass: Shares, room: int) -> list[int]:
    """Return the likeliest window, or the pair of windows where that is likelier by enough."""
    single = mass.sum(axis=1) - COST * size
    total = size[:, None] + size[None, :]
    pairs = single[:, None] + single[None, :] - OVER * np.maximum(0, total - room)
    overlap = held.astype(np.int64) @ held.T.astype(np.int64)
    pairs[(overlap > 0) | (total > WIDEST)] = -np.inf
    if pairs.max() > single.max() + ENOUGH:
        return [int(at) for at in np.unravel_index(int(pairs.argmax()), pairs.shape)]
    return [int(single.argmax())]


def _further(chosen: Sequence[int], held: npt.NDArray[np.bool_], size: Lengths, mass: Shares, room: int) -> list[int]:
    """Return one more window where it adds enough and there is room."""
    used = held[list(chosen)].any(axis=0)
    gain = mass.sum(axis=1) - COST * size
    gain[(held @ used) | (size + size[list(chosen)].sum() > room)] = -np.inf
    return [int(gain.argmax())] if gain.max() > ENOUGH else []
