"""How many cores this process may use."""

import os


def usable_cores() -> int:
    """How many cores this process may use, at least 1.

    They are fewer than the machine has where the process is bound to some of them, which only some systems tell.
    """
    bound = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(bound(0)) if bound is not None else os.cpu_count() or 1
