"""The command line: in this process, which saves its start, or in one of its own, as people run it."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from duty import main as command_line

DUTY = Path(sys.executable).with_name("duty")
Result = subprocess.CompletedProcess[str]


def duty(*arguments: object, **environment: str) -> Result:
    """What `duty` with these arguments prints and exits with, run by the same `main` in this process."""
    argv = ["duty", *map(str, arguments)]
    stdout, stderr = io.StringIO(), io.StringIO()
    status = 0
    with (
        mock.patch.object(sys, "argv", argv),
        mock.patch.dict(os.environ, environment),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
    ):
        try:
            command_line.main()
        except SystemExit as stop:
            status = int(stop.code or 0)
    return Result(argv, status, stdout.getvalue(), stderr.getvalue())


def duty_process(*arguments: object, **environment: str) -> Result:
    """The same in a process of its own."""
    return subprocess.run(
        [DUTY, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )


def refused(result: Result, status: int) -> str:
    """The one line on stderr of a command that failed as it should, before it printed anything."""
    assert result.stdout == ""
    return failed(result, status)


def failed(result: Result, status: int) -> str:
    """The one line on stderr of a command that failed as it should."""
    assert result.returncode == status, result.stderr
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("duty: ")
    assert "unexpected" not in lines[0]
    return lines[0]
