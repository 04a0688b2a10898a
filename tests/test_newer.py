"""Questions about how things stand now: the newer of two articles that say different things is quoted, and named."""

from pathlib import Path

import pytest
from qa_fixtures import settings_of

from index.embedding import load_embedder
from index.sync import build_index
from qa.assemble import load_assistant
from qa.assistant import Assistant
from qa.citations import cite
from qa.newer import rivalry_of

OLD = """---
title: 青石镇的梨园
date: 2023-04
---

青石镇目前有梨园1280亩，社长是周梨花。

镇上的冷库能存放900吨梨，建库花了两年。
"""
NEW = """---
title: 梨园扩种之后
date: 2025-03
---

青石镇目前有梨园2360亩，社长是李新禾。

新修的山路通了大车，梨可以当天运到码头。
"""
OTHER = """---
title: 石桥边的书店
date: 2024-11
---

石桥边的书店目前有图书3万册，店员是两位退休教师。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("newer")
    texts = folder / "articles"
    texts.mkdir()
    for name, text in {"old.md": OLD, "new.md": NEW, "other.md": OTHER}.items():
        (texts / name).write_text(text, encoding="utf-8")
    build_index(texts, folder / "index", embedder=load_embedder(), adapt=False)
    return load_assistant(settings_of(folder / "index", threshold=0.0))


def test_the_newer_article_is_quoted_and_the_answer_says_which_it_was_preferred_to(assistant: Assistant) -> None:
    answer = assistant.answer("青石镇目前有多少亩梨园？")
    assert "2360亩" in answer.text
    assert "1280亩" not in answer.text
    assert "《梨园扩种之后》（2025年3月）较新，《青石镇的梨园》（2023年4月）较早" in answer.text
    assert "newer_preferred" in answer.notes


def test_this_year_means_that_of_the_newest_article(assistant: Assistant) -> None:
    assert "2360亩" in assistant.answer("青石镇今年有多少亩梨园？").text


def test_an_english_question_is_told_in_english(assistant: Assistant) -> None:
    answer = assistant.answer("How many mu of pear orchards does Qingshi 青石镇 have now?")
    assert '"梨园扩种之后" (2025-03), was preferred to the older, "青石镇的梨园" (2023-04).' in answer.text


def test_people_who_differ_are_a_difference_too(assistant: Assistant) -> None:
    answer = assistant.answer("青石镇现在的社长是谁？")
    assert "李新禾" in answer.text
    assert "newer_preferred" in answer.notes


def test_a_question_that_does_not_ask_about_now_gets_no_such_note(assistant: Assistant) -> None:
    assert "newer_preferred" not in assistant.answer("青石镇2023年有多少亩梨园？").notes


def test_articles_that_agree_or_tell_of_other_things_are_no_rivals(assistant: Assistant) -> None:
    answer = assistant.answer("石桥边的书店目前有多少册图书？")
    assert "3万册" in answer.text
    assert "newer_preferred" not in answer.notes


def test_the_stream_ends_with_the_note(assistant: Assistant) -> None:
    from qa.types import DeltaEvent

    events = list(assistant.stream("青石镇目前有多少亩梨园？"))
    said = "".join(event.text for event in events if isinstance(event, DeltaEvent))
    assert "《青石镇的梨园》（2023年4月）较早" in said


def test_a_model_that_quotes_only_the_older_article_is_not_said_to_have_preferred_the_newer(
    assistant: Assistant,
) -> None:
    hits = assistant.answer("青石镇目前有多少亩梨园？").passages
    quotes = {hit.article.title: cite(1, hit, hit.passage.start, hit.passage.start + 20) for hit in hits}
    assert rivalry_of([quotes["青石镇的梨园"]], hits) is None
    rivalry = rivalry_of([quotes["梨园扩种之后"]], hits)
    assert rivalry is not None
    assert (rivalry.newer.date, rivalry.older.date) == ("2025-03", "2023-04")
