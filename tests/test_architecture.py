"""The house keeps its shape: imports run one way, no cycle, heavy packages stay in their rooms."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

FLOORS = {
    "index": {"index"},
    "prompts": {"prompts"},
    "qa": {"qa", "index", "prompts"},
    "eval": {"eval", "qa", "index", "prompts"},
    "web": {"web", "eval", "qa", "index", "prompts"},
}
WEB_MAY_USE_OF_EVAL = {"eval.gold", "eval.types", "eval.report"}
COMPOSITION_ROOT = "qa/__main__.py"
FENCES = {
    "faiss": ("index/vectors.py",),
    "torch": ("index/embedding", "index/training/"),
    "sentence_transformers": ("index/embedding", "index/training/"),
    "tiktoken": ("qa/tokens.py",),
    "fastapi": ("web/",),
    "starlette": ("web/",),
    "langchain_openai": ("qa/llm.py",),
    "openai": ("qa/llm.py",),
}
TOP_LEVEL = {
    *("pyproject.toml", "qa", "index", "prompts", "web", "eval", "tests", "README.md", "README.zh-CN.md"),
    *("LICENSE", "NOTICE", "Makefile", "CHANGELOG.md", "constraints.txt"),
}


def sources(root: Path) -> list[Path]:
    return sorted(path for floor in FLOORS for path in (root / floor).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return every module that a file imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.update({node.module} | {f"{node.module}.{alias.name}" for alias in node.names})
    return names


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_imports_run_one_way(root: Path) -> None:
    for path in sources(root):
        if path.relative_to(root).as_posix() == COMPOSITION_ROOT:
            continue
        floor = path.relative_to(root).parts[0]
        for name in imported(path):
            head = name.split(".")[0]
            assert head not in FLOORS or head in FLOORS[floor], f"{path.relative_to(root)} imports {name}"


def test_the_web_knows_only_gold_and_report_nouns_of_the_evaluation(root: Path) -> None:
    for path in (root / "web").rglob("*.py"):
        used = {".".join(name.split(".")[:2]) for name in imported(path) if name.startswith("eval.")}
        assert used <= WEB_MAY_USE_OF_EVAL, f"{path.relative_to(root)} imports {used - WEB_MAY_USE_OF_EVAL}"


def test_nobody_imports_the_composition_root(root: Path) -> None:
    assert not [path for path in sources(root) if "qa.__main__" in imported(path)]


def test_there_is_no_import_cycle(root: Path) -> None:
    modules = {module_name(path, root): path for path in sources(root)}
    graph = {name: imported(path) & modules.keys() - {name} for name, path in modules.items()}
    # a package's __init__ is imported with each of its modules; only what it imports itself counts as an arrow
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name in done:
            return
        for target in graph[name]:
            walk(target, (*trail, name))
        done.add(name)

    for name in graph:
        walk(name, ())


@pytest.mark.parametrize("package", FENCES)
def test_a_fenced_package_stays_in_its_room(package: str, root: Path) -> None:
    for path in sources(root):
        place = path.relative_to(root).as_posix()
        if package in {name.split(".")[0] for name in imported(path)}:
            assert place.startswith(FENCES[package]), f"{place} imports {package}"


def test_the_top_level_holds_what_was_agreed_and_nothing_else(root: Path) -> None:
    listed = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    tops = {name.split("/")[0] for name in listed.splitlines()}
    assert {name for name in tops if not name.startswith(".")} <= TOP_LEVEL


def test_every_file_says_what_it_is(root: Path) -> None:
    silent = [path for path in sources(root) if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_the_command_line_starts_without_heavy_packages() -> None:
    heavy = (
        "numpy",
        "torch",
        "sentence_transformers",
        "transformers",
        "langchain_core",
        "faiss",
        "fastapi",
        "scipy",
        "sklearn",
    )
    code = f"import sys, qa.__main__; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
