"""Results on a terminal: coloured and aligned where it is one, plain text where it is not."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpus.model import Clause, Finding
from retriever.result import Citation, RankedPost, Result
from server.answer import word
from server.changes import VersionChanges

_ROLES = {"lead": "负责", "approve": "审批", "support": "支撑", "participate": "参与", "supervise": "监督"}


PIPED_WIDTH = 2000  # wide enough that no clause is wrapped for a program that reads lines


def make_console() -> Console:
    """A console on stdout: as wide as the terminal, or unwrapped where there is none."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPED_WIDTH)


def print_answer(result: Result, console: Console) -> None:
    console.print(Text(word(result), style="bold" if not result.abstained else "yellow"))
    console.print()
    for ranked in result.posts or result.nearest:
        _print_post(ranked, console)
    console.print(Text(f"把握 {result.confidence:.0%}  索引 {result.index_version}", style="dim"))


def _print_post(ranked: RankedPost, console: Console) -> None:
    line = Text.assemble((ranked.name, "bold cyan"), f"  {_ROLES[ranked.role]}", (f"  {ranked.score:.0%}", "dim"))
    console.print(line)
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True, style="dim")
    for citation in ranked.citations:
        table.add_row(f"[{citation.ref}]", citation.clause.number, _highlighted(citation), _place(citation.clause))
    console.print(Padding(table, (0, 0, 0, 2), expand=False))
    console.print()


def _highlighted(citation: Citation) -> Text:
    text = Text(citation.clause.text)
    for start, end in citation.highlights:
        text.stylize("bold yellow", start, end)
    return text


def _place(clause: Clause) -> str:
    first, last = clause.lines
    return f"{clause.document} 第{first}行" if first == last else f"{clause.document} 第{first}-{last}行"


def print_changes(changes: VersionChanges, console: Console) -> None:
    clauses = changes.clauses
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for clause in clauses.added:
        table.add_row("added", f"{clause.post} {clause.number}", clause.text)
    for clause in clauses.removed:
        table.add_row("removed", f"{clause.post} {clause.number}", clause.text)
    for old, new in clauses.moved:
        table.add_row("moved", f"{old.post} {old.number} -> {new.post} {new.number}", new.text)
    for old, new in clauses.reworded:
        table.add_row("reworded", f"{new.post} {new.number}", f"{old.text} -> {new.text}")
    for change in changes.owners:
        table.add_row("owner", f"{change.before or 'nobody'} -> {change.after or 'nobody'}", change.question)
    console.print(table)
    counts = (len(clauses.added), len(clauses.removed), len(clauses.moved), len(clauses.reworded), len(changes.owners))
    words = ("added", "removed", "moved", "reworded", "saved questions change owner")
    console.print(", ".join(f"{count} {word}" for count, word in zip(counts, words, strict=True)))


def print_findings(findings: Mapping[str, Sequence[Finding]], console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, style="yellow")
    table.add_column(overflow="fold")
    for slug, found in findings.items():
        for finding in found:
            table.add_row(slug or "questions", str(finding.line), finding.kind, finding.message)
    console.print(table)
    console.print(f"{sum(map(len, findings.values()))} findings")
