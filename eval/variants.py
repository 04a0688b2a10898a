"""`retrieval.legs=bm25,dense,hybrid` in, configurations out: settings and retrievers to be run side by side.

Every setting of wenju can be varied (`threshold=0.2,0.5`), and `retrieval.legs`, which takes single legs of the
retriever out of the fusion and of the reranking: `bm25`, `dense` (passages and windows), `bm25+dense`, `hybrid` (as
shipped).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.errors import RuleError
from index.types import Filters, Hit
from qa.ports import AssistantPort
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.retriever import Retriever

LEGS = "retrieval.legs"
HYBRID = "hybrid"
NAMED_LEGS = {
    "bm25": ("bm25",),
    "dictionary": ("dictionary",),
    "lexical": ("bm25", "dictionary"),
    "dense": ("dense", "window"),
    "passage": ("dense",),
    "window": ("window",),
}
POOL = 1000  # more than three legs of 100 candidates can bring: every candidate is then ranked by the chosen legs


@dataclass(frozen=True, slots=True)
class Variant:
    """One configuration: its name, its settings, and the legs its retriever is left with (None: as shipped)."""

    label: str
    settings: Settings
    legs: tuple[str, ...] | None = None


def parse_variants(texts: Sequence[str], settings: Settings) -> list[Variant]:
    """Return every combination of the varied values. Raises RuleError that lists what can be varied."""
    variants = [
        _variant(dict(choice), settings)
        for choice in itertools.product(*([(name, value) for value in values] for name, values in map(_parse, texts)))
    ]
    if len({variant.label for variant in variants}) < len(variants):
        raise RuleError(f"The variation {'; '.join(texts)} names a configuration twice.")
    return variants


def _parse(text: str) -> tuple[str, list[str]]:
    name, sign, values = text.partition("=")
    found = [value.strip() for value in values.split(",") if value.strip()]
    if not sign or not found:
        raise RuleError(f"The variation {text!r} is not understood. Write for example: {LEGS}=bm25,dense,{HYBRID}")
    if name.strip() != LEGS and name.strip() not in Settings.model_fields:
        known = ", ".join((LEGS, *Settings.model_fields))
        raise RuleError(f"There is nothing named {name.strip()!r} to vary. There is: {known}.")
    return name.strip(), found


def _variant(choice: dict[str, str], settings: Settings) -> Variant:
    legs = choice.pop(LEGS, HYBRID)
    label = ", ".join([*([legs] if legs != HYBRID or not choice else []), *(f"{k}={v}" for k, v in choice.items())])
    return Variant(label, _varied(settings, choice), None if legs == HYBRID else _legs(legs))


def _varied(settings: Settings, changes: dict[str, str]) -> Settings:
    from pydantic import ValidationError

    try:
        return Settings.model_validate(settings.model_dump() | changes)
    except ValidationError as error:
        raise RuleError(f"A varied setting cannot be used: {error.errors()[0]['msg']}") from error


def _legs(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split("+")]
    for name in names:
        if name not in NAMED_LEGS:
            raise RuleError(f"There is no leg {name!r}. Legs are: {', '.join(NAMED_LEGS)}, joined by +, or {HYBRID}.")
    return tuple(dict.fromkeys(leg for name in names for leg in NAMED_LEGS[name]))


def load_variant(variant: Variant) -> AssistantPort:
    """Return the assistant of a configuration."""
    from qa.assemble import load_assistant
    from qa.imprints import ImprintRetriever
    from qa.retriever import Retriever

    assistant = load_assistant(variant.settings)
    whole = assistant.steps.retriever
    whole = whole.inner if isinstance(whole, ImprintRetriever) else whole
    if variant.legs is None:
        return assistant
    if not isinstance(whole, Retriever):
        raise RuleError(f"The legs of a {type(whole).__name__} cannot be varied; leave settings like `reranker` away.")
    return assistant.with_retriever(LegRetriever(whole, variant.legs))


@dataclass(frozen=True, slots=True)
class LegRetriever:
    """The RetrieverPort that ranks by some of the legs alone, several of them with equal weight, without reranking."""

    retriever: "Retriever"
    legs: tuple[str, ...]

    def search(self, question: str, *, k: int, filters: Filters | None = None) -> list[Hit]:
        """Return at most `k` hits that these legs see, best first. Filters are left to the whole retriever."""
        from qa.fusion import Leg, fuse, parts

        if filters is not None:
            return self.retriever.search(question, k=k, filters=filters)
        found = self.retriever.candidates(self.retriever.retrieve(question, k=1).query, POOL)
        if found is None:
            return []
        legs = [Leg(name, found.legs[name]) for name in self.legs]
        seen = [at for at in range(len(found.passages)) if any(leg.scores[at] > 0 for leg in legs)]
        scores = legs[0].scores if len(legs) == 1 else fuse(legs)
        named = parts({leg.name: leg.scores for leg in legs})
        return [
            Hit(found.passages[at], found.articles[at], float(scores[at]), rank, named[at])
            for rank, at in enumerate(sorted(seen, key=lambda at: -scores[at])[:k], 1)
        ]
