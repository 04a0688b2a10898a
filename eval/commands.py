"""The commands of the eval package: `wenju eval run | check | compare | runs | …` and `wenju bench`.

In: arguments. Out: tables, files, and exit code 0 good, 1 the check failed, 2 wrong use or bad input.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from eval import gold_commands
from eval.errors import RuleError
from eval.reporting import reported
from qa.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.gate import Rule
    from eval.session import Plan
    from eval.types import Run

Mode = Literal["auto", "extractive", "llm"]
Gold = Annotated[list[Path], typer.Argument(help="gold files (JSONL, one question a line)")]
Index = Annotated[
    Path | None, typer.Option("--index", help="folder of the index, where it is not that of the settings")
]
Out = Annotated[Path | None, typer.Option("--out", help="folder of the run; without it a new one among the runs")]
Json = Annotated[Path | None, typer.Option("--json", help="also write the whole run to this file, `-` for stdout")]
Gate = Annotated[str | None, typer.Option("--gate", help="rules, for example: all@5/zh >= 0.95; correct drop <= 0.01")]
Baseline = Annotated[str | None, typer.Option("--baseline", help="run that rules of change compare with")]
Seed = Annotated[int, typer.Option("--seed", help="seed of every resampling")]

evaluation = typer.Typer(no_args_is_help=True, help="Say whether it is any good: by how much, and how sure.")


def register(app: typer.Typer) -> None:
    """Add this floor's commands to the command line."""
    gold_commands.register(evaluation)
    app.add_typer(evaluation, name="eval")
    app.command("bench")(bench_command)


@evaluation.command("run")
def run_command(
    context: typer.Context,
    gold: Gold,
    vary: Annotated[list[str], typer.Option("--vary", help="retrieval.legs=bm25,dense,hybrid", default_factory=list)],
    url: Annotated[str | None, typer.Option("--url", help="evaluate the server at this address")] = None,
    key: Annotated[str | None, typer.Option("--key", help="API key of the server", envvar="WENJU_EVAL_KEY")] = None,
    adapter: Annotated[Path | None, typer.Option("--adapter", help="Python file with connect(url)")] = None,
    index: Index = None,
    articles: Annotated[Path | None, typer.Option("--articles", help="check the gold's quotes against it")] = None,
    out: Out = None,
    json_file: Json = None,
    gate: Gate = None,
    baseline: Baseline = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="only the first questions")] = None,
    mode: Annotated[Mode, typer.Option("--mode", help="which answerer is asked for")] = "extractive",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="questions asked at once (servers)")] = 4,
    label: Annotated[str, typer.Option("--label", help="a name for the run")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="go on with the run that was stopped")] = False,
    seed: Seed = 0,
) -> None:
    """Ask every gold question and print the measures with their intervals."""
    from eval.session import Plan, baseline_run, check_gate, perform, verdicts
    from eval.show import show_run, show_verdicts
    from eval.summary import summarize

    settings: Settings = context.obj
    plan = Plan(
        gold=tuple(gold),
        settings=settings.model_copy(update={"index": index}) if index else settings,
        url=url,
        key=key,
        adapter=adapter,
        articles=articles,
        out=out,
        limit=limit,
        mode=mode,
        workers=workers,
        label=label,
        resume=resume,
        seed=seed,
    )
    with reported():
        rules = check_gate(gate, baseline)
        before = baseline_run(plan, baseline)
        if vary:
            raise typer.Exit(0 if _run_matrix(plan, vary, rules, before) else 1)
        run = perform(plan)
    summary = summarize(run.rows, seed=seed)
    show_run(run, summary, folder=plan.out or plan.runs / run.id, json_file=json_file)
    good = show_verdicts(verdicts(run, summary, rules, before, seed))
    raise typer.Exit(0 if good and not any(row.error for row in run.rows) else 1)


def _run_matrix(plan: "Plan", variations: list[str], rules: "Sequence[Rule]", before: "Run | None") -> bool:
    from eval.matrix import page_of, perform_matrix
    from eval.session import verdicts
    from eval.show import show_board, show_verdicts

    contenders = perform_matrix(plan, variations, announce=lambda label: typer.echo(f"asking {label}", err=True))
    show_board(contenders, page_of(plan, contenders))
    good = [show_verdicts(verdicts(c.run, c.summary, rules, before, plan.seed), c.label) for c in contenders]
    return all(good) and not any(row.error for c in contenders for row in c.run.rows)


@evaluation.command("compare")
def compare_command(
    context: typer.Context,
    a: Annotated[str, typer.Argument(help="the run before: a folder, a JSON file, or the id of a run")],
    b: Annotated[str, typer.Argument(help="the run after")],
    gate: Gate = None,
    json_file: Json = None,
    html: Annotated[Path | None, typer.Option("--html", help="also write a page with both answers")] = None,
    markdown: Annotated[Path | None, typer.Option("--markdown", help="also write a note for a pull request")] = None,
    show: Annotated[int, typer.Option("--show", min=0, help="questions shown of those that changed")] = 5,
    seed: Seed = 0,
) -> None:
    """Say what changed between two runs: differences with intervals and p, questions won and lost."""
    from eval.compare import compare
    from eval.gate import judge
    from eval.session import check_gate
    from eval.show import show_comparison, show_verdicts
    from eval.store import load_run
    from eval.summary import summarize

    runs = context.obj.runs
    with reported():
        rules = check_gate(gate, a)
        comparison = compare(load_run(a, runs), load_run(b, runs), seed=seed)
    show_comparison(comparison, json_file=json_file, html=html, markdown=markdown, limit=show)
    good = show_verdicts(judge(rules, summarize(comparison.b.rows, seed=seed), comparison.differences))
    raise typer.Exit(0 if good else 1)


@evaluation.command("runs")
def runs_command(context: typer.Context) -> None:
    """List the runs, newest first."""
    from eval.show import console
    from eval.store import run_folders
    from eval.tables import run_table

    folders = list(run_folders(context.obj.runs))
    if not folders:
        typer.echo("There are no runs yet. Make one with: wenju eval run GOLD.jsonl")
        return
    with reported():
        console().print(run_table(folders))


@evaluation.command("check")
def check_command(
    context: typer.Context,
    gold: Gold,
    articles: Annotated[Path | None, typer.Option("--articles", help="folder of articles the gold is about")] = None,
) -> None:
    """Check gold files: form, ids, and that every quote stands in its document."""
    from collections import Counter

    from eval.gold import folder_documents, quote_problems, read_gold, weak_lines
    from eval.record import indexed_folder

    with reported():
        folder = articles or indexed_folder(context.obj.index)
        lines, problems = read_gold(gold)
        problems += weak_lines(lines)
        if folder is not None:
            problems += quote_problems(lines, folder_documents(folder))
    for problem in problems:
        typer.echo(str(problem), err=True)
    kinds = Counter(line.case.kind for line in lines)
    typer.echo(f"{len(lines)} questions ({', '.join(f'{n} {kind}' for kind, n in kinds.most_common())})")
    typer.echo(f"quotes checked against {folder}" if folder else "quotes not checked: say which --articles they quote")
    typer.echo(f"{len(problems)} problem(s)")
    raise typer.Exit(2 if problems else 0)


def bench_command(
    context: typer.Context,
    articles: Annotated[Path | None, typer.Argument(help="folder of articles (default: the sample)")] = None,
    gold: Annotated[Path | None, typer.Option("--gold", help="questions (default: those of the sample)")] = None,
    sizes: Annotated[str, typer.Option("--sizes", help="how many times the articles, for example 1,10,50")] = "1,4",
    systems: Annotated[
        str, typer.Option("--systems", help="wenju, langchain, rank-bm25")
    ] = "wenju,langchain,rank-bm25",
    limit: Annotated[int, typer.Option("--limit", min=1, help="questions at most")] = 100,
    json_file: Json = None,
    html: Annotated[Path | None, typer.Option("--html", help="also write a page with charts")] = None,
    seed: Seed = 0,
) -> None:
    """Measure speed, memory and size of wenju and two plain recipes, at several sizes."""
    from eval.bench import bench
    from eval.gold import load_gold
    from eval.show import show_benchmark

    sample = Path(__file__).parent / "sample"
    with reported():
        found = bench(
            articles or sample / "articles",
            load_gold([gold or sample / "gold.jsonl"])[:limit],
            context.obj,
            sizes=_sizes(sizes),
            systems=_systems(systems),
            seed=seed,
            announce=lambda words: typer.echo(f"measuring {words}", err=True),
        )
    show_benchmark(found, json_file=json_file, html=html)


def _sizes(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdigit() and int(part) >= 1 for part in parts):
        raise RuleError(f"The sizes {text!r} are not understood. Write whole numbers: 1,10,50")
    return [int(part) for part in parts]


def _systems(text: str) -> list[str]:
    from eval.bench_systems import SYSTEMS

    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in SYSTEMS]:
        raise RuleError(f"There is no system {unknown[0]!r} to measure. There are: {', '.join(SYSTEMS)}.")
    return names
