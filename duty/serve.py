"""`duty serve`, `duty mcp` and `duty bot`: the three hosts of the service."""

from pathlib import Path

import click

from duty.common import home_option, open_retriever, settings_of

LOOPBACK = "127.0.0.1"


@click.command()
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Server processes.")
@home_option
def serve(host: str, port: int, workers: int, home: Path | None) -> None:
    """Serve the HTTP API."""
    from server.run import check_start, run

    settings = settings_of(home)
    check_start(settings, host)
    open_retriever(settings)
    run(settings, host, port, workers)


@click.command()
@home_option
def mcp(home: Path | None) -> None:
    """Serve the Model Context Protocol on stdin and stdout."""
    from server.fronts.stdio import run_mcp

    settings = settings_of(home)
    run_mcp(open_retriever(settings), settings)


@click.command()
@click.argument("platform", type=click.Choice(["feishu", "dingtalk"]))
@home_option
def bot(platform: str, home: Path | None) -> None:
    """Answer in a messenger over its long connection, which needs no public address."""
    from server.bots.run import run_bot

    settings = settings_of(home)
    run_bot(platform, open_retriever(settings), settings)
