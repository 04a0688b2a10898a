"""Settings from `wenju.toml` and `WENJU_*` variables: one frozen object, read in one place.

In: a folder with an optional wenju.toml, and the environment (which wins). Out: `Settings`.
"""

import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from qa.errors import SettingsError

PREFIX = "WENJU_"
FILE = "wenju.toml"

log = logging.getLogger(__name__)


class Settings(BaseModel):
    """Every setting of wenju; `<name>` in wenju.toml, `WENJU_<NAME>` in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Path = Field(Path(".wenju/index"), description="folder of the index")
    data: Path = Field(Path(".wenju"), description="folder of conversations, feedback, users and evaluation runs")
    embedding_model: str = Field("default", description="`default`, a folder, or a Hugging Face id")
    embedding_device: str = Field("cpu", description="device of a sentence-transformers model")
    embedding_query_prompt: str | None = Field(None, description="overrides the query prompt of the model's family")
    embedding_passage_prompt: str | None = Field(None, description="overrides the passage prompt")
    adapt: bool = Field(True, description="adapt the embedded model to the articles while indexing")
    threads: int = Field(1, ge=1, le=64, description="threads of a query; indexing uses every core")
    llm: str | None = Field(None, description="chat model, `provider:model` or a model name of the endpoint")
    llm_base_url: str | None = Field(
        None, description="an OpenAI-compatible endpoint, for example http://localhost:8080/v1"
    )
    llm_api_key: SecretStr | None = Field(None, description="key of the endpoint")
    llm_timeout: float = Field(60.0, gt=0, description="seconds until the extractive answer is given instead")
    llm_retries: int = Field(2, ge=0, le=10, description="tries after a failed call")
    llm_max_tokens: int = Field(800, ge=16, description="longest answer in tokens")
    llm_context_tokens: int = Field(6000, ge=200, description="token budget of the passages in the prompt")
    llm_rewrite: bool = Field(False, description="let the LLM rewrite the question before retrieval")
    tokenizer_file: Path | None = Field(None, description="a .tiktoken ranks file, for exact token counts offline")
    reranker: str | None = Field(None, description="cross-encoder folder or hub id for the first 50 hits")
    threshold: float | None = Field(None, ge=0, le=1, description="refuse below this confidence (default: calibrated)")
    strict: bool = Field(False, description="leave out sentences that their citations do not support")
    host: str = Field("127.0.0.1", description="address to bind")
    port: int = Field(8000, ge=0, le=65535, description="port to bind, 0 for any free one")
    workers: int = Field(1, ge=1, le=256, description="server processes")
    cors: tuple[str, ...] = Field((), description="origins that may call the API from a browser")
    rate_limit: int = Field(0, ge=0, description="requests a minute per key or address, 0 for no limit")
    max_concurrency: int | None = Field(
        None, ge=1, description="answers worked on at once in a server process (default: 1, with an LLM 8)"
    )
    max_queue: int = Field(32, ge=0, description="requests that may wait for a place; more get 503")
    auth: bool = Field(False, description="ask for a key or a sign-in; needed to bind anything but loopback")
    insecure: bool = Field(False, description="bind any address without auth")
    secure_cookies: bool = Field(False, description="send session cookies over HTTPS only")
    answers_kept: int = Field(20_000, ge=0, description="answers kept for feedback; conversations keep theirs anyway")
    log: Literal["debug", "info", "warning", "error"] = Field("info", description="log level")
    log_format: Literal["text", "json"] = Field("text", description="log lines for people or for machines")
    log_questions: bool = Field(False, description="write question texts into the log")

    @property
    def runs(self) -> Path:
        """The folder of evaluation runs and their reports."""
        return self.data / "runs"

    @classmethod
    def load(cls, environ: Mapping[str, str], folder: Path = Path()) -> "Settings":
        """Return the settings of a folder and an environment. Raises SettingsError."""
        values = _from_file(folder / FILE) | _from_environment(environ)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(_explain(error)) from error


def _from_file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        return dict(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Mend the file or move it away.") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    named = {key[len(PREFIX) :].lower(): value for key, value in environ.items() if key.startswith(PREFIX)}
    for name in named.keys() - Settings.model_fields.keys():
        # Warned of, not refused: a container may carry variables of its own under our prefix.
        log.warning("There is no setting %s; the variable %s%s is ignored.", name, PREFIX, name.upper())
    values: dict[str, object] = {k: v for k, v in named.items() if v != "" and k in Settings.model_fields}
    if isinstance(origins := values.get("cors"), str):
        values["cors"] = tuple(part.strip() for part in origins.split(",") if part.strip())
    return values


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(Settings.model_fields)
        return f"There is no setting {name!r} in {FILE}. Settings are: {known}."
    return f"Setting {name} ({FILE} or {PREFIX}{name.upper()}) cannot be {first['input']!r}: {first['msg']}."
