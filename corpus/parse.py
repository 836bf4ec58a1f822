"""Text -> document: every line becomes a heading, part of a clause, or named boilerplate.

One pass over the lines. A marked line is a heading or an item: the title's words (corpus/titles.py), the style
of its number (corpus/numbering.py) and the line after it decide. An unmarked line continues the clause before it.
What cannot be decided is kept as boilerplate named `unparsed` and reported as a finding, never dropped.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from corpus.boilerplate import boilerplate_name
from corpus.errors import DocumentError
from corpus.model import Clause, Document, Finding, Post, Segment, SegmentKind, split_lines
from corpus.numbering import HEADING_LEVEL, Marker, find_marker
from corpus.repair import clean, repair
from corpus.titles import Names, Title, owner_of_title, read_title

_ENDS_SENTENCE = re.compile(r"[。；;！!？?.]\s*$")
_MAX_DAMAGED_GAP = 3


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    start: int
    raw: str
    body: str
    marker: Marker | None
    title: Title | None
    boilerplate: str | None

    @property
    def words(self) -> str:
        """The line without its marker and its end."""
        return self.body[self.marker.end :] if self.marker else self.body


class _Level(NamedTuple):
    """One level of the list that is open: its numbering style, the last number in it, and the path down to that."""

    style: str
    number: int
    path: str


@dataclass(slots=True)
class _Draft:
    """A clause that may still grow."""

    id: str
    post: Post
    number: str
    lines: list[_Line] = field(default_factory=list)

    def ended(self) -> bool:
        return bool(_ENDS_SENTENCE.search(self.lines[-1].body))


def parse(text: str, slug: str) -> Document:
    """Parse the text of one document.

    Raises DocumentError when it holds no clause.
    """
    parser = _Parser(slug)
    lines = _scan(text)
    for line, following in zip(lines, _following(lines), strict=True):
        parser.read(line, following)
    document = parser.finish(text)
    if not document.clauses:
        raise DocumentError(
            f"{slug}: no duty found in {len(lines)} lines; expected numbered items (1. / 一、 / （一）) under the "
            "names of departments or positions. See what was read with: duty corpus parse FILE --json"
        )
    return document


def _scan(text: str) -> list[_Line]:
    lines = []
    start = 0
    for number, raw in enumerate(split_lines(text), 1):
        body = raw.rstrip("\r\n")
        marker = find_marker(body)
        title = read_title(repair(body[marker.end :] if marker else body))
        lines.append(_Line(number, start, raw, body, marker, title, boilerplate_name(body)))
        start += len(raw)
    return lines


def _following(lines: list[_Line]) -> list[_Line | None]:
    """For each line the next one that is no boilerplate."""
    following: list[_Line | None] = []
    upcoming: _Line | None = None
    for line in reversed(lines):
        following.append(upcoming)
        if line.boilerplate is None:
            upcoming = line
    return following[::-1]


class _Parser:
    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.title = ""
        self.department: str | None = None
        self.position: str | None = None
        self.posts: dict[Post, int] = {}
        self.drafts: dict[str, _Draft] = {}
        self.open: _Draft | None = None
        self.levels: list[_Level] = []
        self.last_numbers: dict[str, int] = {}
        self.department_number = 0
        self.position_number = 0
        self.position_styles: set[str] = set()
        self.section_style: str | None = None
        self.segments: list[Segment] = []
        self.findings: list[Finding] = []

    # -- one line ------------------------------------------------------------------------------------------------

    def read(self, line: _Line, following: _Line | None) -> None:
        if line.boilerplate is not None:
            self._segment(line, SegmentKind.BOILERPLATE, line.boilerplate)
        elif line.marker is not None and self._continues(line.marker):
            if line.title is not None and self._is_heading(line.marker, line.title, following):
                self._heading(line, line.marker, line.title)
            else:
                self._item(line, line.marker)
        elif line.title is not None and self._is_bare_heading(line, line.title, following):
            self._heading(line, None, line.title)
        else:
            self._unmarked(line)

    def _continues(self, marker: Marker) -> bool:
        """Whether a damaged marker is one: it starts a sequence or goes on with one."""
        if not marker.style.damaged or marker.number is None:
            return True
        last = next((level.number for level in self.levels if level.style == marker.style.name), 0)
        if marker.style.heading:
            last = max(last, self.position_number)
        return marker.number == 1 or 0 < marker.number - last <= _MAX_DAMAGED_GAP

    def _is_heading(self, marker: Marker, title: Title, following: _Line | None) -> bool:
        if marker.style.name == HEADING_LEVEL:
            return True
        style = marker.style.name
        if style != self.section_style and any(level.style == style for level in self.levels):
            return False
        introduces = following is not None and (following.marker is None or following.marker.style.name != style)
        return (marker.style.heading and (introduces or title.sure)) or (introduces and title.sure)

    def _is_bare_heading(self, line: _Line, title: Title, following: _Line | None) -> bool:
        """An unmarked line is a heading when its words prove it, or when a list starts right after it."""
        if title.sure and (title.names is not Names.DEPARTMENT or self._list_starts(following) or self.open is None):
            return self.open is None or self.open.ended() or self._list_starts(following)
        if self.open is None:
            return self.department is None and self.position is None
        return self.open.ended() and self._list_starts(following) and len(line.body.strip()) <= 20

    def _list_starts(self, following: _Line | None) -> bool:
        return following is not None and following.marker is not None and following.marker.number == 1

    # -- headings ------------------------------------------------------------------------------------------------

    def _heading(self, line: _Line, marker: Marker | None, title: Title) -> None:
        self.open = None
        kind = self._enter(line, marker, title)
        self._segment(line, SegmentKind.HEADING, kind)

    def _enter(self, line: _Line, marker: Marker | None, title: Title) -> str:
        """Make the heading's post the owner of what follows; the word for what the heading is."""
        number = marker.number if marker else None
        if title.names is Names.DUTIES:
            return self._leave_lists("duties")
        if title.names is Names.DEPARTMENT:
            if title.name != self.department:
                self.department_number = self._expect(line, "department", self.department_number, number)
                self._reset_positions()
            return self._own(line, title.name, None, "department")
        if not title.sure and not self.posts and (marker is None or marker.style.name == HEADING_LEVEL):
            self.title = self.title or title.name
            return "title"
        if marker is not None and self._is_section(marker):
            self.section_style = marker.style.name
            self.levels = [_Level(marker.style.name, number or 1, str(number or 1))]
            return "section"
        if marker is not None:
            self.position_styles.add(marker.style.name)
        self.position_number = self._expect(line, "position", self.position_number, number)
        self.section_style = None
        return self._own(line, self._department(), title.name, "position")

    def _is_section(self, marker: Marker) -> bool:
        """A heading one level below the positions: another style that starts anew under an open position."""
        style = marker.style.name
        if self.position is None or style in self.position_styles or not self.position_styles:
            return False
        return style == self.section_style or marker.number == 1

    def _own(self, line: _Line, department: str, position: str | None, kind: str) -> str:
        self.department, self.position = department, position
        self._name_post(line, Post(department, position))
        return self._leave_lists(kind)

    def _name_post(self, line: _Line, post: Post) -> None:
        self.posts.setdefault(Post(post.department, None), line.number)
        self.posts.setdefault(post, line.number)

    def _leave_lists(self, kind: str) -> str:
        self.levels = []
        return kind

    def _reset_positions(self) -> None:
        self.position_number, self.position_styles, self.section_style = 0, set(), None

    def _department(self) -> str:
        """The current department; where none was named, what the document's title is about."""
        if self.department is None:
            self.department = owner_of_title(self.title, self.slug).department
        return self.department

    # -- clauses -------------------------------------------------------------------------------------------------

    def _item(self, line: _Line, marker: Marker) -> None:
        style = marker.style.name
        depth = next((i for i, level in enumerate(self.levels) if level.style == style), len(self.levels))
        last = self.levels[depth].number if depth < len(self.levels) else 0
        del self.levels[depth:]
        number = last + 1 if marker.number is None else marker.number
        if len(marker.path) > 1:  # 3.2.1 spells its whole path out
            path = ".".join(map(str, marker.path))
        else:
            path = f"{self.levels[-1].path}.{number}" if self.levels else str(number)
            self._department()
            # Articles count on across the chapters of a document.
            self._expect(line, "item", max(last, self.last_numbers.get(style, 0) if number > last + 1 else 0), marker.number)
        self.last_numbers[style] = number
        self.levels.append(_Level(style, number, path))
        self._start_clause(line, path)

    def _start_clause(self, line: _Line, number: str) -> None:
        post = Post(self._department(), self.position)
        self._name_post(line, post)
        self.open = _Draft(self._new_id(post, number), post, number)
        self.drafts[self.open.id] = self.open
        self._continue_clause(line)

    def _continue_clause(self, line: _Line) -> None:
        assert self.open is not None
        self.open.lines.append(line)
        self._segment(line, SegmentKind.CLAUSE, self.open.id)

    def _unmarked(self, line: _Line) -> None:
        if self.open is not None and (self.levels or not self.open.ended()):
            self._continue_clause(line)
        elif self.department is not None or self.position is not None:
            self.findings.append(Finding("unnumbered_duty", line.number, f"a duty without a number: {line.body.strip()}"))
            count = sum(draft.post == Post(self._department(), self.position) for draft in self.drafts.values())
            self._start_clause(line, str(count + 1))
        else:
            self.findings.append(Finding("unparsed_line", line.number, f"belongs to no post: {line.body.strip()}"))
            self._segment(line, SegmentKind.BOILERPLATE, "unparsed")

    def _new_id(self, post: Post, number: str) -> str:
        parts = [self.slug, post.department, *([post.position] if post.position else []), number]
        plain = "/".join(part.replace("/", "／") for part in parts)
        copies = 1
        unique = plain
        while unique in self.drafts:  # two lists in one post both count from 1
            copies += 1
            unique = f"{plain}~{copies}"
        return unique

    # -- bookkeeping ---------------------------------------------------------------------------------------------

    def _expect(self, line: _Line, what: str, last: int, number: int | None) -> int:
        """Report a number that skips; return the number that the sequence has reached."""
        if number is None:
            return last
        if number > last + 1:
            missing = f"{last + 1}" if number == last + 2 else f"{last + 1} to {number - 1}"
            where = Post(self.department, self.position if what == "item" else None) if self.department else self.slug
            self.findings.append(
                Finding(
                    "numbering_gap", line.number, f"{where}: {what} {missing} is missing before {number}: {line.words.strip()}"
                )
            )
        return number

    def _segment(self, line: _Line, kind: SegmentKind, name: str) -> None:
        end = line.start + len(line.raw)
        previous = self.segments[-1] if self.segments else None
        if previous is not None and kind is SegmentKind.CLAUSE and previous.name == name:
            self.segments[-1] = Segment(kind, name, previous.start, end)
        else:
            self.segments.append(Segment(kind, name, line.start, end))

    def finish(self, text: str) -> Document:
        clauses = [self._clause(draft) for draft in self.drafts.values()]
        empty = {clause.id: clause for clause in clauses if not clause.text}
        for clause in empty.values():
            self.findings.append(Finding("empty_item", clause.lines[0], f"{clause.post}: item {clause.number} has no words"))
        return Document(
            slug=self.slug,
            text=text,
            post_lines=self.posts,
            clauses=tuple(clause for clause in clauses if clause.text),
            segments=tuple(self._without_clause(segment) if segment.name in empty else segment for segment in self.segments),
            findings=tuple(self.findings),
        )

    def _without_clause(self, segment: Segment) -> Segment:
        return Segment(SegmentKind.BOILERPLATE, "empty-item", segment.start, segment.end)

    def _clause(self, draft: _Draft) -> Clause:
        lines = draft.lines
        return Clause(
            id=draft.id,
            document=self.slug,
            department=draft.post.department,
            position=draft.post.position,
            number=draft.number,
            text=clean([lines[0].words, *(line.body for line in lines[1:])]),
            source_text="".join(line.raw for line in lines).rstrip("\r\n"),
            lines=(lines[0].number, lines[-1].number),
        )
