"""The server's own memory, a SQLite file: its connections and the migrations of its schema.

In: the path of the file. Out: `Store`, whose `write` and `read` give connections; what stands in it is written by
answers.py, conversations.py, feedback.py and accounts.py.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.errors import SettingsError

FILE = "server.sqlite"
"""The store's name in the folder of data."""

# One script a version, never changed once released: a file of version n runs the scripts n and following.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE answers (
        id TEXT PRIMARY KEY, created REAL NOT NULL, owner TEXT NOT NULL, question TEXT NOT NULL, shape TEXT NOT NULL
    ) STRICT;
    CREATE INDEX answers_by_age ON answers (created);
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created REAL NOT NULL, updated REAL NOT NULL
    ) STRICT;
    CREATE INDEX conversations_by_owner ON conversations (owner, updated);
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY,
        conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        answer TEXT NOT NULL REFERENCES answers (id)
    ) STRICT;
    CREATE INDEX turns_by_conversation ON turns (conversation, id);
    CREATE INDEX turns_by_answer ON turns (answer);
    CREATE TABLE feedback (
        id INTEGER PRIMARY KEY, created REAL NOT NULL, owner TEXT NOT NULL,
        answer TEXT NOT NULL REFERENCES answers (id),
        rating INTEGER NOT NULL, label TEXT, comment TEXT, gold INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE UNIQUE INDEX feedback_by_answer ON feedback (answer, owner);
    CREATE TABLE users (
        name TEXT PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, created REAL NOT NULL
    ) STRICT;
    CREATE TABLE sessions (
        hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE, expires REAL NOT NULL
    ) STRICT;
    CREATE TABLE keys (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
        created REAL NOT NULL, used REAL, revoked REAL
    ) STRICT;
    CREATE TABLE attempts (who TEXT NOT NULL, at REAL NOT NULL) STRICT;
    CREATE INDEX attempts_by_who ON attempts (who, at);
    """,
)


class Store:
    """One SQLite file in WAL mode, one connection a thread; several server processes may share it.

    Raises SettingsError when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self.write() as connection:
                migrate(connection)
        except (OSError, sqlite3.Error) as error:
            detail = f"{path} cannot be opened or written: {error}. Mend it, or choose another folder with WENJU_DATA."
            raise SettingsError(detail) from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give a connection inside a transaction that is kept if the block ends well."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def read(self) -> sqlite3.Connection:
        """Return this thread's connection, for reading."""
        return self._connection()

    def close(self) -> None:
        """Close every connection."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = _connect(self.path)
            self._all.append(found)
        return found


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to the newest version, inside the caller's transaction."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        for statement in script.split(";"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")


def _connect(path: Path) -> sqlite3.Connection:
    # check_same_thread: only `close` crosses threads, when no other works any more
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
