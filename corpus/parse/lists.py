"""The lists that are open, and the number path of an item in them (2, or 9.1 for sub-item (1) of item 9)."""

from collections.abc import Sequence
from typing import NamedTuple

from corpus.grammar.numbering import Marker, rank
from corpus.parse.context import Context

MAX_OUTER = 20
UNNUMBERED = "unnumbered"


class Level(NamedTuple):
    """One level of the list that is open: its numbering style, the last number in it, and the path down to that."""

    style: str
    number: int
    path: str


class Outer(NamedTuple):
    """A list that a heading interrupted, and its context: its next number goes on with both."""

    levels: Sequence[Level]
    context: Context


class Lists:
    """`levels` are those that are open, outermost first; the first of them, `sections`, are numbered headings.

    `group` counts the lists, and `since_section` the clauses since the last numbered heading.
    """

    def __init__(self) -> None:
        self.levels: list[Level] = []
        self.sections: list[Level] = []
        self.outer: list[Outer] = []
        self.last_numbers: dict[str, int] = {}
        self.group = 0
        self.since_section = 0

    def leave(self) -> None:
        self.levels, self.sections = [], []
        self.group += 1

    def last(self, style: str) -> int:
        """The last number of a style in the open lists; 0 where it has none."""
        return next((level.number for level in self.levels if level.style == style), 0)

    def holds(self, style: str) -> bool:
        return any(level.style == style for level in self.levels)

    def holds_section(self, style: str) -> bool:
        return any(level.style == style for level in self.sections)

    def numbered(self) -> bool:
        """Whether an item with a number is open."""
        return any(level.style != UNNUMBERED for level in self.levels[len(self.sections) :])

    def add_item(self, style: str, marker: Marker) -> tuple[str, int]:
        """Open an item; its path, and the last number before it in its list."""
        if marker.style.name == "article":  # outside all lists
            self.sections = []
            self.levels = [level for level in self.levels if level.style == style]
        depth = next((i for i, level in enumerate(self.levels) if level.style == style), len(self.levels))
        last = self.levels[depth].number if depth < len(self.levels) else 0
        del self.levels[depth:]
        number = last + 1 if marker.number is None else marker.number
        if len(marker.path) > 1:  # 3.2.1 spells its whole path out
            path = ".".join(map(str, marker.path))
        else:
            path = f"{self.levels[-1].path}.{number}" if self.levels else str(number)
        self.levels.append(Level(style, number, path))
        self.last_numbers[style] = number
        return path, last

    def add_section(self, style: str, marker: Marker) -> None:
        """Open a numbered heading whose items are below it."""
        number = marker.number or 1
        depth = next((i for i, level in enumerate(self.sections) if level.style == style), len(self.sections))
        del self.sections[depth:]
        if len(marker.path) > 1:
            path, self.sections = ".".join(map(str, marker.path)), []
        else:
            path = f"{self.sections[-1].path}.{number}" if self.sections else str(number)
        self.sections.append(Level(style, number, path))
        self.levels = list(self.sections)
        self.since_section = 0

    def interrupt(self, style: str, number: int, context: Context) -> None:
        """Keep the open list for later where a heading with a number of it, or of one inside it, comes between."""
        if self.levels and rank(style) >= rank(self.levels[0].style):
            self.outer = [*self.outer[-MAX_OUTER:], Outer(self._counted(self.levels, style, number), context)]
        elif any(level.style == style for outer in self.outer for level in outer.levels):
            self.outer = [outer._replace(levels=self._counted(outer.levels, style, number)) for outer in self.outer]

    def _counted(self, levels: Sequence[Level], style: str, number: int) -> list[Level]:
        return [level._replace(number=number) if level.style == style else level for level in levels]

    def resume(self, style: str, marker: Marker) -> Context | None:
        """Go back to a list that a heading interrupted, where the item has its next number; the list's context."""
        if self.holds(style):
            return None
        for index in range(len(self.outer) - 1, -1, -1):
            levels, context = self.outer[index]
            depth = next((i for i, level in enumerate(levels) if level.style == style), None)
            if depth is not None and marker.number == levels[depth].number + 1 and marker.number > 1:
                self.levels, self.sections = list(levels[: depth + 1]), []
                self.group += 1
                del self.outer[index:]
                return context
        return None
