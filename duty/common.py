"""What the verbs share: the home, its settings, its retriever, progress on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from server.settings import Settings, read_settings

if TYPE_CHECKING:
    from indexer.build import NewVersion
    from retriever.retriever import Retriever

home_option = click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the index [DUTY_HOME or .duty]."
)


def settings_of(home: Path | None) -> Settings:
    settings = read_settings()
    return settings if home is None else replace(settings, home=home)


def open_retriever(settings: Settings) -> "Retriever":
    """The retriever of a home's current index, which the first run builds."""
    from indexer.encoders.encoder import load_encoder
    from indexer.index import open_index
    from indexer.versions import IndexPaths
    from retriever.retriever import Retriever

    encoder = load_encoder(settings.model)
    if IndexPaths(settings.home).current_version() is None:
        from indexer.documents import rebuilt

        with progress() as report, rebuilt(settings.home, encoder, report=report) as version:
            version.publish(settings.keep_versions)
        report_version(version, settings.home)
    return Retriever(open_index(settings.home, encoder), encoder)


def report_version(version: "NewVersion", home: Path) -> None:
    manifest, orphans = version.manifest, len(version.corpus.orphans)
    click.echo(
        f"index {manifest.version} in {home}: {manifest.clauses} clauses and {manifest.questions} expected questions "
        f"of {', '.join(manifest.documents)}",
        err=True,
    )
    if orphans:
        click.echo(f"{orphans} lines of expected questions no longer fit a clause; see: duty corpus check", err=True)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A reporter of (stage, done, total) that draws a bar a stage on a terminal's stderr, and is silent elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:>8}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done)

        yield report
