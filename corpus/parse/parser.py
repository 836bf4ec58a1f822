"""The walk over the units: which are headings, whose what follows is, and where a clause begins and goes on.

A marked unit is a heading or an item: the title's words (grammar/titles.py), the style of its number
(grammar/numbering.py), what the format knows and the unit after it decide. An unmarked one is a heading, continues the
clause before it, or is a paragraph of its own. What cannot be decided is reported as a finding; hints
(beside/hints.py) settle it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from corpus.beside.hints import NO_HINTS, Hints
from corpus.characters import simplified
from corpus.errors import DocumentError
from corpus.grammar.numbering import Marker, rank
from corpus.grammar.scan import Settled, Unit, scan
from corpus.grammar.titles import (
    Names,
    Title,
    is_chapter,
    is_general,
    is_organisation,
    is_rules,
    leads_organisation,
    names_department_in_field,
    owner_of_name,
    owner_of_title,
    subject_of,
)
from corpus.model import Document, Finding, Post, SegmentKind, split_lines
from corpus.parse.clauses import Clauses, Draft
from corpus.parse.context import Context, Topics, style
from corpus.parse.duty import left_out
from corpus.parse.headings import ENDS_LEAD, ENDS_SENTENCE, Around, ends, heading_title
from corpus.parse.lists import UNNUMBERED, Level, Lists
from corpus.source import Source
from corpus.tables.units import known_names, table_units

_ANNOUNCES_POSTS = re.compile(r"岗位|职位|角色")
_LEADING_NUMBER = re.compile(r"^\d+[-_]+(?=.)")
_MAX_DAMAGED_GAP = 3
_ARTICLES_OF_A_REGULATION = 3


@dataclass(frozen=True, slots=True)
class _Skip:
    """What holds no duties, until a heading of its own style or level, or the next number of a list outside it."""

    style: str
    level: int
    outside: Mapping[str, int]


def parse_source(source: Source, slug: str, hints: Hints = NO_HINTS) -> Document:
    """Parse what a reader made of one document.

    Raises DocumentError when it holds no clause.
    """
    line_count = len(split_lines(source.text))
    hints.check(line_count)
    known = {simplified(name): names for name, names in {**known_names(source), **hints.names}.items()}
    tables, findings = table_units(source, known)
    units = hints.settle(sorted([*scan(source, known), *tables], key=lambda unit: unit.start))
    parser = _Parser(slug, source, known | _sure_names(units))
    parser.clauses.findings += [*source.findings, *findings]
    parser.known_before = known
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


def _sure_names(units: Iterable[Unit]) -> dict[str, Names]:
    """Names of departments and positions, simplified, that are headings somewhere in the document."""
    titles = (unit.title for unit in units if unit.title and (unit.marker or unit.heading) and unit.title.sure)
    return {
        simplified(title.name): title.names for title in titles if title.names in (Names.DEPARTMENT, Names.POSITION)
    }


class _Parser:
    def __init__(self, slug: str, source: Source, names: Mapping[str, Names]) -> None:
        self.slug = slug
        self.source = source
        self.names = names  # of departments and posts, simplified, that headings and tables give
        self.known_before: Mapping[str, Names] = {}
        self.named_after = owner_of_name(source.name)
        self.title = ""
        self.organisation = ""  # the department that the document's title names
        self.context = self._unnamed()
        self.clauses = Clauses(slug, source)
        self.lists = Lists()
        self.topics = Topics()
        self.open: Draft | None = None
        self.group = 0
        self.since_section = 0
        self.articles = 0
        self.skip: _Skip | None = None
        self.fresh_position = False  # whether a heading just named one, and no duty of it was read yet
        self.position_is_sure = True  # named by words of a post, not by a topic
        self.led: tuple[str, Context] | None = None  # the style of a sentence that leads a list, and the context before
        self.borrowed: Context | None = None  # what the owner of one sentence's list took the place of
        self.path_contexts: dict[tuple[int, ...], Context] = {}
        self.outline: list[tuple[int, Context]] = []
        self.place: tuple[int, ...] | None = None
        self.before_place = self.context
        self.section_styles: set[str] = set()
        self.duties_headings: set[str] = set()  # the styles and levels of headings that only say 职责
        self.heading_numbers: dict[str, int] = {}
        self.before_departments = self.context  # the context in which their numbered headings began
        self.department_number = 0
        self.department_style = ""
        self.position_number = 0
        self.position_styles: set[str] = set()
        self.announces_posts = bool(_ANNOUNCES_POSTS.search(source.name))

    def _unnamed(self) -> Context:
        """The context of what stands below no heading: the file may say whose it is."""
        after = self.named_after
        named = bool(after.position or after.department)
        return Context(None, after.position, named=named, whole=named)

    # -- one unit ------------------------------------------------------------------------------------------------

    def read(self, unit: Unit, following: Unit | None) -> None:
        self._enter_place(unit)
        marker = unit.marker if unit.marker is not None and self._continues(unit.marker) else None
        if self.skip and marker and self._ends_skip(unit, marker):
            self.skip = None
        if unit.noise:
            self.clauses.segment(unit, SegmentKind.BOILERPLATE, unit.noise)
        elif unit.settled is Settled.ITEM and not (self.skip and unit.place):
            self._item(unit, marker) if marker else self._unnumbered(unit, following)
        elif title := heading_title(unit, marker, following, self._around(unit, marker)):
            self._heading(unit, marker, title)
        elif self.skip is not None:
            self.clauses.segment(unit, SegmentKind.BOILERPLATE, "no-duties")
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
            self.before_place = self.context
        self.place = key
        self.open, self.skip = None, None
        self._leave_lists()
        self.context = self.before_place
        if unit.place is not None:
            department, position = unit.place.post
            if department or position:
                before = self.context.department
                self.context = Context(department or before, position, named=True, announced=True)
            self.clauses.name_post(unit, Post(self._department(), self.context.position), sure=True)

    def _continues(self, marker: Marker) -> bool:
        """Whether a damaged marker is one: it starts a sequence or goes on with one."""
        if not marker.style.damaged or marker.number is None:
            return True
        last = self.lists.last(marker.style.name)
        if marker.style.bare:
            return 0 < last == marker.number - 1
        if marker.style.heading:
            last = max(last, self.position_number, self.heading_numbers.get(marker.style.name, 0))
        return marker.number == 1 or 0 < marker.number - last <= _MAX_DAMAGED_GAP

    def _around(self, unit: Unit, marker: Marker | None) -> Around:
        own = style(unit, marker) if marker is not None else ""
        return Around(
            self.lists,
            self.heading_numbers,
            follows_department=self._follows_department(own, marker),
            within=self.open is not None,
            ended=self._ended(),
            named=bool(self.clauses.posts),
            wrapped=self.source.wrapped,
        )

    def _ended(self) -> bool:
        return self.open is None or ends(self.open.units[-1].body, ENDS_SENTENCE)

    # -- headings ------------------------------------------------------------------------------------------------

    def _heading(self, unit: Unit, marker: Marker | None, title: Title) -> None:
        self.open = None
        if marker is not None and marker.style.name == "article":
            self.articles += 1
        if self.skip is not None and not self._title_ends_skip(unit, title):
            self.clauses.segment(unit, SegmentKind.BOILERPLATE, "no-duties")
            return
        self.skip = None
        self.group += 1
        self.clauses.segment(unit, SegmentKind.HEADING, self._enter(unit, marker, title))

    def _ends_skip(self, unit: Unit, marker: Marker) -> bool:
        assert self.skip is not None
        own = style(unit, marker)
        if self.skip.style:
            return own == self.skip.style or (not unit.depth and rank(own) < rank(self.skip.style))
        return marker.number is not None and marker.number == self.skip.outside.get(own, -1) + 1

    def _title_ends_skip(self, unit: Unit, title: Title) -> bool:
        assert self.skip is not None
        if self.skip.level and unit.level:
            return unit.level <= self.skip.level
        return title.sure or unit.level > 0

    def _enter(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        """Make the heading's post the owner of what follows; the word for what the heading is."""
        if unit.level:
            self._rise(unit.level)
        self._give_back()
        self._leave_led(style(unit, marker) if marker else "")
        before = self.context
        path = marker.path if marker is not None and style(unit, marker) == "arabic-path" else ()
        if path:
            self._rise_path(path)
        kind = self._enter_title(unit, marker, title)
        if marker is not None and title.leads and title.names is not Names.NO_DUTIES:
            self.led = (style(unit, marker), before)
        if path:
            self.path_contexts[path] = self.context
        return kind

    def _leave_led(self, own: str) -> None:
        """Behind the list of a numbered sentence that led it (`第五条 X行使下列职权：`), X owns nothing any more."""
        if self.led is not None and self.led[0] == own:
            self.context = self.led[1]
        if self.led is not None and (not own or rank(own) <= rank(self.led[0])):
            self.led = None

    def _enter_title(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        if title.names is Names.NO_DUTIES:
            outside = {level.style: level.number for level in self.lists.levels}
            own = style(unit, marker) if marker else ""
            if own:
                self.lists.interrupt(own, (marker.number if marker else None) or 1, self.context)
            self.skip = _Skip(own, unit.level, outside)
            return "no-duties"
        if title.names is Names.DUTIES:
            return self._enter_duties(unit, marker)
        if title.names is Names.DEPARTMENT:
            return self._enter_department(unit, marker, title)
        if unit.sheet and title.names is Names.TOPIC and not is_general(title.name):
            return self._enter_department(unit, marker, title)  # it counts only if something below is its duty
        if title.names is Names.TOPIC:
            if not self.clauses.posts and (marker is None or unit.level) and not is_chapter(title.name):
                self.title = self.title or title.name
                self.context = replace(self.context, announced=self.context.announced or title.duties)
                self.announces_posts = self.announces_posts or bool(_ANNOUNCES_POSTS.search(unit.body))
                return "title"
            if not self._names_post(unit, marker, title):
                return self._enter_section(unit, marker, title)
        return self._enter_position(unit, marker, title)

    def _enter_duties(self, unit: Unit, marker: Marker | None) -> str:
        own = style(unit, marker) if marker else ""
        if marker is not None and not unit.level:
            if not self.lists.holds_section(own):
                self.lists.interrupt(own, marker.number or 1, self.context)
            self.context = self.topics.begin(own, marker.number or 1, self.context)
        self.duties_headings.add(own if own and not unit.level else str(unit.level))
        self.lists.levels = list(self.lists.sections)
        self.context = replace(self.context, announced=True, rules=False, topic=False)
        return "duties"

    def _enter_department(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        if self.fresh_position and names_department_in_field(unit.words):
            return self._move_position(unit, title.name)
        if self.organisation.endswith(title.name):  # 市水务局, in the charter of 青山市水务局
            title = title._replace(name=self.organisation)
        first = not self.clauses.posts
        self.organisation = self.organisation or (title.name if first and is_organisation(title.name) else "")
        if title.name != self.context.department and not title.leads:
            self.department_number = self._expect_heading(unit, marker, "department", self.department_number)
            own = style(unit, marker) if marker else ""
            if own != self.department_style:
                self.before_departments = self.context
            self.department_style = own
            self.position_number, self.position_styles, self.section_styles = 0, set(), set()
            self.announces_posts = False
        self.announces_posts = self.announces_posts or bool(_ANNOUNCES_POSTS.search(unit.body))
        return self._own(unit, title, Post(title.name, None), "department")

    def _move_position(self, unit: Unit, department: str) -> str:
        """The field 所属部门 after the one that names the position says whose position it is."""
        own = Post(self._department(), None)
        position = self.context.position
        self.clauses.forget_post(Post(own.department, position))
        if (
            not any(post.department == own.department and post.position for post in self.clauses.posts)
            and not self.clauses.counts[own]
        ):
            self.clauses.forget_post(own)
        return self._own(unit, Title(Names.DEPARTMENT, department, True), Post(department, position), "department")

    def _enter_position(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        if marker is not None and not title.leads:
            self.position_styles.add(style(unit, marker))
        department = title.unit or self.context.department
        if not title.unit and leads_organisation(title.name) and not is_organisation(department or ""):
            department = None
        if not title.leads:
            self.position_number = self._expect_heading(unit, marker, "position", self.position_number)
        self.position_is_sure = self.fresh_position = title.names is Names.POSITION
        self.context = replace(self.context, department=department)
        return self._own(unit, title, Post(self._department(), title.name), "position")

    def _names_post(self, unit: Unit, marker: Marker | None, title: Title) -> bool:
        """Whether a topic (市场规划) is the name of a post, as in lists of posts, or else of a section of duties."""
        own = style(unit, marker) if marker else ""
        if self.announces_posts and own in self.position_styles:
            return True
        if is_general(title.name) or is_rules(title.name) or re.search("[，,。；]", title.name):
            return False
        if own in self.position_styles and own != "arabic-path":
            return True
        if (own if own and not unit.level else str(unit.level)) in self.duties_headings:
            return False  # its like says 职责: it is another part of what is said of the owner
        if own == "chapter" or own in self.section_styles or (own == "arabic-path" and not title.sure):
            return False
        if self.context.position is not None:
            return not self.position_is_sure
        if self._follows_department(own, marker):
            return False
        if unit.level and self.known_before:  # its tables say which names are those of posts
            return False
        if self.announces_posts or title.sure or self.context.department is None:
            return self.announces_posts or title.sure
        return self.clauses.counts[Post(self.context.department, None)] > 0

    def _follows_department(self, own: str, marker: Marker | None) -> bool:
        """Whether a heading goes on with the numbers of the departments' headings."""
        return (
            bool(own)
            and marker is not None
            and own == self.department_style
            and marker.number == self.department_number + 1
        )

    def _enter_section(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        own = style(unit, marker) if marker else ""
        number = (marker.number if marker else None) or 1
        if self._follows_department(own, marker) and not self.lists.holds_section(own):
            self.department_number = number
            self.context = self.before_departments
            self._leave_lists()
        self.heading_numbers[own] = number
        if own == "chapter":
            self.context = self._unnamed()
        elif own and not unit.level:
            self.context = self.topics.begin(own, number, self.context)
        self.context = replace(
            self.context,
            topic=self.context.named,
            rules=is_rules(title.name) or (is_chapter(title.name) and not self.context.named),
            announced=title.duties or (self.context.announced and self.context.named),
        )
        if own != "chapter" and not is_general(title.name) and self.context.named and self.context.position is None:
            owner = self._department()
            message = f"read as a topic of {owner}, not as the name of a post: {title.name}"
            self.clauses.findings.append(Finding("undecided_heading", unit.number, message))
        if marker is None or unit.level or own in ("chapter", "section"):
            self._leave_lists()
            return "section"
        self.lists.add_section(own, marker)
        self.section_styles.add(own)
        self.since_section = 0
        return "section"

    def _rise(self, level: int) -> None:
        """Leave the owners of outline headings at this level and below."""
        while self.outline and self.outline[-1][0] >= level:
            _, self.context = self.outline.pop()
            self.position_number, self.position_styles = 0, set()
            self._leave_lists()
        self.outline.append((level, self.context))

    def _rise_path(self, path: tuple[int, ...]) -> None:
        """Return to the owner of the heading that the path says this one is below (5.5 of 5.5.2)."""
        above = [self.path_contexts[path[:end]] for end in range(len(path)) if path[:end] in self.path_contexts]
        self.path_contexts.setdefault((), self.context)
        self.context = above[-1] if above else self.path_contexts[()]

    def _own(self, unit: Unit, title: Title, post: Post, kind: str) -> str:
        if unit.marker is not None:
            own = style(unit, unit.marker)
            self.lists.interrupt(own, unit.marker.number or 1, self.context)
        if not title.leads:
            self.topics.leave(self.context)
        if unit.marker is None and not title.leads:
            self.topics.clear()
        # A title's: rules may follow as well. But 第三章 某会职能.
        of_all = post.position is None and post.department == self.organisation
        whole = of_all and not (title.duties and unit.marker is not None)
        above = self._announces()
        announced = not whole and (title.duties or above)
        self.context = Context(*post, named=True, announced=announced, inherits=above, whole=whole)
        sure = title.sure and title.names is not Names.TOPIC
        self.clauses.name_post(unit, post, sure=sure)
        self._leave_lists()
        return kind

    def _announces(self) -> bool:
        """Whether a heading above, of nobody in particular, announced duties."""
        return self.context.announced and (self.context.inherits or not self.context.named)

    def _leave_lists(self) -> None:
        self.lists.leave()
        self.group += 1

    def _department(self) -> str:
        """The current department; where none was named, what the document's title or name is about."""
        if self.context.department is not None:
            return self.context.department
        fallback = self.organisation or self.named_after.department or _LEADING_NUMBER.sub("", self.slug)
        return owner_of_title(self.title, fallback).department

    # -- clauses -------------------------------------------------------------------------------------------------

    def _item(self, unit: Unit, marker: Marker) -> None:
        own = style(unit, marker)
        self._give_back()
        self._leave_led(own)
        if context := self.lists.resume(own, marker):
            self.context = context
            self.group += 1
        elif not self.lists.holds(own) and (context := self.topics.resume(own, marker.number or 0)):
            self.context = context
            self._leave_lists()
        is_article = marker.style.name == "article"
        self.articles += is_article
        counted = max(self.lists.last_numbers.get(own, 0), self.heading_numbers.get(own, 0) if is_article else 0)
        path, last = self.lists.add_item(own, marker)
        findings: list[Finding] = []
        if len(marker.path) <= 1:
            # Articles count on across the chapters of a document.
            number = marker.number or 0
            findings = self._gap(unit, "item", max(last, counted if number > last + 1 else 0), marker.number)
        self._start_clause(unit, path, findings=findings, article=self._is_article())

    def _is_article(self) -> bool:
        """Whether an article of a regulation is open, and no list of somebody's inside it."""
        levels = self.lists.levels[len(self.lists.sections) :]
        return bool(levels) and levels[0].style.startswith("article")

    def _start_clause(self, unit: Unit, number: str, *, findings: list[Finding], article: bool = False) -> None:
        self._give_back()
        subject, told = self._subject(unit, article=article)
        post = Post(self._department(), self.context.position)
        self.clauses.name_post(unit, post, sure=False)
        self.open = Draft(
            self.clauses.new_id(post, number),
            post,
            number,
            self.context,
            self.group,
            subject=subject,
            told=told,
            article=article,
            settled=unit.settled is Settled.ITEM and (unit.place is None or self.context.named),
            findings=findings,
        )
        self.clauses.add(self.open)
        if unit.also:
            self._share(unit, self.open)
        self.fresh_position = False
        self.since_section += 1
        self.clauses.go_on(self.open, unit)

    def _share(self, unit: Unit, draft: Draft) -> None:
        posts = [Post(post.department or draft.post.department, post.position) for post in unit.also]
        for post in posts:
            self.clauses.name_post(unit, post, sure=True)
        self.clauses.share(draft, (post for post in posts if post != draft.post))

    def _subject(self, unit: Unit, *, article: bool) -> tuple[bool, bool]:
        """Whether the sentence itself says who owns it, and tells it to; where nobody else does, that is its owner."""
        found = subject_of(unit.words, self.names) if not unit.says else None
        if found is None:
            return False, False
        name, names, must = found
        if name in (self.context.department, self.context.position):
            return True, must
        by_itself = unit.marker is None and (must or simplified(name) in self.names or self.context.whole)
        if self.context.named and not by_itself and (not article or self.context.announced):
            return False, False
        self.borrowed = self.context
        if names is Names.POSITION:
            self.context = replace(self.context, department=None, position=name)
        else:
            self.context = replace(self.context, department=name, position=None)
        return True, must

    def _unmarked(self, unit: Unit, following: Unit | None) -> None:
        if self.open is not None and self._goes_on(unit, following):
            self.clauses.go_on(self.open, unit)
        elif self._may_own(unit):
            self._unnumbered(unit, following)
        else:
            message = f"belongs to no post: {unit.body.strip()}"
            self.clauses.findings.append(Finding("unparsed_line", unit.number, message))
            self.clauses.segment(unit, SegmentKind.BOILERPLATE, "unparsed")

    def _may_own(self, unit: Unit) -> bool:
        """Whether a paragraph may be somebody's duty: below a heading, in a list, or by its own words."""
        below = self.context.named or self.context.announced or bool(self.lists.levels)
        return below or subject_of(unit.words, self.names) is not None

    def _goes_on(self, unit: Unit, following: Unit | None) -> bool:
        """Whether an unmarked unit is a part of the clause before it."""
        assert self.open is not None
        numbered = self.lists.numbered()
        if not self._ended():
            apart = self.source.markdown and self._is_apart(unit) and self._last_is_bullet()
            return not apart and (numbered or self.source.wrapped)
        if not numbered or self._is_article() or self._last_is_bullet():
            return False
        # Behind a full stop: a second sentence of the item where the list goes on, else a paragraph of its own.
        return self._list_goes_on(following) or (self.source.wrapped and not self._is_apart(unit))

    def _list_goes_on(self, following: Unit | None) -> bool:
        marker = following.marker if following is not None else None
        if following is None or marker is None or marker.number is None:
            return False
        return marker.number == self.lists.last(style(following, marker)) + 1 and marker.number > 1

    def _last_is_bullet(self) -> bool:
        return bool(self.lists.levels) and self.lists.levels[-1].style.startswith("bullet")

    def _is_apart(self, unit: Unit) -> bool:
        """Whether a paragraph stands outside the list before it: after a blank line and not indented."""
        assert self.open is not None
        return unit.number > self.open.units[-1].number + 1 and not unit.body[:1].isspace()

    def _unnumbered(self, unit: Unit, following: Unit | None) -> None:
        """Start a clause that counts itself; one that ends with a colon leads the list after it."""
        article = self._is_article()
        if self.lists.sections:
            number = f"{self.lists.sections[-1].path}.{self.since_section + 1}"
        else:
            number = str(self.clauses.counts[Post(self._department(), self.context.position)] + 1)
        findings = [Finding("unnumbered_duty", unit.number, f"a duty without a number: {unit.body.strip()}")]
        settled = unit.settled is Settled.ITEM
        self._start_clause(unit, number, findings=[] if settled else findings, article=article)
        if article:
            return
        self.lists.levels = list(self.lists.sections)
        if ends(unit.body, ENDS_LEAD) and following is not None and following.marker is not None:
            self.lists.levels.append(Level(UNNUMBERED, 1, number))

    def _give_back(self) -> None:
        if self.borrowed is not None:
            self.context = self.borrowed
            self.borrowed = None

    # -- numbers that are missing --------------------------------------------------------------------------------

    def _expect_heading(self, unit: Unit, marker: Marker | None, what: str, last: int) -> int:
        """Report a number that skips; headings of departments and of positions may share one sequence."""
        if marker is None or marker.number is None or len(marker.path) > 1:
            return last
        own = style(unit, marker)
        shared = self.heading_numbers.get(own)
        self.heading_numbers[own] = marker.number
        last = marker.number - 1 if shared == marker.number - 1 else last
        self.clauses.findings += self._gap(unit, what, last, marker.number)
        return marker.number

    def _gap(self, unit: Unit, what: str, last: int, number: int | None) -> list[Finding]:
        if number is None or number <= last + 1:
            return []
        missing = f"{last + 1}" if number == last + 2 else f"{last + 1} to {number - 1}"
        department = self._department() if what == "item" else self.context.department
        where = Post(department, self.context.position if what == "item" else None) if department else self.slug
        message = f"{where}: {what} {missing} is missing before {number}: {unit.words.strip()}"
        return [Finding("numbering_gap", unit.number, message)]

    def finish(self) -> Document:
        regulation = self.articles >= _ARTICLES_OF_A_REGULATION
        drafts = self.clauses.drafts.values()
        somebody = bool(self.clauses.sure_posts) or any(draft.subject for draft in drafts)
        return self.clauses.document(left_out(drafts, regulation=regulation, somebody=somebody))
