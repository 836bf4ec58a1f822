"""The words of the project as types: post, clause, segment, finding, parsed document."""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, groupby
from typing import NamedTuple

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Post(NamedTuple):
    """Who answers for a duty: a position in a department, or the department itself."""

    department: str
    position: str | None

    def __str__(self) -> str:
        return self.department if self.position is None else f"{self.department}·{self.position}"


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered duty: never merged, never re-split, the unit of citation.

    `text` is cleaned; `source_text` is the untouched source, marker and line ends included.
    `lines` are the first and last source line, counted from 1. `ocr` says that text recognition read it from a picture.
    """

    id: str
    document: str
    department: str
    position: str | None
    number: str
    text: str
    source_text: str
    lines: tuple[int, int]
    ocr: bool = False

    @property
    def post(self) -> Post:
        return Post(self.department, self.position)

    @property
    def digest(self) -> str:
        """Identifies the wording, so that what hangs on a clause notices when it is reworded."""
        return text_digest(self.text)


def text_digest(text: str) -> str:
    """First 16 hex digits of the SHA-256 of the UTF-8 text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class SegmentKind(StrEnum):
    HEADING = "heading"
    CLAUSE = "clause"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of source characters [start, end) and the one thing it belongs to.

    `name` is the clause id, what the heading is, or the rule that recognised the boilerplate.
    """

    kind: SegmentKind
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at, with the source line (from 1) where it shows."""

    kind: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text that is no duty, with the reason and its first and last source line, from 1."""

    reason: str
    lines: tuple[int, int]
    text: str


# Boilerplate that says nothing by itself: blank lines, the rules and heads of tables whose cells are read.
_STRUCTURE = frozenset(
    [
        "blank",
        "ruler",
        "item-number",
        "markup",
        "table-rule",
        "table-header",
        "table-label",
        "table-number",
        "table-department",
        "table-topic",
        "matrix-duty",
    ]
)


class FactKind(StrEnum):
    SUPERIOR = "superior"
    SUBORDINATES = "subordinates"
    HEADCOUNT = "headcount"


@dataclass(frozen=True, slots=True)
class PostFact:
    """What a document says of a post besides its duties, in its own words, and on which line (from 1)."""

    post: Post
    kind: FactKind
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed source.

    `post_lines` has all posts that it names, those without a duty included, and where (lines from 1). `facts` are those
    of its posts.
    """

    slug: str
    text: str
    post_lines: Mapping[Post, int]
    clauses: tuple[Clause, ...]
    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...]
    facts: tuple[PostFact, ...] = ()

    @property
    def posts(self) -> tuple[Post, ...]:
        return tuple(self.post_lines)

    @property
    def departments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(post.department for post in self.posts))

    @property
    def positions(self) -> tuple[Post, ...]:
        return tuple(post for post in self.posts if post.position is not None)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def left_out(self) -> Iterator[LeftOut]:
        """What was read and is no duty, in reading order; neighbours with one reason come together."""
        starts = line_starts(self.text)
        parts = (part for part in self.segments if part.kind is not SegmentKind.BOILERPLATE or _says_something(part))
        for (kind, reason), own in groupby(parts, key=lambda part: (part.kind, part.name)):
            if kind is SegmentKind.BOILERPLATE:
                first, *_, last = [*(found := list(own)), found[-1]]
                text = "".join(self.text[part.start : part.end] for part in found)
                lines = (bisect_right(starts, first.start), bisect_right(starts, max(first.start, last.end - 1)))
                yield LeftOut(reason, lines, text.strip())

    def lines(self) -> Iterator[str]:
        """The source lines without their line ends."""
        return (line.rstrip("\r\n") for line in split_lines(self.text))


def _says_something(part: Segment) -> bool:
    return part.name not in _STRUCTURE


def line_starts(text: str) -> list[int]:
    """Where each line of the text begins."""
    return list(accumulate(map(len, split_lines(text)), initial=0))


def split_lines(text: str) -> list[str]:
    """Lines with their ends (LF, CRLF or CR), so that joining them gives the text back."""
    return _LINE.findall(text)
