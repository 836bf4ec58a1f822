"""How long a build, a first question and a further question take, and how much memory."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from corpus.load import load_corpus
from eval.calibrate import DEV
from eval.gold import read_gold
from indexer.build import build_index
from indexer.encoders.encoder import load_encoder
from indexer.index import open_index
from retriever.retriever import Retriever

Row = tuple[str, str, str]
RUNS = 7


def build_time(home: Path) -> list[Row]:
    """Seconds to parse and index the shipped corpus with its expected questions, encoder loaded: first and again."""
    encoder = load_encoder()
    times = []
    for _ in range(4):
        start = time.perf_counter()
        build_index(load_corpus(), encoder, home)
        times.append(time.perf_counter() - start)
    first, *again = times
    return [
        ("first index of the shipped corpus", f"{first:.1f} s", "15 s"),
        ("the same again, nothing changed", f"{statistics.median(again):.1f} s", ""),
    ]


def cold_start(home: Path) -> list[Row]:
    """Wall time and peak memory of `duty ask` as a whole process, index already built."""
    duty = Path(sys.executable).with_name("duty")
    runs = [_run_alone([duty, "ask", "佣金怎么结算，找谁", "--home", home]) for _ in range(RUNS)]
    times, peaks = zip(*runs, strict=True)
    return [
        ("cold duty ask", f"{statistics.median(times):.2f} s", "3 s"),
        ("cold duty ask, memory", f"{statistics.median(peaks):.0f} MB", "300 MB"),
    ]


# A child's peak memory counts the parent's at the fork, so a parent of a few megabytes starts it.
_LAUNCHER = """
import os, sys, time
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, \
file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
_, status, usage = os.wait4(pid, 0)
print(status, time.perf_counter() - start, usage.ru_maxrss / 1024)
"""


def _run_alone(command: list[str | Path]) -> tuple[float, float]:
    """Seconds and peak megabytes of a command as a process of its own."""
    launched = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *map(str, command)]
    status, seconds, megabytes = subprocess.run(launched, check=True, capture_output=True, text=True).stdout.split()
    if status != "0":
        raise RuntimeError(f"{command} ended with status {status}")
    return float(seconds), float(megabytes)


def warm_question(home: Path) -> list[Row]:
    """A question in process against the bare encoder forward of the same question.

    They alternate, over the dev gold questions.
    """
    encoder = load_encoder()
    retriever = Retriever(open_index(home, encoder), encoder)
    questions = [gold.question for gold in read_gold(DEV)][:300]
    forwards, whole, ratios = [], [], []
    for question in questions[:50]:  # warm up
        retriever.ask(question)
    for question in questions:
        start = time.perf_counter()
        encoder.encode_question(question)
        middle = time.perf_counter()
        retriever.ask(question)
        end = time.perf_counter()
        forwards.append(middle - start)
        whole.append(end - middle)
        ratios.append((end - middle) / (middle - start))
    return [
        ("encoder forward", f"{statistics.median(forwards) * 1000:.1f} ms", ""),
        ("warm question", f"{statistics.median(whole) * 1000:.1f} ms", ""),
        ("warm question / encoder forward", f"{statistics.median(ratios):.2f}", "1.5"),
    ]
