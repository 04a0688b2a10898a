"""MaxSim over the rows of a static table: against a plain loop, across languages, and where there is nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embedding import load_embedder
from index.embedding_static import StaticEmbedder
from index.late_interaction import BLOCK, LateInteraction

FERRY = "渡轮每天早上六点从东岸出发，票价三元。"
PEAR = "梨园去年的收成比前年多了三成。"


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    loaded = load_embedder()
    assert isinstance(loaded, StaticEmbedder)
    return loaded


@pytest.fixture(scope="module")
def interaction(embedder: StaticEmbedder) -> LateInteraction:
    return LateInteraction(embedder)


def row(embedder: StaticEmbedder, piece: int) -> np.ndarray:
    table = embedder.table
    return table.rows[piece if table.mapping is None else table.mapping[piece]].astype(np.float64)


def plainly(embedder: StaticEmbedder, question: list[int], text: list[int]) -> tuple[float, float]:
    """Return what `met` returns, piece by piece."""
    factors = embedder.table.factors
    weights = np.array([np.linalg.norm(row(embedder, q)) * (1 if factors is None else factors[q]) for q in question])
    weights /= weights.sum()

    def score(part: list[int]) -> float:
        best = []
        for asked in question:
            a = row(embedder, asked)
            cosines = [a @ row(embedder, p) / (np.linalg.norm(a) * np.linalg.norm(row(embedder, p))) for p in part]
            best.append(max(0.0, *cosines) ** 2)
        return float(weights @ best)

    runs = [text[at : at + 2 * BLOCK] for at in range(0, len(text), BLOCK)]
    return score(text), max(score(run) for run in runs)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from(range(5, 4000, 7)), max_size=4 * BLOCK), min_size=1, max_size=4))
def test_scores_are_those_of_a_plain_loop(embedder, interaction, texts):
    question = "渡轮的票价 ferry"
    met = interaction.met(question, [np.array(text, dtype=np.int32) for text in texts])
    asked = embedder.pieces([question])[0]
    for text, whole, run in zip(texts, met.text, met.run, strict=True):
        expected = plainly(embedder, asked, text) if text else (0.0, 0.0)
        assert (whole, run) == pytest.approx(expected, abs=1e-4)


def test_a_text_that_holds_the_question_is_met_whole(interaction):
    met = interaction.met(FERRY, interaction.pieces([PEAR + FERRY + PEAR, PEAR]))
    assert met.text[0] == pytest.approx(1, abs=1e-4)
    assert met.text[1] < 0.8


def test_a_question_meets_the_right_text_of_the_other_language(interaction):
    met = interaction.met("How much is the ferry ticket?", interaction.pieces([PEAR, FERRY]))
    assert met.text[1] > met.text[0]
    assert met.run[1] > met.run[0]


def test_words_side_by_side_make_a_better_run_than_words_far_apart(interaction):
    near, far = FERRY + PEAR * 6, "渡轮。" + PEAR * 6 + "票价三元。"
    met = interaction.met("渡轮票价三元", interaction.pieces([near, far]))
    assert met.text[0] == pytest.approx(met.text[1], abs=0.05)
    assert met.run[0] > met.run[1] + 0.1


def test_no_question_and_no_text_are_met_by_nothing(interaction):
    assert interaction.met("", interaction.pieces([FERRY])).text.tolist() == [0.0]
    assert interaction.met(FERRY, interaction.pieces(["", FERRY])).run[0] == 0.0
    assert interaction.met(FERRY, []).text.tolist() == []
