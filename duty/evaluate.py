"""`duty eval`: gold questions, data sets, and feedback on its way to gold."""

from pathlib import Path
from typing import Any

import click

from corpus.errors import UsageError
from duty.common import home_option, open_retriever, progress, settings_of


@click.group("eval", invoke_without_command=True)
@click.option("--gold", type=click.Path(path_type=Path), help="Gold questions [the shipped test split].")
@click.option("--dataset", type=click.Path(path_type=Path), help="A folder in BEIR layout, instead of gold questions.")
@click.option(
    "--run-out", type=click.Path(dir_okay=False, path_type=Path), help="Where the TREC run of --dataset goes."
)
@click.option(
    "--json", "json_out", type=click.Path(dir_okay=False, path_type=Path), help="Where all numbers go, for machines."
)
@click.option(
    "--html", "html_out", type=click.Path(dir_okay=False, path_type=Path), help="Where the report goes, for people."
)
@click.option("--compare", is_flag=True, help="Also run configurations that each lack something.")
@click.option("--base", help="With --compare: another model to set beside the one in use.")
@click.option("--gate", is_flag=True, help="Fail when a metric is significantly below eval/baseline.json.")
@click.option("--save-baseline", is_flag=True, help="Make this run the baseline.")
@home_option
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
        from indexer.encoders.encoder import load_encoder

        with progress() as report:
            evaluate_data_set(data_set, run_out, options["json_out"], load_encoder(settings_of(home).model), report)
        return
    if run_out is not None:
        raise UsageError("--run-out is for --dataset DIR")
    if options["base"] is not None and not options["compare"]:
        raise UsageError("--base is for --compare; run: duty eval --compare --base MODEL")
    retriever = open_retriever(settings_of(home))
    with progress() as report:
        evaluate_gold(retriever, report=report, **options)


@evaluate.command("candidates")
@click.argument("feedback", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the candidates go, for review."
)
@home_option
def eval_candidates(feedback: Path, out: Path, home: Path | None) -> None:
    """Turn exported FEEDBACK into gold candidates that a person reviews."""
    from eval.command import write_candidates

    click.echo(
        f"{write_candidates(feedback, out, open_retriever(settings_of(home)))} candidates in {out}; review them, then: "
        f"duty eval accept {out} --into GOLD.jsonl",
        err=True,
    )


@evaluate.command("accept")
@click.argument("reviewed", type=click.Path(path_type=Path))
@click.option(
    "--into", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The gold file that takes them."
)
@home_option
def eval_accept(reviewed: Path, into: Path, home: Path | None) -> None:
    """Add the candidates that a person marked `"accepted": true` to a gold file."""
    from eval.candidates import accept

    index = open_retriever(settings_of(home)).index
    added, refused = accept(reviewed, into, [question for _, question in index.store.questions()], index)
    for reason in refused:
        click.echo(f"not added: {reason}", err=True)
    click.echo(f"{added} questions added to {into}", err=True)
