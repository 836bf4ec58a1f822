"""How well roles are read: the part that each post plays, against labels made by hand.

    python -m eval.roles [FOLDER]...        of our own duties, and of the real documents in these folders

eval/roles.tsv has one row a clause: whose it is (an organisation of this repository, or a document that is not kept
here), the digest of its words, the role, and `dev` or `test`: the rules were written with sight of the former.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from corpus.errors import DutyError
from corpus.grammar.roles import Role, role_of
from corpus.load import load_corpus, load_document
from corpus.readers import SUFFIXES
from eval.reading import line_digest
from indexer.background import read_bank

LABELS = Path(__file__).with_name("roles.tsv")
OTHER = Path(__file__).with_name("other")


class RoleLabel(NamedTuple):
    """The role of a clause; `part` is `dev` or `test`."""

    organisation: str
    digest: str
    role: Role
    part: str


def read_role_labels(path: Path = LABELS) -> list[RoleLabel]:
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    return [RoleLabel(organisation, digest, Role(role), part) for organisation, digest, role, part in rows]


def own_clauses() -> Iterator[str]:
    """The duties of this repository: the shipped document's, the other organisations', those that train the encoder."""
    yield from (clause.text for clause in load_corpus().clauses)
    for path in sorted(OTHER.glob("*/corpus.jsonl")):
        yield from (json.loads(line)["text"] for line in path.read_text("utf-8").splitlines())
    yield from (duty.clause for duty in read_bank())


def labelled(texts: Iterable[str], labels: Sequence[RoleLabel]) -> list[tuple[RoleLabel, str]]:
    """The labels whose clauses are among these texts, each once."""
    known = {line_digest(text): text for text in texts}
    return [(label, known[label.digest]) for label in labels if label.digest in known]


def _clauses_of(folders: Iterable[Path]) -> Iterator[str]:
    for path in sorted(file for folder in folders for file in folder.iterdir() if file.suffix in SUFFIXES):
        try:
            yield from (clause.text for clause in load_document(path).clauses)
        except DutyError as error:
            print(f"{path.name}: {error.message}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m eval.roles", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="where the labelled documents are")
    parser.add_argument("--details", action="store_true", help="also what is wrong, a line each")
    chosen = parser.parse_args(arguments)
    counts: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for label, text in labelled([*own_clauses(), *_clauses_of(chosen.folders)], read_role_labels()):
        found = role_of(text)
        for part in (label.role.value, "all"):
            counts[label.part, part].append(found is label.role)
        if chosen.details and found is not label.role:
            print(f"{label.part} {label.role} read as {found}: {text[:60]}")
    print("part  role         clauses  right")
    for (part, role), right in sorted(counts.items()):
        print(f"{part:5} {role:12} {len(right):7}  {sum(right) / len(right):.3f}")


if __name__ == "__main__":
    main()
