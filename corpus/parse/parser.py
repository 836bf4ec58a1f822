"""The walk over the units: which are headings, whose what follows is, and where a clause begins and goes on.

A marked unit is a heading or an item: the title's words (grammar/titles.py), the style of its number
(grammar/numbering.py), what the format knows and the unit after it decide. An unmarked one is a heading, continues the
clause before it, or is a paragraph of its own. What cannot be decided is reported as a finding; hints
(beside/hints.py) settle it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.beside.hints import NO_HINTS, Hints
from corpus.characters import simplified
from corpus.errors import DocumentError
from corpus.grammar.attributes import attributes_in
from corpus.grammar.numbering import Marker, rank
from corpus.grammar.scan import Settled, Unit, scan
from corpus.grammar.subjects import subject_of
from corpus.grammar.titles import Names, Title
from corpus.model import Document, Finding, Post, PostFact, SegmentKind, split_lines
from corpus.parse.clauses import Clauses, Draft
from corpus.parse.context import style
from corpus.parse.duty import left_out
from corpus.parse.headings import ENDS_LEAD, ENDS_SENTENCE, Around, ends, heading_title
from corpus.parse.lists import UNNUMBERED, Level, Lists
from corpus.parse.owners import Owners
from corpus.source import Source
from corpus.tables.units import names_in, read_tables, table_units

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
    given = {simplified(name): names for name, names in hints.names.items()}
    grids = read_tables(source, given)
    known = {simplified(name): names for name, names in names_in(grids).items()} | given
    tables, findings = table_units(source, grids, known)
    units = hints.settle(sorted([*scan(source, known), *tables], key=lambda unit: unit.start))
    parser = _Parser(slug, source, known | _sure_names(units), known)
    parser.clauses.findings += [*source.findings, *findings]
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
    def __init__(self, slug: str, source: Source, names: Mapping[str, Names], given: Mapping[str, Names]) -> None:
        self.source = source
        self.clauses = Clauses(slug, source)
        self.lists = Lists()
        self.owners = Owners(source.name, self.clauses, self.lists, names, given)
        self.open: Draft | None = None
        self.skip: _Skip | None = None
        self.articles = 0
        self.headed = False  # whether a heading was read

    def read(self, unit: Unit, following: Unit | None) -> None:
        if self.owners.enter_place(unit):
            self.open, self.skip = None, None
        marker = unit.marker if unit.marker is not None and self._continues(unit.marker) else None
        if self.skip and marker and self._ends_skip(unit, marker):
            self.skip = None
        if unit.noise:
            self._note_facts(unit)
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
            self.owners.introduce(unit)

    def _continues(self, marker: Marker) -> bool:
        """Whether a damaged marker is one: it starts a sequence or goes on with one."""
        if not marker.style.damaged or marker.number is None:
            return True
        last = self.lists.last(marker.style.name)
        if marker.style.bare:
            return 0 < last == marker.number - 1
        if marker.style.heading:
            last = max(last, self.owners.position_number, self.owners.heading_numbers.get(marker.style.name, 0))
        return marker.number == 1 or 0 < marker.number - last <= _MAX_DAMAGED_GAP

    def _around(self, unit: Unit, marker: Marker | None) -> Around:
        own = style(unit, marker) if marker is not None else ""
        return Around(
            self.lists,
            self.owners.heading_numbers,
            follows_department=self.owners.follows_department(own, marker),
            within=self.open is not None,
            ended=self._ended(),
            named=bool(self.clauses.posts),
            wrapped=self.source.wrapped,
        )

    def _ended(self) -> bool:
        return self.open is None or ends(self.open.units[-1].body, ENDS_SENTENCE)

    def _heading(self, unit: Unit, marker: Marker | None, title: Title) -> None:
        self.open = None
        if marker is not None and marker.style.name == "article":
            self.articles += 1
        if self.skip is not None and not self._title_ends_skip(unit, title):
            self.clauses.segment(unit, SegmentKind.BOILERPLATE, "no-duties")
            return
        self.skip = None
        if (
            title.names is Names.NO_DUTIES
            and title.name.startswith("附件")
            and not (self.headed or self.clauses.drafts)
        ):
            self.clauses.segment(unit, SegmentKind.BOILERPLATE, "attachment")  # all of the document is one
            return
        self.lists.group += 1
        if title.names is Names.NO_DUTIES:
            outside = {level.style: level.number for level in self.lists.levels}
            self.skip = _Skip(style(unit, marker) if marker else "", unit.level, outside)
        self.headed = True
        self.clauses.segment(unit, SegmentKind.HEADING, self.owners.enter(unit, marker, title))

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

    def _item(self, unit: Unit, marker: Marker) -> None:
        own = style(unit, marker)
        self.owners.introduced = None
        self.owners.resume(own, marker)
        is_article = marker.style.name == "article"
        self.articles += is_article
        counted = max(self.lists.last_numbers.get(own, 0), self.owners.heading_numbers.get(own, 0) if is_article else 0)
        path, last = self.lists.add_item(own, marker)
        findings: list[Finding] = []
        if len(marker.path) <= 1:
            # Articles count on across the chapters of a document.
            number = marker.number or 0
            findings = self.owners.gap(unit, "item", max(last, counted if number > last + 1 else 0), marker.number)
        self._start_clause(unit, path, findings=findings, article=self._is_article())

    def _is_article(self) -> bool:
        """Whether an article of a regulation is open, and no list of somebody's inside it."""
        levels = self.lists.levels[len(self.lists.sections) :]
        return bool(levels) and levels[0].style.startswith("article")

    def _start_clause(self, unit: Unit, number: str, *, findings: list[Finding], article: bool = False) -> None:
        self.owners.give_back()
        subject, told = self.owners.subject(unit, article=article)
        post = self.owners.post
        self.clauses.name_post(unit, post, sure=False)
        self.open = Draft(
            self.clauses.new_id(post, number),
            post,
            number,
            self.owners.context,
            self.lists.group,
            subject=subject,
            told=told,
            article=article,
            settled=unit.settled is Settled.ITEM and (unit.place is None or self.owners.context.named),
            findings=findings,
        )
        self.clauses.add(self.open)
        if also := [*unit.also, *self.owners.also]:
            self._share(unit, self.open, also)
        self.owners.fresh_position = False
        self.lists.since_section += 1
        self.clauses.go_on(self.open, unit)

    def _share(self, unit: Unit, draft: Draft, also: Iterable[Post]) -> None:
        posts = [Post(post.department or draft.post.department, post.position) for post in also]
        for post in posts:
            self.clauses.name_post(unit, post, sure=True)
        self.clauses.share(draft, (post for post in posts if post != draft.post))

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
        below = self.owners.context.named or self.owners.context.announced or bool(self.lists.levels)
        return below or subject_of(unit.words, self.owners.names) is not None

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
            number = f"{self.lists.sections[-1].path}.{self.lists.since_section + 1}"
        else:
            number = str(self.clauses.counts[self.owners.post] + 1)
        findings = [Finding("unnumbered_duty", unit.number, f"a duty without a number: {unit.body.strip()}")]
        settled = unit.settled is Settled.ITEM
        self._start_clause(unit, number, findings=[] if settled else findings, article=article)
        if article:
            return
        self.lists.levels = list(self.lists.sections)
        if ends(unit.body, ENDS_LEAD) and following is not None and following.marker is not None:
            self.lists.levels.append(Level(UNNUMBERED, 1, number))

    def _note_facts(self, unit: Unit) -> None:
        """Keep what a field says of a position; of nobody it says nothing."""
        if unit.noise != "job-attribute":
            return
        post, attributes = (
            (unit.fact[0], [unit.fact[1]]) if unit.fact else (self.owners.post, attributes_in(unit.words))
        )
        if post.position is not None:
            post = Post(post.department or self.owners.department(), post.position)
            self.clauses.facts += [PostFact(post, kind, value, unit.number) for kind, value in attributes]

    def finish(self) -> Document:
        regulation = self.articles >= _ARTICLES_OF_A_REGULATION
        drafts = self.clauses.drafts.values()
        somebody = bool(self.clauses.sure_posts) or any(draft.subject for draft in drafts)
        return self.clauses.document(left_out(drafts, regulation=regulation, somebody=somebody))
