"""What readers think of answers: kept, listed for maintainers, and turned into gold questions.

In: ratings of kept answers. Out: rows for the list, and lines of the gold format.
"""

import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from qa.shapes import Shape
from web.store import Store

LABELS: Sequence[str] = ("wrong_source", "not_in_corpus", "wrong_answer", "incomplete", "other")


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's opinion of one answer."""

    id: int
    created: float
    owner: str
    rating: int
    label: str | None
    comment: str | None
    gold: bool
    answer: Shape


def give(
    store: Store, answer_id: str, owner: str, *, rating: int, label: str | None = None, comment: str | None = None
) -> int | None:
    """Keep an opinion, replacing the reader's earlier one; return its id, or None for an answer nobody knows."""
    with store.write() as connection:
        if not connection.execute("SELECT 1 FROM answers WHERE id = ?", (answer_id,)).fetchone():
            return None
        row = connection.execute(
            "INSERT INTO feedback (created, owner, answer, rating, label, comment) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (answer, owner) DO UPDATE SET created = excluded.created, rating = excluded.rating,"
            " label = excluded.label, comment = excluded.comment RETURNING id",
            (time.time(), owner, answer_id, rating, label, comment),
        ).fetchone()
    return int(row["id"])


def listed(store: Store, *, limit: int = 200) -> list[Feedback]:
    """Return the newest opinions first."""
    return [_row(row) for row in store.read().execute(f"{SELECT} ORDER BY feedback.created DESC LIMIT ?", (limit,))]


def find(store: Store, feedback_id: int) -> Feedback | None:
    """Return one opinion."""
    row = store.read().execute(f"{SELECT} WHERE feedback.id = ?", (feedback_id,)).fetchone()
    return _row(row) if row else None


def note_gold(store: Store, feedback_id: int) -> None:
    """Note that an opinion became a gold question."""
    with store.write() as connection:
        connection.execute("UPDATE feedback SET gold = 1 WHERE id = ?", (feedback_id,))


SELECT = (
    "SELECT feedback.id, feedback.created, feedback.owner, rating, label, comment, gold, shape"
    " FROM feedback JOIN answers ON answers.id = feedback.answer"
)


def _row(row: sqlite3.Row) -> Feedback:
    values = dict(row)
    answer = json.loads(values.pop("shape"))
    return Feedback(**values | {"gold": bool(values["gold"])}, answer=answer)
