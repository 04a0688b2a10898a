"""The READMEs are true: their tree is the real one, their commands and settings exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from readme_tree import READMES, between, tree

from qa.settings import Settings


@pytest.mark.parametrize("name", READMES)
def test_the_printed_tree_is_the_real_one(name: str, root: Path) -> None:
    printed = between((root / name).read_text(encoding="utf-8"))
    assert printed == tree(root), "run: python tests/readme_tree.py"


@pytest.mark.parametrize("name", READMES)
def test_every_named_command_exists(name: str, root: Path) -> None:
    named = set(re.findall(r"^wenju ([a-z]+)", (root / name).read_text(encoding="utf-8"), re.MULTILINE))
    shown = subprocess.run([sys.executable, "-m", "qa", "--help"], capture_output=True, text=True, check=True).stdout
    assert named
    assert [command for command in named if not re.search(rf"\b{command}\b", shown)] == []


@pytest.mark.parametrize("name", READMES)
def test_every_named_setting_exists_with_its_default(name: str, root: Path) -> None:
    text = (root / name).read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z_`、, ]+`) \|", text, re.MULTILINE)
    named = {setting for row in rows for setting in re.findall(r"`([a-z_]+)`", row)}
    assert named
    assert named <= Settings.model_fields.keys()


@pytest.mark.parametrize("name", READMES)
def test_every_link_leads_to_a_file(name: str, root: Path) -> None:
    text = (root / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!http)([^)#]+)\)", text)
    assert [link for link in links if not (root / link).exists()] == []
