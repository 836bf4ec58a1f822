"""`duty ask`: one question, or a file of them."""

import json
from pathlib import Path

import click

from corpus.errors import UsageError
from duty.common import home_option, open_retriever, progress, settings_of


@click.command()
@click.argument("question", required=False)
@click.option("--department", help="Answer only from this department.")
@click.option("--document", help="Answer only from this document (its slug).")
@click.option("--top-k", type=click.IntRange(1, 50), default=5, show_default=True, help="At most so many posts.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer object.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    help='Questions, one {"id", "question", "department"?, "document"?} a line.',
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the answers to --batch go, one a line."
)
@home_option
def ask(
    question: str | None,
    department: str | None,
    document: str | None,
    top_k: int,
    as_json: bool,
    batch: Path | None,
    out: Path | None,
    home: Path | None,
) -> None:
    """Answer one QUESTION, or a file of them with --batch and --out."""
    if (question is None) == (batch is None) or (batch is None) != (out is None):
        raise UsageError(
            'give a question, or --batch IN.jsonl --out OUT.jsonl; for example: duty ask "佣金怎么结算，找谁"'
        )
    if batch is not None and out is not None:
        _ask_batch(batch, out, department, document, top_k, home)
        return
    assert question is not None
    from retriever.query import check_question
    from server.answer import answered
    from server.objects import answer_object

    check_question(question)
    result = open_retriever(settings_of(home)).ask(question, department, top_k=top_k, document=document)
    if as_json:
        click.echo(json.dumps(answer_object(answered(result)), ensure_ascii=False, indent=2))
    else:
        from duty.terminal import make_console, print_answer

        print_answer(result, make_console())


def _ask_batch(
    batch: Path, out: Path, department: str | None, document: str | None, top_k: int, home: Path | None
) -> None:
    from duty.batch import answer_batch, read_batch

    questions = read_batch(batch)
    retriever = open_retriever(settings_of(home))
    with progress() as report:
        answer_batch(
            questions, retriever, out, department, document, top_k, lambda done, total: report("ask", done, total)
        )
