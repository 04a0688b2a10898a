"""Gold files are checked on load, and everything wrong is named with file and line."""

import json
from pathlib import Path

import pytest

from eval.errors import GoldError
from eval.gold import dump_case, folder_documents, load_gold, parse_case, quote_problems, read_gold, weak_lines
from tests.eval_fixtures import LINES, line, unanswerable, write_documents, write_gold


def test_a_good_file_comes_back_in_order(tmp_path: Path) -> None:
    cases = load_gold([write_gold(tmp_path / "gold.jsonl")])
    assert [case.id for case in cases] == [x["id"] for x in LINES]
    assert cases[1].answers == (("26班",), ("3元",))
    assert cases[1].docs == ("harbour.txt",)
    assert [case.near for case in cases[-2:]] == [False, True]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (line(bogus=1), "unknown key 'bogus'"),
        (line(kind="riddle"), "kind: Input should be"),
        (line(lang="fr"), "lang: Input should be 'zh' or 'en'"),
        (line(id=" "), "the id is empty"),
        (line(question=""), "the question has 0 characters"),
        (line(question="问" * 2001), "the question has 2001 characters"),
        (line(answers=[]), "no evidence or no answers"),
        (line(evidence=[]), "no evidence or no answers"),
        (line(answers=[[]]), "a group of answers or evidence is empty"),
        (line(answers=[["  "]]), "blank and would stand in every text"),
        (line(near=True), "'near' belongs to unanswerable questions"),
        (line(kind="unanswerable"), "unanswerable, but has evidence or answers"),
        (line(evidence=[[{"doc": "a.txt", "quote": "…", "page": 3}]]), "unknown key 'evidence.0.0.page'"),
        (line(evidence=[[{"doc": "a.txt"}]]), "quote: Field required"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(tmp_path: Path, bad: dict[str, object], said: str) -> None:
    path = write_gold(tmp_path / "gold.jsonl", line(id="first"), bad)
    with pytest.raises(GoldError) as refused:
        load_gold([path])
    assert f"{path}:2: " in str(refused.value)
    assert said in str(refused.value)


def test_what_is_not_json_is_refused_and_blank_lines_are_not_counted_out(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n\n{broken\n", encoding="utf-8")
    with pytest.raises(GoldError, match=r"gold\.jsonl:3: line: Invalid JSON"):
        load_gold([path])


def test_the_same_id_in_two_files_is_refused_and_both_places_are_named(tmp_path: Path) -> None:
    one = write_gold(tmp_path / "one.jsonl", line())
    two = write_gold(tmp_path / "two.jsonl", line(question="另一个问题？"))
    with pytest.raises(GoldError) as refused:
        load_gold([one, two])
    assert f"{two}:1: id 'P-1' stands already in {one}:1" in str(refused.value)


def test_an_empty_or_missing_or_wrongly_encoded_file_is_refused(tmp_path: Path) -> None:
    empty, strange = tmp_path / "empty.jsonl", tmp_path / "strange.jsonl"
    empty.write_text("", encoding="utf-8")
    strange.write_bytes('{"id": "梨"}'.encode("gb18030"))
    for path in (empty, strange, tmp_path / "none.jsonl"):
        with pytest.raises(GoldError, match=path.name):
            load_gold([path])


def test_a_line_separator_inside_a_question_does_not_shift_the_line_numbers(tmp_path: Path) -> None:
    path = write_gold(tmp_path / "gold.jsonl", line(question="问题\u2028还没完？"), line(id="P-9", kind="riddle"))
    assert [problem.line for problem in read_gold([path])[1]] == [2]


def test_quotes_must_stand_in_their_documents_layout_and_width_aside(tmp_path: Path) -> None:
    documents = folder_documents(write_documents(tmp_path / "docs"))
    good = line(evidence=[[{"doc": "orchard.txt", "quote": "清河县在２０２３年\n种了1280亩 梨树"}]])
    bad = line(id="bad", evidence=[[{"doc": "orchard.txt", "quote": "清河县在2023年种了1280亩苹果树"}]])
    lost = line(id="lost", evidence=[[{"doc": "nowhere.txt", "quote": "清河县在2023年种了1280亩梨树"}]])
    path = write_gold(tmp_path / "gold.jsonl", good, bad, lost)
    problems = quote_problems(read_gold([path])[0], documents)
    assert [(p.line, p.text[:40]) for p in problems] == [
        (2, "the quote does not stand in orchard.txt:"),
        (3, "no document 'nowhere.txt'"),
    ]


def test_a_document_outside_the_folder_is_no_document(tmp_path: Path) -> None:
    documents = folder_documents(write_documents(tmp_path / "docs"))
    (tmp_path / "secret.txt").write_text("清河县在2023年种了1280亩梨树", encoding="utf-8")
    assert documents("../secret.txt") is None
    assert documents("orchard.txt") is not None


def test_a_fact_answer_that_no_quote_says_and_a_uselessly_short_quote_are_problems(tmp_path: Path) -> None:
    unsaid = line(answers=[["990亩"]])
    short = line(id="short", kind="reason", evidence=[[{"doc": "orchard.txt", "quote": "1280亩"}]])
    lines, _ = read_gold([write_gold(tmp_path / "gold.jsonl", unsaid, short)])
    assert [p.text.split(";")[0] for p in weak_lines(lines)] == [
        "no quote says any of the answers ['990亩']",
        "a quote of 5 characters",
    ]


def test_a_case_written_down_reads_back_the_same() -> None:
    for shape in (*LINES, unanswerable("U", "有吗？")):
        case, faults = parse_case(json.dumps(shape))
        assert case is not None
        assert not faults
        assert parse_case(dump_case(case)) == (case, [])


def test_every_line_of_the_sample_gold_is_good(sample: Path, sample_gold: Path) -> None:
    lines, problems = read_gold([sample_gold])
    assert problems + weak_lines(lines) + quote_problems(lines, folder_documents(sample)) == []


@pytest.mark.shared
def test_every_line_of_the_development_gold_is_good(shared: Path) -> None:
    lines, problems = read_gold(sorted((shared / "gold").glob("*.jsonl")))
    assert problems + weak_lines(lines) + quote_problems(lines, folder_documents(shared / "corpus")) == []
    assert len(lines) > 200
