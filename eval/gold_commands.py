"""The commands that make and look at gold: `wenju eval make | perturb | import | stats | duplicates`.

In: articles, opinions, gold files, public sets. Out: gold files for a person to review, and tables.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from eval.reporting import reported
from qa.settings import Settings

if TYPE_CHECKING:
    from eval.gold import Documents
    from index.types import Article

Gold = Annotated[list[Path], typer.Argument(help="gold files (JSONL)")]
Out = Annotated[Path, typer.Option("--out", help="the file or folder to write")]
Folder = Annotated[Path | None, typer.Option("--articles", help="the folder of articles that the gold is about")]
Source = Annotated[Path, typer.Argument(help="a SQuAD or CMRC JSON file, or a BEIR folder")]


def register(evaluation: typer.Typer) -> None:
    """Add the commands to `wenju eval`."""
    evaluation.command("make")(make_command)
    evaluation.command("perturb")(perturb_command)
    evaluation.command("import")(import_command)
    evaluation.command("stats")(stats_command)
    evaluation.command("duplicates")(duplicates_command)


def make_command(
    context: typer.Context,
    out: Out,
    feedback: Annotated[Path | None, typer.Option("--feedback", help="readers' opinions (JSONL)")] = None,
    llm: Annotated[bool, typer.Option("--llm", help="let the configured language model write the questions")] = False,
    index: Annotated[Path | None, typer.Option("--index", help="folder of the index")] = None,
    per_article: Annotated[int, typer.Option("--per-article", min=1, help="questions an article at most")] = 3,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="only the first articles")] = None,
    seed: Annotated[int, typer.Option("--seed")] = 0,
) -> None:
    """Make questions for review: from the indexed articles by templates or a model, or from readers' opinions."""
    from eval.gold import write_gold
    from eval.json_files import read_objects
    from eval.llm_making import ask_with, make_with_llm
    from eval.making import case_from_feedback, make_cases

    settings = context.obj.model_copy(update={"index": index}) if index else context.obj
    with reported():
        if feedback is not None:
            cases = [case_from_feedback(line, f"F-{n:04d}") for n, line in enumerate(read_objects(feedback), 1)]
        elif llm:
            ask, (articles, documents) = ask_with(settings), _indexed(settings)
            cases = make_with_llm(articles[:limit], ask, documents, per_article=per_article)
        else:
            articles, documents = _indexed(settings)
            cases = make_cases(articles[:limit], documents, per_article=per_article, seed=seed)
    write_gold(out, cases)
    typer.echo(f"{len(cases)} questions in {out}. Edit them, then: wenju eval check {out}")


def _indexed(settings: Settings) -> "tuple[list[Article], Documents | None]":
    """Return the indexed articles, and the documents as read where their folder is still there."""
    from eval.gold import folder_documents
    from eval.record import indexed_folder
    from qa.assemble import load_assistant

    folder = indexed_folder(settings.index)
    articles, _ = load_assistant(settings).articles(per_page=1_000_000)
    return articles, folder_documents(folder) if folder else None


def perturb_command(
    gold: Gold,
    out: Out,
    kinds: Annotated[str, typer.Option("--kinds", help="typos,width,traditional,filler,abbreviations")] = "",
    seed: Annotated[int, typer.Option("--seed")] = 0,
) -> None:
    """Write the same questions as people really type them, a file for each kind."""
    from eval.gold import load_gold, write_gold
    from eval.perturb import KINDS, perturb

    chosen = [kind.strip() for kind in kinds.split(",") if kind.strip()] or list(KINDS)
    if unknown := [kind for kind in chosen if kind not in KINDS]:
        typer.echo(f"wenju: there is no kind {unknown[0]!r}; kinds are: {', '.join(KINDS)}", err=True)
        raise typer.Exit(2)
    with reported():
        cases = load_gold(gold)
    out.mkdir(parents=True, exist_ok=True)
    for kind in chosen:
        changed = perturb(cases, kind, seed=seed)
        write_gold(out / f"{kind}.jsonl", changed)
        typer.echo(f"{kind}: {len(changed)} of {len(cases)} questions changed, in {out / f'{kind}.jsonl'}")


def import_command(form: Annotated[Literal["beir", "squad"], typer.Argument()], source: Source, out: Out) -> None:
    """Turn a public set into a folder of articles and a gold file."""
    from eval.importing import import_beir, import_squad

    with reported():
        count = (import_beir if form == "beir" else import_squad)(source, out)
    typer.echo(f"{count} questions in {out / 'gold.jsonl'}, articles in {out / 'articles'}")


def stats_command(
    gold: Gold, articles: Folder = None, as_json: Annotated[bool, typer.Option("--json", help="JSON alone")] = False
) -> None:
    """Say what kind of set a gold set is."""
    from eval.gold import folder_documents, load_gold
    from eval.survey import survey

    with reported():
        found = survey(load_gold(gold), folder_documents(articles) if articles else None)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    for name, value in asdict(found).items():
        shown = ", ".join(f"{k} {_short(v)}" for k, v in value.items()) if isinstance(value, dict) else _short(value)
        typer.echo(f"{name.replace('_', ' ')}: {shown}")


def duplicates_command(
    gold: Gold,
    against: Annotated[
        list[Path], typer.Option("--against", help="sets that nothing may be shared with", default_factory=list)
    ],
) -> None:
    """Name questions that are nearly the same, within the set and against others (exit code 1 if there are any)."""
    from eval.duplicates import leaks, near_duplicates
    from eval.gold import load_gold

    with reported():
        cases = load_gold(gold)
        others = load_gold(against) if against else []
    found = near_duplicates(cases) + leaks(cases, others)
    for pair in found:
        typer.echo(f"{pair.one.id} and {pair.other.id}: {pair.why} ({pair.likeness:.2f})")
        typer.echo(f"    {pair.one.question}\n    {pair.other.question}")
    typer.echo(f"{len(found)} pair(s) too alike among {len(cases)} questions")
    raise typer.Exit(1 if found else 0)


def _short(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
