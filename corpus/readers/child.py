"""Runs the reading of one file in a process of its own, with limits, so that no file harms the one that asks.

The process has limits of memory, processor time and output, ends with its parent and takes along what it started, and
has a temporary folder of its own that goes with it.
"""

import importlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, cast

from corpus.errors import DocumentError
from corpus.readers import limits

_ROOT = Path(__file__).parent.parent.parent
_CODE = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from corpus.readers.child import main; main()"

T = TypeVar("T")


def run_in_child(name: str, function: Callable[..., T], *arguments: object) -> T:
    """What a function of a module returns for the file called `name`.

    Raises DocumentError, also where the process failed. Arguments and result are pickled.
    """
    ended, held = os.pipe()  # the process ends when nobody holds the other end any more
    order = pickle.dumps((limits.MAX_MEMORY_BYTES, ended, function.__module__, function.__qualname__, arguments))
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = _run(order, ended, folder)
    except subprocess.TimeoutExpired:
        raise DocumentError(
            f"{name}: reading it took more than {limits.MAX_SECONDS} s, which is all that is allowed. "
            "Split the document"
        ) from None
    except OSError as error:
        raise DocumentError(
            f"{name}: no process can be started to read it ({error.strerror}); check the rights"
        ) from error
    finally:
        os.close(ended)
        os.close(held)
    if done.returncode != 0 or not done.stdout:
        last = done.stderr.decode(errors="replace").strip().split("\n")[-1][:200]
        raise DocumentError(
            f"{name}: reading it failed, or took more than {limits.MAX_SECONDS} s or {limits.MAX_MEMORY_BYTES:,} bytes "
            f"of memory (status {done.returncode}: {last}). Open it in its own program and save it again, or split it"
        )
    result = pickle.loads(done.stdout)  # written by main() below, never by anybody else
    if isinstance(result, DocumentError):
        raise result
    return cast("T", result)


def _run(order: bytes, ended: int, folder: str) -> subprocess.CompletedProcess[bytes]:
    """The process leads a group, so that what it started ends with it."""
    with subprocess.Popen(
        [sys.executable, "-c", _CODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(ended,) if os.name == "posix" else (),
        env={**os.environ, "TMPDIR": folder},
        start_new_session=True,
    ) as process:
        try:
            output, said = process.communicate(order, limits.MAX_SECONDS)
        except BaseException:  # too slow, or interrupted
            _end_group(process)
            raise
        if process.returncode != 0:
            _end_group(process)
        return subprocess.CompletedProcess(process.args, process.returncode, output, said)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    if os.name != "posix":
        process.kill()
        return
    with suppress(ProcessLookupError):  # nobody is left
        os.killpg(process.pid, signal.SIGKILL)


def main() -> None:
    """Run what stdin asks for; its result, or a DocumentError, goes to stdout."""
    memory, ended, module, function, arguments = pickle.load(sys.stdin.buffer)  # written by run_in_child()
    _limit(memory)
    if os.name == "posix":
        threading.Thread(target=_end_with_parent, args=(ended,), daemon=True).start()
    result: object
    try:
        result = getattr(importlib.import_module(module), function)(*arguments)
    except DocumentError as error:
        result = error
    output = pickle.dumps(result)
    if len(output) > limits.MAX_OUTPUT_BYTES:
        output = pickle.dumps(DocumentError(f"{len(output):,} bytes of clauses are too many. Split the document"))
    sys.stdout.buffer.write(output)


def _end_with_parent(ended: int) -> None:
    os.read(ended, 1)
    os.killpg(0, signal.SIGKILL)


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit of the caller still holds
        return
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, limits.MAX_SECONDS),
        (resource.RLIMIT_FSIZE, limits.MAX_OUTPUT_BYTES),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))
