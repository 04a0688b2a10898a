"""The commands of the qa package."""

import typer


def register(app: typer.Typer) -> None:
    """Add this floor's commands to the command line."""
