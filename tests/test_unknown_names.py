"""Names that no passage has: found in any form, told in the refusal, and swapped into gold for the training."""

from pathlib import Path

import pytest
from qa_fixtures import settings_of, small_index

from index.lexical import BM25Index
from index.opened import open_index
from qa.assemble import load_assistant
from qa.assistant import Assistant
from qa.swapped import swapped
from qa.training_data import examples
from qa.unknown_names import names_of, stands, unknown_names


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_index(tmp_path_factory.mktemp("names"))


@pytest.fixture(scope="module")
def lexical(folder: Path) -> BM25Index:
    return open_index(folder).lexical


@pytest.fixture(scope="module")
def assistant(folder: Path) -> Assistant:
    return load_assistant(settings_of(folder))


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("火星上有多少梨树？", ["火星"]),
        ("苏黎世的冷库能存多少吨梨？", ["苏黎世"]),
        ("蘇黎世的冷庫能存多少噸梨？", ["蘇黎世"]),
        ("乌鲁木齐有几家图书馆？", ["乌鲁木齐"]),
        ("王小明馆长为什么晚上开放图书馆？", ["王小明"]),
        ("澜迪科技造了几艘渡船？", ["澜迪"]),
        ("敦煌莫高窟有多少果农？", ["敦煌莫高窟"]),
        ("How many riders does the night tram of Toronto carry?", ["Toronto"]),
        ("Which nurses of Wang Xiaoming University take the tram?", ["Wang Xiaoming University"]),
        ("According to Isaac Newton, what does a ride cost?", ["Isaac Newton"]),
        ("Peru has how many trams?", ["Peru"]),
    ],
)
def test_a_name_that_no_passage_has_is_unknown(lexical: BM25Index, question: str, unknown: list[str]) -> None:
    assert unknown_names(question, lexical) == unknown


@pytest.mark.parametrize(
    "question",
    [
        "清河县的梨园雇了多少名果农？",
        "清河縣的梨園雇了多少名果農？",
        "清河的梨园雇了多少名果农？",
        "周梨花是谁？",
        "周梨花说今年要建什么？",
        "渡口那边的盘子有多大，东西贵不贵？",
        "一张船票卖几块钱，到底咋回事？",
        "How many pear trees did Qinghe County plant in June 2023?",
        "When did the trams of Elmford's harbour start?",
        "Which Nurses Take The Night Tram To The University?",
        "Elmford 的电车多久一班？",
    ],
)
def test_what_the_passages_have_in_another_form_or_only_word_otherwise_is_known(
    lexical: BM25Index, question: str
) -> None:
    assert unknown_names(question, lexical) == []


def test_a_name_stands_in_a_text_by_any_of_its_forms(lexical: BM25Index) -> None:
    (name,) = (name for name in names_of("上海的渡船多少钱？", lexical) if name.text == "上海")
    assert stands(name, "the ferries of shanghai")
    assert not stands(name, "the ferries of elmford")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("火星上有多少梨树？", "资料中没有提到“火星”。"),
        ("苏黎世的电动渡船每天开多少班？", "资料中没有提到“苏黎世”。"),
        ("How many riders did the night tram of Toronto carry?", "The articles do not mention “Toronto”."),
    ],
)
def test_a_question_about_a_name_that_is_nowhere_is_refused_and_the_refusal_names_it(
    assistant: Assistant, question: str, told: str
) -> None:
    answer = assistant.answer(question)
    assert answer.abstained
    assert answer.text.startswith(told)
    assert not answer.citations


def test_gold_questions_are_asked_again_about_names_that_are_nowhere_or_elsewhere(
    assistant: Assistant, lexical: BM25Index
) -> None:
    told = (
        ("清河县在2023年种了多少亩梨树？", "清河县在2023年种了1280亩梨树", "orchard"),
        ("白沙渡口的柴油渡船在哪年停航？", "两艘柴油渡船在2024年12月停航", "ferry"),
        ("“果农合作社”的社长是谁？", "果农合作社的社长周梨花说，今年还要再建一座冷库", "orchard"),
        ("“夜读角”是什么？", "图书馆一楼供人通宵读书的二十个座位", "library"),
    )
    gold = [
        {"question": q, "lang": "zh", "answers": ["x"], "evidence": [[{"quote": quote}]], "article_key": key}
        for q, quote, key in told
    ]
    found = list(examples(gold, assistant.steps.retriever, assistant.steps.answerer))
    made = list(swapped(found, lexical))
    assert {each["swapped"] for each in made} == {"absent", "elsewhere"}
    assert {each["article_key"] for each in made} <= {"orchard", "ferry", "library"}
    assert not any(each["answers"] or each["evidence"] for each in made)
    assert not {each["question"] for each in made} & {each["question"] for each in gold}
    assert made == list(swapped(found, lexical))


@pytest.mark.parametrize("word", ["肯塔基州", "广为人知", "合资企业", "乌克兰语"])
def test_words_that_translate_into_something_other_than_latin_letters_end_the_search(
    lexical: BM25Index, word: str
) -> None:
    # translated there and back without end until the interpreter's stack was full
    assert [name.text for name in names_of(f"{word}有多少人？", lexical)] in ([word], [])
