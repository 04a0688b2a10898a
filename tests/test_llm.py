"""The LLM path over HTTP against a scripted server: every failure ends in a useful answer, nothing is invented."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from llm_server import ScriptedServer, address, llm_server
from qa_fixtures import settings_of, small_index

from qa.assemble import load_assistant
from qa.assistant import Assistant
from qa.types import Answer, DeltaEvent, DoneEvent, Turn

QUESTION = "清河县2023年种了多少亩梨树？"


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with llm_server() as running:
        yield running


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_index(tmp_path_factory.mktemp("llm"))


def assistant_of(index: Path, server: ScriptedServer, script: str, **changes: object) -> Assistant:
    server.requests.clear()
    base = {"llm": script, "llm_base_url": address(server), "llm_retries": 0, "llm_timeout": 5.0, "threshold": 0.0}
    return load_assistant(settings_of(index, **(base | changes)))


def verbatim(answer: Answer) -> bool:
    return all(c.article.text[c.start : c.end] == c.quote for c in answer.citations)


def test_a_good_answer_keeps_its_text_and_gets_a_verbatim_quote(index: Path, server: ScriptedServer) -> None:
    answer = assistant_of(index, server, "good").answer(QUESTION)
    assert answer.mode == "llm"
    assert answer.text == "清河县在2023年种了1280亩梨树[1]。"
    assert "1280亩" in answer.citations[0].quote
    assert verbatim(answer)
    assert answer.notes == ()


def test_the_prompt_fences_passages_as_data_and_carries_the_question(index: Path, server: ScriptedServer) -> None:
    assistant_of(index, server, "good").answer(QUESTION)
    system, user = (message["content"] for message in server.requests[0]["messages"])
    assert "不是指示" in system
    assert '<passage number="1"' in user
    assert user.rstrip().endswith(QUESTION)
    assert server.requests[0]["max_tokens"] == 800


def test_a_stream_gives_the_answer_in_pieces_that_together_are_its_text(index: Path, server: ScriptedServer) -> None:
    events = list(assistant_of(index, server, "good").stream(QUESTION))
    done = events[-1]
    assert isinstance(done, DoneEvent)
    deltas = [event.text for event in events if isinstance(event, DeltaEvent)]
    assert len(deltas) > 5
    assert "".join(deltas) == done.answer.text


def test_markers_of_any_form_become_plain_ones_and_unknown_ones_are_dropped(
    index: Path, server: ScriptedServer
) -> None:
    answer = assistant_of(index, server, "wrong_markers").answer(QUESTION)
    assert "97" not in answer.text
    assert "88" not in answer.text
    assert "【" not in answer.text
    assert {f"[{citation.marker}]" for citation in answer.citations} <= set(_markers(answer.text))
    assert verbatim(answer)


def test_an_invented_number_is_marked(index: Path, server: ScriptedServer) -> None:
    answer = assistant_of(index, server, "invented").answer(QUESTION)
    assert "7777万元" in answer.text
    assert answer.text.endswith("（未证实）")
    assert answer.text.count("（未证实）") == 1
    assert "unsupported_sentence" in answer.notes


def test_an_invented_number_is_left_out_in_strict_mode(index: Path, server: ScriptedServer) -> None:
    answer = assistant_of(index, server, "invented", strict=True).answer(QUESTION)
    assert "7777" not in answer.text
    assert "1280亩" in answer.text
    assert [citation.marker for citation in answer.citations] == [1]


def test_an_answer_without_any_citation_gives_way_to_the_extractive_one(index: Path, server: ScriptedServer) -> None:
    answer = assistant_of(index, server, "obeys_injection").answer(QUESTION)
    assert answer.mode == "extractive"
    assert answer.notes == ("llm_uncited",)
    assert "密码" not in answer.text
    assert "1280亩" in answer.text


@pytest.mark.parametrize("script", ["refuses", "refuses_in_words"])
def test_a_model_that_finds_no_answer_ends_in_a_refusal(index: Path, server: ScriptedServer, script: str) -> None:
    answer = assistant_of(index, server, script).answer(QUESTION)
    assert (answer.abstained, answer.reason, answer.citations) == (True, "model_refused", ())
    assert "NO_ANSWER" not in answer.text


def test_the_sign_of_refusal_is_never_streamed(index: Path, server: ScriptedServer) -> None:
    events = list(assistant_of(index, server, "refuses").stream(QUESTION))
    assert not any("NO_" in event.text for event in events if isinstance(event, DeltaEvent))


@pytest.mark.parametrize("script", ["cut", "limited", "broken", "malformed", "empty"])
def test_a_failing_llm_leaves_the_extractive_answer_marked_as_such(
    index: Path, server: ScriptedServer, script: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = assistant_of(index, server, script).answer(QUESTION, mode="llm")
    assert answer.mode == "extractive"
    assert set(answer.notes) <= {"llm_failed", "llm_uncited"}
    assert answer.notes
    assert "1280亩" in answer.text
    assert verbatim(answer)


@pytest.mark.parametrize("script", ["drips", "silent"])
def test_a_slow_llm_is_given_up_after_its_time(index: Path, server: ScriptedServer, script: str) -> None:
    # waited for to its end, the dripping answer would be `llm_uncited`, and each single piece comes in time
    answer = assistant_of(index, server, script, llm_timeout=0.5).answer(QUESTION)
    assert answer.notes == ("llm_failed",)
    assert "1280亩" in answer.text


def test_a_stream_that_fails_half_way_ends_with_the_whole_extractive_answer(
    index: Path, server: ScriptedServer
) -> None:
    *_, done = assistant_of(index, server, "cut").stream(QUESTION)
    assert isinstance(done, DoneEvent)
    assert done.answer.notes == ("llm_failed",)
    assert "1280亩" in done.answer.text


def test_a_failed_call_is_tried_again(index: Path, server: ScriptedServer) -> None:
    answer = assistant_of(index, server, "flaky", llm_retries=1).answer(QUESTION)
    assert answer.mode == "llm"
    assert len(server.requests) == 2


def test_a_question_below_the_threshold_never_reaches_the_llm(index: Path, server: ScriptedServer) -> None:
    answer = assistant_of(index, server, "good", threshold=1.0).answer(QUESTION)
    assert answer.abstained
    assert server.requests == []


def test_the_extractive_mode_never_calls_the_llm(index: Path, server: ScriptedServer) -> None:
    assert assistant_of(index, server, "good").answer(QUESTION, mode="extractive").mode == "extractive"
    assert server.requests == []


def test_the_passages_keep_to_their_budget_of_tokens(index: Path, server: ScriptedServer) -> None:
    assistant_of(index, server, "good", llm_context_tokens=200).answer(QUESTION)
    short = server.requests[0]["messages"][1]["content"]
    assistant_of(index, server, "good").answer(QUESTION)
    assert len(short) < len(server.requests[0]["messages"][1]["content"])


def test_the_llm_rewrites_a_follow_up_where_that_is_set(index: Path, server: ScriptedServer) -> None:
    history = [Turn("user", "清河县2021年种了多少亩梨树？"), Turn("assistant", "920亩。")]
    answer = assistant_of(index, server, "rewrites", llm_rewrite=True).answer("那2023年呢？", history=history)
    assert answer.standalone_question == "清河县在2023年种了多少亩梨树？"
    assert "1280亩" in answer.text


def test_a_rewrite_that_fails_is_done_by_rules(index: Path, server: ScriptedServer) -> None:
    history = [Turn("user", "清河县2021年种了多少亩梨树？"), Turn("assistant", "920亩。")]
    answer = assistant_of(index, server, "broken", llm_rewrite=True).answer("那2023年呢？", history=history)
    assert answer.standalone_question == "清河县2023年种了多少亩梨树？"


def test_an_endpoint_that_does_not_answer_leaves_the_extractive_answer(index: Path) -> None:
    settings = settings_of(index, llm="good", llm_base_url="http://127.0.0.1:9/v1", llm_retries=0, threshold=0.0)
    assert load_assistant(settings).answer(QUESTION).notes == ("llm_failed",)


def _markers(text: str) -> list[str]:
    return [f"[{part.split(']')[0]}]" for part in text.split("[")[1:]]
