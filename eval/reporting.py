"""What the evaluation refuses in, one sentence on stderr and exit code 2 out."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from eval.errors import EvaluationError


@contextmanager
def reported() -> Iterator[None]:
    """Turn what the evaluation refuses into one sentence on stderr and exit code 2."""
    try:
        yield
    except EvaluationError as error:
        typer.echo(f"wenju: {error}", err=True)
        raise typer.Exit(2) from error
