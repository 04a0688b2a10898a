"""Who asks: the scopes and roles that a request can have.

In: nothing. Out: `Principal`, and the one that everybody is while auth is off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Scope = Literal["ask", "read", "admin"]
Role = Literal["reader", "maintainer"]

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Addresses that nobody but one's own machine reaches."""

SCOPES: tuple[Scope, ...] = ("ask", "read", "admin")
SCOPES_OF_ROLE: Mapping[Role, frozenset[Scope]] = {
    "reader": frozenset({"ask", "read"}),
    "maintainer": frozenset(SCOPES),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A user, or a bot with a key: a name that owns conversations, and what it may do."""

    name: str
    scopes: frozenset[Scope]
    signed_in: bool = False

    def may(self, scope: Scope) -> bool:
        """Whether this one may do what the scope stands for; `admin` may do everything."""
        return scope in self.scopes or "admin" in self.scopes


LOCAL = Principal("local", frozenset(SCOPES))
"""Everybody, while auth is off: on one's own machine nobody has to sign in."""
