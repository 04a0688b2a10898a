"""Questions that ask twice or of two things: how they come apart, what is quoted for each, what is said of a side."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from qa_fixtures import settings_of

from eval.gold import folder_documents, quote_problems, read_gold, weak_lines
from index.embedding import load_embedder
from index.sync import build_index
from qa.assemble import load_assistant
from qa.assistant import Assistant
from qa.joint import together
from qa.pairs import sides
from qa.parts import parts
from qa.sides import is_name

ARTICLES = {
    "towns.txt": (
        "两座小镇的梨园\n\n"
        "青石镇的梨园有320亩，靠山泉浇灌。白沙镇的梨园有450亩，靠水库浇灌。\n\n"
        "青石镇的冷库建在山脚。镇里的人说，秋天最忙。\n"
    ),
    "ferries.txt": (
        "渡船的两次改造\n\n"
        "第一次改造花了80万元，换了船舱里的座椅。镇上办了一场庙会，来了不少游客。\n\n"
        "第二次改造花了260万元，把柴油机换成了电动机。\n"
    ),
    "tram.txt": (
        "Two trams\n\nThe tram of Elmford runs every 20 minutes. The tram of Westbury runs once an hour.\n\n"
        "Both were painted green by a school class.\n"
    ),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("parts")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    build_index(folder, folder / "index", embedder=load_embedder(), adapt=False)
    return load_assistant(settings_of(folder / "index", threshold=0.0))


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("江苏和安徽的梨产量各是多少？", ["江苏的梨产量各是多少？", "安徽的梨产量各是多少？"]),
        ("江苏和安徽种梨的办法有什么区别？", ["江苏种梨的办法有什么区别？", "安徽种梨的办法有什么区别？"]),
        ("渡口改造第一次和第二次各花多少？", ["渡口改造第一次各花多少？", "渡口改造第二次各花多少？"]),
        ("去年山区果园和平原果园各有多少亩？", ["去年山区果园各有多少亩？", "去年平原果园各有多少亩？"]),
        ("梨价2021年和2022年分别是多少？", ["梨价2021年分别是多少？", "梨价2022年分别是多少？"]),
        ("对“早熟”和“晚熟”两类梨，各用什么肥？", ["对“早熟”梨，各用什么肥？", "对“晚熟”梨，各用什么肥？"]),
        (
            "How many pears were sold in 2021 and in 2022?",
            ["How many pears were sold in 2021?", "How many pears were sold in 2022?"],
        ),
        ("What do Elmford and Westbury each grow?", ["What do Elmford each grow?", "What do Westbury each grow?"]),
    ],
)
def test_a_question_about_two_things_becomes_one_about_each(question: str, asked: list[str]) -> None:
    assert parts(question) == asked


@pytest.mark.parametrize(
    "question",
    [
        "青石镇和白沙镇怎么合作？",
        "“一山、一水、一园”各指什么？",
        "和邻县相比，青石镇的梨有哪些长处？",
        "镇里发展梨园，一个靠水，一个靠水？",
        "What do growers and traders of the town want?",
    ],
)
def test_a_question_about_one_thing_stays_whole(question: str) -> None:
    assert parts(question) == [question]


def test_three_things_in_a_row_are_asked_of_one_by_one() -> None:
    assert [side.name for side in sides("江苏、浙江和安徽的梨产量各是多少？")] == ["江苏", "浙江", "安徽"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("青石镇和白沙镇的梨园各有多少亩？", ("320亩", "450亩")),
        ("渡船第一次和第二次改造各花了多少钱？", ("80万元", "260万元")),
        ("How often do the trams of Elmford and Westbury each run?", ("20 minutes", "once an hour")),
    ],
)
def test_both_sides_of_a_comparison_are_answered(assistant: Assistant, question: str, said: tuple[str, str]) -> None:
    answer = assistant.answer(question)
    assert all(each in answer.text for each in said)
    assert "side_not_found" not in answer.notes


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("白沙镇和沈阳的梨园各有多少亩？", "（未找到关于“沈阳”的内容。）"),
        ("How often do the trams of Elmford and Norwich each run?", "(Nothing was found about Norwich.)"),
    ],
)
def test_a_side_of_which_no_article_speaks_is_named(assistant: Assistant, question: str, note: str) -> None:
    answer = assistant.answer(question)
    assert answer.text.endswith(note)
    assert "side_not_found" in answer.notes
    assert answer.citations


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("沈阳", True),
        ("2015年", True),
        ("第九轮", True),
        ("Rotterdam", True),
        ("按国铁标准", False),
        ("old rules", False),
    ],
)
def test_only_of_a_name_is_it_said_that_nothing_was_found(text: str, named: bool) -> None:
    assert is_name(text) is named


def windows_of(plans: Sequence[Sequence[float]], lengths: Sequence[int], room: int) -> list[tuple[int, ...]]:
    windows = [(at,) for at in range(len(lengths))]
    return together(windows, [np.array(plan) for plan in plans], np.array(lengths), room)


def test_one_sentence_that_answers_both_parts_is_quoted_alone() -> None:
    assert windows_of([[0.9, 0.1], [0.9, 0.1]], [50, 50], 200) == [(0,)]


def test_each_part_gets_its_sentence_in_the_order_of_the_parts() -> None:
    assert windows_of([[0.1, 0.9, 0.0], [0.8, 0.1, 0.1]], [50, 50, 50], 200) == [(1,), (0,)]


def test_a_long_sentence_gives_way_where_two_shorter_ones_fit_the_room() -> None:
    assert windows_of([[0.5, 0.4, 0.1], [0.0, 0.1, 0.9]], [240, 60, 60], 200) == [(1,), (2,)]


def test_a_third_part_gets_its_sentence_too() -> None:
    plans = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert windows_of(plans, [50, 50, 50], 200) == [(0,), (1,), (2,)]


def test_the_questions_in_parts_about_the_sample_are_sound(sample: Path) -> None:
    lines, faults = read_gold([sample.parent / "parts.jsonl"])
    assert faults == []
    assert len(lines) == 56
    assert {line.case.kind for line in lines} == {"multi", "compare"}
    assert [str(problem) for problem in (*quote_problems(lines, folder_documents(sample)), *weak_lines(lines))] == []
