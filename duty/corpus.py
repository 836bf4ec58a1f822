"""`duty corpus`: the documents of a home, and what is understood of any."""

import json
from pathlib import Path

import click

from duty.common import home_option, progress, report_version, settings_of


@click.group()
def corpus() -> None:
    """The documents of a home, and what is understood of any."""


@corpus.command("parse")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print clauses, findings and what is left out as one object.")
def corpus_parse(file: Path, as_json: bool) -> None:
    """Show the clauses found in FILE, without indexing it."""
    from corpus.load import load_document
    from duty.terminal import make_console
    from duty.understood import print_understood
    from server.objects import document_object

    document = load_document(file)
    if as_json:
        click.echo(json.dumps(document_object(document), ensure_ascii=False, indent=2))
    else:
        print_understood(document, make_console())


@corpus.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="What the document is called [its file's name].")
@click.option("--replace", is_flag=True, help="Put it in the place of the document of that name.")
@home_option
def corpus_add(file: Path, name: str | None, replace: bool, home: Path | None) -> None:
    """Copy FILE and what is kept beside it into the home, and publish an index with it."""
    from indexer.documents import add
    from indexer.encoders.encoder import load_encoder

    settings = settings_of(home)
    encoder = load_encoder(settings.model)
    with progress() as report:
        version = add(settings.home, file, encoder, name, instead=replace, keep=settings.keep_versions, report=report)
    report_version(version, settings.home)


@corpus.command("remove")
@click.argument("slug")
@home_option
def corpus_remove(slug: str, home: Path | None) -> None:
    """Take the document SLUG out of the home, and publish an index without it. Its files go to removed/ in the home."""
    from indexer.documents import remove
    from indexer.encoders.encoder import load_encoder

    settings = settings_of(home)
    encoder = load_encoder(settings.model)
    with progress() as report:
        version = remove(settings.home, slug, encoder, keep=settings.keep_versions, report=report)
    report_version(version, settings.home)


@corpus.command("list")
@home_option
def corpus_list(home: Path | None) -> None:
    """The documents of the home: name, what the current index has of it, and the file."""
    from indexer.documents import listed
    from indexer.summary import read_summaries
    from indexer.versions import IndexPaths

    where = settings_of(home).home
    files = listed(where)
    paths = IndexPaths(where)
    version = paths.current_version()
    indexed = {} if version is None else {one.slug: one for one in read_summaries(paths.version(version))}
    for slug, file in sorted(files.items()):
        one = indexed.get(slug)
        what = (
            f"{one.departments} departments, {one.positions} positions, {one.clauses} clauses, {one.findings} findings"
            if one
            else "not in the index; run: duty index"
        )
        click.echo(f"{slug}  {what}  {file.path}")


@corpus.command("check")
@click.option("--corpus", "paths", multiple=True, type=click.Path(path_type=Path), help="Documents to check.")
@home_option
def corpus_check(paths: tuple[Path, ...], home: Path | None) -> None:
    """Report numbering gaps, posts without duties, twins and overlaps between posts, and unparsed lines."""
    from corpus.check import check
    from corpus.load import load_corpus
    from duty.terminal import make_console, print_findings
    from indexer.documents import document_paths

    print_findings(check(load_corpus(paths or document_paths(settings_of(home).home))), make_console())
