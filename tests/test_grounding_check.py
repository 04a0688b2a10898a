"""How often the grounding check is right: on own sentences, on the sample, and on the development gold."""

import random
from pathlib import Path

import pytest

from eval.alterations import NAMES, NUMBERS, SENSE
from eval.corpus_names import Names, corpus_names
from eval.gold import load_gold
from eval.grounding_check import Checked, claims, embedded_likeness, judge, main, measure, page, read_folder
from eval.types import Case
from index.types import Article

SAMPLE = Path(__file__).parent.parent / "eval" / "sample"
TEXT = (
    "“我们要种梨树，”社长周丽华说。2023年9月，南京农业大学在苏州和无锡建成三个梨园，占地1280亩，产量增长30%。"
    "馆员李明表示，《梨谱》由IFLA收藏，华为没有参加。"
)


@pytest.fixture(scope="module")
def names() -> Names:
    article = Article("a", "a.md", 1, 2, "梨", TEXT, authors=("王小禾",), lang="zh")
    other = Article("b", "b.md", 1, 2, "桃", "特斯拉在成都建厂，浙江大学写了《桃谱》和UNDP的报告。", lang="zh")
    return corpus_names([article, other])


def test_names_are_found_by_byline_by_speech_by_list_and_by_ending(names: Names) -> None:
    assert set(names.by_kind["person"]) == {"王小禾", "周丽华", "李明"}
    assert {"苏州", "无锡", "成都"} <= set(names.by_kind["place"])
    assert {"南京农业大学", "浙江大学", "华为", "特斯拉"} <= set(names.by_kind["organisation"])
    assert {"梨谱", "桃谱"} <= set(names.by_kind["quotation"])
    assert {"IFLA", "UNDP"} <= set(names.by_kind["Latin word"])


@pytest.mark.parametrize("kind", [*NUMBERS, *NAMES, *SENSE])
def test_each_alteration_changes_one_place_of_the_sentence(kind: str, names: Names) -> None:
    altered = {**NUMBERS, **NAMES, **SENSE}[kind](TEXT, names, random.Random(1))
    assert altered is not None
    assert altered.text != TEXT
    head = next(i for i, (a, b) in enumerate(zip(TEXT, altered.text, strict=False)) if a != b)
    assert altered.text[head + len(altered.new) :] in TEXT or TEXT.endswith(altered.text[head + len(altered.new) :])


def test_a_sentence_without_what_is_to_be_changed_is_left_alone(names: Names) -> None:
    assert all(alter("梨很甜", names, random.Random(0)) is None for alter in [*NUMBERS.values(), *NAMES.values()])


def test_on_the_sample_altered_sentences_are_caught_and_good_ones_pass() -> None:
    measured = _by_name(measure(_answerable(SAMPLE / "gold.jsonl"), read_folder(SAMPLE / "articles"), draws=1))
    chinese = measured["Chinese references"]
    assert _share(chinese, "good") <= 0.1
    assert _share(chinese, "a digit") >= 0.9
    assert _share(chinese, "the sentence of another question") >= 0.9


def test_the_command_writes_each_sort_and_each_change_and_shows_what_was_judged_wrongly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.md"
    main(SAMPLE / "gold.jsonl", SAMPLE / "articles", out=out, misses=True, draws=1)
    assert "| a year or month |" in out.read_text(encoding="utf-8")
    assert "Chinese references, good:" in capsys.readouterr().out


@pytest.mark.shared
def test_on_the_development_gold_altered_figures_and_names_are_caught_and_good_sentences_pass(shared: Path) -> None:
    cases, documents = _answerable(shared / "gold" / "corpus-dev.jsonl"), read_folder(shared / "corpus")
    names = corpus_names([article for articles in documents.values() for article in articles])
    likeness = embedded_likeness()
    chinese, english = (
        judge(lang, claims([case for case in cases if case.lang == lang], documents), names, draws, likeness)
        for lang, draws in (("zh", 5), ("en", 1))
    )
    # measured: .020 of the good marked, .986 of digits, 1.0 of units, .936 of dates, .962 of names, .987 of others'
    assert _share(chinese, "good") <= 0.03
    assert _share(chinese, "a digit") >= 0.95
    assert _share(chinese, "a unit or scale") >= 0.95
    assert _share(chinese, "a person, place or organisation") >= 0.95
    assert _share(chinese, "the sentence of another question") >= 0.95
    # measured: .024 of the good marked, .974 of digits caught
    assert _share(english, "good") <= 0.05
    assert _share(english, "a digit") >= 0.95


def _answerable(path: Path) -> list[Case]:
    return [case for case in load_gold([path]) if case.answerable]


def _by_name(measured: list[Checked]) -> dict[str, Checked]:
    assert "Good sentences marked" in page(measured)
    return {checked.name: checked for checked in measured}


def _share(checked: Checked, kind: str) -> float:
    shares = next(each.shares for each in (checked.marked, *checked.bad) if each.name == kind)
    return sum(shares) / len(shares)
