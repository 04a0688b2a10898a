"""The embedder of a generation: adapted to its articles, or kept from the one before while little is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.adaptation import ADAPTATION_FILE, adapt, load_adaptation, save_adaptation
from index.catalog import Entry
from index.embedding_static import StaticEmbedder
from index.manifest import Manifest, ModelSeal
from index.ports import Embedder

KEPT_UNTIL = 1.25
"""Adapting anew embeds every passage again; it is done when the passages have become so many times more (or fewer)."""
SAMPLE = 6_000
"""Passages that are counted, evenly spread: 700,000 pieces, so one in two hundred (where weights halve) stands there
3,500 times; more would only take longer (20,000 passages: 8 s)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """An embedder and how it came to its weights."""

    embedder: Embedder
    passages: int | None = None
    """How many passages it was adapted to; None for a model as it came."""

    def save(self, folder: Path) -> None:
        """Write the adaptation into a generation's folder, if there is one."""
        if self.passages is not None and isinstance(self.embedder, StaticEmbedder):
            save_adaptation(self.embedder, folder / ADAPTATION_FILE)

    def seal(self, base: Embedder) -> ModelSeal:
        """Return what the manifest says of the model."""
        return ModelSeal(
            name=base.name,
            fingerprint=base.fingerprint,
            dimension=base.dimension,
            max_tokens=base.max_tokens,
            adapted=None if self.passages is None else self.embedder.fingerprint,
            adapted_to=self.passages,
        )


def can_adapt(embedder: Embedder) -> bool:
    """Tell whether a model can be adapted: a static table can."""
    return isinstance(embedder, StaticEmbedder)


def fit(base: Embedder, entries: Sequence[Entry], before: Fitted | None) -> Fitted:
    """Return the embedder for these articles: that of the generation before, or one adapted anew."""
    passages = [passage.text for entry in entries for passage in entry.passages]
    if before and before.passages and 1 / KEPT_UNTIL < len(passages) / before.passages < KEPT_UNTIL:
        return before
    if not isinstance(base, StaticEmbedder):
        return Fitted(base)
    titles = [entry.article.title for entry in entries if entry.passages]
    step = max(1, len(passages) // SAMPLE)
    return Fitted(adapt(base, [*titles[::step], *passages[::step]]), len(passages))


def refit(base: Embedder, manifest: Manifest, folder: Path) -> Fitted:
    """Return the embedder that made a generation, from its folder. Raises IndexDamaged."""
    if manifest.model.adapted is None or not isinstance(base, StaticEmbedder):
        return Fitted(base)
    return Fitted(load_adaptation(base, folder / ADAPTATION_FILE), manifest.model.adapted_to)
