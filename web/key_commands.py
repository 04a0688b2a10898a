"""`wenju keys` and `wenju users`: who may ask, when the server asks.

In: arguments and settings. Out: changes in the server's store; a new key is shown once.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from qa.settings import Settings
from web.principal import SCOPES, Role

if TYPE_CHECKING:
    from web.store import Store

keys = typer.Typer(no_args_is_help=True, help="API keys for bots: create, list, revoke.")
users = typer.Typer(no_args_is_help=True, help="Users who sign in on the page: add, list, remove.")

Name = Annotated[str, typer.Argument(help="a name to know it by")]


@keys.command("create")
def create_key(
    context: typer.Context,
    name: Name,
    scope: Annotated[list[str] | None, typer.Option(help="ask, read or admin; may be given several times")] = None,
) -> None:
    """Make a key and show it, this once."""
    from web import accounts

    scopes = [known for known in SCOPES if known in (scope or ["ask", "read"])]
    if unknown := set(scope or ()) - set(SCOPES):
        typer.echo(f"wenju: There is no scope {', '.join(sorted(unknown))}. Scopes are {', '.join(SCOPES)}.", err=True)
        raise typer.Exit(2)
    number, key = accounts.create_key(_store(context), name, scopes)
    typer.echo(key)
    typer.echo(f"Key {number} ({', '.join(scopes)}). It is not shown again.", err=True)


@keys.command("list")
def list_keys(context: typer.Context) -> None:
    """List the keys: id, name, scopes, when made, last used, revoked."""
    from web import accounts

    for key in accounts.keys(_store(context)):
        state = f"revoked {_day(key.revoked)}" if key.revoked else f"used {_day(key.used)}"
        typer.echo(f"{key.id}  {key.name}  {','.join(key.scopes)}  made {_day(key.created)}  {state}")


@keys.command("revoke")
def revoke_key(context: typer.Context, number: Annotated[str, typer.Argument(help="the key's id")]) -> None:
    """Revoke a key; it ends at once."""
    from web import accounts

    if not accounts.revoke_key(_store(context), number):
        typer.echo(f"wenju: There is no key {number!r} in use. `wenju keys list` shows them.", err=True)
        raise typer.Exit(2)
    typer.echo(f"Key {number} is revoked.")


@users.command("add")
def add_user(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option(help="reader or maintainer")] = "reader",
    password: Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)] = "",
) -> None:
    """Add a user, or give one a new password and role."""
    from web import accounts

    if len(password) < accounts.SHORTEST_PASSWORD:
        typer.echo(f"wenju: A password has at least {accounts.SHORTEST_PASSWORD} characters.", err=True)
        raise typer.Exit(2)
    accounts.add_user(_store(context), name, password, role)
    typer.echo(f"{name} is a {role}.")


@users.command("list")
def list_users(context: typer.Context) -> None:
    """List the users and their roles."""
    from web import accounts

    for name, role, created in accounts.users(_store(context)):
        typer.echo(f"{name}  {role}  since {_day(created)}")


@users.command("remove")
def remove_user(context: typer.Context, name: Name) -> None:
    """Remove a user and end every session."""
    from web import accounts

    if not accounts.remove_user(_store(context), name):
        typer.echo(f"wenju: There is no user {name!r}. `wenju users list` shows them.", err=True)
        raise typer.Exit(2)
    typer.echo(f"{name} is removed.")


def _store(context: typer.Context) -> "Store":
    from web.store import FILE, Store

    settings: Settings = context.obj
    return Store(settings.data / FILE)


def _day(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d") if seconds else "never"
