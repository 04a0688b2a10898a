"""The commands of the index floor: `wenju index`."""

import os
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from index.errors import EmbedderError, NothingToIndex

if TYPE_CHECKING:
    from index.report import Report

Folder = Annotated[Path | None, typer.Argument(metavar="DIR", help="folder of articles: txt, md, html, pdf, docx")]
Place = Annotated[Path | None, typer.Option("--index", help="folder of the index (default: the setting `index`)")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say what would be done and write nothing")]
Explain = Annotated[Path | None, typer.Option("--explain", help="show what reading one file found and changed")]
Rollback = Annotated[bool, typer.Option("--rollback", help="go back to the generation before")]
Quantize = Annotated[
    Path | None,
    typer.Option(
        "--quantize", metavar="FOLDER", help="first write the transformer model in 8 bits to FOLDER, and use it"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="print JSON and nothing else")]


class IndexSettings(Protocol):
    """The settings that the index floor reads."""

    @property
    def index(self) -> Path:
        """Folder of the index."""

    @property
    def embedding_model(self) -> str:
        """Name of the embedding model."""

    @property
    def embedding_device(self) -> str:
        """Device of a transformer model."""

    @property
    def embedding_query_prompt(self) -> str | None:
        """Overrides the query prompt."""

    @property
    def embedding_passage_prompt(self) -> str | None:
        """Overrides the passage prompt."""

    @property
    def adapt(self) -> bool:
        """Whether the embedded model is adapted to the articles."""


def register(app: typer.Typer) -> None:
    """Add this floor's commands to the command line."""
    app.command("index")(index_folder)


def index_folder(
    context: typer.Context,
    folder: Folder = None,
    index: Place = None,
    dry_run: DryRun = False,
    explain: Explain = None,
    rollback: Rollback = False,
    quantize: Quantize = None,
    json: Json = False,
) -> None:
    """Build the index of a folder, or bring it up to date: only what changed is embedded again."""
    settings: IndexSettings = context.obj
    place = index or settings.index
    if explain is not None:
        _explain(explain, json)
    elif rollback:
        _roll_back(place, json)
    elif folder is None:
        raise NothingToIndex("No folder is given. Give the folder of the articles, for example `wenju index articles`.")
    else:
        _build(folder, place, settings, quantize, dry_run, json)


def _build(
    folder: Path, place: Path, settings: IndexSettings, quantize: Path | None, dry_run: bool, json: bool
) -> None:
    # numpy reads this when it is imported; its products here are small, and its second thread mostly waits, at full
    # load (the five corpus files beside a busy neighbour: 2.1 s of CPU instead of 2.8)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from index.plan import check_folder

    check_folder(folder)

    from index.display import as_json, summary, watching
    from index.embedding import load_embedder
    from index.sync import build_index

    embedder = load_embedder(
        _quantized(settings.embedding_model, quantize) if quantize else settings.embedding_model,
        device=settings.embedding_device,
        query_prompt=settings.embedding_query_prompt,
        passage_prompt=settings.embedding_passage_prompt,
        threads=cores(),
    )
    with watching() as progress:
        report: Report = build_index(
            folder, place, embedder=embedder, adapt=settings.adapt, progress=progress, dry_run=dry_run
        )
    typer.echo(as_json(report) if json else summary(report, folder, place))


def _quantized(name: str, folder: Path) -> str:
    """Return the name of a model after it was written in 8 bits into a folder."""
    from index.embedding import DEFAULT
    from index.embedding_onnx import export_onnx

    if name == DEFAULT:
        raise EmbedderError(
            "The embedded model is in 8 bits already. Set WENJU_EMBEDDING_MODEL to the transformer model to quantize."
        )
    export_onnx(name, folder, threads=cores())
    typer.echo(f"Set WENJU_EMBEDDING_MODEL={folder} to search this index with the model in 8 bits.", err=True)
    return str(folder)


def _explain(file: Path, json: bool) -> None:
    from index.articles import read_articles
    from index.display import explained, explained_json

    reading = read_articles(file, file.name)
    typer.echo(explained_json(reading) if json else explained(reading))


def _roll_back(place: Path, json: bool) -> None:
    from index.generations import roll_back

    generation = roll_back(place)
    typer.echo(dumps({"generation": generation}) if json else f"Generation {generation} is in use again.")


def cores() -> int:
    """Return how many cores this process may use: indexing uses them all."""
    return len(os.sched_getaffinity(0))
