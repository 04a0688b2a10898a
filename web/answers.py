"""Answers given, kept so that feedback, conversations and highlights find them again.

In: the JSON shape of an answer. Out: the same later; old ones that nothing refers to are dropped.
"""

import json
import time

from qa.shapes import Shape
from web.store import Store

PRUNE_EVERY = 500  # answers between two prunings


def keep(store: Store, shape: Shape, owner: str, *, limit: int) -> None:
    """Keep an answer (without its passages, which are found again), at most `limit` that nothing refers to."""
    if limit == 0:
        return
    body = json.dumps(shape | {"passages": []}, ensure_ascii=False)
    with store.write() as connection:
        row = (shape["id"], time.time(), owner, shape["question"], body)
        added = connection.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?)", row)
        if added.lastrowid and added.lastrowid % PRUNE_EVERY == 0:
            connection.execute(
                "DELETE FROM answers WHERE id IN (SELECT id FROM answers ORDER BY created DESC LIMIT -1 OFFSET ?)"
                " AND id NOT IN (SELECT answer FROM turns) AND id NOT IN (SELECT answer FROM feedback)",
                (limit,),
            )


def find(store: Store, answer_id: str) -> Shape | None:
    """Return an answer that was kept."""
    row = store.read().execute("SELECT shape FROM answers WHERE id = ?", (answer_id,)).fetchone()
    return json.loads(row["shape"]) if row else None
