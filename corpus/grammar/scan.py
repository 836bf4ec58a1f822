"""Source -> units: the runs of characters that the grammar decides about, with what is known of each beforehand.

A unit is a line; where several items of one list stand on a line (`1.招聘；2.培训`) it is a part of one, and in a table
it is a line of a cell.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate, pairwise

from corpus.grammar.boilerplate import boilerplate_name
from corpus.grammar.numbering import HEADING_LEVEL, Marker, find_marker
from corpus.grammar.repair import plain_markdown, repair
from corpus.grammar.titles import Names, Title, inline_title_end, read_title
from corpus.model import Post, split_lines
from corpus.source import Fact, Source

_SPLIT_BEFORE = re.compile(r"(?<=[。；;：:\s])(?=[\d一二三四五六七八九十（(a-zA-Z①-⑳])")
_FIELD_BEFORE = re.compile(
    r"(?<=[ \t\u3000])(?=(?:所属|所在)?"
    r"(?:部门|科室|单位|岗位|职位|职务|[直接属]{2}[上下]级|岗位编号|职级|定员)(?:名称)?[:：])"
)
_CONTENTS = re.compile(r"[ \t\u3000]*目[ \t\u3000]*[录次][ \t\u3000]*$")
_LEADERS = re.compile(r"(?:\.{3,}|…+|·{3,}|_{3,}|[ \t\u3000]{2,}|\t)[ \t\u3000]*\d{1,3}[ \t\u3000]*$")
_PAGE = re.compile(r"[\s.…·_]*\d{0,3}\s*$")
_LONGEST_MARKER = 40
INLINE_TITLES = 2  # so many items of one style must open with a name before that is a heading


class Settled(StrEnum):
    """What a unit is, where that is decided before the grammar looks at it."""

    NOISE = "noise"
    HEADING = "heading"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Place:
    """Who owns a unit, as a table or a hint says. Units of one place make one list."""

    post: Post
    key: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """Characters from `start` on, `raw` with the line end, `body` the words to read. `number` is the line, from 1.

    `noise` names boilerplate, `heading` and `depth` are the format's levels. In tables, `lead` is the head of the row,
    whose words are not in `raw`, and `says` the clause's text where the cell holds only a mark.
    """

    number: int
    start: int
    raw: str
    body: str
    marker: Marker | None
    title: Title | None
    noise: str = ""
    settled: Settled | None = None
    place: Place | None = None
    heading: int = 0
    depth: int = 0
    lead: str = ""
    says: str = ""

    @property
    def level(self) -> int:
        """The outline level: what the format says, or the number of Markdown's #."""
        if self.heading or self.marker is None or self.marker.style.name != HEADING_LEVEL:
            return self.heading
        return self.body[: self.marker.end].count("#")

    @property
    def words(self) -> str:
        """The unit without its marker and its end."""
        return self.body[self.marker.end :] if self.marker else self.body


def make_unit(number: int, start: int, raw: str, known: Mapping[str, Names], *, markdown: bool = False) -> Unit:
    body = raw.rstrip("\r\n")
    if markdown:
        body = plain_markdown(body)
    marker = find_marker(body)
    words = body[marker.end :] if marker else body
    if marker and marker.style.name == HEADING_LEVEL and (inner := find_marker(words)) and not inner.style.damaged:
        words = words[inner.end :]  # ## 一、财务部
    title = read_title(repair(words), known)
    return Unit(number, start, raw, body, marker, title, boilerplate_name(body) or "")


def scan(source: Source, known: Mapping[str, Names]) -> list[Unit]:
    """The units of all lines, in order; those inside tables are left to corpus/tables/units.py."""
    contents = _contents_lines(source)
    inside = _table_lines(source)
    units: list[Unit] = []
    start = 0
    for number, raw in enumerate(split_lines(source.text), 1):
        if number not in inside:
            unit = make_unit(number, start, raw, known, markdown=source.markdown)
            fact = source.facts.get(number, Fact())
            noise = fact.noise or unit.noise or ("table-of-contents" if number in contents else "")
            unit = replace(unit, noise=noise, heading=fact.heading, depth=fact.depth)
            units += [unit] if noise else split_items(unit, units[-1] if units else None, known)
        start += len(raw)
    return _split_titles(units, known)


def _table_lines(source: Source) -> Collection[int]:
    starts = line_starts(source.text)
    lines: set[int] = set()
    for table in source.tables:
        lines.update(range(bisect_right(starts, table.start), bisect_right(starts, table.end - 1) + 1))
    return lines


def line_starts(text: str) -> list[int]:
    """Where each line of the text begins."""
    return list(accumulate(map(len, split_lines(text)), initial=0))


def _contents_lines(source: Source) -> Collection[int]:
    """The lines of a table of contents: leaders before a page number, or, after 目录, what comes again as a heading."""
    lines = [line.strip() for line in split_lines(source.text)]
    seen = {number for number, line in enumerate(lines, 1) if _LEADERS.search(line[-80:]) and not line.startswith("|")}
    seen = {number for number in seen if number - 1 in seen or number + 1 in seen}
    bare = [re.sub(r"\s", "", line) for line in lines]
    later: dict[str, int] = {line: number for number, line in enumerate(bare, 1)}
    for number, line in enumerate(lines, 1):
        if _CONTENTS.match(line):
            seen.add(number)
            following = number + 1
            while following <= len(lines) and _listed(bare[following - 1], following, later):
                seen.add(following)
                following += 1
    return seen


def _listed(line: str, number: int, later: Mapping[str, int]) -> bool:
    return not line or later.get(line, 0) > number or later.get(_PAGE.sub("", line), 0) > number


# -- several items on one line -----------------------------------------------------------------------------------------


def split_items(unit: Unit, before: Unit | None, known: Mapping[str, Names], *, alone: bool = False) -> list[Unit]:
    """The unit cut where a further item of its own list begins, or the list of the unit before goes on.

    `alone` says that the unit is a cell's, so that a list inside it is its own too.
    """
    cuts = list(_item_starts(unit, before, alone=alone))
    return [unit] if not cuts else cut(unit, cuts, known)


def cut(unit: Unit, offsets: list[int], known: Mapping[str, Names]) -> list[Unit]:
    """The unit in parts that begin at the offsets (into `raw`, rising, above 0)."""
    edges = [0, *offsets, len(unit.raw)]
    parts = [unit.raw[first:last] for first, last in pairwise(edges)]
    made = (make_unit(unit.number, unit.start + edge, part, known) for edge, part in zip(edges, parts, strict=False))
    return [replace(part, settled=unit.settled, place=unit.place, depth=unit.depth, lead=unit.lead) for part in made]


def _item_starts(unit: Unit, before: Unit | None, *, alone: bool) -> Iterator[int]:
    fields = [match.start() for match in _FIELD_BEFORE.finditer(unit.raw)]
    if fields:
        yield from fields
        return
    found = []
    for match in _SPLIT_BEFORE.finditer(unit.raw):
        marker = find_marker(unit.raw[match.start() : match.start() + _LONGEST_MARKER])
        if (
            marker
            and marker.number
            and len(marker.path) == 1
            and not marker.style.damaged
            and marker.end < len(unit.raw)
        ):
            found.append((match.start(), marker))
    own = unit.marker or (before.marker if before and not before.noise else None)
    style, last = (own.style.name, own.number or 0) if own else ("", 0)
    if unit.marker is None and (alone or not own) and (first := next((m for _, m in found if m.number == 1), None)):
        style, last = first.style.name, 0
        if not any(marker.number == 2 and marker.style.name == style for _, marker in found):
            return
    for offset, marker in found:
        if marker.style.name == style and marker.number == last + 1:
            last += 1
            yield offset


# -- a name and its duties on one line ---------------------------------------------------------------------------------


def _split_titles(units: list[Unit], known: Mapping[str, Names]) -> list[Unit]:
    """`（一）办公室。负责机关运转。` is a heading and a duty, where items of its style do so more than once."""
    ends = {
        id(unit): inline_title_end(unit.words, known)
        for unit in units
        if unit.marker and not unit.noise and not unit.title
    }
    styles = Counter(unit.marker.style.name for unit in units if unit.marker and ends.get(id(unit)))
    split: list[Unit] = []
    for unit in units:
        end = ends.get(id(unit))
        if not end or unit.marker is None or styles[unit.marker.style.name] < INLINE_TITLES:
            split.append(unit)
            continue
        head, duty = cut(unit, [unit.raw.index(unit.words) + end], known)
        title = read_title(head.words.strip(" 。：:\t\u3000"), known)
        split += [replace(head, title=title, settled=Settled.HEADING), replace(duty, settled=Settled.ITEM)]
    return split
