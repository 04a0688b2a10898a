"""Fixtures that every test may use: the shared corpus and gold where they lie, and the browser."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of the real corpus and gold, or skip, saying so."""
    if not (SHARED / "corpus").is_dir():
        pytest.skip(f"the real corpus is not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def sample() -> Path:
    """Return the folder of the sample articles."""
    return ROOT / "eval" / "sample" / "articles"


@pytest.fixture(scope="session")
def sample_gold() -> Path:
    """Return the sample's gold file."""
    return ROOT / "eval" / "sample" / "gold.jsonl"
