"""The command line `wenju`: the composition root, which may look everywhere and which nobody imports.

In: arguments and the environment. Out: exit code 0 good, 1 the check failed, 2 wrong use or bad input.
"""

import logging
import os
import sys

import typer

from eval import commands as eval_commands
from index import commands as index_commands
from index.errors import IndexFloorError
from qa import commands as qa_commands
from qa.errors import AnswerFloorError, SettingsError
from qa.settings import Settings
from web import commands as web_commands

app = typer.Typer(
    name="wenju",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="文据 wenju: answers with documentary evidence over a folder of articles.",
)
for commands in (index_commands, qa_commands, web_commands, eval_commands):
    commands.register(app)

FLOORS = ("index", "prompts", "qa", "web", "eval")

# What is private stays private: no telemetry, no look at a hub unless the user's environment says otherwise.
ENVIRONMENT = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "LANGSMITH_TRACING": "false",
    "TOKENIZERS_PARALLELISM": "false",
    # one thread a query: a second one waits more than it works (p95 at 123,000 passages 27.7 ms of CPU, with one 18.0)
    "OPENBLAS_NUM_THREADS": "1",
}


@app.callback()
def configure(context: typer.Context) -> None:
    """Read the settings and set up logging before any command runs."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    settings = Settings.load(os.environ)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for floor in FLOORS:  # what faiss or httpx would tell of themselves is no news to our users
        logging.getLogger(floor).setLevel(settings.log.upper())
    context.obj = settings


def main() -> None:
    """Run the command line; an error is one sentence on stderr and exit code 2."""
    try:
        app()
    except (IndexFloorError, AnswerFloorError, SettingsError) as error:
        typer.echo(f"wenju: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
