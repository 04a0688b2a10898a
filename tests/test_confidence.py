"""The probability that the corpus answers: higher where it does, and its figures worked by hand."""

import json

import numpy as np
import pytest
from qa_fixtures import settings_of, small_index

from qa.assemble import load_assistant
from qa.assistant import Assistant
from qa.confidence import DETAIL, FEATURES, MODEL, NAMES, TOPIC, load_model
from qa.confidence_training import (
    ABSENT,
    ELSEWHERE,
    GOLD,
    REFUSED,
    Fitted,
    Measured,
    auroc,
    calibration_error,
    figures_of,
    fit,
    out_of_fold,
    summary,
    threshold_for,
)
from qa.training_data import overlap, squash


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return load_assistant(settings_of(small_index(tmp_path_factory.mktemp("confidence"))))


@pytest.mark.parametrize(
    ("answered", "unanswered"),
    [
        ("清河县2023年种了多少亩梨树？", "清河县2023年的梨卖了多少亿元？"),
        ("白沙渡口的电动渡船每天开多少班？", "白沙渡口的电动渡船是哪家公司造的？"),
        ("图书馆为什么改为晚上开放？", "企业所得税怎么申报？"),
        ("山脚下的图书馆藏书多少册？", "山脚下的图书馆建馆花了多少钱？"),
        ("清河县的梨园雇了多少名果农？", "清河县的梨园去年付了多少工资？"),
        ("清河县在2023年种了多少亩梨树？", "苏黎世在2023年种了多少亩梨树？"),
        ("白沙渡口的电动渡船每天开多少班？", "乌鲁木齐的电动渡船每天开多少班？"),
        ("白沙渡口的电动渡船每天开多少班？", "火星上的电动渡船每天开多少班？"),
        (
            "How many riders did the night tram of Elmford carry in 2023?",
            "How many riders did the night tram of Peru carry?",
        ),
        (
            "How many riders did the night tram of Elmford carry in 2023?",
            "How many drivers does the night tram employ?",
        ),
        ("How many riders did the night tram of Elmford carry in 2023?", "How do I reset my router?"),
    ],
)
def test_what_the_articles_tell_is_more_certain_than_what_they_do_not(
    assistant: Assistant, answered: str, unanswered: str
) -> None:
    assert assistant.answer(answered).confidence > assistant.answer(unanswered).confidence


def test_confidence_is_given_with_refusals_too_and_nothing_found_means_none(assistant: Assistant) -> None:
    from index.types import Filters

    assert 0 < assistant.answer("How do I reset my router?").confidence < 0.5
    assert assistant.answer("梨树", filters=Filters(source="none")).confidence == 0.0


def test_the_model_names_its_features_and_keeps_its_promise_out_of_fold() -> None:
    stored = json.loads(MODEL.read_text(encoding="utf-8"))
    assert set(stored["topic"]) == {*TOPIC, "intercept"}
    assert set(stored["detail"]) == {*DETAIL, "intercept"}
    assert set(stored["names"]) == {*NAMES, "intercept"}
    told = stored["out_of_fold"]
    assert told["auroc"] >= 0.85
    assert told["false refusals zh"] <= 0.05
    assert told["false refusals en"] <= 0.10
    assert told["false answers far"] <= 0.05
    assert told["false answers near"] <= 0.50
    assert told["false answers swapped absent"] <= 0.25
    assert 0 < load_model().threshold < 1


def test_the_figures_are_those_worked_by_hand() -> None:
    fitted = Fitted(
        probabilities=np.array([0.9, 0.8, 0.3, 0.7, 0.1]),
        answerable=np.array([True, True, True, False, False]),
        far=np.array([False, False, False, False, True]),
        english=np.array([False, False, True, False, False]),
        swapped=np.zeros(5, dtype=np.int64),
    )
    figures = figures_of(fitted, 0.5)
    assert figures["false refusals zh"] == 0.0
    assert figures["false refusals en"] == 1.0
    assert figures["false answers near"] == 1.0
    assert figures["false answers far"] == 0.0
    assert figures["auroc"] == pytest.approx(5 / 6)
    assert figures["brier"] == pytest.approx((0.01 + 0.04 + 0.49 + 0.49 + 0.01) / 5)


def test_swapped_questions_have_figures_of_their_own_and_move_no_other() -> None:
    alone = Fitted(*(np.array(each) for each in ([0.9, 0.7], [True, False], [False] * 2, [False] * 2, [GOLD] * 2)))
    beside = Fitted(
        probabilities=np.array([0.9, 0.7, 0.6, 0.2, 0.8]),
        answerable=np.array([True, False, False, False, False]),
        far=np.zeros(5, dtype=bool),
        english=np.zeros(5, dtype=bool),
        swapped=np.array([GOLD, GOLD, ABSENT, ABSENT, ELSEWHERE]),
    )
    figures = figures_of(beside, 0.5)
    assert figures.pop("false answers swapped absent") == 0.5
    assert figures.pop("false answers swapped elsewhere") == 1.0
    assert figures.items() <= figures_of(alone, 0.5).items()


def test_ties_count_half_and_calibration_is_the_distance_in_each_bin() -> None:
    assert auroc(np.array([0.5, 0.9]), np.array([0.5])) == 0.75
    assert calibration_error(np.array([0.95, 0.95, 0.05]), np.array([True, False, False])) == pytest.approx(
        (0.45 * 2 + 0.05) / 3
    )


def test_the_threshold_refuses_no_more_than_its_share_of_either_language() -> None:
    probabilities = np.concatenate([np.linspace(0, 1, 101), np.linspace(0.5, 1, 101)])
    english = np.repeat([False, True], 101)
    yes = np.ones(202, dtype=bool)
    fitted = Fitted(probabilities, yes, ~yes, english, np.zeros(202, dtype=np.int64))
    refused = probabilities < threshold_for(fitted)
    assert 0 < refused[~english].mean() <= REFUSED["zh"] + 0.01
    assert refused[english].mean() <= REFUSED["en"]


WIDTH = len(FEATURES)


def measured_by_chance(rng: np.random.Generator, *, certain: int | None = None) -> Measured:
    """Return 160 questions: 40 answerable ones, near misses, far ones and swapped ones whose names are unknown."""
    answerable, far = np.repeat([True, False, False, False], 40), np.repeat([False, False, True, False], 40)
    swapped = np.repeat([GOLD, GOLD, GOLD, ABSENT], 40)
    rows = rng.normal(size=(160, WIDTH)) + 2.0 * answerable[:, None]
    rows[:, FEATURES.index("unknown_name")] = (swapped == ABSENT) * rng.random(160) + 0.1 * rng.random(160)
    return Measured(
        rows=rows,
        keys=tuple(f"article {i % 30}" for i in range(160)),
        answerable=answerable,
        far=far,
        english=np.zeros(160, dtype=bool),
        certain=np.arange(160) == certain,
        swapped=swapped,
    )


def test_each_model_uses_its_own_features_alone() -> None:
    rng = np.random.default_rng(0)
    model = fit(measured_by_chance(rng), rng.normal(size=(10, WIDTH)), 0.5)
    assert np.count_nonzero(model.topic.weights) == len(TOPIC)
    assert np.count_nonzero(model.detail.weights) == len(DETAIL)
    assert np.count_nonzero(model.names.weights) == len(NAMES)
    assert model.names.weights[FEATURES.index("unknown_name")] < 0


def test_a_question_that_an_imprint_answers_is_neither_learned_from_nor_refused() -> None:
    found = measured_by_chance(np.random.default_rng(1), certain=3)
    fitted = out_of_fold(found, np.zeros((0, WIDTH)))
    assert fitted.probabilities[3] == 0.9
    gold = found.swapped == GOLD
    assert auroc(fitted.probabilities[found.answerable], fitted.probabilities[~found.answerable & gold]) > 0.9


def test_figures_of_several_cuts_are_told_with_their_spread() -> None:
    mean, spread = summary([{"auroc": 0.8}, {"auroc": 0.9}])
    assert mean["auroc"] == pytest.approx(0.85)
    assert spread["auroc"] == pytest.approx(0.05)


def test_evidence_overlaps_by_a_run_of_twelve_and_half_of_the_shorter() -> None:
    quote = squash("县里的冷库能存放 900 吨梨，建库花了两年")
    assert overlap(squash("说到库：县里的冷库能存放900吨梨。"), quote)
    assert not overlap(squash("县里的冷库"), quote)
    assert not overlap("", quote)
