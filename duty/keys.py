"""`duty key` and `duty audit`: what is in the database."""

import json
from pathlib import Path

import click

from corpus.errors import UsageError
from duty.common import home_option, settings_of


@click.group()
def key() -> None:
    """API keys: needed by everyone who asks the server, once there is one."""


@key.command("create")
@click.option("--name", required=True, help="Who or what it is for.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(["ask", "feedback", "admin"]),
    help="What it may do; may be repeated [ask and feedback]. admin includes the others.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print id and key as one object.")
@home_option
def key_create(name: str, scopes: tuple[str, ...], as_json: bool, home: Path | None) -> None:
    """Make a key. It is shown this once; only its hash is kept."""
    from server.layers.access import DEFAULT_SCOPES
    from server.storage.database import Database

    if not name.strip() or not name.isprintable():
        raise UsageError("the name of a key must be printable text; for example: duty key create --name intranet-bot")
    made, secret = Database.open(settings_of(home)).create_key(name, tuple(dict.fromkeys(scopes)) or DEFAULT_SCOPES)
    if as_json:
        click.echo(json.dumps({"id": made.id, "key": secret}))
    else:
        click.echo(secret)
        click.echo(f"key {made.id} for {name} ({', '.join(made.scopes)}); it is not shown again", err=True)


@key.command("list")
@home_option
def key_list(home: Path | None) -> None:
    """Every key: id, name, scopes, when it was made, and when it was revoked."""
    from server.storage.database import Database

    for one in Database.open(settings_of(home)).all_keys():
        state = "valid" if one.revoked_at is None else f"revoked {one.revoked_at:%Y-%m-%d %H:%M}"
        click.echo(f"{one.id}  {one.name}  {','.join(one.scopes)}  {one.created_at:%Y-%m-%d %H:%M}  {state}")


@key.command("revoke")
@click.argument("key_id", metavar="ID")
@home_option
def key_revoke(key_id: str, home: Path | None) -> None:
    """Revoke a key, at once and for good."""
    from server.storage.database import Database

    revoked = Database.open(settings_of(home)).revoke_key(key_id)
    click.echo(f"key {revoked.id} of {revoked.name} is revoked", err=True)


@click.command()
@home_option
def audit(home: Path | None) -> None:
    """Every answer that is kept, one object a line, oldest first; with DUTY_AUDIT=on also who asked what."""
    from server.storage.database import Database

    for record in Database.open(settings_of(home)).audit():
        row = {
            "id": record.id,
            "answered_at": record.answered_at.isoformat(),
            "question": record.question,
            "asked_by": record.asked_by,
            "posts": record.posts,
            "index_version": record.index_version,
        }
        click.echo(json.dumps(row, ensure_ascii=False))
