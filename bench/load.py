"""The server under load, by generators in processes of their own: latency, throughput, cache, a new index under way.

`python -m bench.load` (about two minutes). Generators are asyncio clients that speak HTTP/1.1 over one kept connection
each: little work a request, so that on two cores they take little from the server.
"""

import asyncio
import http.client
import itertools
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from corpus.load import load_corpus
from eval.calibrate import DEV
from eval.gold import read_gold
from indexer.build import build_index
from indexer.encoders.encoder import load_encoder
from indexer.index import open_index
from retriever.retriever import Retriever

SECONDS = 8.0
CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Load:
    """What a generator saw: milliseconds of each request, and how many got no 200."""

    latencies: list[float]
    failed: int
    seconds: float

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def distinct_questions() -> list[str]:
    """The dev gold questions; a generator that asks distinct ones adds a number that no cache has met."""
    return [gold.question for gold in read_gold(DEV)]


def generate(port: int, questions: Sequence[str], distinct: bool, connections: int, seconds: float) -> Load:
    """Ask from a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_generate, (port, questions, distinct, connections, seconds))


def _generate(port: int, questions: Sequence[str], distinct: bool, connections: int, seconds: float) -> Load:
    latencies: list[float] = []
    failed = 0
    serial = 0
    stop = time.perf_counter() + seconds

    async def client() -> None:
        nonlocal failed, serial
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < stop:
            serial += 1
            question = questions[serial % len(questions)] + (f"（{serial}）" if distinct else "")
            body = json.dumps({"question": question}).encode()
            start = time.perf_counter()
            writer.write(
                b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(length)
            latencies.append((time.perf_counter() - start) * 1000)
            failed += not head.startswith(b"HTTP/1.1 200")
        writer.close()

    async def everyone() -> None:
        await asyncio.gather(*(client() for _ in range(connections)))

    start = time.perf_counter()
    asyncio.run(everyone())
    return Load(latencies, failed, time.perf_counter() - start)


@contextmanager
def served(home: Path, workers: int) -> Iterator[int]:
    """The port of `duty serve` on a home."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    duty = str(Path(sys.executable).with_name("duty"))
    command = [duty, "serve", "--port", str(port), "--workers", str(workers), "--home", str(home)]
    environment = {**os.environ, "DUTY_RATE_PER_MINUTE": "1000000"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz")
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _side_by_side(home: Path, port: int, questions: Sequence[str]) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each question's forward pass, of the question in process, and over HTTP.

    They are taken in turns: alike in any weather.
    """
    encoder = load_encoder()
    retriever = Retriever(open_index(home, encoder), encoder)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/json"}
    laps: list[list[float]] = [[], [], []]
    for question in questions:
        marks = [time.perf_counter()]
        encoder.encode_question(question)
        marks.append(time.perf_counter())
        retriever.ask(question)
        marks.append(time.perf_counter())
        connection.request("POST", "/v1/ask", json.dumps({"question": question}), headers)
        connection.getresponse().read()
        marks.append(time.perf_counter())
        for lap, (start, end) in zip(laps, itertools.pairwise(marks), strict=True):
            lap.append((end - start) * 1000)
    return laps[0], laps[1], laps[2]


def _encode_for(questions: Sequence[str], seconds: float) -> int:
    """How many questions the encoder alone encodes, as one process of two."""
    encoder = load_encoder()
    done, stop = 0, time.perf_counter() + seconds
    while time.perf_counter() < stop:
        encoder.encode_question(f"{questions[done % len(questions)]}（{done}）")
        done += 1
    return done


def _encoder_rate(questions: Sequence[str]) -> float:
    """Questions a second that the encoder alone reaches on this machine: the better of one process and one a core."""
    rates = []
    for processes in {1, os.cpu_count() or 1}:
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            counts = pool.starmap(_encode_for, [(questions, SECONDS / 2)] * processes)
        rates.append(sum(counts) / (SECONDS / 2))
    return max(rates)


def main() -> None:
    console = Console()
    table = Table(
        "what",
        "measured",
        "bound",
        "p50 / p95 / p99 ms",
        "errors",
        title=f"{os.cpu_count()} cores",
        title_justify="left",
    )
    questions = distinct_questions()

    def add(what: str, measured: str, bound: str, load: Load) -> None:
        spread = " / ".join(f"{load.percentile(share):.1f}" for share in (0.5, 0.95, 0.99))
        table.add_row(what, measured, bound, spread, str(load.failed))

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        build_index(load_corpus(), load_encoder(), home)
        with served(home, 1) as port:
            generate(port, questions, True, 1, 2.0)  # warm up
            forwards, wholes, asked = _side_by_side(home, port, questions)
        for what, laps in (("encoder forward", forwards), ("question in process", wholes)):
            table.add_row(what, f"{statistics.median(laps):.1f} ms", "", "", "")
        ratio = statistics.median(over / forward for over, forward in zip(asked, forwards, strict=True))
        add("question over HTTP / forward", f"{ratio:.2f}", "2", Load(asked, 0, sum(asked) / 1000))
        bare = _encoder_rate(questions)
        for workers in (1, 2):
            with served(home, workers) as port:
                generate(port, questions, True, CONNECTIONS, 2.0)
                many = generate(port, questions, True, CONNECTIONS, SECONDS)
                add(
                    f"{workers} worker, distinct / encoder ({bare:.0f}/s)",
                    f"{many.rate / bare:.2f} ({many.rate:.0f}/s)",
                    "0.85",
                    many,
                )
                generate(port, questions[:50], False, CONNECTIONS, 2.0)
                cached = generate(port, questions[:50], False, CONNECTIONS, SECONDS)
                add(f"{workers} worker, repeated", f"{cached.rate:.0f}/s", "1000/s", cached)
        with served(home, 2) as port, multiprocessing.get_context("spawn").Pool(1) as pool:
            running = pool.apply_async(_generate, (port, questions, True, CONNECTIONS, 20.0))
            before = time.perf_counter()
            versions = [build_index(load_corpus(), load_encoder(), home).version]
            while time.perf_counter() < before + 10:
                versions.append(build_index(load_corpus(), load_encoder(), home).version)
            add("new indexes under load", f"{len(versions)} swaps", "0 errors", running.get())
    console.print(table)


if __name__ == "__main__":
    main()
