"""The process that reads a file: its limits, its end with its parent, and what it leaves behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from corpus.errors import DocumentError, NotFoundError
from corpus.readers import limits
from corpus.readers.child import run_in_child
from tests.waiting import wait_until


def forever() -> None:
    while True:
        pass


def hungry() -> bytes:
    return b"x" * limits.MAX_MEMORY_BYTES


def noisy() -> bytes:
    return b"x" * (limits.MAX_OUTPUT_BYTES + 1)


def missing() -> None:
    raise NotFoundError("gone", field="file")


def leaves_a_file() -> str:
    handle, name = tempfile.mkstemp()
    os.close(handle)
    return name


def waits(mark: str) -> None:
    Path(mark).write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(60)


def test_result_comes_back_and_no_file_stays() -> None:
    assert not Path(run_in_child("a.txt", leaves_a_file)).exists()


def test_error_comes_back_whole() -> None:
    with pytest.raises(NotFoundError, match="gone") as caught:
        run_in_child("a.txt", missing)
    assert caught.value.field == "file"


def test_processor_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SECONDS", 1)
    with pytest.raises(DocumentError, match=r"a\.txt: reading it .*took more than 1 s"):
        run_in_child("a.txt", forever)


@pytest.mark.parametrize(("function", "said"), [(hungry, "bytes of memory"), (noisy, "bytes of clauses are too many")])
def test_memory_and_output_are_limited(function: object, said: str) -> None:
    assert callable(function)
    with pytest.raises(DocumentError, match=said):
        run_in_child("a.txt", function)


def runs(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8").split()[2]
    except OSError:
        return False


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = (
        "from corpus.readers.child import run_in_child; from tests.test_corpus_child import waits; "
        f"run_in_child('a', waits, {str(mark)!r})"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parent.parent)
    wait_until(lambda: mark.exists() and mark.read_text(encoding="utf-8"))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    child = int(mark.read_text(encoding="utf-8"))
    wait_until(lambda: not runs(child))
