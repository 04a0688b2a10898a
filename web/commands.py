"""The commands of the web package: `wenju serve`, `wenju keys`, `wenju users`.

In: arguments and settings. Out: a running server, and its address on stdout.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from qa.errors import SettingsError
from qa.settings import Settings
from web.key_commands import keys, users
from web.principal import LOOPBACK


def register(app: typer.Typer) -> None:
    """Add this floor's commands to the command line."""
    app.command("serve")(serve)
    app.add_typer(keys, name="keys")
    app.add_typer(users, name="users")


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="address to bind")] = None,
    port: Annotated[int | None, typer.Option(help="port to bind, 0 for any free one")] = None,
    index: Annotated[Path | None, typer.Option(help="folder of the index")] = None,
    workers: Annotated[int | None, typer.Option(help="server processes")] = None,
    insecure: Annotated[bool, typer.Option(help="bind any address without auth")] = False,
) -> None:
    """Serve the chat page and the API."""
    given = {"host": host, "port": port, "index": index, "workers": workers, "insecure": insecure or None}
    settings = with_options(context.obj, {name: value for name, value in given.items() if value is not None})
    check_address(settings)
    from web.server import run

    run(settings, announce=typer.echo)


def with_options(settings: Settings, options: dict[str, object]) -> Settings:
    """Return the settings with command line options, which the server's processes read from the environment."""
    os.environ.update({f"WENJU_{name.upper()}": str(value) for name, value in options.items()})
    return Settings.load(os.environ) if options else settings


def check_address(settings: Settings) -> None:
    """Refuse an address that others can reach while nobody has to sign in. Raises SettingsError."""
    if settings.host in LOOPBACK or settings.auth or settings.insecure:
        return
    raise SettingsError(
        f"{settings.host} can be reached by others and auth is off. Set WENJU_AUTH=1 (then `wenju users add` and"
        " `wenju keys create`), bind 127.0.0.1, or say --insecure."
    )
