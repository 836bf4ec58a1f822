"""`duty index`: building versions, and what is kept of them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpus.errors import UsageError
from duty.common import home_option, progress, report_version, settings_of

if TYPE_CHECKING:
    from indexer.build import NewVersion
    from indexer.encoders.encoder import Encoder


@click.group(invoke_without_command=True)
@click.option(
    "--corpus",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A document, or a folder of them; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Publish nothing; say what would change.")
@home_option
@click.pass_context
def index(context: click.Context, paths: tuple[Path, ...], dry_run: bool, home: Path | None) -> None:
    """Parse documents, embed their clauses and publish a new index version.

    Without --corpus: the documents of the home, which `duty corpus add` puts there; else again those of the current
    version, or the shipped document where there is none.
    """
    if context.invoked_subcommand is not None:
        if paths or dry_run or home is not None:
            raise UsageError(f"options go behind the verb, as in: duty index {context.invoked_subcommand} --home DIR")
        return
    from indexer.documents import rebuilt
    from indexer.encoders.encoder import load_encoder

    settings = settings_of(home)
    encoder = load_encoder(settings.model)
    with progress() as report, rebuilt(settings.home, encoder, paths, report) as version:
        if dry_run:
            _print_dry_run(version, settings.home, encoder)
            return
        version.publish(settings.keep_versions)
    report_version(version, settings.home)


def _print_dry_run(version: "NewVersion", home: Path, encoder: "Encoder") -> None:
    from duty.terminal import make_console, print_changes
    from indexer.index import open_index, open_version
    from server.changes import compare

    current = None if version.paths.current_version() is None else open_index(home, encoder)
    print_changes(compare(home, current, open_version(version.folder, encoder), encoder), make_console())
    click.echo("nothing is published; without --dry-run it is", err=True)


@index.command("list")
@home_option
def index_list(home: Path | None) -> None:
    """Every version that is kept, newest first: its name, clauses and documents; * is the one that is served."""
    from corpus.errors import IndexUnavailableError
    from indexer.versions import IndexPaths, Manifest

    paths = IndexPaths(settings_of(home).home)
    current = paths.current_version()
    for name in sorted(paths.published(), reverse=True):
        try:
            manifest = Manifest.load(paths.version(name))
            what = f"{manifest.clauses} clauses of {', '.join(manifest.documents)}"
        except IndexUnavailableError as error:
            what = f"cannot be used: {error.message}"
        click.echo(f"{'*' if name == current else ' '} {name}  {what}")


@index.command("rollback")
@click.argument("version", required=False)
@home_option
def index_rollback(version: str | None, home: Path | None) -> None:
    """Serve VERSION again, or the one published before the current one; at once, also on running servers."""
    from indexer.documents import roll_back
    from indexer.encoders.encoder import load_encoder

    settings = settings_of(home)
    name = roll_back(settings.home, load_encoder(settings.model), version)
    click.echo(f"index {name} is current; the documents are as they were: duty index builds from them again", err=True)


@index.command("diff")
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="Print all as one object.")
@home_option
def index_diff(before: str, after: str, as_json: bool, home: Path | None) -> None:
    """Clauses added, removed, moved and reworded between two versions.

    And saved questions whose answer changes owner.
    """
    from duty.terminal import make_console, print_changes
    from indexer.encoders.encoder import load_encoder
    from server.changes import changes_object, compare_versions

    settings = settings_of(home)
    changes = compare_versions(settings.home, before, after, load_encoder(settings.model))
    if as_json:
        click.echo(json.dumps(changes_object(changes), ensure_ascii=False, indent=2))
    else:
        print_changes(changes, make_console())
