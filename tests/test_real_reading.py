"""The five real files beside the repository: article starts, cuts, joins, nothing lost. Line numbers, no text."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

from index.articles import Reading, read_articles
from index.repair_layout import ends_sentence
from index.types import Article
from tests.reading_fixtures import added, lost, reading

pytestmark = pytest.mark.shared

STARTS = {
    "000": "61 81 169 213 251 283 329 371 403 449 507 531 569 657 699 729 769 825 899 939 985 1005 1085 1127",
    "001": "59 151 169 217 237 303 356 478 534 590 664 704 754 786 812 864 922 938 958 1024 1042 1078 1154",
    "002": "5 59 75 95 113",
    "003": "1",
    "004": "1 362 478",
}
CUTS = {
    "000": "71 97 113 165 191 215 319 341 427 443 539 561 615 643 693 717 751 765 791 839 859 881 925 949 969 991 999 "
    "1017 1087 1131 1149 1163 1185",
    "001": "121 139 155 193 251 307 325 339 349 468 488 508 528 618 654 746 764 814 876 944 962 992 1030 1038 1070 "
    "1180",
}
# Joins that CORPUS.md does not list and that were read one by one: all of them mend a real cut.
READ_JOINS = {
    "000": "145 237 259 297 381 405 501 685 907 1043",
    "001": "79 103 231 281 430 582 600 718 798 848 894 908 926 1020 1054",
}


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


@pytest.fixture(scope="module")
def readings(shared: Path) -> dict[str, Reading]:
    paths = sorted((shared / "corpus").glob("*.txt"))
    return {path.name[:3]: read_articles(path, path.name) for path in paths}


def found(made: Reading) -> list[Article]:
    return [article for article in made.articles if article.kind == "article"]


def joined_after(made: Reading) -> set[int]:
    """Return the lines that were joined to the line after them."""
    texts = [line.number for line in made.document.lines if line.text.strip()]
    before = dict(zip(texts[1:], texts, strict=False))
    return {before[done.line] for done in made.repairs if done.kind in ("joined", "doubled") and "\n" in done.before}


def test_all_articles_start_where_they_should_and_no_others(readings: dict[str, Reading]) -> None:
    for name, starts in STARTS.items():
        got = [article.source_start for article in found(readings[name])]
        assert len(got) == len(numbers(starts)), name
        assert all(abs(a - b) <= 2 for a, b in zip(got, numbers(starts), strict=True)), name


def test_most_articles_are_found_without_the_contents_lists_and_no_others(shared: Path) -> None:
    right = 0
    for name, (first, last) in {"000": (11, 57), "001": (11, 55)}.items():
        lines = next((shared / "corpus").glob(f"{name}*")).read_text(encoding="utf-8").split("\n")
        lines[first - 1 : last] = [""] * (last - first + 1)
        got = {article.source_start for article in found(reading("\n".join(lines)))}
        assert got <= set(numbers(STARTS[name])), name
        right += len(got)
    assert right >= 40  # of 47; the seven others follow unsigned articles


def test_all_listed_page_breaks_are_joined(readings: dict[str, Reading]) -> None:
    for name, cuts in CUTS.items():
        assert set(numbers(cuts)) <= joined_after(readings[name]), name


def test_no_other_lines_are_joined_than_those_read_and_found_right(
    readings: dict[str, Reading],
) -> None:
    for name, cuts in CUTS.items():
        assert joined_after(readings[name]) == set(numbers(cuts)) | set(numbers(READ_JOINS[name])), name


def test_the_doubled_character_is_mended(readings: dict[str, Reading]) -> None:
    (done,) = (done for done in readings["001"].repairs if done.kind == "doubled")
    assert done.line == 341
    assert len(done.before.replace("\n", "")) == len(done.after) + 1


def test_wrapped_files_read_as_running_text_and_no_cut_is_left(readings: dict[str, Reading]) -> None:
    for name in ("003", "004"):
        for article in found(readings[name]):
            heads = {heading.text for heading in article.headings}
            body = [paragraph for paragraph in article.text.split("\n") if paragraph not in heads]
            cut = [text for text in body if not ends_sentence(text) and not text.startswith(("（", "("))]
            assert cut == [], (name, len(cut))
            assert max(map(len, body)) > 80


def test_the_pull_quote_no_longer_splits_its_sentence(readings: dict[str, Reading]) -> None:
    assert 15 in {done.line - 4 for done in readings["002"].repairs if done.kind == "joined"}


def test_nothing_is_lost_and_nothing_added(readings: dict[str, Reading]) -> None:
    for name, made in readings.items():
        assert not lost(made), name
        assert not added(made), name


def test_every_evidence_quote_of_the_gold_stands_in_an_article_or_leftover(
    readings: dict[str, Reading], shared: Path
) -> None:
    texts = {key: [squashed(article.text) for article in made.articles] for key, made in readings.items()}
    lines = (shared / "gold" / "corpus-dev.jsonl").read_text(encoding="utf-8").splitlines()
    quotes = [quote for line in lines for group in json.loads(line)["evidence"] for quote in group]
    assert len(quotes) > 200
    assert all(any(squashed(quote["quote"]) in text for text in texts[quote["doc"][:3]]) for quote in quotes)


def test_journals_have_issue_date_section_and_leftovers(readings: dict[str, Reading]) -> None:
    for name, date in (("000", "2025-07"), ("001", "2024-01")):
        made = readings[name]
        assert {article.date for article in made.articles} == {date}
        assert len({article.issue for article in made.articles}) == 1
        assert {article.section for article in found(made)} == {"综合观察", "区域借鉴"}
        assert {article.kind for article in made.articles} == {"article", "contents", "imprint", "leftover"}


def test_the_imprint_keeps_its_lines(readings: dict[str, Reading]) -> None:
    for name in ("000", "001"):
        last = readings[name].articles[-1]
        assert last.kind == "imprint"
        assert len(last.text.split("\n")) >= 6


def test_authors_are_read_in_all_their_shapes(readings: dict[str, Reading]) -> None:
    by_start = {name: {article.source_start: article.authors for article in found(readings[name])} for name in readings}
    assert all(by_start["002"].values())
    assert [len(names) for names in by_start["004"].values()] == [1, 1, 0]
    assert len(by_start["000"][81]) == 4
    assert len(by_start["001"][356]) == 12
    assert len(by_start["001"][1078]) == 7
    assert [start for start, names in by_start["000"].items() if not names] == [169, 251, 283, 825, 1085]
    assert sum(not names for names in by_start["001"].values()) == 5


def test_headings_stand_where_they_say(readings: dict[str, Reading]) -> None:
    for made in readings.values():
        for article in made.articles:
            assert all(article.text[head.start : head.end] == head.text for head in article.headings)


def test_footnotes_stand_at_the_end_of_the_paper_and_cut_nothing(readings: dict[str, Reading]) -> None:
    (paper,) = found(readings["003"])
    assert [text[0] for text in paper.text.split("\n")[-3:]] == ["①", "②", "③"]
    assert sum(done.kind == "note" for done in readings["003"].repairs) == 3


def squashed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
