"""The commands of the index floor."""

import typer


def register(app: typer.Typer) -> None:
    """Add this floor's commands to the command line."""
