"""The sample in, its promises checked: enough articles, sound gold and dialogues, quotes verbatim, nothing copied."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from eval.gold import folder_documents, load_gold, quote_problems, read_gold
from eval.matching import squash
from eval.types import Case
from index.articles import read_articles
from index.readers import read_document

COPIED = 40
"""A run this long, white space aside, is a copied sentence; shorter ones are names of laws and offices."""


@pytest.fixture(scope="module")
def cases(sample_gold: Path) -> list[Case]:
    """Return the questions of the sample."""
    return load_gold([sample_gold])


@pytest.fixture(scope="module")
def dialogues(sample: Path) -> list[dict[str, Any]]:
    """Return the dialogues of the sample."""
    lines = (sample.parent / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_sample_has_every_format_and_enough_articles_in_both_languages(sample: Path) -> None:
    readings = [read_articles(path, source) for path, source in files(sample)]
    languages = Counter(a.lang for reading in readings for a in reading.articles if a.kind == "article")
    assert languages["zh"] >= 20
    assert languages["en"] >= 10
    assert {path.suffix for path, _ in files(sample)} == {".txt", ".md", ".html", ".pdf", ".docx"}


@pytest.mark.parametrize(
    ("source", "articles"),
    [
        ("jianghai-monthly-2025-03.txt", 7),
        ("energy-weekly-page.txt", 3),
        ("xinanjiang-compensation.txt", 1),
        ("low-altitude-economy.pdf", 1),
        ("green-loans.docx", 1),
        ("import-expo-trade.html", 1),
        ("new-energy-vehicles-2024.md", 1),
        ("en/grid-storage.md", 1),
    ],
)
def test_a_file_comes_apart_into_its_articles(sample: Path, source: str, articles: int) -> None:
    read = read_articles(sample / source, source).articles
    assert len([a for a in read if a.kind == "article"]) == articles


def test_there_are_sixty_questions_of_the_promised_kinds(cases: list[Case]) -> None:
    assert len(cases) == 60
    assert Counter(case.near for case in cases if not case.answerable) == {True: 4, False: 4}
    asked = Counter((case.lang, written_in(case)) for case in cases if case.answerable)
    assert asked == {("zh", "zh"): 28, ("en", "zh"): 13, ("zh", "en"): 5, ("en", "en"): 6}
    assert {case.kind for case in cases} >= {"fact", "list", "definition", "reason", "compare", "multi", "summary"}
    assert {case.style for case in cases} == {"plain", "keyword", "colloquial"}


def test_every_quote_of_the_gold_stands_in_its_document_and_says_the_answer(sample: Path, sample_gold: Path) -> None:
    lines, faults = read_gold([sample_gold])
    assert faults == []
    assert [str(problem) for problem in quote_problems(lines, folder_documents(sample))] == []


def test_the_article_key_of_a_question_points_at_the_line_of_the_title(sample: Path, cases: list[Case]) -> None:
    for case in (case for case in cases if case.answerable):
        source, _, number = (case.article_key or "").rpartition(":")
        assert squash(case.article or "") in squash(title_line(sample / source, int(number))), case.id


def test_there_are_forty_dialogues_in_which_each_turn_has_its_question_that_stands_alone(
    dialogues: list[dict[str, Any]],
) -> None:
    assert len({dialogue["id"] for dialogue in dialogues}) == 40
    for dialogue in dialogues:
        first, *rest = dialogue["turns"]
        assert 1 <= len(rest) <= 2
        assert first["standalone"] == first["question"]
        assert not first["topic_change"]
        assert all(turn["topic_change"] or turn["standalone"] != turn["question"] for turn in rest), dialogue["id"]
    assert sum(turn["topic_change"] for dialogue in dialogues for turn in dialogue["turns"]) >= 5


def test_every_quote_of_the_dialogues_stands_in_its_document(sample: Path, dialogues: list[dict[str, Any]]) -> None:
    document = folder_documents(sample)
    quotes = [
        (quote["doc"], quote["quote"])
        for dialogue in dialogues
        for turn in dialogue["turns"]
        for group in turn["evidence"]
        for quote in group
    ]
    assert len(quotes) >= 99
    assert [quote for doc, quote in quotes if squash(quote) not in (document(doc) or "")] == []


@pytest.mark.shared
def test_no_sentence_of_the_sample_is_copied_from_the_corpus(sample: Path, shared: Path) -> None:
    corpus = [squash(path.read_text(encoding="utf-8")) for path in sorted((shared / "corpus").glob("*.txt"))]
    document = folder_documents(sample)
    copied = {source: copied_runs(document(source) or "", corpus) for _, source in files(sample)}
    assert {source: runs for source, runs in copied.items() if runs} == {}


def test_a_copied_sentence_would_be_found() -> None:
    sentence = "".join(chr(0x4E00 + n) for n in range(COPIED))
    assert copied_runs("开头" + sentence + "结尾", ["别的" + sentence]) == [sentence]
    assert copied_runs("开头" + sentence[1:] + "结尾", ["别的" + sentence]) == []


@cache
def files(folder: Path) -> tuple[tuple[Path, str], ...]:
    """Return the files of a folder with their sources."""
    return tuple((path, path.relative_to(folder).as_posix()) for path in sorted(folder.rglob("*")) if path.is_file())


def title_line(path: Path, number: int) -> str:
    """Return a line of a text file; of other formats the first page or so, since their lines are the reader's."""
    if path.suffix in {".txt", ".md"}:
        return path.read_text(encoding="utf-8").splitlines()[number - 1]
    return " ".join(line.text for line in read_document(path, path.name).lines[:20])


def written_in(case: Case) -> str:
    """Return the language of the articles in which the question finds its evidence first."""
    return "en" if case.evidence[0][0].doc.startswith("en/") else "zh"


def copied_runs(text: str, originals: list[str]) -> list[str]:
    """Return the first `COPIED` characters of each run that the squashed text shares with an original."""
    known = {original[n : n + COPIED] for original in originals for n in range(len(original) - COPIED + 1)}
    return list(_runs(text, known))


def _runs(text: str, known: set[str]) -> Iterator[str]:
    within = False
    for n in range(len(text) - COPIED + 1):
        piece = text[n : n + COPIED]
        if piece in known and not within:
            yield piece
        within = piece in known
