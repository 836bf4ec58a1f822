"""The command line: each verb calls one package. Libraries load inside the verbs that need them, for a quick start."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import DutyError, UsageError
from corpus.settings import Settings, read_settings

if TYPE_CHECKING:
    from indexer.build import NewVersion
    from indexer.encoder import Encoder
    from retriever.retriever import Retriever

LOOPBACK_ONLY = "127.0.0.1"


def main() -> None:
    """Run the command line. Exit codes: 0 done, 2 usage, 1 failed with one line on stderr."""
    try:
        commands(prog_name="duty")
    except DutyError as error:
        _fail(error.message, 2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:  # the reader of our output left: nothing to say, and nobody to say it to
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - no traceback reaches a user
        _fail(f"unexpected {type(error).__name__}: {error}. This is a defect of dutyfinder; please report it", 1)


def _fail(message: str, status: int) -> None:
    click.echo(f"duty: {' '.join(message.split())}", err=True)
    sys.exit(status)


_home = click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the index [DUTY_HOME or .duty].")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Which post handles X, answered from an organisation's own duty documents."""


@commands.group(invoke_without_command=True)
@click.option(
    "--corpus", "paths", multiple=True, type=click.Path(path_type=Path), help="A document, or a folder of them; may be repeated."
)
@click.option("--dry-run", is_flag=True, help="Publish nothing; say what would change.")
@_home
@click.pass_context
def index(context: click.Context, paths: tuple[Path, ...], dry_run: bool, home: Path | None) -> None:
    """Parse documents, embed their clauses and publish a new index version.

    Without --corpus: the documents of the home, which `duty corpus add` puts there; else again those of the current version, or
    the shipped document where there is none.
    """
    if context.invoked_subcommand is not None:
        if paths or dry_run or home is not None:
            raise UsageError(f"options go behind the verb, as in: duty index {context.invoked_subcommand} --home DIR")
        return
    from indexer.documents import rebuilt
    from indexer.encoder import load_encoder

    settings = _settings(home)
    encoder = load_encoder(settings.model)
    with _progress() as report, rebuilt(settings.home, encoder, paths, report) as version:
        if dry_run:
            _print_dry_run(version, settings.home, encoder)
            return
        version.publish(settings.keep_versions)
    _report(version, settings.home)


def _print_dry_run(version: "NewVersion", home: Path, encoder: "Encoder") -> None:
    from indexer.index import open_index, open_version
    from server.changes import compare
    from server.terminal import make_console, print_changes

    current = None if version.paths.current_version() is None else open_index(home, encoder)
    print_changes(compare(home, current, open_version(version.folder, encoder), encoder), make_console())
    click.echo("nothing is published; without --dry-run it is", err=True)


@index.command("list")
@_home
def index_list(home: Path | None) -> None:
    """Every version that is kept, newest first: its name, clauses and documents; * is the one that is served."""
    from corpus.errors import IndexUnavailableError
    from indexer.versions import IndexPaths, Manifest

    paths = IndexPaths(_settings(home).home)
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
@_home
def index_rollback(version: str | None, home: Path | None) -> None:
    """Serve VERSION again, or the one published before the current one; at once, also on running servers."""
    from indexer.documents import roll_back
    from indexer.encoder import load_encoder

    settings = _settings(home)
    name = roll_back(settings.home, load_encoder(settings.model), version)
    click.echo(f"index {name} is current; the documents are as they were: duty index builds from them again", err=True)


@index.command("diff")
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="Print all as one object.")
@_home
def index_diff(before: str, after: str, as_json: bool, home: Path | None) -> None:
    """Clauses added, removed, moved and reworded between two versions, and saved questions whose answer changes owner."""
    from indexer.encoder import load_encoder
    from server.changes import changes_object, compare_versions
    from server.terminal import make_console, print_changes

    settings = _settings(home)
    changes = compare_versions(settings.home, before, after, load_encoder(settings.model))
    if as_json:
        click.echo(json.dumps(changes_object(changes), ensure_ascii=False, indent=2))
    else:
        print_changes(changes, make_console())


@commands.command()
@click.argument("question", required=False)
@click.option("--department", help="Answer only from this department.")
@click.option("--top-k", type=click.IntRange(1, 50), default=5, show_default=True, help="At most so many posts.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer object.")
@click.option("--batch", type=click.Path(path_type=Path), help='Questions, one {"id", "question", "department"?} a line.')
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the answers to --batch go, one a line.")
@_home
def ask(
    question: str | None,
    department: str | None,
    top_k: int,
    as_json: bool,
    batch: Path | None,
    out: Path | None,
    home: Path | None,
) -> None:
    """Answer one QUESTION, or a file of them with --batch and --out."""
    if (question is None) == (batch is None) or (batch is None) != (out is None):
        raise UsageError('give a question, or --batch IN.jsonl --out OUT.jsonl; for example: duty ask "佣金怎么结算，找谁"')
    if batch is not None and out is not None:
        _ask_batch(batch, out, department, top_k, home)
        return
    assert question is not None
    from retriever.query import check_question
    from server.answer import answered
    from server.objects import answer_object

    check_question(question)
    result = _open_retriever(_settings(home)).ask(question, department, top_k=top_k)
    if as_json:
        click.echo(json.dumps(answer_object(answered(result)), ensure_ascii=False, indent=2))
    else:
        from server.terminal import make_console, print_answer

        print_answer(result, make_console())


def _ask_batch(batch: Path, out: Path, department: str | None, top_k: int, home: Path | None) -> None:
    from server.batch import answer_batch, read_batch

    questions = read_batch(batch)
    retriever = _open_retriever(_settings(home))
    with _progress() as report:
        answer_batch(questions, retriever, out, department, top_k, lambda done, total: report("ask", done, total))


@commands.command()
@click.option("--host", default=LOOPBACK_ONLY, show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Server processes.")
@_home
def serve(host: str, port: int, workers: int, home: Path | None) -> None:
    """Serve the HTTP API."""
    from server.run import check_start, run

    settings = _settings(home)
    check_start(settings, host)
    _open_retriever(settings)
    run(settings, host, port, workers)


@commands.command()
@_home
def mcp(home: Path | None) -> None:
    """Serve the Model Context Protocol on stdin and stdout."""
    from server.stdio import run_mcp

    settings = _settings(home)
    run_mcp(_open_retriever(settings), settings)


@commands.command()
@click.argument("platform", type=click.Choice(["feishu", "dingtalk"]))
@_home
def bot(platform: str, home: Path | None) -> None:
    """Answer in a messenger over its long connection, which needs no public address."""
    from server.bots.run import run_bot

    settings = _settings(home)
    run_bot(platform, _open_retriever(settings), settings)


@commands.group()
def key() -> None:
    """API keys: needed by everyone who asks the server, once there is one."""


@key.command("create")
@click.option("--name", required=True, help="Who or what it is for.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(["ask", "feedback", "admin"]),
    help="What it may do; may be repeated [ask and feedback]. admin includes the others.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print id and key as one object.")
@_home
def key_create(name: str, scopes: tuple[str, ...], as_json: bool, home: Path | None) -> None:
    """Make a key. It is shown this once; only its hash is kept."""
    from server.access import DEFAULT_SCOPES
    from server.storage.database import Database

    if not name.strip() or not name.isprintable():
        raise UsageError("the name of a key must be printable text; for example: duty key create --name intranet-bot")
    made, secret = Database.open(_settings(home)).create_key(name, tuple(dict.fromkeys(scopes)) or DEFAULT_SCOPES)
    if as_json:
        click.echo(json.dumps({"id": made.id, "key": secret}))
    else:
        click.echo(secret)
        click.echo(f"key {made.id} for {name} ({', '.join(made.scopes)}); it is not shown again", err=True)


@key.command("list")
@_home
def key_list(home: Path | None) -> None:
    """Every key: id, name, scopes, when it was made, and when it was revoked."""
    from server.storage.database import Database

    for one in Database.open(_settings(home)).all_keys():
        state = "valid" if one.revoked_at is None else f"revoked {one.revoked_at:%Y-%m-%d %H:%M}"
        click.echo(f"{one.id}  {one.name}  {','.join(one.scopes)}  {one.created_at:%Y-%m-%d %H:%M}  {state}")


@key.command("revoke")
@click.argument("key_id", metavar="ID")
@_home
def key_revoke(key_id: str, home: Path | None) -> None:
    """Revoke a key, at once and for good."""
    from server.storage.database import Database

    revoked = Database.open(_settings(home)).revoke_key(key_id)
    click.echo(f"key {revoked.id} of {revoked.name} is revoked", err=True)


@commands.command()
@_home
def audit(home: Path | None) -> None:
    """Every answer that is kept, one object a line, oldest first; with DUTY_AUDIT=on also who asked what."""
    from server.storage.database import Database

    for record in Database.open(_settings(home)).audit():
        row = {
            "id": record.id,
            "answered_at": record.answered_at.isoformat(),
            "question": record.question,
            "asked_by": record.asked_by,
            "posts": record.posts,
            "index_version": record.index_version,
        }
        click.echo(json.dumps(row, ensure_ascii=False))


@commands.group("eval", invoke_without_command=True)
@click.option("--gold", type=click.Path(path_type=Path), help="Gold questions [the shipped test split].")
@click.option("--dataset", type=click.Path(path_type=Path), help="A folder in BEIR layout, instead of gold questions.")
@click.option("--run-out", type=click.Path(dir_okay=False, path_type=Path), help="Where the TREC run of --dataset goes.")
@click.option("--json", "json_out", type=click.Path(dir_okay=False, path_type=Path), help="Where all numbers go, for machines.")
@click.option("--html", "html_out", type=click.Path(dir_okay=False, path_type=Path), help="Where the report goes, for people.")
@click.option("--compare", is_flag=True, help="Also run configurations that each lack something.")
@click.option("--base", help="With --compare: another model to set beside the one in use.")
@click.option("--gate", is_flag=True, help="Fail when a metric is significantly below eval/baseline.json.")
@click.option("--save-baseline", is_flag=True, help="Make this run the baseline.")
@_home
@click.pass_context
def evaluate(context: click.Context, /, **options: Any) -> None:
    """Score the gold questions, or any data set."""
    if context.invoked_subcommand is not None:
        return
    from eval.command import evaluate_data_set, evaluate_gold

    home = options.pop("home")
    data_set, run_out = options.pop("dataset"), options.pop("run_out")
    if data_set is not None:
        if any(options[name] for name in ("gold", "html_out", "compare", "base", "gate", "save_baseline")):
            raise UsageError("--dataset goes with --run-out and --json only")
        from indexer.encoder import load_encoder

        with _progress() as report:
            evaluate_data_set(data_set, run_out, options["json_out"], load_encoder(_settings(home).model), report)
        return
    if run_out is not None:
        raise UsageError("--run-out is for --dataset DIR")
    if options["base"] is not None and not options["compare"]:
        raise UsageError("--base is for --compare; run: duty eval --compare --base MODEL")
    retriever = _open_retriever(_settings(home))
    with _progress() as report:
        evaluate_gold(retriever, report=report, **options)


@evaluate.command("candidates")
@click.argument("feedback", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the candidates go, for review."
)
@_home
def eval_candidates(feedback: Path, out: Path, home: Path | None) -> None:
    """Turn exported FEEDBACK into gold candidates that a person reviews."""
    from eval.command import write_candidates

    click.echo(
        f"{write_candidates(feedback, out, _open_retriever(_settings(home)))} candidates in {out}; review them, then: "
        f"duty eval accept {out} --into GOLD.jsonl",
        err=True,
    )


@evaluate.command("accept")
@click.argument("reviewed", type=click.Path(path_type=Path))
@click.option("--into", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The gold file that takes them.")
@_home
def eval_accept(reviewed: Path, into: Path, home: Path | None) -> None:
    """Add the candidates that a person marked `"accepted": true` to a gold file."""
    from eval.candidates import accept

    index = _open_retriever(_settings(home)).index
    added, refused = accept(reviewed, into, [question for _, question in index.store.questions()], index)
    for reason in refused:
        click.echo(f"not added: {reason}", err=True)
    click.echo(f"{added} questions added to {into}", err=True)


@commands.group()
def corpus() -> None:
    """The documents of a home, and what is understood of any."""


@corpus.command("parse")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print clauses and findings as one object.")
def corpus_parse(file: Path, as_json: bool) -> None:
    """Show the clauses found in FILE, without indexing it."""
    from corpus.load import load_document
    from server.objects import document_object
    from server.terminal import make_console, print_document

    document = load_document(file)
    if as_json:
        click.echo(json.dumps(document_object(document), ensure_ascii=False, indent=2))
    else:
        print_document(document, make_console())


@corpus.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="What the document is called [its file's name].")
@click.option("--replace", is_flag=True, help="Put it in the place of the document of that name.")
@_home
def corpus_add(file: Path, name: str | None, replace: bool, home: Path | None) -> None:
    """Copy FILE and what is kept beside it into the home, and publish an index with it."""
    from indexer.documents import add
    from indexer.encoder import load_encoder

    settings = _settings(home)
    encoder = load_encoder(settings.model)
    with _progress() as report:
        version = add(settings.home, file, encoder, name, instead=replace, keep=settings.keep_versions, report=report)
    _report(version, settings.home)


@corpus.command("remove")
@click.argument("slug")
@_home
def corpus_remove(slug: str, home: Path | None) -> None:
    """Take the document SLUG out of the home, and publish an index without it. Its files go to removed/ in the home."""
    from indexer.documents import remove
    from indexer.encoder import load_encoder

    settings = _settings(home)
    encoder = load_encoder(settings.model)
    with _progress() as report:
        version = remove(settings.home, slug, encoder, keep=settings.keep_versions, report=report)
    _report(version, settings.home)


@corpus.command("list")
@_home
def corpus_list(home: Path | None) -> None:
    """The documents of the home: name, what the current index has of it, and the file."""
    from indexer.documents import listed
    from indexer.summary import read_summaries
    from indexer.versions import IndexPaths

    where = _settings(home).home
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
        click.echo(f"{slug}  {what}  {file}")


@corpus.command("check")
@click.option("--corpus", "paths", multiple=True, type=click.Path(path_type=Path), help="Documents to check.")
@_home
def corpus_check(paths: tuple[Path, ...], home: Path | None) -> None:
    """Report numbering gaps, posts without duties, twins and overlaps between posts, and unparsed lines."""
    from corpus.check import check
    from corpus.load import load_corpus
    from indexer.documents import document_paths
    from server.terminal import make_console, print_findings

    print_findings(check(load_corpus(paths or document_paths(_settings(home).home))), make_console())


def _settings(home: Path | None) -> Settings:
    settings = read_settings()
    return settings if home is None else replace(settings, home=home)


def _open_retriever(settings: Settings) -> "Retriever":
    """The retriever of a home's current index, which the first run builds."""
    from indexer.encoder import load_encoder
    from indexer.index import open_index
    from indexer.versions import IndexPaths
    from retriever.retriever import Retriever

    encoder = load_encoder(settings.model)
    if IndexPaths(settings.home).current_version() is None:
        from indexer.documents import rebuilt

        with _progress() as report, rebuilt(settings.home, encoder, report=report) as version:
            version.publish(settings.keep_versions)
        _report(version, settings.home)
    return Retriever(open_index(settings.home, encoder), encoder)


def _report(version: "NewVersion", home: Path) -> None:
    manifest, orphans = version.manifest, len(version.corpus.orphans)
    click.echo(
        f"index {manifest.version} in {home}: {manifest.clauses} clauses and {manifest.questions} expected questions "
        f"of {', '.join(manifest.documents)}",
        err=True,
    )
    if orphans:
        click.echo(f"{orphans} lines of expected questions no longer fit a clause; see: duty corpus check", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
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


if __name__ == "__main__":
    main()
