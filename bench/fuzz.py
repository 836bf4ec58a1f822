"""Readers and grammar on spoilt documents: nothing may crash, be slow or be lost.

    python -m bench.fuzz FOLDER --seconds 600

Takes the shipped document and those of a folder; cuts, repeats, swaps and mixes their lines, or spoils their bytes, and
reads and parses what comes of it. Whatever is not a DocumentError is a crash; a document must come back whole.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from corpus.errors import DocumentError
from corpus.load import SHIPPED, parse_file
from corpus.model import Document
from corpus.readers import SUFFIXES

TEXT = (".txt", ".md", ".html", ".htm", ".csv")
SLOW = 10.0  # seconds of processor time for a file of at most so many bytes
MOST = 200_000
PIECES = (
    *(
        "1.",
        "（一）",
        "第三条 ",
        "一、",
        "①",
        "- ",
        "# ",
        "财务部",
        "会计",
        "职责：",
        "负责",
        "行使下列职权：",
        "任职要求：",
    ),
    *("同上", "√", "■", "，", "、", "。", "；", "：", ",", "|", "~", "<td>", "</td>", "<br>", "```", "2024年5月1日"),
    *("\u200b", "\xa0", "\u3000", "\t"),
)


def spoil_text(text: str, chance: random.Random) -> str:
    """Some lines away, doubled, swapped or cut, and pieces of grammar between."""
    lines = text.splitlines(keepends=True) or [text]
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[at : at + chance.randint(1, 5)]
            case 1:
                lines[at:at] = lines[at : at + chance.randint(1, 20)] * chance.randint(1, 4)
            case 2:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                cut = chance.randint(0, len(lines[at]))
                lines[at] = lines[at][:cut] + "".join(chance.choices(PIECES, k=chance.randint(1, 6))) + lines[at][cut:]
            case _:
                lines[at] = lines[at].rstrip("\n") * chance.randint(1, 6) + "\n"
        lines = lines or ["\n"]
    return "".join(lines)[:MOST]


def spoil_bytes(data: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt[: chance.randint(1, len(spoilt))]) if chance.random() < 0.1 else bytes(spoilt)


def check(document: Document) -> None:
    """Every character is in exactly one segment, and every clause has lines of the text."""
    ends = [segment.end for segment in document.segments]
    assert [segment.start for segment in document.segments] == [0, *ends[:-1]], "segments have gaps"
    assert ends[-1] == len(document.text), "the end is lost"
    last = len(list(document.lines()))
    assert all(1 <= clause.lines[0] <= clause.lines[1] <= last for clause in document.clauses), "no such lines"
    assert len({clause.id for clause in document.clauses}) == len(document.clauses), "two clauses of one name"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="documents to spoil besides the shipped one")
    parser.add_argument("--seconds", type=float, default=60, help="of processor time")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    folders = [SHIPPED, *([arguments.folder] if arguments.folder else [])]
    samples = [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES]
    counts: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as work:
        while time.process_time() < arguments.seconds:
            sample = chance.choice(samples)
            spoilt = Path(work) / f"spoilt{sample.suffix}"
            if sample.suffix in TEXT:
                text = spoil_text(sample.read_text(encoding="utf-8", errors="replace"), chance)
                spoilt.write_text(text, encoding="utf-8")
            else:
                spoilt.write_bytes(spoil_bytes(sample.read_bytes(), chance))
            outcome, took = run(spoilt)
            counts[outcome] += 1
            slowest = max(slowest, took)
            if outcome not in ("read", "refused"):
                kept = Path(tempfile.gettempdir()) / f"fuzz-{sum(counts.values())}{sample.suffix}"
                kept.write_bytes(spoilt.read_bytes())
                print(f"{outcome}: {sample.name}, kept as {kept}")
    print(f"{dict(counts)}; the slowest took {slowest:.1f} s of processor time")


def run(path: Path) -> tuple[str, float]:
    """What became of a file, and the processor time that it took."""
    begun = time.process_time()
    outcome = "read"
    try:
        check(parse_file(path, "spoilt", path.with_suffix(".none")))
    except DocumentError:
        outcome = "refused"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        outcome = f"{type(error).__name__}: {error}"
    took = time.process_time() - begun
    return ("slow" if took > SLOW else outcome), took


if __name__ == "__main__":
    main()
