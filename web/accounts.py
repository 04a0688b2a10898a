"""Users, sessions and API keys, kept so that a stolen file gives nobody away.

In: names, passwords, keys. Out: principals. Passwords are kept as argon2id, keys and session tokens as SHA-256 (they
are long and random: nothing to guess).
"""

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.principal import SCOPES, SCOPES_OF_ROLE, Principal, Role, Scope
from web.store import Store

SESSION_SECONDS = 14 * 24 * 3600
SHORTEST_PASSWORD = 10
ATTEMPTS = 5  # failed sign-ins of a name or an address within WINDOW; then every further one is refused
WINDOW = 300.0
SEEN_EVERY = 60.0  # seconds between two notes of a key's last use


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as it is listed; the key itself is shown once, when it is made."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created: float
    used: float | None
    revoked: float | None


def create_key(store: Store, name: str, scopes: Sequence[Scope], *, now: float | None = None) -> tuple[str, str]:
    """Return id and key of a new key; only its hash is kept."""
    key, number = f"wj_{secrets.token_urlsafe(32)}", secrets.token_hex(4)
    row = (number, name, _hash(key), " ".join(scopes), now or time.time())
    with store.write() as connection:
        connection.execute("INSERT INTO keys (id, name, hash, scopes, created) VALUES (?, ?, ?, ?, ?)", row)
    return number, key


def keys(store: Store) -> list[Key]:
    """Return every key, revoked ones too, oldest first."""
    rows = store.read().execute("SELECT id, name, scopes, created, used, revoked FROM keys ORDER BY created")
    return [Key(row[0], row[1], _scopes(row[2]), *row[3:]) for row in rows]


def revoke_key(store: Store, number: str) -> bool:
    """Revoke a key at once; return whether there was one to revoke."""
    with store.write() as connection:
        done = connection.execute("UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL", (time.time(), number))
    return done.rowcount == 1


def principal_of_key(store: Store, key: str) -> Principal | None:
    """Return whom a key stands for, noting its use; None for an unknown or revoked one."""
    row = (
        store.read()
        .execute("SELECT id, scopes, used FROM keys WHERE hash = ? AND revoked IS NULL", (_hash(key),))
        .fetchone()
    )
    if row is None:
        return None
    now = time.time()
    if now - (row["used"] or 0.0) > SEEN_EVERY:
        with store.write() as connection:
            connection.execute("UPDATE keys SET used = ? WHERE id = ?", (now, row["id"]))
    return Principal(f"key:{row['id']}", frozenset(_scopes(row["scopes"])))


def add_user(store: Store, name: str, password: str, role: Role) -> None:
    """Add a user, or give an existing one a new password and role; open sessions of that user end."""
    row = (name, PasswordHasher().hash(password), role, time.time())
    with store.write() as connection:
        connection.execute("DELETE FROM sessions WHERE user = ?", (name,))
        connection.execute(
            "INSERT INTO users VALUES (?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET password = excluded.password, role = excluded.role",
            row,
        )


def remove_user(store: Store, name: str) -> bool:
    """Remove a user; return whether there was one."""
    with store.write() as connection:
        return connection.execute("DELETE FROM users WHERE name = ?", (name,)).rowcount == 1


def users(store: Store) -> list[tuple[str, Role, float]]:
    """Return name, role and date of every user."""
    return [tuple(row) for row in store.read().execute("SELECT name, role, created FROM users ORDER BY name")]


def sign_in(store: Store, name: str, password: str) -> str | None:
    """Return the token of a new session, or None; the same work is done for a name that does not exist."""
    row = store.read().execute("SELECT password FROM users WHERE name = ?", (name,)).fetchone()
    kept = row["password"] if row else NOBODY
    try:
        PasswordHasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return None
    token = secrets.token_urlsafe(32)
    with store.write() as connection:
        connection.execute("DELETE FROM sessions WHERE expires < ?", (time.time(),))
        connection.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_hash(token), name, time.time() + SESSION_SECONDS))
    return token


def sign_out(store: Store, token: str) -> None:
    """End a session."""
    with store.write() as connection:
        connection.execute("DELETE FROM sessions WHERE hash = ?", (_hash(token),))


def principal_of_session(store: Store, token: str) -> Principal | None:
    """Return the user of a session that has not ended."""
    row = (
        store.read()
        .execute(
            "SELECT name, role FROM sessions JOIN users ON users.name = sessions.user WHERE hash = ? AND expires > ?",
            (_hash(token), time.time()),
        )
        .fetchone()
    )
    return Principal(row["name"], SCOPES_OF_ROLE[row["role"]], signed_in=True) if row else None


def too_many_attempts(store: Store, who: Sequence[str]) -> bool:
    """Whether a name or an address failed to sign in too often of late."""
    since = time.time() - WINDOW
    marks = ", ".join("?" * len(who))
    rows = store.read().execute(
        f"SELECT count(*) AS failed FROM attempts WHERE at > ? AND who IN ({marks}) GROUP BY who", (since, *who)
    )
    return any(row["failed"] >= ATTEMPTS for row in rows)


def note_attempt(store: Store, who: Sequence[str]) -> None:
    """Note a failed sign-in of a name and an address."""
    now = time.time()
    with store.write() as connection:
        connection.execute("DELETE FROM attempts WHERE at < ?", (now - WINDOW,))
        connection.executemany("INSERT INTO attempts VALUES (?, ?)", [(one, now) for one in who])


# The hash of a random password that nobody knows: verifying against it takes as long as against a user's.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$s4HzwmZrDFRw++yWbWvRhg$2oYWf9MRNumsM5sOR2w85YymlGoH+7bcc2ZwfJY5yyk"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _scopes(text: str) -> tuple[Scope, ...]:
    return tuple(scope for scope in SCOPES if scope in text.split())
