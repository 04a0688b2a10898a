"""The commands ask, search, doctor: arguments and Settings in, text out, or JSON with `--json`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qa.settings import Settings
from qa.types import Lang, Mode

if TYPE_CHECKING:
    from index.types import Hit
    from qa.types import Answer

AS_JSON = typer.Option("--json", help="Print only JSON, the same objects as HTTP.")
INDEX = typer.Option("--index", help="Folder of the index.")


def register(app: typer.Typer) -> None:
    """Add this floor's commands to the command line."""
    app.command()(ask)
    app.command()(search)
    app.command()(doctor)


def ask(
    context: typer.Context,
    question: str,
    as_json: Annotated[bool, AS_JSON] = False,
    mode: Annotated[Mode, typer.Option(help="Who writes the answer.")] = "auto",
    lang: Annotated[Lang | None, typer.Option(help="Language of the answer; by default that of the question.")] = None,
    k: Annotated[int, typer.Option("-k", help="Passages to read, 1 to 50.")] = 8,
    index: Annotated[Path | None, INDEX] = None,
) -> None:
    """Answer a question from the articles, with citations."""
    from qa.assemble import load_assistant
    from qa.shapes import answer_shape

    answer = load_assistant(_settings(context, index)).answer(question, k=k, mode=mode, lang=lang)
    if as_json:
        _print_json(answer_shape(answer))
    else:
        _print_answer(answer)


def search(
    context: typer.Context,
    question: str,
    k: Annotated[int, typer.Option("-k", help="Passages to show, 1 to 50.")] = 10,
    as_json: Annotated[bool, AS_JSON] = False,
    explain: Annotated[bool, typer.Option(help="Show what each leg said of each passage.")] = False,
    index: Annotated[Path | None, INDEX] = None,
) -> None:
    """Show the passages nearest to a question."""
    from qa.assemble import load_assistant
    from qa.shapes import hit_shape

    hits = load_assistant(_settings(context, index)).search(question, k=k)
    if as_json:
        _print_json({"passages": [hit_shape(hit) for hit in hits]})
    else:
        for hit in hits:
            _print_hit(hit, explain=explain)


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, AS_JSON] = False,
    index: Annotated[Path | None, INDEX] = None,
) -> None:
    """Tell what is installed and configured, and whether it works; exit code 1 if something is broken."""
    from qa.doctor import examine

    checks = examine(_settings(context, index))
    if as_json:
        _print_json({"ok": all(check.ok for check in checks), "checks": [check.shape() for check in checks]})
    else:
        for check in checks:
            typer.echo(f"{'ok ' if check.ok else 'BAD'} {check.name}: {check.detail}")
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def _settings(context: typer.Context, index: Path | None) -> Settings:
    settings: Settings = context.obj
    return settings if index is None else settings.model_copy(update={"index": index})


def _print_json(shape: dict[str, Any]) -> None:
    typer.echo(json.dumps(shape, ensure_ascii=False, indent=2))


def _print_answer(answer: "Answer") -> None:
    if answer.standalone_question != answer.question:
        typer.echo(f"? {answer.standalone_question}")
    typer.echo(answer.text)
    for citation in answer.citations:
        article = citation.article
        place = ", ".join(part for part in (article.issue, article.date, article.source) if part)
        typer.echo(f"\n[{citation.marker}] 《{article.title}》 {place}\n    {citation.quote}")
    notes = f"; {', '.join(answer.notes)}" if answer.notes else ""
    typer.echo(f"\nconfidence {answer.confidence:.2f}, {answer.mode}, {answer.timings['total']:.0f} ms{notes}")


def _print_hit(hit: "Hit", *, explain: bool) -> None:
    typer.echo(f"{hit.rank}. {hit.score:.3f} 《{hit.article.title}》 {hit.article.source} [{hit.passage.id}]")
    if explain:
        legs = ", ".join(f"{name} {part.score:.3f} (rank {part.rank})" for name, part in hit.parts.items())
        typer.echo(f"   {legs}")
    typer.echo(f"   {hit.passage.text}\n")
