"""Settings in, checks out: what is installed and configured, and whether it works (`wenju doctor`)."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from index.errors import IndexFloorError
from qa.errors import AnswerFloorError
from qa.settings import Settings

PATIENCE = 3.0
"""Seconds that the LLM's endpoint has to tell that it lives."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `ok` is false only where something is configured and does not work."""

    name: str
    ok: bool
    detail: str

    def shape(self) -> dict[str, Any]:
        """Return the check as JSON shows it."""
        return asdict(self)


def examine(settings: Settings) -> list[Check]:
    """Return the checks in the order of the way a question takes."""
    return list(_checks(settings))


def _checks(settings: Settings) -> Iterator[Check]:
    yield Check("wenju", True, version("wenju"))
    yield _index(settings)
    yield _tokens(settings)
    yield _llm(settings)


def _index(settings: Settings) -> Check:
    from qa.assemble import load_assistant

    try:
        info = load_assistant(settings).info()
    except (IndexFloorError, AnswerFloorError) as error:
        return Check("index", False, str(error))
    detail = f"{settings.index}, generation {info.generation}: {info.articles} articles, {info.passages} passages"
    return Check("index", True, f"{detail}, embedding model {info.embedding_model}")


def _tokens(settings: Settings) -> Check:
    from qa.tokens import load_counter

    counter = load_counter(settings, os.environ)
    return Check("tokens", counter.problem is None, counter.problem or counter.name)


def _llm(settings: Settings) -> Check:
    if settings.llm is None:
        return Check("llm", True, "none configured: answers are extractive (set WENJU_LLM for another)")
    if settings.llm_base_url is None:
        return Check("llm", True, f"{settings.llm}, at its provider (not called)")
    import httpx

    address = f"{settings.llm_base_url.rstrip('/')}/models"
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    try:
        reply = httpx.get(address, timeout=PATIENCE, headers={"Authorization": f"Bearer {key}"} if key else {})
    except httpx.HTTPError as error:
        return Check("llm", False, f"{address} does not answer: {error}. Start it or mend WENJU_LLM_BASE_URL.")
    works = reply.status_code != 401 and reply.status_code != 403
    return Check("llm", works, f"{settings.llm} at {settings.llm_base_url}: HTTP {reply.status_code}")
