"""Fixtures that every test may use: the shared corpus and gold where they lie, and the browser."""

import os
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what could not be checked here, so that nobody takes a skip for a pass."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.write_line(f"NOT CHECKED HERE: {len(skipped)} tests, for the reasons above", yellow=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail on any skip where everything must be checked (NO_SKIPS=1, as in .ci/run)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("NO_SKIPS") == "1" and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
