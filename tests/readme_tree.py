"""The tree of the README, made from the files and their docstrings; `python tests/readme_tree.py` writes it.

In: the repository's root. Out: the lines between the README's two tree marks.
"""

import ast
import subprocess
from pathlib import Path

BEGIN, END = "<!-- tree -->\n```\n", "```\n<!-- /tree -->"
READMES = ("README.md", "README.zh-CN.md")
SHOWN = ("index", "prompts", "qa", "web", "eval")
FOLDERS = {
    "index/model": "the embedded model: weights, tokenizer, model card",
    "web/templates": "the pages (Jinja2)",
    "web/static": "their style and scripts, served as they are",
    "eval/sample": "articles and gold questions of our own, on which the README's commands run",
    "eval/templates": "the report as one HTML file",
    "tests": "one file per module, the real server, the real browser",
}


def phrase(path: Path) -> str:
    """Return the first sentence of a file's docstring, without the full stop."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".")


def tree(root: Path) -> str:
    """Return the tree of tracked files, each with what it is for."""
    listed = subprocess.check_output(["git", "-c", "core.quotepath=off", "ls-files"], cwd=root, text=True).splitlines()
    lines = []
    for top in SHOWN:
        lines.append(f"{top + '/':<28}{phrase(root / top / '__init__.py')}")
        inside = sorted(name for name in listed if name.startswith(f"{top}/"))
        lines += [f"  {name:<26}{what}" for name, what in entries(root, top, inside)]
    return "\n".join([*lines, f"{'tests/':<28}{FOLDERS['tests']}"]) + "\n"


def entries(root: Path, top: str, inside: list[str]) -> list[tuple[str, str]]:
    """Return (name, phrase) of every module and folder right below `top`."""
    found: dict[str, str] = {}
    for name in inside:
        first, _, rest = name.removeprefix(f"{top}/").partition("/")
        if rest:
            package = root / top / first / "__init__.py"
            found[f"{first}/"] = FOLDERS.get(f"{top}/{first}") or phrase(package)
        elif first.endswith(".py") and not first.startswith("__init__"):
            found[first] = phrase(root / top / first)
    return sorted(found.items())


def between(text: str) -> str:
    """Return what stands between the tree marks of a README."""
    return text.split(BEGIN, 1)[1].split(END, 1)[0]


def main() -> None:
    """Write the tree into both READMEs."""
    root = Path(__file__).resolve().parent.parent
    for name in READMES:
        path = root / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(BEGIN + between(text) + END, BEGIN + tree(root) + END), encoding="utf-8")


if __name__ == "__main__":
    main()
