"""`make kills`, or `python -m bench.kills --kills 200`: nothing is lost, whenever a change of the documents is killed.

A process of its own replaces a document of a home. It is killed with SIGKILL: from outside at a random time, or by
itself at a random one of its own steps on the disk (opening, renaming, removing a file), which also meets moments that
last microseconds. After each kill the home must serve the version before or the version after, whole, with the
documents to match, and must take the next change.
"""

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from corpus.load import load_corpus
from indexer.build import build_index
from indexer.documents import add, listed
from indexer.encoders.encoder import Encoder, load_encoder
from indexer.index import open_index

NAME = "后勤"
SECOND = "维修电梯和第{}号锅炉。"
DOCUMENT = "后勤部主要职责\n1.管理食堂。\n2." + SECOND + "\n（一）司机\n1.驾驶第{}号车。\n"

# Says on stdout what it is about to do; with a step given, ends itself there.
_CHILD = """
import os, signal, sys
from pathlib import Path
from indexer.documents import add
from indexer.encoders.encoder import load_encoder

home, file, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
encoder = load_encoder()
steps = 0

def count(event, arguments):
    global steps
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.copyfile", "sqlite3.connect"):
        if str(home) in str(arguments):
            steps += 1
            if steps == last:
                os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
print("ready", flush=True)
add(home, file, encoder, instead=True, report=lambda stage, done, total: \
print(stage, flush=True) if done == total else None)
print(f"steps {steps}", flush=True)
"""


class Lost(Exception):  # noqa: N818 - the outcome that this looks for
    """What a kill did that it must not."""


def killed(home: Path, kills: int, seed: int) -> Iterator[str]:
    """Kill a change `kills` times; for each, the last stage that it told of. Raises Lost."""
    encoder = load_encoder()
    dice = random.Random(seed)
    _prepare(home, encoder)
    seconds, steps = _whole_run(home, 2)
    serial = 2
    for number in range(kills):
        last = dice.randint(1, steps) if number % 2 else 0
        said = _run(home, serial + 1, last, None if last else dice.uniform(0, seconds))
        _check(home, encoder, {SECOND.format(serial), SECOND.format(serial + 1)})
        serial += 2
        add(home, _file(home, serial), encoder, instead=True)
        _check(home, encoder, {SECOND.format(serial)})
        yield said


def _prepare(home: Path, encoder: Encoder) -> None:
    build_index(load_corpus([_file(home, 0)]), encoder, home)
    add(home, _file(home, 1), encoder, instead=True)


def _file(home: Path, serial: int) -> Path:
    """The document as it is at its serial number: now text, now Markdown, with a side file."""
    folder = home.with_name(f"{home.name}-files")
    folder.mkdir(exist_ok=True)
    path = folder / f"{NAME}.{'md' if serial % 3 == 0 else 'txt'}"
    path.write_text(DOCUMENT.format(serial, serial), encoding="utf-8")
    path.with_suffix(".outside").write_text(f"第{serial}号问题？\n", encoding="utf-8")
    return path


def _whole_run(home: Path, serial: int) -> tuple[float, int]:
    """Seconds from ready to the end, and steps on the disk, of a change that nobody kills."""
    with subprocess.Popen(_command(home, serial, 0), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        start = time.perf_counter()
        said = process.stdout.read()
        return time.perf_counter() - start, int(said.split("steps ")[1])


def _command(home: Path, serial: int, last: int) -> list[str]:
    return [sys.executable, "-c", _CHILD, str(home), str(_file(home, serial)), str(last)]


def _run(home: Path, serial: int, last: int, seconds: float | None) -> str:
    """Run a change that is killed, after so many seconds or at its step `last`; the last thing that it said."""
    process = subprocess.Popen(_command(home, serial, last), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.readline().strip()
    if seconds is not None:
        time.sleep(seconds)
        process.kill()
    said = (said + "\n" + process.stdout.read()).strip().split("\n")[-1]
    process.stdout.close()
    status = process.wait()
    if status not in (-signal.SIGKILL, 0):
        raise Lost(f"the change itself failed with status {status}")
    return said.split()[0]


def _second(home: Path, encoder: Encoder) -> str:
    index = open_index(home, encoder)
    try:
        return index.store.clause_by_id(f"{NAME}/后勤部/2").text
    finally:
        index.store.close()


def _check(home: Path, encoder: Encoder, allowed: set[str]) -> str:
    """What the home serves, which must be one of these, with its document in the home, whole. Raises Lost."""
    found = _second(home, encoder)
    if found not in allowed:
        raise Lost(f"the index says {found!r}, not one of {sorted(allowed)}")
    files = listed(home)
    if [*files] != [NAME] or found not in files[NAME].path.read_text(encoding="utf-8"):
        raise Lost(f"the index says {found!r}, the documents are {[*map(str, files)]}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        stages = Counter(killed(folder / "home", given.kills, given.seed))
    finally:
        shutil.rmtree(folder)
    print(json.dumps({"kills": given.kills, "lost": 0, "last said": dict(stages)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
