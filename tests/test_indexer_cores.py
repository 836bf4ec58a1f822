"""How many cores may be used, on systems that tell and on those that do not."""

import os

import pytest

from indexer.cores import usable_cores


def test_cores_that_this_process_is_bound_to() -> None:
    every = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(every)})
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, every)
    assert usable_cores() == len(every)


@pytest.mark.parametrize(("count", "cores"), [(8, 8), (None, 1)])
def test_macos_tells_only_how_many_there_are(monkeypatch: pytest.MonkeyPatch, count: int | None, cores: int) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert usable_cores() == cores
