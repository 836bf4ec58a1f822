"""Reads one file in a process of its own, with limits on memory and time, so that no file harms the one that asks."""

import importlib
import pickle
import subprocess
import sys
from pathlib import Path
from typing import cast

from corpus.errors import DocumentError
from corpus.readers import limits
from corpus.source import Source

_ROOT = Path(__file__).parent.parent.parent


def read_in_child(path: Path, format_name: str) -> Source:
    """What the reader of the format makes of the file. Raises DocumentError, also where the process failed."""
    code = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from corpus.readers.child import main; main()"
    command = [sys.executable, "-c", code, str(path), format_name, str(limits.MAX_MEMORY_BYTES)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise DocumentError(
            f"{path.name}: reading it took more than {limits.MAX_SECONDS} s, which is all that is allowed. "
            "Split the document"
        ) from None
    if done.returncode != 0 or not done.stdout:
        last = done.stderr.decode(errors="replace").strip().split("\n")[-1][:200]
        raise DocumentError(
            f"{path.name}: reading it failed, or took more than {limits.MAX_MEMORY_BYTES:,} bytes of memory "
            f"(status {done.returncode}: {last}). Open it in its own program and save it again, or split it"
        )
    result = cast("Source | str", pickle.loads(done.stdout))  # written by main() below, never by anybody else
    if isinstance(result, str):
        raise DocumentError(result)
    return result


def main() -> None:
    """Read the file named by the arguments; a Source, or the message of a DocumentError, goes to stdout."""
    path, format_name = Path(sys.argv[1]), sys.argv[2]
    _limit_memory(int(sys.argv[3]))
    result: Source | str
    try:
        source = importlib.import_module(f"corpus.readers.{format_name}").read(path)
        limits.check_limit(path.name, "characters of text", len(source.text), limits.MAX_CHARACTERS)
        result = source
    except DocumentError as error:
        result = error.message
    sys.stdout.buffer.write(pickle.dumps(result))


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit of the caller still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
