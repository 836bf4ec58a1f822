"""Source -> document: every unit becomes a heading, part of a clause, or named boilerplate.

One pass over the units (grammar/scan.py). A marked unit is a heading or an item: the title's words (grammar/titles.py),
the style of its number (grammar/numbering.py), what the format knows and the unit after it decide. An unmarked one
continues the clause before it. What cannot be decided is kept, and reported as a finding; hints (beside/hints.py)
settle it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from corpus.beside.hints import NO_HINTS, Hints
from corpus.errors import DocumentError
from corpus.grammar.numbering import Marker, rank
from corpus.grammar.repair import clean
from corpus.grammar.scan import Settled, Unit, scan
from corpus.grammar.titles import (
    MAX_TITLE,
    Names,
    Title,
    holds_no_duties,
    is_general,
    is_organisation,
    leads_organisation,
    names_department_in_field,
    owner_of_name,
    owner_of_title,
)
from corpus.model import Clause, Document, Finding, Post, Segment, SegmentKind, split_lines
from corpus.source import Source
from corpus.tables.units import known_names, table_units

_ENDS_SENTENCE = re.compile(r"[。；;！!？?.]\s*$")
_ENDS_LEAD = re.compile(r"[:：]\s*$")
_ANNOUNCES_POSTS = re.compile(r"岗位|职位|角色")
_LEADING_NUMBER = re.compile(r"^\d+[-_]+(?=.)")
_UNNUMBERED = "unnumbered"
_MAX_DAMAGED_GAP = 3
_MAX_OUTER = 20
_MAX_HEADING = 40
_MAX_BARE_HEADING = 20


class _Level(NamedTuple):
    """One level of the list that is open: its numbering style, the last number in it, and the path down to that."""

    style: str
    number: int
    path: str


class _Owner(NamedTuple):
    """Who owns what follows; None where the document itself has to say."""

    department: str | None
    position: str | None


class _Outer(NamedTuple):
    """A list that a heading interrupted, and whose it was: its next number goes on with both."""

    levels: list[_Level]
    owner: _Owner


@dataclass(slots=True)
class _Draft:
    """A clause that may still grow."""

    id: str
    post: Post
    number: str
    units: list[Unit] = field(default_factory=list)

    def ended(self) -> bool:
        return bool(_ENDS_SENTENCE.search(self.units[-1].body))


def parse_source(source: Source, slug: str, hints: Hints = NO_HINTS) -> Document:
    """Parse what a reader made of one document.

    Raises DocumentError when it holds no clause.
    """
    line_count = len(split_lines(source.text))
    hints.check(line_count)
    known = {**known_names(source), **hints.names}
    tables, findings = table_units(source, known)
    units = hints.settle(sorted([*scan(source, known), *tables], key=lambda unit: unit.start))
    parser = _Parser(slug, source, known, _sure_names(units), findings)
    for unit, following in zip(units, _following(units), strict=True):
        parser.read(unit, following)
    document = parser.finish()
    if not document.clauses:
        raise DocumentError(
            f"{slug}: no duty found in {line_count} lines; expected numbered items (1. / 一、 / （一）) under the "
            "names of departments or positions. See what was read with: duty corpus parse FILE --json"
        )
    return document


def _following(units: list[Unit]) -> list[Unit | None]:
    """For each unit the next one that is no boilerplate."""
    following: list[Unit | None] = []
    upcoming: Unit | None = None
    for unit in reversed(units):
        following.append(upcoming)
        if not unit.noise:
            upcoming = unit
    return following[::-1]


def _sure_names(units: Iterable[Unit]) -> Mapping[str, Names]:
    """Names of departments and positions that are headings somewhere in the document."""
    titles = (unit.title for unit in units if unit.title and (unit.marker or unit.heading) and unit.title.sure)
    return {title.name: title.names for title in titles if title.names in (Names.DEPARTMENT, Names.POSITION)}


class _Parser:
    def __init__(
        self,
        slug: str,
        source: Source,
        known: Mapping[str, Names],
        sure_names: Mapping[str, Names],
        findings: Iterable[Finding],
    ) -> None:
        self.slug = slug
        self.source = source
        self.known = known
        self.sure_names = sure_names
        self.findings = list(findings)
        self.named_after = owner_of_name(source.name)
        self.title = ""
        self.department: str | None = None
        self.position: str | None = self.named_after.position
        self.organisation = ""  # the department that the document's title names
        self.fresh_position = False  # whether a heading just named one, and no duty of it was read yet
        self.position_is_sure = True  # named by words of a post, not by a topic
        self.borrowed: _Owner | None = None  # whom the owner of one sentence's list took the place of
        self.path_owners: dict[tuple[int, ...], _Owner] = {}
        self.section_styles: set[str] = set()
        self.heading_numbers: dict[str, int] = {}
        self.outline: list[tuple[int, _Owner]] = []
        self.place: tuple[int, ...] | None = None
        self.before_place = _Owner(None, None)
        self.posts: dict[Post, int] = {}
        self.drafts: dict[str, _Draft] = {}
        self.counts: Counter[Post] = Counter()
        self.since_section = 0
        self.copies: Counter[str] = Counter()
        self.open: _Draft | None = None
        self.levels: list[_Level] = []
        self.sections: list[_Level] = []
        self.outer: list[_Outer] = []
        self.last_numbers: dict[str, int] = {}
        self.department_number = 0
        self.department_style = ""
        self.position_number = 0
        self.position_styles: set[str] = set()
        self.announces_posts = bool(_ANNOUNCES_POSTS.search(source.name))
        self.skips_until: str | None = None
        self.skip_level = 0
        self.segments: list[Segment] = []

    # -- one unit ------------------------------------------------------------------------------------------------

    def read(self, unit: Unit, following: Unit | None) -> None:
        self._enter_place(unit)
        marker = unit.marker if unit.marker is not None and self._continues(unit.marker) else None
        if unit.noise:
            self._segment(unit, SegmentKind.BOILERPLATE, unit.noise)
        elif unit.settled is Settled.ITEM:
            self._item(unit, marker) if marker else self._unnumbered(unit, following)
        elif title := self._heading_title(unit, marker, following):
            self._heading(unit, marker, title)
        elif self.skips_until is not None:
            self._segment(unit, SegmentKind.BOILERPLATE, "no-duties")
        elif marker is not None:
            self._item(unit, marker)
        else:
            self._unmarked(unit, following)

    def _enter_place(self, unit: Unit) -> None:
        """Make the owner that a table or a hint gives to the unit the current one, or return to the one before."""
        key = unit.place.key if unit.place else None
        if key == self.place:
            return
        if self.place is None:
            self.before_place = _Owner(self.department, self.position)
        self.place = key
        self.open, self.skips_until = None, None
        self._leave_lists("")
        self.department, self.position = self.before_place
        if unit.place is not None:
            department, position = unit.place.post
            if department or position:
                self.department, self.position = department or self.department, position
            self._name_post(unit, Post(self._department(), self.position))

    def _continues(self, marker: Marker) -> bool:
        """Whether a damaged marker is one: it starts a sequence or goes on with one."""
        if not marker.style.damaged or marker.number is None:
            return True
        last = next((level.number for level in self.levels if level.style == marker.style.name), 0)
        if marker.style.bare:
            return 0 < last == marker.number - 1
        if marker.style.heading:
            last = max(last, self.position_number)
        return marker.number == 1 or 0 < marker.number - last <= _MAX_DAMAGED_GAP

    # -- what is a heading ---------------------------------------------------------------------------------------

    def _heading_title(self, unit: Unit, marker: Marker | None, following: Unit | None) -> Title | None:
        """The title of a unit that is a heading."""
        title = unit.title
        if unit.settled is Settled.HEADING:
            return title or Title(Names.TOPIC, unit.words.strip(), False)
        if unit.level:
            if title is None and (unit.depth or len(unit.words) > _MAX_HEADING or _ENDS_SENTENCE.search(unit.words)):
                return None
            return title or Title(Names.TOPIC, unit.words.strip(" :："), False)
        if title is None:
            return (
                Title(Names.TOPIC, unit.words.strip(" :："), False)
                if self._is_sibling(unit, marker, following)
                else None
            )
        if marker is not None:
            return title if self._is_heading(unit, marker, title, following) else None
        return title if self._is_bare_heading(unit, title, following) else None

    def _is_sibling(self, unit: Unit, marker: Marker | None, following: Unit | None) -> bool:
        """Whether a sentence goes on with the numbers of the departments' headings, with a list of its own below it."""
        if marker is None or not marker.style.heading or not self._list_starts(following):
            return False
        return self._follows_department(_style(unit, marker), marker)

    def _is_heading(self, unit: Unit, marker: Marker, title: Title, following: Unit | None) -> bool:
        style = _style(unit, marker)
        leads = _ENDS_LEAD.search(unit.body) and title.names in (Names.DEPARTMENT, Names.POSITION)
        if leads and title.sure and self._list_starts(following) and _style_of(following) != style:
            return True
        if not any(level.style == style for level in self.sections) and any(
            level.style == style for level in self.levels
        ):
            return False
        introduces = following is not None and (
            following.marker is None or _style(following, following.marker) != style
        )
        if style == "arabic-path" and following is not None and following.marker is not None:
            introduces = introduces or len(following.marker.path) > len(marker.path)
        if holds_no_duties(title.name):
            return introduces
        may_head = marker.style.heading or (style == "arabic-path" and len(title.name) <= _MAX_BARE_HEADING)
        return (may_head and (introduces or title.sure)) or (introduces and title.sure)

    def _is_bare_heading(self, unit: Unit, title: Title, following: Unit | None) -> bool:
        """An unmarked line is a heading when its words prove it, or when a list starts right after it."""
        if holds_no_duties(title.name):
            return True
        ended = self.open is None or self.open.ended() or not self.source.wrapped
        alone = title.names is not Names.DEPARTMENT or self.open is None or not self.source.wrapped
        if title.sure and (alone or self._list_starts(following)):
            return ended or self._list_starts(following)
        if self.open is None:
            return self.department is None and self.position is None
        return ended and self._list_starts(following) and len(unit.body.strip()) <= _MAX_BARE_HEADING

    def _list_starts(self, following: Unit | None) -> bool:
        if following is None or following.marker is None:
            return False
        number = following.marker.number
        return number == 1 or (number is None and not self.source.wrapped)

    # -- headings ------------------------------------------------------------------------------------------------

    def _heading(self, unit: Unit, marker: Marker | None, title: Title) -> None:
        self.open = None
        if self.skips_until is not None and not self._ends_skipping(unit, marker, title):
            self._segment(unit, SegmentKind.BOILERPLATE, "no-duties")
            return
        self.skips_until = None
        self._segment(unit, SegmentKind.HEADING, self._enter(unit, marker, title))

    def _ends_skipping(self, unit: Unit, marker: Marker | None, title: Title) -> bool:
        if self.skip_level and unit.level:
            return unit.level <= self.skip_level
        return title.sure or unit.level > 0 or (marker is not None and _style(unit, marker) == self.skips_until)

    def _enter(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        """Make the heading's post the owner of what follows; the word for what the heading is."""
        if unit.level:
            self._rise(unit.level)
        self._give_back()
        path = marker.path if marker is not None and _style(unit, marker) == "arabic-path" else ()
        if path:
            self._rise_path(path)
        kind = self._enter_title(unit, marker, title)
        if path:
            self.path_owners[path] = _Owner(self.department, self.position)
        return kind

    def _enter_title(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        if holds_no_duties(title.name):
            self.skips_until, self.skip_level = _style(unit, marker) if marker else "", unit.level
            return "no-duties"
        if title.names is Names.DUTIES:
            self.levels = list(self.sections)
            return "duties"
        if title.names is Names.DEPARTMENT:
            return self._enter_department(unit, marker, title)
        if title.names is Names.TOPIC:
            if not self.posts and (marker is None or unit.level):
                self.title = self.title or title.name
                self.announces_posts = self.announces_posts or bool(_ANNOUNCES_POSTS.search(unit.body))
                return "title"
            if not self._names_post(unit, marker, title):
                return self._enter_section(unit, marker, title)
        return self._enter_position(unit, marker, title)

    def _enter_department(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        if self.fresh_position and names_department_in_field(unit.words):
            return self._move_position(unit, title.name)
        if self.organisation.endswith(title.name):  # 市水务局, in the charter of 青山市水务局
            title = title._replace(name=self.organisation)
        self.organisation = self.organisation or (title.name if not self.posts and is_organisation(title.name) else "")
        if title.name != self.department:
            self.department_number = self._expect_heading(unit, marker, "department", self.department_number)
            self.department_style = _style(unit, marker) if marker else ""
            self.position_number, self.position_styles, self.section_styles = 0, set(), set()
            self.announces_posts = False
        self.announces_posts = self.announces_posts or bool(_ANNOUNCES_POSTS.search(unit.body))
        return self._own(unit, title.name, None, "department")

    def _move_position(self, unit: Unit, department: str) -> str:
        """The field 所属部门 after the one that names the position says whose position it is."""
        self.posts.pop(Post(self._department(), self.position), None)
        if (
            not any(post.department == self.department and post.position for post in self.posts)
            and not self.counts[Post(self._department(), None)]
        ):
            self.posts.pop(Post(self._department(), None), None)
        return self._own(unit, department, self.position, "department")

    def _enter_position(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        if marker is not None:
            self.position_styles.add(_style(unit, marker))
        if leads_organisation(title.name) and not is_organisation(self.department or ""):
            self.department = None
        self.position_number = self._expect_heading(unit, marker, "position", self.position_number)
        self.position_is_sure = self.fresh_position = title.names is Names.POSITION
        return self._own(unit, self._department(), title.name, "position")

    def _names_post(self, unit: Unit, marker: Marker | None, title: Title) -> bool:
        """Whether a topic (市场规划) is the name of a post, as in lists of posts, or else of a section of duties."""
        style = _style(unit, marker) if marker else ""
        if self.announces_posts and style in self.position_styles:
            return True
        if is_general(title.name):
            return False
        if style in self.position_styles and style != "arabic-path":
            return True
        if style == "chapter" or style in self.section_styles or (style == "arabic-path" and not title.sure):
            return False
        if self.position is not None:
            return not self.position_is_sure
        if self._follows_department(style, marker):
            return False
        if unit.level and self.known:  # its tables say which names are those of posts
            return False
        if self.announces_posts or title.sure or self.department is None:
            return self.announces_posts or title.sure
        return self.counts[Post(self.department, None)] > 0

    def _follows_department(self, style: str, marker: Marker | None) -> bool:
        """Whether a heading goes on with the numbers of the departments' headings."""
        return (
            bool(style)
            and marker is not None
            and style == self.department_style
            and marker.number == self.department_number + 1
        )

    def _is_section_style(self, style: str) -> bool:
        return any(level.style == style for level in self.sections)

    def _enter_section(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        style = _style(unit, marker) if marker else ""
        number = (marker.number if marker else None) or 1
        if self._follows_department(style, marker) and not self._is_section_style(style):
            self.department_number = number
            self.department, self.position, self.department_style = None, self.named_after.position, style
            self._leave_lists("")
        self.heading_numbers[style] = number
        if style == "chapter":
            self.department, self.position = None, self.named_after.position
        elif not is_general(title.name) and self.position is None:
            owner = self._department()
            self.findings.append(
                Finding(
                    "undecided_heading",
                    unit.number,
                    f"read as a topic of {owner}, not as the name of a post: {title.name}",
                )
            )
        if marker is None or unit.level or style in ("chapter", "section"):
            self._leave_lists("")
            return "section"
        depth = next((i for i, level in enumerate(self.sections) if level.style == style), len(self.sections))
        del self.sections[depth:]
        if len(marker.path) > 1:
            path, self.sections = ".".join(map(str, marker.path)), []
        else:
            path = f"{self.sections[-1].path}.{number}" if self.sections else str(number)
        self.sections.append(_Level(style, number, path))
        self.section_styles.add(style)
        self.since_section = 0
        self.levels = list(self.sections)
        return "section"

    def _rise(self, level: int) -> None:
        """Leave the owners of outline headings at this level and below."""
        while self.outline and self.outline[-1][0] >= level:
            _, (self.department, self.position) = self.outline.pop()
            self.position_number, self.position_styles = 0, set()
            self._leave_lists("")
        self.outline.append((level, _Owner(self.department, self.position)))

    def _rise_path(self, path: tuple[int, ...]) -> None:
        """Return to the owner of the heading that the path says this one is below (5.5 of 5.5.2)."""
        above = [self.path_owners[path[:end]] for end in range(len(path)) if path[:end] in self.path_owners]
        self.path_owners.setdefault((), _Owner(self.department, self.position))
        self.department, self.position = above[-1] if above else self.path_owners[()]

    def _own(self, unit: Unit, department: str, position: str | None, kind: str) -> str:
        if self.levels and unit.marker is not None and rank(unit.marker.style.name) >= rank(self.levels[0].style):
            style, number = _style(unit, unit.marker), unit.marker.number or 1
            levels = [level._replace(number=number) if level.style == style else level for level in self.levels]
            self.outer = [*self.outer[-_MAX_OUTER:], _Outer(levels, _Owner(self.department, self.position))]
        self.department, self.position = department, position
        self._name_post(unit, Post(department, position))
        return self._leave_lists(kind)

    def _name_post(self, unit: Unit, post: Post) -> None:
        self.posts.setdefault(Post(post.department, None), unit.number)
        self.posts.setdefault(post, unit.number)

    def _leave_lists(self, kind: str) -> str:
        self.levels, self.sections = [], []
        return kind

    def _department(self) -> str:
        """The current department; where none was named, what the document's title or name is about."""
        if self.department is None:
            fallback = self.organisation or self.named_after.department or _LEADING_NUMBER.sub("", self.slug)
            self.department = owner_of_title(self.title, fallback).department
        return self.department

    # -- clauses -------------------------------------------------------------------------------------------------

    def _item(self, unit: Unit, marker: Marker) -> None:
        style = _style(unit, marker)
        self._resume(style, marker)
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
            counted = max(
                self.last_numbers.get(style, 0), self.heading_numbers.get(style, 0) if style == "article" else 0
            )
            self._expect(unit, "item", max(last, counted if number > last + 1 else 0), marker.number)
        self.last_numbers[style] = number
        self.levels.append(_Level(style, number, path))
        self._start_clause(unit, path)

    def _resume(self, style: str, marker: Marker) -> None:
        """Go back to a list that a heading interrupted, where the item has that list's next number."""
        if any(level.style == style for level in self.levels):
            return
        for index in range(len(self.outer) - 1, -1, -1):
            levels, owner = self.outer[index]
            depth = next((i for i, level in enumerate(levels) if level.style == style), None)
            if depth is not None and marker.number == levels[depth].number + 1 and marker.number > 1:
                self.levels, self.sections = levels[: depth + 1], []
                self.department, self.position = owner
                del self.outer[index:]
                return

    def _start_clause(self, unit: Unit, number: str) -> None:
        post = Post(self._department(), self.position)
        self._name_post(unit, post)
        self.open = _Draft(self._new_id(post, number), post, number)
        self.drafts[self.open.id] = self.open
        self.counts[post] += 1
        self.fresh_position = False
        self.since_section += 1
        self._continue_clause(unit)

    def _continue_clause(self, unit: Unit) -> None:
        assert self.open is not None
        self.open.units.append(unit)
        self._segment(unit, SegmentKind.CLAUSE, self.open.id)

    def _unmarked(self, unit: Unit, following: Unit | None) -> None:
        numbered = any(level.style != _UNNUMBERED for level in self.levels[len(self.sections) :])
        if (
            self.source.markdown
            and self.open
            and self.levels
            and self.levels[-1].style.startswith("bullet")
            and self._is_apart(unit)
        ):
            numbered = False
            self.levels = list(self.sections)
        wrapped = self.source.wrapped and not (self.source.markdown and self.open and self._is_apart(unit))
        if self.open is not None and (numbered or (wrapped and not self.open.ended())):
            self._continue_clause(unit)
        elif self.department is not None or self.position is not None or self.sections:
            self.findings.append(
                Finding("unnumbered_duty", unit.number, f"a duty without a number: {unit.body.strip()}")
            )
            self._borrow(unit)
            self._unnumbered(unit, following)
        else:
            self.findings.append(Finding("unparsed_line", unit.number, f"belongs to no post: {unit.body.strip()}"))
            self._segment(unit, SegmentKind.BOILERPLATE, "unparsed")

    def _is_apart(self, unit: Unit) -> bool:
        """Whether a Markdown paragraph stands outside the list before it: after a blank line and not indented."""
        assert self.open is not None
        return unit.number > self.open.units[-1].number + 1 and not unit.body[:1].isspace()

    def _unnumbered(self, unit: Unit, following: Unit | None) -> None:
        """Start a clause that counts itself; one that ends with a colon leads the list after it."""
        if self.sections:
            number = f"{self.sections[-1].path}.{self.since_section + 1}"
        else:
            number = str(self.counts[Post(self._department(), self.position)] + 1)
        self._start_clause(unit, number)
        self.levels = list(self.sections)
        if _ENDS_LEAD.search(unit.body) and following is not None and following.marker is not None:
            self.levels.append(_Level(_UNNUMBERED, 1, number))

    def _borrow(self, unit: Unit) -> None:
        """A sentence of no post's section that opens with a post's name (`厂长通过以下活动：`) is that post's."""
        self._give_back()
        if self.position is not None or (Post(self._department(), None) in self.posts and not self.sections):
            return
        words = unit.body.strip()
        name = next((words[:end] for end in range(MAX_TITLE, 1, -1) if words[:end] in self.sure_names), "")
        if name:
            self.borrowed = _Owner(self.department, self.position)
            if self.sure_names[name] is Names.POSITION:
                self.position = name
            else:
                self.department = name

    def _give_back(self) -> None:
        if self.borrowed is not None:
            self.department, self.position = self.borrowed
            self.borrowed = None

    def _new_id(self, post: Post, number: str) -> str:
        parts = [self.slug, post.department, *([post.position] if post.position else []), number]
        plain = "/".join(part.replace("/", "／") for part in parts)
        unique = plain
        while unique in self.drafts:  # two lists in one post both count from 1
            self.copies[plain] += 1
            unique = f"{plain}~{self.copies[plain] + 1}"
        return unique

    # -- bookkeeping ---------------------------------------------------------------------------------------------

    def _expect_heading(self, unit: Unit, marker: Marker | None, what: str, last: int) -> int:
        """As _expect; headings of departments and of positions may share one sequence, and paths have none."""
        if marker is None or marker.number is None or len(marker.path) > 1:
            return last
        shared = self.heading_numbers.get(_style(unit, marker))
        self.heading_numbers[_style(unit, marker)] = marker.number
        return self._expect(unit, what, marker.number if shared == marker.number - 1 else last, marker.number)

    def _expect(self, unit: Unit, what: str, last: int, number: int | None) -> int:
        """Report a number that skips; return the number that the sequence has reached."""
        if number is None:
            return last
        if number > last + 1:
            missing = f"{last + 1}" if number == last + 2 else f"{last + 1} to {number - 1}"
            where = Post(self.department, self.position if what == "item" else None) if self.department else self.slug
            self.findings.append(
                Finding(
                    "numbering_gap",
                    unit.number,
                    f"{where}: {what} {missing} is missing before {number}: {unit.words.strip()}",
                )
            )
        return number

    def _segment(self, unit: Unit, kind: SegmentKind, name: str) -> None:
        end = unit.start + len(unit.raw)
        previous = self.segments[-1] if self.segments else None
        if previous is not None and kind is SegmentKind.CLAUSE and previous.name == name:
            self.segments[-1] = Segment(kind, name, previous.start, end)
        else:
            self.segments.append(Segment(kind, name, unit.start, end))

    def finish(self) -> Document:
        clauses = [self._clause(draft) for draft in self.drafts.values()]
        empty = {clause.id: clause for clause in clauses if not clause.text}
        for clause in empty.values():
            self.findings.append(
                Finding("empty_item", clause.lines[0], f"{clause.post}: item {clause.number} has no words")
            )
        return Document(
            slug=self.slug,
            text=self.source.text,
            post_lines=self.posts,
            clauses=tuple(clause for clause in clauses if clause.text),
            segments=tuple(
                self._without_clause(segment) if segment.name in empty else segment for segment in self.segments
            ),
            findings=tuple(self.findings),
        )

    def _without_clause(self, segment: Segment) -> Segment:
        return Segment(SegmentKind.BOILERPLATE, "empty-item", segment.start, segment.end)

    def _clause(self, draft: _Draft) -> Clause:
        first, *more = draft.units
        text = first.says or clean([first.words, *(unit.body for unit in more)], wrapped=self.source.wrapped)
        lead = f"{first.lead}\t" if first.lead else ""
        return Clause(
            id=draft.id,
            document=self.slug,
            department=draft.post.department,
            position=draft.post.position,
            number=draft.number,
            text=f"{first.lead}：{text}" if first.lead and text and not first.says else text,
            source_text=lead + "".join(unit.raw for unit in draft.units).rstrip("\r\n"),
            lines=(first.number, draft.units[-1].number),
        )


def _style_of(unit: Unit | None) -> str:
    return _style(unit, unit.marker) if unit is not None and unit.marker is not None else ""


def _style(unit: Unit, marker: Marker) -> str:
    """What makes two numbers those of one list: their style, and how deep the format says that it is nested."""
    return f"{marker.style.name}@{unit.depth}" if unit.depth else marker.style.name
