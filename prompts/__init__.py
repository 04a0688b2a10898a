"""A prompt's name and its variables in, its text out; the prompts are the .j2 files beside this one."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def render(name: str, **variables: object) -> str:
    """Return the prompt `name` (as `answer.zh`). Raises jinja2.UndefinedError where a variable is missing."""
    return _environment().get_template(f"{name}.j2").render(**variables)


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # prompts are plain text for a model: nothing is escaped as HTML
    return Environment(
        loader=PackageLoader("prompts", "."),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
