"""`python -m index.training DATA_DIR OUT_DIR` makes the embedded model again: 8 minutes of one core, one seed."""

import json
import logging
import random
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from index.embedding_static import load_static
from index.training.contrastive import Fitter, Recipe, read_runs
from index.training.export import export_model
from index.training.glosses import gloss_sentences, read_glosses
from index.training.measure import Figure, measure
from index.training.pieces import Counts, Sizes, build_tokenizer
from index.training.sources import Pair, read_rows, read_sources

log = logging.getLogger(__name__)

COUNTED_PAIRS = (
    (("cc-cedict/pairs", "wordnet/pairs"), 8),
    (("ntrex/pairs", "tico19/pairs", "tatoeba/pairs"), 4),
    (("tw-law/pairs",), 1),
    (("tw-law/pairs_hant",), 1),
)
"""What is counted for the vocabulary, and how much a word counts: one that has a translation is worth most."""
COUNTED_TEXTS = (("cmrc2018-train", "zh"), ("drcd-dev", "zh"), ("cn-law", "zh"), ("qed", "en"))


def main(
    data: Annotated[Path, typer.Argument(help="The folder with the sources, one folder each.")],
    out: Annotated[Path, typer.Argument(help="Where the model's folder is written.")],
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn.")] = 0,
    steps: Annotated[int, typer.Option(help="Batches to train on.")] = Recipe().steps,
) -> None:
    """Train the embedded model, write it and measure it on what was held out."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    tokenizer, mapping = build_tokenizer(count_words(data), Sizes())
    log.info("%d pieces, %d rows", len(mapping), max(mapping) + 1)
    pairs, held = read_sources(data)
    pairs |= gloss_pairs(data, pairs, seed)
    fitter = Fitter(max(mapping) + 1, Recipe(steps=steps), seed)
    export_model(tokenizer, mapping, fitter.fit(read_runs(tokenizer, mapping, pairs)), out)
    figures = measure(load_static(out, name=str(out)), held)
    (out / "figures.json").write_text(json.dumps([asdict(figure) for figure in figures], indent=1), encoding="utf-8")
    for figure in figures:
        typer.echo(_row(figure))


def count_words(data: Path) -> Counts:
    """Return the weighted counts of the words of all sources."""
    counts = Counts()
    for names, weight in COUNTED_PAIRS:
        counts.add(_pair_texts(data, names), weight)
    counts.add(_documentation_texts(data), 1)
    counts.add(_corpus_texts(data), 1)
    counts.add(_question_texts(data), 2)
    return counts


def gloss_pairs(data: Path, pairs: dict[str, list[Pair]], seed: int) -> dict[str, list[Pair]]:
    """Return made-up English queries over the law and encyclopedia sentences."""
    import opencc

    simplify = opencc.OpenCC("t2s").convert
    rng, glosses = random.Random(seed + 3), read_glosses(data)
    law = [a for a, _ in pairs["context_law"] if len(a) > 12]
    wiki = [simplify(a) for a, _ in pairs["context_wiki"] if len(a) > 12 and re.search("[一-鿿]", a)]
    return {"gloss_law": gloss_sentences(law, glosses, rng), "gloss_wiki": gloss_sentences(wiki, glosses, rng)}


def _pair_texts(data: Path, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for name in names:
        for row in read_rows(data / f"{name}.jsonl.gz"):
            for text, lang in ((row["a"], row["lang_a"]), (row["b"], row["lang_b"])):
                if text not in seen:
                    seen.add(text)
                    yield text, lang


def _documentation_texts(data: Path) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(read_rows(data / "python-docs" / "pairs.jsonl.gz")):
        if number % 4 == 0:
            yield row["a"], "zh"
            yield row["b"], "en"


def _corpus_texts(data: Path) -> Iterator[tuple[str, str]]:
    for name, lang in COUNTED_TEXTS:
        for row in read_rows(data / name / "corpus.jsonl.gz"):
            yield f"{row['title']} {row['text']}", lang


def _question_texts(data: Path) -> Iterator[tuple[str, str]]:
    for name, lang in COUNTED_TEXTS:
        if (data / name / "queries.jsonl.gz").is_file():
            for row in read_rows(data / name / "queries.jsonl.gz"):
                yield row["question"], lang


def _row(figure: Figure) -> str:
    return (
        f"| {figure.name} | {figure.texts} | {figure.questions} "
        f"| {figure.recall_1:.3f} | {figure.recall_10:.3f} | {figure.mrr_10:.3f} |"
    )


if __name__ == "__main__":
    typer.run(main)
