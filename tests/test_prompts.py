"""The prompts as they are sent: both languages, every variable asked for, passages fenced."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from prompts import render
from qa.types import Turn

PASSAGES = [
    {"title": "梨园", "date": "2024-03", "text": "种了1280亩。"},
    {"title": "Tram", "date": "", "text": "It runs."},
]


def test_the_question_prompt_is_this() -> None:
    assert render("question.zh", passages=PASSAGES, question="多少亩？") == (
        '<passage number="1" title="梨园" date="2024-03">\n种了1280亩。\n</passage>\n'
        '<passage number="2" title="Tram" date="">\nIt runs.\n</passage>\n'
        "\n问题：多少亩？"
    )


@pytest.mark.parametrize(("lang", "word"), [("zh", "中文"), ("en", "English")])
def test_the_system_prompt_asks_for_markers_refusal_language_and_no_obedience(lang: str, word: str) -> None:
    text = render(f"system.{lang}", lang=lang)
    assert "[1]" in text
    assert "NO_ANSWER" in text
    assert word in text
    assert "<passage>" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_rewrite_prompt_holds_the_turns_and_the_follow_up(lang: str) -> None:
    turns = [Turn("user", "多少亩梨树？"), Turn("assistant", "1280亩。")]
    text = render(f"rewrite.{lang}", turns=turns, question="那2021年呢？")
    assert "多少亩梨树？" in text
    assert text.rstrip().endswith("那2021年呢？")


def test_every_prompt_has_both_languages(root: Path) -> None:
    names = {path.name.split(".")[0] for path in (root / "prompts").glob("*.j2")}
    assert names >= {"system", "question", "rewrite"}
    assert all((root / "prompts" / f"{name}.{lang}.j2").is_file() for name in names for lang in ("zh", "en"))


def test_a_missing_variable_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError, match="question"):
        render("question.zh", passages=PASSAGES)
