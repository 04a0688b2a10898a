"""What a question asks for, which spans may be it, which words a text holds, and whether a detail is told."""

from pathlib import Path

import pytest
from qa_fixtures import settings_of, small_index

from index.embedding import load_embedder, static_of
from index.lexical import BM25Index
from index.opened import OpenIndex, open_index
from qa.answer_spans import answer_spans
from qa.answerability import Answerability
from qa.asked_detail import Sort, asked_detail
from qa.asked_words import AskedWords, asked_words
from qa.assemble import load_assistant
from qa.assistant import Assistant
from qa.gathering import gather
from qa.word_vectors import WordVectors


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_index(tmp_path_factory.mktemp("answerability"))


@pytest.fixture(scope="module")
def opened(folder: Path) -> OpenIndex:
    return open_index(folder)


@pytest.fixture(scope="module")
def assistant(folder: Path) -> Assistant:
    return load_assistant(settings_of(folder))


@pytest.mark.parametrize(
    ("question", "sorts", "unit"),
    [
        ("梨园雇了多少名果农？", ("count",), "名"),
        ("合作社一共有几家？", ("count",), "家"),
        ("冷库花了多少钱建成？", ("money",), None),
        ("渡口去年收入多少亿元？", ("money",), None),
        ("果农的平均工资是多少？", ("money",), None),
        ("返乡青年占果农的比例是多少？", ("share",), None),
        ("有几成果农是返乡青年？", ("share",), None),
        ("清河县的梨在全国排第几？", ("rank",), None),
        ("柴油渡船什么时候停航？", ("time",), None),
        ("新渡船于何年下水？", ("time",), None),
        ("修渡口在哪个时期？", (), None),
        ("合作社的社长是谁？", ("person",), None),
        ("那位修船的老师叫什么？", ("person",), None),
        ("电动渡船是哪家公司造的？", ("body",), None),
        ("夜班电车开往哪个城市？", ("place",), None),
        ("这艘新船叫什么名字？", ("name",), None),
        ("白沙渡口 电动渡船 造价", ("money",), None),
        ("白沙渡口 电动渡船 载客人数", ("count",), None),
        ("渡口为什么换船？", (), None),
        ("夜读角是什么？", (), None),
        ("发展梨园有哪几项困难？", (), None),
        ("渡口的短板在哪里？", (), None),
        ("这几年几县之间的渡口被什么事拖住了？", (), None),
        ("How many nurses take the night tram?", ("count",), None),
        ("What share of the riders are nurses?", ("share",), None),
        ("How much did the new tram cost?", ("money",), None),
        ("What was the total amount of the loan in pounds?", ("money",), None),
        ("What is the population of Elmford?", ("count",), None),
        ("When was the tram introduced?", ("time",), None),
        ("Which company runs the tram?", ("body",), None),
        ("In which city does the tram run?", ("place",), None),
        ("Why was the tram introduced?", (), None),
        ("What happens when a tram is late?", (), None),
    ],
)
def test_what_a_question_asks_for(question: str, sorts: tuple[Sort, ...], unit: str | None) -> None:
    detail = asked_detail(question)
    assert (detail.sorts, detail.unit) == (sorts, unit)


def fit_of(clause: str, question: str) -> float:
    """Return the best fit of any span of a clause for any sort of detail that a question asks for."""
    detail = asked_detail(question)
    return max((fit for sort in detail.sorts for fit in answer_spans(clause, sort, detail, frozenset())), default=0.0)


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("梨园雇了多少名果农？", "梨园雇了46名果农", "梨园种了1280亩梨树"),
        ("船票卖多少钱？", "船票仍是每人3元", "渡船每天开26班"),
        ("返乡青年占比是多少？", "返乡青年占31%", "返乡青年有15名"),
        ("渡船一年涨了多少？", "船票涨了三成", "船票涨到了码头"),
        ("清河县的梨在全国排第几？", "产量居全国第三", "产量进入全国前十位"),
        ("社长是谁？", "社长周梨花说", "社长已经说过"),
        ("渡船什么时候停航？", "渡船在2024年12月停航", "渡船已经停航"),
        ("渡船是哪家公司造的？", "渡船由清河船舶公司制造", "渡船去年下水"),
        ("合作社有几家？", "合作社增加到13个", "合作社占地13亩"),
        ("Who drives the tram?", "the tram is driven by Ann Miller", "the tram is driven by night"),
    ],
)
def test_a_span_of_the_asked_sort_and_measure_fits_best(question: str, better: str, worse: str) -> None:
    assert fit_of(better, question) > fit_of(worse, question)


def test_what_the_question_states_itself_is_no_answer() -> None:
    detail = asked_detail("2023年种的1280亩梨树卖了多少元？")
    assert not list(answer_spans("种了1280亩", "count", detail, frozenset({"#1280"})))


def test_a_text_holds_a_word_by_itself_by_translation_and_by_likeness(opened: OpenIndex) -> None:
    vectors = WordVectors(static_of(load_embedder()))

    def held(question: str, text: str) -> dict[str, float]:
        words = AskedWords(asked_words(question, opened.lexical), vectors)
        return dict(zip((word.text for word in words.words), words.held(text), strict=True))

    assert held("果农的工资是多少？", "果农每月领工资")["工资"] == 1.0
    assert held("How many hospitals are there?", "城里有三家医院")["hospitals"] > 0.8
    alike = held("果农的薪水是多少？", "果农每月领工资")["薪水"]
    assert 0 < alike <= 1
    assert alike > held("果农的薪水是多少？", "渡船每天开二十六班")["薪水"]


def test_words_beside_the_asking_word_and_rare_words_are_told_apart(opened: OpenIndex) -> None:
    words = {word.text: word for word in asked_words("清河县的梨园一共付了多少工资？", opened.lexical)}
    assert words["工资"].beside
    assert not words["清河县"].beside
    assert words["工资"].weight == 1.0
    assert words["梨园"].weight < 1.0
    assert "一共" not in words


def test_beside_a_model_of_sentences_single_words_are_read_by_the_embedded_one() -> None:
    class Sentences:
        name, fingerprint, dimension, max_tokens = "sentences", "0", 2, 9

    alone, other = WordVectors(static_of(Sentences())), WordVectors(static_of(load_embedder()))  # type: ignore[arg-type]
    vectors, expected = alone.of(["薪水"]), other.of(["薪水"])
    assert vectors is not None
    assert expected is not None
    assert vectors.tolist() == expected.tolist()


def told(assistant: Assistant, opened: OpenIndex, question: str) -> dict[str, float]:
    """Return the features of a question over the small index."""
    gathered = gather(assistant.steps.retriever, question, k=8)
    reading = assistant.steps.answerer.read(gathered)
    lexical: BM25Index = opened.lexical
    return Answerability(lexical, WordVectors(static_of(opened.embedder))).measure(question, reading)


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ("清河县在2023年种了多少亩梨树？", "清河县在2023年卖梨收入多少亿元？"),
        ("清河县在2023年种了多少亩梨树？", "清河县在2019年种了多少亩梨树？"),
        ("白沙渡口的电动渡船一次可载多少人？", "白沙渡口的电动渡船花了多少钱？"),
        ("果农合作社的社长是谁？", "白沙渡口的船长是谁？"),
        ("How many riders did the night tram carry in 2023?", "How many drivers did the night tram employ in 2019?"),
    ],
)
def test_a_detail_that_is_told_scores_higher_than_one_that_is_not(
    assistant: Assistant, opened: OpenIndex, there: str, missing: str
) -> None:
    assert told(assistant, opened, there)["told"] > told(assistant, opened, missing)["told"]


def test_the_year_of_a_sentence_is_that_asked_for_another_or_none(assistant: Assistant, opened: OpenIndex) -> None:
    assert told(assistant, opened, "清河县在2023年种了多少亩梨树？")["year"] == 1.0
    assert told(assistant, opened, "清河县在2022年种了多少亩梨树？")["year"] == -1.0
    assert told(assistant, opened, "清河县种了多少亩梨树？")["year"] == 0.0


def test_reasons_and_definitions_are_no_details(assistant: Assistant, opened: OpenIndex) -> None:
    features = told(assistant, opened, "白沙渡口为什么换上电动渡船？")
    assert features["asks_detail"] == 0.0
    assert features["told"] == 0.5


def test_a_refusal_says_which_detail_is_missing(folder: Path) -> None:
    strict = load_assistant(settings_of(folder, threshold=1.0))
    assert "没有所问的金额" in strict.answer("白沙渡口的电动渡船花了多少钱？").text
    assert "没有所问的内容" in strict.answer("白沙渡口为什么换上电动渡船？").text
    assert (
        "the number asked for is not told there" in strict.answer("How many drivers does the night tram employ?").text
    )
    assert "what is asked is not told there" in strict.answer("Why was the night tram introduced?").text
