"""What is made of an index version when it is first asked for, and kept as long as that version is served."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from server.service import Served

T = TypeVar("T")


class PerVersion(Generic[T]):
    """Callers meanwhile wait for the first one, so that the work is done once."""

    def __init__(self, make: Callable[[Served], T]) -> None:
        self._make = make
        self._made: tuple[str, T] | None = None
        self._lock = Lock()

    def of(self, served: Served) -> T:
        with self._lock:
            if self._made is None or self._made[0] != served.version:
                self._made = served.version, self._make(served)
            return self._made[1]
