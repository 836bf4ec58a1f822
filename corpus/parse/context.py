"""Who owns what follows, and on what grounds."""

from dataclasses import dataclass

from corpus.grammar.numbering import Marker
from corpus.grammar.scan import Unit


@dataclass(frozen=True, slots=True)
class Context:
    """The owner of what follows; None where the document itself has to say.

    `named` says that a heading, a lead, a table or the file's name names that owner, `announced` that a heading or a
    lead says that duties follow, and `rules` that rules do. `whole` says that only the file's name or the document's
    title names the owner: what is below may be anything. `topic` says that a heading below the owner's names a topic,
    and `inherits` that a heading above the owner's announced the duties.
    """

    department: str | None = None
    position: str | None = None
    named: bool = False
    announced: bool = False
    rules: bool = False
    whole: bool = False
    topic: bool = False
    inherits: bool = False


_MAX_OPEN = 20


@dataclass(frozen=True, slots=True)
class Topic:
    """A numbered heading that names nobody, and the context in which it began."""

    style: str
    number: int
    context: Context


class Topics:
    """Those that are open. The next number of their style goes on in their context, whoever was named in between."""

    def __init__(self) -> None:
        self._open: list[Topic] = []

    def begin(self, style: str, number: int, context: Context) -> Context:
        """The context in which a heading begins; the one before it in its list, and what is inside that, are closed."""
        context = self.resume(style, number) or context
        self._open = [*self._open[-_MAX_OPEN:], Topic(style, number, context)]
        return context

    def resume(self, style: str, number: int) -> Context | None:
        """The context of the topic before a number of its list, closing it; None where there is none."""
        for index in range(len(self._open) - 1, -1, -1):
            topic = self._open[index]
            if topic.style == style and topic.number == number - 1:
                del self._open[index:]
                return topic.context
        return None

    def leave(self, owner: Context) -> None:
        """Close the topics of an owner that another one follows."""
        if owner.named:
            self._open = [topic for topic in self._open if topic.context != owner]

    def clear(self) -> None:
        self._open = []


def style_of(unit: Unit | None) -> str:
    return style(unit, unit.marker) if unit is not None and unit.marker is not None else ""


def style(unit: Unit, marker: Marker) -> str:
    """What makes two numbers those of one list: their style, and how deep the format says that it is nested."""
    return f"{marker.style.name}@{unit.depth}" if unit.depth else marker.style.name
