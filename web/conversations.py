"""Conversations of a reader: kept, listed, searched, renamed, deleted, exported.

In: answers as JSON, one after another. Out: the same later, and Markdown with references.
"""

import json
import secrets
import time
from dataclasses import dataclass

from qa.shapes import Shape
from qa.types import Turn
from web.i18n import Words
from web.reading import byline
from web.store import Store

TITLE = 60
NEAREST = 8  # passages kept of a refusal, which names their articles
REMEMBERED = 6  # turns that a follow-up may refer to


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation in a list."""

    id: str
    title: str
    updated: float


def begin(store: Store, owner: str, question: str) -> str:
    """Return the id of a new conversation named after its first question."""
    name, now = secrets.token_urlsafe(9), time.time()
    with store.write() as connection:
        connection.execute(
            "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)", (name, owner, _title(question), now, now)
        )
    return name


def add(store: Store, conversation: str, owner: str, shape: Shape) -> int:
    """Add an answer to a conversation; return the turn's number."""
    now = time.time()
    nearest = shape["passages"][:NEAREST] if shape["abstained"] else []
    body = json.dumps(shape | {"passages": nearest}, ensure_ascii=False)
    with store.write() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", (shape["id"], now, owner, shape["question"], body)
        )
        connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now, conversation))
        added = connection.execute(
            "INSERT INTO turns (conversation, answer) VALUES (?, ?)", (conversation, shape["id"])
        )
    return int(added.lastrowid or 0)


def find(store: Store, conversation: str, owner: str) -> Conversation | None:
    """Return a conversation of this owner."""
    row = store.read().execute(
        "SELECT id, title, updated FROM conversations WHERE id = ? AND owner = ?", (conversation, owner)
    )
    found = row.fetchone()
    return Conversation(*found) if found else None


def turns(store: Store, conversation: str) -> list[tuple[int, Shape]]:
    """Return the numbered answers of a conversation, oldest first."""
    rows = store.read().execute(
        "SELECT turns.id, shape FROM turns JOIN answers ON answers.id = turns.answer"
        " WHERE conversation = ? ORDER BY turns.id",
        (conversation,),
    )
    return [(number, json.loads(shape)) for number, shape in rows]


def history(store: Store, conversation: str) -> tuple[Turn, ...]:
    """Return the last turns as the answer floor's noun."""
    said: list[Turn] = []
    for _, shape in turns(store, conversation)[-REMEMBERED:]:
        said += [Turn("user", shape["question"]), Turn("assistant", shape["answer"])]
    return tuple(said)


def listed(store: Store, owner: str, query: str = "", *, limit: int = 50) -> list[Conversation]:
    """Return an owner's conversations, newest first; with a query those that hold it in title, question or answer."""
    like = "%" + query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = store.read().execute(
        "SELECT id, title, updated FROM conversations WHERE owner = ? AND (title LIKE ? ESCAPE '\\' OR EXISTS ("
        " SELECT 1 FROM turns JOIN answers ON answers.id = turns.answer WHERE turns.conversation = conversations.id"
        " AND (answers.question LIKE ? ESCAPE '\\' OR json_extract(answers.shape, '$.answer') LIKE ? ESCAPE '\\')))"
        " ORDER BY updated DESC LIMIT ?",
        (owner, like, like, like, limit),
    )
    return [Conversation(*row) for row in rows]


def rename(store: Store, conversation: str, title: str) -> None:
    """Give a conversation another title."""
    with store.write() as connection:
        connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (_title(title), conversation))


def delete(store: Store, conversation: str) -> None:
    """Delete a conversation and the answers that nothing else refers to."""
    with store.write() as connection:
        told = connection.execute("SELECT answer FROM turns WHERE conversation = ?", (conversation,)).fetchall()
        connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
        connection.executemany(
            "DELETE FROM answers WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM feedback WHERE answer = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM turns WHERE answer = ?1)",
            told,
        )


def markdown(title: str, told: list[tuple[int, Shape]], words: Words) -> str:
    """Return a conversation as Markdown, every marker with its quote, article and place."""
    lines = [f"# {_plain(title)}", ""]
    for _, shape in told:
        lines += [f"## {_plain(shape['question'])}", "", _plain(shape["answer"]), ""]
        for citation in shape["citations"]:
            article = citation["article"]
            place = " · ".join(part for part in (byline(article), article["source"]) if part)
            lines += [f"- [{citation['marker']}] “{_plain(citation['quote'])}”", f"  — {_plain(article['title'])}"]
            lines[-1] += f" ({_plain(place)})"
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _plain(text: str) -> str:
    """Return text that Markdown shows as it stands: what would begin markup or HTML is escaped."""
    escaped = "".join("\\" + c if c in "\\`*_<>#|" else c for c in text)
    return escaped.replace("\r", " ").replace("\n", "  \n")


def _title(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"
