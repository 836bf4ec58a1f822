"""The command line: each verb calls one package. Libraries load inside the verbs that need them, for a quick start."""

import sys

import click

from corpus.errors import DutyError, UsageError
from duty.ask import ask
from duty.corpus import corpus
from duty.evaluate import evaluate
from duty.index import index
from duty.keys import audit, key
from duty.serve import bot, mcp, serve


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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Which post handles X, answered from an organisation's own duty documents."""


for verb in (index, ask, serve, mcp, bot, key, audit, evaluate, corpus):
    commands.add_command(verb)
