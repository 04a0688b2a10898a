"""The data folder goes in; pairs of texts by source, and parts held out for measuring, come out.

Texts of one document stay next to each other, so that a batch may hold neighbours as hard negatives. Nothing of
csl and openaxo-news is read: their grants are doubtful.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

Pair = tuple[str, str]
Row = dict[str, Any]

ZH_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]|[^。！？!?；;\n]+$")
EN_SENTENCE = re.compile(r'.+?(?:[.!?](?=\s+[A-Z"(])|\n|$)', re.S)
BRACKETED = re.compile(r"\([^)]*\)|\[[^\]]*\]")
QUESTION_SETS = (("cmrc2018-train", "zh", 0.1), ("drcd-dev", "zh", 0.2), ("qed", "en", 0.1))
"""Folder, language and the share of its titles that is held out."""
NTREX_TRAINED, TICO_TRAINED = 0.75, 0.8
"""Shares of the lines that train; the rest (whole documents, as both keep their order) measure."""
LAW_BLOCK, LAW_HELD = 50, 40
"""Every 40th run of 50 neighbouring law pairs is held out."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Held-out paragraphs and questions; each question names the place of its paragraph."""

    paragraphs: list[str]
    questions: list[str]
    positive: list[int]


@dataclass(slots=True)
class HeldOut:
    """What no pair was made of: question sets, and translated lines by language (Chinese first)."""

    questions: dict[str, QuestionSet] = field(default_factory=dict)
    ntrex: dict[str, list[Pair]] = field(default_factory=dict)
    tico: list[Pair] = field(default_factory=list)
    law: list[Pair] = field(default_factory=list)


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a gzip'd JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def split_sentences(text: str, lang: str) -> list[str]:
    """Return the sentences of a text, very short ones left out."""
    pattern, least = (ZH_SENTENCE, 6) if lang == "zh" else (EN_SENTENCE, 20)
    return [part for part in map(str.strip, pattern.findall(text)) if len(part) >= least]


def read_sources(data: Path) -> tuple[dict[str, list[Pair]], HeldOut]:
    """Return the pairs of each source and what is held out."""
    pairs: dict[str, list[Pair]] = {}
    held = HeldOut()
    _read_dictionaries(data, pairs)
    _read_translations(data, pairs, held)
    _read_questions(data, pairs, held)
    _read_laws(data, pairs)
    return pairs, held


def _read_dictionaries(data: Path, pairs: dict[str, list[Pair]]) -> None:
    pairs["dictionary"] = [
        (row["a"], gloss)
        for row in read_rows(data / "cc-cedict" / "pairs.jsonl.gz")
        for gloss in [text for text in (BRACKETED.sub("", part).strip() for part in row["b"].split(";")) if text][:4]
    ]
    pairs["wordnet"], pairs["synonym"] = [], []
    for row in read_rows(data / "wordnet" / "pairs.jsonl.gz"):
        pairs["wordnet" if row["lang_b"] == "en" else "synonym"].append((row["a"], row["b"]))


def _read_translations(data: Path, pairs: dict[str, list[Pair]], held: HeldOut) -> None:
    laws = [(row["a"], row["b"]) for row in read_rows(data / "tw-law" / "pairs.jsonl.gz")]
    pairs["law"] = [pair for i, pair in enumerate(laws) if i // LAW_BLOCK % LAW_HELD]
    held.law = [pair for i, pair in enumerate(laws) if not i // LAW_BLOCK % LAW_HELD][:2000]
    pairs["tatoeba_zh"], pairs["tatoeba"] = [], []
    for row in read_rows(data / "tatoeba" / "pairs.jsonl.gz"):
        both = {row["lang_a"], row["lang_b"]} == {"zh", "en"}
        pairs["tatoeba_zh" if both else "tatoeba"].append((row["a"], row["b"]))
    _read_ntrex(data, pairs, held)
    _read_tico(data, pairs, held)
    docs = [(row["a"], row["b"]) for row in read_rows(data / "python-docs" / "pairs.jsonl.gz")]
    pairs["pydoc"] = [pair for i, pair in enumerate(docs) if i // 60 % 3 == 0]  # technical language: a third of it
    pairs["paraphrase"] = [
        (row["a"], row["b"]) for row in read_rows(data / "paws-x-zh" / "pairs.jsonl.gz") if row["kind"] == "paraphrase"
    ]


def _read_ntrex(data: Path, pairs: dict[str, list[Pair]], held: HeldOut) -> None:
    lines: dict[str, list[Pair]] = {}
    for row in read_rows(data / "ntrex" / "pairs.jsonl.gz"):
        lines.setdefault(row["lang_b"], []).append((row["a"], row["b"]))
    english = dict(lines["en"])
    trained = {lang: _parted(found, NTREX_TRAINED)[0] for lang, found in lines.items()}
    held.ntrex = {lang: _parted(found, NTREX_TRAINED)[1] for lang, found in lines.items()}
    pairs["ntrex_en"] = trained.pop("en")
    pairs["ntrex"] = [pair for found in trained.values() for pair in found]
    trained.pop("zh-Hant")
    pairs["ntrex"] += [(english[a], b) for found in trained.values() for a, b in found if a in english]


def _read_tico(data: Path, pairs: dict[str, list[Pair]], held: HeldOut) -> None:
    lines: dict[str, list[Pair]] = {}
    for row in read_rows(data / "tico19" / "pairs.jsonl.gz"):
        lines.setdefault(row["lang_a"], []).append((row["a"], row["b"]))
    chinese = {b: a for a, b in lines["zh"]}
    pairs["tico_zh"], held.tico = _parted(lines.pop("zh"), TICO_TRAINED)
    others = [pair for found in lines.values() for pair in _parted(found, TICO_TRAINED)[0]]
    pairs["tico"] = others + [(a, chinese[b]) for a, b in others if b in chinese]


def _read_questions(data: Path, pairs: dict[str, list[Pair]], held: HeldOut) -> None:
    for kind in ("question_sentence", "question_passage", "title_wiki", "context_wiki"):
        pairs[kind] = []
    for name, lang, share in QUESTION_SETS:
        corpus = {row["id"]: row for row in read_rows(data / name / "corpus.jsonl.gz")}
        queries = list(read_rows(data / name / "queries.jsonl.gz"))
        titles = sorted({row["title"] for row in corpus.values()})
        random.Random(1).shuffle(titles)
        apart = set(titles[: int(len(titles) * share)])
        held.questions[name] = _question_set(corpus, queries, apart)
        trained = [row for row in corpus.values() if row["title"] not in apart]
        _pair_questions(pairs, corpus, [q for q in queries if corpus[q["positive"][0]]["title"] not in apart], lang)
        for row in trained:
            pairs["title_wiki"].append((row["title"], row["text"][: 300 if lang == "zh" else 800]))
            pairs["context_wiki"] += _neighbours(split_sentences(row["text"], lang))


def _question_set(corpus: dict[str, Row], queries: Sequence[Row], apart: set[str]) -> QuestionSet:
    places = {key: i for i, key in enumerate(key for key, row in corpus.items() if row["title"] in apart)}
    asked = [query for query in queries if query["positive"][0] in places]
    return QuestionSet(
        [corpus[key]["text"] for key in places],
        [query["question"] for query in asked],
        [places[query["positive"][0]] for query in asked],
    )


def _pair_questions(pairs: dict[str, list[Pair]], corpus: dict[str, Row], queries: Sequence[Row], lang: str) -> None:
    for query in queries:
        text = corpus[query["positive"][0]]["text"]
        sentences = split_sentences(text, lang)
        answering = query.get("evidence") or [s for s in sentences if any(a in s for a in query["answers"])]
        if answering:
            pairs["question_sentence"].append((query["question"], answering[0]))
        pairs["question_passage"].append((query["question"], text[: 400 if lang == "zh" else 1200]))


def _read_laws(data: Path, pairs: dict[str, list[Pair]]) -> None:
    pairs["title_law"], context = [], []
    for row in read_rows(data / "cn-law" / "corpus.jsonl.gz"):
        pairs["title_law"].append((row["title"], row["text"][:300]))
        context += _neighbours(split_sentences(row["text"], "zh"))
    pairs["context_law"] = [pair for i, pair in enumerate(context) if i // 40 % 2 == 0]


def _neighbours(sentences: Sequence[str]) -> list[Pair]:
    return list(pairwise(sentences))


def _parted(pairs: list[Pair], share: float) -> tuple[list[Pair], list[Pair]]:
    return pairs[: int(len(pairs) * share)], pairs[int(len(pairs) * share) :]
