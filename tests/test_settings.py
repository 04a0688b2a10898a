"""Settings come from wenju.toml and the environment, and a wrong one is named."""

from pathlib import Path

import pytest

from qa.errors import SettingsError
from qa.settings import Settings


def test_without_a_file_or_variables_the_defaults_hold(tmp_path: Path) -> None:
    settings = Settings.load({}, tmp_path)
    assert settings.index == Path(".wenju/index")
    assert (settings.host, settings.port, settings.embedding_model) == ("127.0.0.1", 8000, "default")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "wenju.toml").write_text('port = 9000\nhost = "::1"\n', encoding="utf-8")
    settings = Settings.load({"WENJU_PORT": "9001", "HOME": "/nowhere"}, tmp_path)
    assert (settings.host, settings.port) == ("::1", 9001)


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert Settings.load({"WENJU_LLM": ""}, tmp_path).llm is None


def test_origins_are_read_as_a_list(tmp_path: Path) -> None:
    settings = Settings.load({"WENJU_CORS": "https://a.example, https://b.example"}, tmp_path)
    assert settings.cors == ("https://a.example", "https://b.example")


def test_a_key_is_never_shown(tmp_path: Path) -> None:
    assert "secret-key" not in repr(Settings.load({"WENJU_LLM_API_KEY": "secret-key"}, tmp_path))


@pytest.mark.parametrize(
    ("environ", "said"),
    [({"WENJU_PORT": "eighty"}, "port"), ({"WENJU_LOG": "loud"}, "log"), ({"WENJU_THREADS": "0"}, "threads")],
)
def test_a_wrong_setting_is_named(environ: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=said):
        Settings.load(environ, tmp_path)


def test_an_unknown_name_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "wenju.toml").write_text("prot = 80\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="no setting 'prot'"):
        Settings.load({}, tmp_path)


def test_an_unknown_variable_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert Settings.load({"WENJU_PROT": "80"}, tmp_path).port == 8000
    assert "WENJU_PROT is ignored" in caplog.text


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "wenju.toml").write_text("port = ", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"wenju\.toml"):
        Settings.load({}, tmp_path)
