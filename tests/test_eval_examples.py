"""The examples in the docstrings of the evaluation are true."""

import doctest
import importlib
from pathlib import Path

import pytest

MODULES = sorted(
    path.stem
    for path in (Path(__file__).parent.parent / "eval").glob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_are_true(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"eval.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
