"""Whose what follows is: what headings, tables, hints and sentences make of it."""

import re
from collections.abc import Mapping
from dataclasses import replace

from corpus.characters import simplified
from corpus.grammar.numbering import Marker, find_marker, rank
from corpus.grammar.scan import Unit
from corpus.grammar.subjects import introduced_in, subject_of, told_later
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
    unit_and_position,
)
from corpus.model import Finding, Post
from corpus.parse.clauses import Clauses
from corpus.parse.context import Context, Topics, style
from corpus.parse.lists import Lists

_KINDS_OF_BODIES = ("委员会", "小组", "工作组", "中心", "办公室", "协会", "学会", "商会", "联盟", "基金会", "公司")
_ANNOUNCES_POSTS = re.compile(r"岗位|职位|角色")
_LEADING_NUMBER = re.compile(r"^\d+[-_]+(?=.)")


def _numbered_behind(unit: Unit, marker: Marker) -> bool:
    """Whether a heading's mark is followed by a number (`## 1. 概述`)."""
    return find_marker(unit.body[marker.end :]) is not None


class Owners:
    """Keeps the context of what follows, and what is needed to return to those outside it.

    `names` are those of departments and posts, simplified, that headings, tables and hints give anywhere, `given` those
    of tables and hints. `name` is the document's, as its file is called.
    """

    def __init__(
        self,
        name: str,
        clauses: Clauses,
        lists: Lists,
        names: Mapping[str, Names],
        given: Mapping[str, Names],
    ) -> None:
        self.clauses = clauses
        self.lists = lists
        self.names = names
        self.given = given
        self.topics = Topics()
        self.named_after = owner_of_name(name)
        self.title = ""
        self.organisation = ""  # the department that the document's title names
        self.context = self._unnamed()
        self.fresh_position = False  # whether a heading just named one, and no duty of it was read yet
        self.position_is_sure = True  # named by words of a post, not by a topic
        self.led: tuple[str, Context] | None = None  # the style of a sentence that leads a list, and the context before
        self.introduced: Title | None = None  # whom the paragraph before describes
        self.also: list[Post] = []  # whom one sentence names beside its owner
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
        self.announces_posts = bool(_ANNOUNCES_POSTS.search(name))

    @property
    def post(self) -> Post:
        """The owner of what follows."""
        return Post(self.department(), self.context.position)

    # -- from outside the text -----------------------------------------------------------------------------------

    def enter_place(self, unit: Unit) -> bool:
        """Make the owner that a table or a hint gives to the unit the current one, or return to the one before.

        True where that is a change.
        """
        key = unit.place.key if unit.place else None
        if key == self.place:
            return False
        if self.place is None:
            self.before_place = self.context
        self.place = key
        self.lists.leave()
        self.context = self.before_place
        if unit.place is not None:
            department, position = unit.place.post
            if department or position:
                before = self.context.department
                self.context = Context(department or before, position, named=True, announced=True)
            self.clauses.name_post(unit, self.post, sure=True)
        return True

    # -- headings ------------------------------------------------------------------------------------------------

    def enter(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        """Make the heading's post the owner of what follows; the word for what the heading is."""
        if unit.level:
            if self._is_of_the_owner_above(unit, title):
                self.outline[-1] = (unit.level, self.context if title.names is Names.POSITION else self.outline[-1][1])
            else:
                self._rise(unit.level)
            self.path_contexts = {}
        self.give_back()
        self.leave_led(style(unit, marker) if marker else "")
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

    def _is_of_the_owner_above(self, unit: Unit, title: Title) -> bool:
        """Whether a post, or 职责, has a heading of the same level as the owner above it, who has nothing yet."""
        beside = bool(self.outline) and self.outline[-1][0] == unit.level
        says = title.names is Names.DUTIES or (title.names is Names.NO_DUTIES and not title.leads)
        first = title.names is Names.POSITION and self.context.position is None
        return beside and (says or first) and self.context.named and not self.clauses.counts[self.post]

    def _enter_title(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        if title.names is Names.NO_DUTIES:
            if marker is not None:
                self.lists.interrupt(style(unit, marker), marker.number or 1, self.context)
            return "no-duties"
        introduced, self.introduced = self.introduced, None
        if title.names is Names.DUTIES and introduced and (self.context.whole or not self.context.named):
            title = introduced
        if title.names is Names.DUTIES:
            return self._enter_duties(unit, marker)
        if title.names is Names.DEPARTMENT:
            return self._enter_department(unit, marker, title)
        if unit.sheet and title.names is Names.TOPIC and not is_general(title.name):
            return self._enter_department(unit, marker, title)  # it counts only if something below is its duty
        if title.names is Names.TOPIC:
            unnumbered = marker is None or (unit.level and not _numbered_behind(unit, marker))
            if not self.clauses.posts and unnumbered and not is_chapter(title.name):
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
        open_one = self.context.department or ""
        if title.leads and open_one.endswith(title.name):  # 统战部的职责是, below 党委统战部
            title = title._replace(name=open_one)
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
        own = Post(self.department(), None)
        position = self.context.position
        self.clauses.forget_post(Post(own.department, position))
        if not any(post.department == own.department and post.position for post in self.clauses.posts):
            self.clauses.forget_post(own)
        return self._own(unit, Title(Names.DEPARTMENT, department, True), Post(department, position), "department")

    def _enter_position(self, unit: Unit, marker: Marker | None, title: Title) -> str:
        if marker is not None and not title.leads:
            self.position_styles.add(style(unit, marker))
        department = title.unit or self.context.department
        own, position = unit_and_position(title.name)
        if own and (department is None or department == own or is_organisation(department)):
            department, title = own, title._replace(unit=own, name=position)
        if not title.unit and leads_organisation(title.name) and not is_organisation(department or ""):
            department = None
        if not title.leads:
            self.position_number = self._expect_heading(unit, marker, "position", self.position_number)
        self.position_is_sure = self.fresh_position = title.names is Names.POSITION
        self.context = replace(self.context, department=department)
        return self._own(unit, title, Post(self.department(), title.name), "position")

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
        if self.follows_department(own, marker):
            return False
        if unit.level and self.given:  # its tables say which names are those of posts
            return False
        if self.announces_posts or title.sure or self.context.department is None:
            return self.announces_posts or title.sure
        # Behind a department's own duties its posts may follow; a document's chapters are no posts.
        sure = self.context.announced and not self.context.whole and not unit.level
        return sure and self.clauses.counts[Post(self.context.department, None)] > 0

    def follows_department(self, own: str, marker: Marker | None) -> bool:
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
        if self.follows_department(own, marker) and not self.lists.holds_section(own):
            self.department_number = number
            self.context = self.before_departments
            self.lists.leave()
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
            owner = self.department()
            message = f"read as a topic of {owner}, not as the name of a post: {title.name}"
            self.clauses.findings.append(Finding("undecided_heading", unit.number, message))
        if marker is None or unit.level or own in ("chapter", "section"):
            self.lists.leave()
            return "section"
        self.lists.add_section(own, marker)
        self.section_styles.add(own)
        return "section"

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
        self.lists.leave()
        return kind

    def _announces(self) -> bool:
        """Whether a heading above, of nobody in particular, announced duties."""
        return self.context.announced and (self.context.inherits or not self.context.named)

    # -- returning to what is outside ---------------------------------------------------------------------------

    def _unnamed(self) -> Context:
        """The context of what stands below no heading: the file may say whose it is."""
        after = self.named_after
        named = bool(after.position or after.department)
        return Context(None, after.position, named=named, whole=named)

    def _rise(self, level: int) -> None:
        """Leave the owners of outline headings at this level and below."""
        while self.outline and self.outline[-1][0] >= level:
            _, self.context = self.outline.pop()
            self.position_number, self.position_styles = 0, set()
            self.lists.leave()
        self.outline.append((level, self.context))

    def _rise_path(self, path: tuple[int, ...]) -> None:
        """Return to the owner of the heading that the path says this one is below (5.5 of 5.5.2)."""
        above = [self.path_contexts[path[:end]] for end in range(len(path)) if path[:end] in self.path_contexts]
        self.path_contexts.setdefault((), self.context)
        self.context = above[-1] if above else self.path_contexts[()]

    def leave_led(self, own: str) -> None:
        """Behind the list of a numbered sentence that led it (`第五条 X行使下列职权：`), X owns nothing any more."""
        if self.led is not None and self.led[0] == own:
            self.context = self.led[1]
        if self.led is not None and (not own or rank(own) <= rank(self.led[0])):
            self.led = None

    def resume(self, own: str, marker: Marker) -> None:
        """Return to the context of the list that an item goes on with."""
        self.give_back()
        self.leave_led(own)
        if context := self.lists.resume(own, marker):
            self.context = context
        elif not self.lists.holds(own) and (context := self.topics.resume(own, marker.number or 0)):
            self.context = context
            self.lists.leave()

    def give_back(self) -> None:
        if self.borrowed is not None:
            self.context = self.borrowed
            self.borrowed = None

    # -- sentences and numbers ----------------------------------------------------------------------------------

    def subject(self, unit: Unit, *, article: bool) -> tuple[bool, bool]:
        """Whether the sentence itself says who owns it, and tells it to; where nobody else does, that is its owner."""
        self.also = []
        found = subject_of(unit.words, self.names) if not unit.says else None
        if found is None and article:
            found = next(told_later(unit.words, self.names), None)
        if found is None:
            return False, False
        if found.name in (self.context.department, self.context.position):
            return True, found.told
        sure = found.told or simplified(found.name) in self.names
        by_itself = sure or self.context.whole if unit.marker is None else sure and self.context.topic
        if self.context.named and not by_itself and (not article or self.context.announced):
            return False, False
        self.borrowed = self.context
        post = self._post_of(found.name, found.names)
        self.context = replace(self.context, department=post.department or None, position=post.position)
        self.also = [self._post_of(name, names) for name, names in found.also]
        return True, found.told

    def _post_of(self, name: str, names: Names) -> Post:
        """The post that a sentence names; its department is '' where nothing says it."""
        if names is not Names.POSITION:
            return Post(self._whole_name(name) if simplified(name) in _KINDS_OF_BODIES else name, None)
        own, position = unit_and_position(name)
        known = self.clauses.by_position.get(position, [])
        return known[0] if len(known) == 1 and not own else Post(own, position)

    def _whole_name(self, name: str) -> str:
        """The department that a general word (委员会) stands for: the open one's, or that of the document's title."""
        named = (self.context.department or "", owner_of_title(self.title, "").department)
        return next((department for department in named if department.endswith(name)), name)

    def introduce(self, unit: Unit) -> None:
        """Note whom a paragraph describes: a heading right behind it may say only 职责."""
        self.introduced = introduced_in(unit.words, self.names)

    def department(self) -> str:
        """The current department; where none was named, what the document's title or name is about."""
        if self.context.department is not None:
            return self.context.department
        after = self.named_after.department or self.named_after.position
        fallback = self.organisation or after or _LEADING_NUMBER.sub("", self.clauses.slug)
        return owner_of_title(self.title, fallback).department

    def _expect_heading(self, unit: Unit, marker: Marker | None, what: str, last: int) -> int:
        """Report a number that skips; headings of departments and of positions may share one sequence."""
        if marker is None or marker.number is None or len(marker.path) > 1:
            return last
        own = style(unit, marker)
        shared = self.heading_numbers.get(own)
        self.heading_numbers[own] = marker.number
        last = marker.number - 1 if shared == marker.number - 1 else last
        self.clauses.findings += self.gap(unit, what, last, marker.number)
        return marker.number

    def gap(self, unit: Unit, what: str, last: int, number: int | None) -> list[Finding]:
        if number is None or number <= last + 1:
            return []
        missing = f"{last + 1}" if number == last + 2 else f"{last + 1} to {number - 1}"
        department = self.department() if what == "item" else self.context.department
        where = Post(department, self.context.position if what == "item" else None) if department else self.clauses.slug
        message = f"{where}: {what} {missing} is missing before {number}: {unit.words.strip()}"
        return [Finding("numbering_gap", unit.number, message)]
