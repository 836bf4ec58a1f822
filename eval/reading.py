"""How well documents are read: clauses and owners against labels made by hand.

    python -m eval.reading [FOLDER]...        the documents of these folders against eval/labels/, as a table
    python -m eval.reading --lines FILE       a document's extracted text with the line numbers that labels use

The documents are of others and are not kept here: a label file, `NAME.tsv`, says where its document was found and has
one row a duty: the line on which it begins, a digest of that line, the department (`*`: any) and the position that own
it. A line with `?` may be a duty or not. Lines are found again by their digests, so labels outlive a better reader.
"""

import argparse
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DutyError
from corpus.load import load_document
from corpus.model import Clause, split_lines
from corpus.readers import SUFFIXES, read_source

LABELS = Path(__file__).parent / "labels"
ANY = "*"
_NO_LABEL = ("#", "LINE")  # how lines of a label file begin that are none
_NOT_LETTERS = re.compile(r"[^A-Za-z\u4e00-\u9fff]|[一二三四五六七八九十]")
_NOT_IN_NAMES = re.compile(r"\s|[（(][^（）()]*[)）]$")


@dataclass(frozen=True, slots=True)
class Label:
    """One duty of a document: where it begins and who owns it; `optional` where either way of reading is right."""

    line: int
    digest: str
    department: str
    position: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Clauses that are labelled duties (`found`, of them `owned` by the right post), all clauses, all labels."""

    found: int
    owned: int
    clauses: int
    labels: int

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.found + other.found,
            self.owned + other.owned,
            self.clauses + other.clauses,
            self.labels + other.labels,
        )

    @property
    def precision(self) -> float:
        return self.found / self.clauses if self.clauses else float(not self.labels)

    @property
    def recall(self) -> float:
        return self.found / self.labels if self.labels else 1.0

    @property
    def owner_accuracy(self) -> float:
        return self.owned / self.found if self.found else 0.0


def line_digest(line: str) -> str:
    """Identifies a line by its letters, so that other numbers, marks and spaces do not change it."""
    return hashlib.sha256(_NOT_LETTERS.sub("", line).encode()).hexdigest()[:8]


def read_labels(path: Path, lines: Sequence[str]) -> list[Label]:
    """The labels of a file, their lines where the document has them now. A label without a digest stays on its line."""
    places = defaultdict(list)
    for number, line in enumerate(lines, 1):
        places[line_digest(line)].append(number)
    labels = []
    for row in path.read_text("utf-8").splitlines():
        if not row.strip() or row.startswith(_NO_LABEL):
            continue
        line, *names = (part.strip() for part in row.split("\t"))
        department, position, digest = (*names, "", "", "")[:3]
        number = int(line.lstrip("?"))
        now = min(places.get(digest, [0 if digest else number]), key=lambda place: abs(place - number))
        labels.append(Label(now, digest, department, position, line.startswith("?")))
    return labels


def score(labels: Sequence[Label], clauses: Iterable[Clause]) -> tuple[Score, list[str]]:
    """Clauses against labels, one to one on the line where both begin; and what is wrong, a line each."""
    open_labels: dict[int, list[Label]] = defaultdict(list)
    for label in labels:
        open_labels[label.line].append(label)
    found = owned = counted = 0
    wrong = []
    by_line = defaultdict(list)
    for clause in clauses:
        by_line[clause.lines[0]].append(clause)
    for line, own in sorted(by_line.items()):
        pairs, rest = _pair(own, open_labels[line])
        for clause, label in pairs:
            right = same_owner(clause, label)
            if label.optional:
                continue
            counted, found, owned = counted + 1, found + 1, owned + right
            if not right:
                wrong.append(f"{line} owner {clause.post} for {label.department}·{label.position}: {clause.text[:40]}")
        counted += len(rest)
        wrong += [f"{line} no duty: {clause.post}: {clause.text[:40]}" for clause in rest]
    wrong += [
        f"{label.line} missed: {label.department}·{label.position}"
        for rest in open_labels.values()
        for label in rest
        if not label.optional
    ]
    total = sum(not label.optional for label in labels)
    return Score(found, owned, counted, total), sorted(wrong, key=lambda text: int(text.split()[0]))


def _pair(clauses: Sequence[Clause], labels: list[Label]) -> tuple[list[tuple[Clause, Label]], list[Clause]]:
    """Clauses with labels of their line, those of one owner first, certain ones before optional; `labels` shrinks."""
    pairs, rest = [], list(clauses)
    for same in (True, False):
        for clause in list(rest):
            fitting = [label for label in labels if not same or same_owner(clause, label)]
            if fitting:
                label = min(fitting, key=lambda label: label.optional)
                labels.remove(label)
                rest.remove(clause)
                pairs.append((clause, label))
    return pairs, rest


def same_owner(clause: Clause, label: Label) -> bool:
    """Whether a clause has the owner that a label names, spelt one way or another."""
    department, position = _plain(clause.department), _plain(clause.position or "")
    labelled = _plain(label.position)
    if label.department == ANY:
        return labelled in (position, department + position)
    if department != _plain(label.department):
        return False
    return bool(labelled) == bool(position) and (  # 办公室文员 in the 办公室 is its 文员
        labelled in (position, department + position) or position == department + labelled
    )


def _plain(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name)


def _numbered(path: Path) -> str:
    lines = split_lines(read_source(path).text)
    return "\n".join(f"{number}\t{line.rstrip()}" for number, line in enumerate(lines, 1))


def _measure(path: Path, labels_path: Path, *, details: bool) -> Score:
    labels = read_labels(labels_path, split_lines(read_source(path).text))
    try:
        clauses: Sequence[Clause] = load_document(path).clauses
    except DutyError as error:
        clauses = ()
        print(f"  {error.message}")
    result, wrong = score(labels, clauses)
    print(_row(path.stem, result))
    if details:
        print("\n".join(f"    {line}" for line in wrong))
    return result


def _row(name: str, result: Score) -> str:
    figures = f"{result.precision:.3f}  {result.recall:.3f}  {result.owner_accuracy:.3f}"
    return f"{figures}  {result.clauses:4} {result.labels:4}  {name}"


def _seal(path: Path, labels_path: Path) -> None:
    """Write the digests of the lines that labels name into the label file."""
    lines = split_lines(read_source(path).text)
    rows = [_sealed(row, lines) for row in labels_path.read_text("utf-8").splitlines()]
    labels_path.write_text("\n".join(rows) + "\n", "utf-8")


def _sealed(row: str, lines: Sequence[str]) -> str:
    if not row.strip() or row.startswith(_NO_LABEL):
        return row
    line, department, position, digest = (*(part.strip() for part in row.split("\t")), "", "", "")[:4]
    return "\t".join((line, department, position, digest or line_digest(lines[int(line.lstrip("?")) - 1])))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m eval.reading", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="where the labelled documents are")
    parser.add_argument("--labels", type=Path, default=LABELS, help="the folder of the label files")
    parser.add_argument("--lines", type=Path, metavar="FILE", help="print a document's lines with their numbers")
    parser.add_argument("--seal", action="store_true", help="write the digests of lines into label files without")
    parser.add_argument("--details", action="store_true", help="also what is wrong, a line each")
    chosen = parser.parse_args(arguments)
    if chosen.lines:
        print(_numbered(chosen.lines))
        return
    total = Score(0, 0, 0, 0)
    print("precision recall owner  clauses labels  document")
    for path in sorted(file for folder in chosen.folders for file in folder.iterdir() if file.suffix in SUFFIXES):
        labels_path = chosen.labels / f"{path.stem}.tsv"
        if labels_path.exists():
            if chosen.seal:
                _seal(path, labels_path)
            total += _measure(path, labels_path, details=chosen.details)
    print(_row("all", total))


if __name__ == "__main__":
    main()
