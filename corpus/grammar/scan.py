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
from itertools import pairwise

from corpus.characters import simplified
from corpus.grammar.attributes import Attribute
from corpus.grammar.boilerplate import BOILERPLATE, COMING_INTO_FORCE, boilerplate_name
from corpus.grammar.numbering import HEADING_LEVEL, Marker, find_marker, roman_marker
from corpus.grammar.repair import plain_markdown, repair
from corpus.grammar.titles import (
    MAX_LEAD,
    MAX_LONG_LEAD,
    Names,
    Title,
    inline_title_end,
    is_organisation,
    read_title,
    without_holder,
)
from corpus.model import Post, line_starts, split_lines
from corpus.source import Fact, Source

_SPLIT_BEFORE = re.compile(r"(?<=[。；;：:\s])(?=[\d一二三四五六七八九十第（(a-zA-Z①-⑳⑴-⒇⒈-⒛㈠-㈩Ⅰ-Ⅻ])")
_FIELD_BEFORE = re.compile(
    r"(?<=[ \t\u3000])(?=(?:所属|所在)?"
    r"(?:部门|科室|单位|岗位|职位|职务|[直接属]{2}[上下]级|岗位编号|职级|定员)(?:名称)?[:：])"
)
_CONTENTS = ("目录", "目次", "目錄")
_LEADERS = re.compile(r"(?:\.{3,}|…+|·{3,}|_{3,}|[ \t\u3000]{2,}|\t)[ \t\u3000]*\d{1,3}[ \t\u3000]*$")
_PAGE_LEADERS = ".…·_ \t\u3000\r\n"
_LONGEST_ENTRY = 80  # characters of a line in a table of contents
_LONGEST_MARKER = 40
_FIRST_ITEM = re.compile(r"(?<=[\u4e00-\u9fff:： ])(?=[（(]一[)）]|[（(]1[)）]|1[.．、]|一、|①)")
_MARKUP = re.compile(r"[ \t]*(?:!!!|\?\?\?|:::|@tab\b|\{[:%])")  # admonitions and attributes of Markdown's dialects
MAX_MARKED = 200  # characters of a line in which its number is looked for
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

    `noise` names boilerplate, `heading` and `depth` are the format's levels, `sheet` marks a sheet's name. In tables,
    `lead` is the head of the row, whose words are not in `raw`, `says` the clause's text where the cell holds only a
    mark, `also` are further owners, and `fact` is what a cell says of a post.
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
    sheet: bool = False
    lead: str = ""
    says: str = ""
    also: tuple[Post, ...] = ()
    fact: tuple[Post, Attribute] | None = None

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
    marker = find_marker(body[:MAX_MARKED])
    words = body[marker.end :] if marker else body
    inner = find_marker(words[:MAX_MARKED]) if marker and not marker.path else None
    if marker and inner and not inner.style.damaged and inner.path:
        if marker.style.name == HEADING_LEVEL:
            words = words[inner.end :]  # ## 一、财务部
        else:
            marker = replace(inner, end=marker.end + inner.end)  # - 第二条
            words = body[marker.end :]
    title = read_title(repair(without_holder(words)), known) if len(words) <= MAX_LONG_LEAD else None
    markup = markdown and bool(raw.strip()) and (not body.strip() or bool(_MARKUP.match(body)))
    noise = "markup" if markup else boilerplate_name(body) or ""
    if marker and BOILERPLATE[COMING_INTO_FORCE].match(simplified(words[:MAX_MARKED])):
        noise = COMING_INTO_FORCE
    return Unit(number, start, raw, body, marker, title, noise)


def scan(source: Source, known: Mapping[str, Names]) -> list[Unit]:
    """The units of all lines, in order; those inside tables are left to corpus/tables/units.py."""
    contents = _contents_lines(source)
    inside = _table_lines(source)
    units: list[Unit] = []
    before: Unit | None = None  # the last one that is no boilerplate
    start = 0
    for number, raw in enumerate(split_lines(source.text), 1):
        if number not in inside:
            unit = make_unit(number, start, raw, known, markdown=source.markdown)
            fact = source.facts.get(number, Fact())
            noise = fact.noise or unit.noise or ("table-of-contents" if number in contents else "")
            unit = replace(unit, noise=noise, heading=fact.heading, depth=fact.depth, sheet=fact.sheet)
            units += [unit] if noise else split_items(unit, before, known)
            before = units[-1] if not noise else before
        start += len(raw)
    return _split_titles(_without_signatures(_in_roman(_with_numbers_above(units))), known)


def _with_numbers_above(units: list[Unit]) -> list[Unit]:
    """A number that stands on a line of its own (in PDF files) is that of the line below it."""
    numbered = list(units)
    for index, (above, below) in enumerate(pairwise(units)):
        alone = not above.words.strip() and not above.level and not above.noise
        bare = below.marker is None and not below.noise and below.body.strip()
        if alone and bare and above.marker and below.number == above.number + 1:
            numbered[index] = replace(above, marker=None, noise="item-number")
            numbered[index + 1] = replace(below, marker=replace(above.marker, end=0))
    return numbered


def _in_roman(units: list[Unit]) -> list[Unit]:
    """In a document that counts II, III, IV, single letters like I and V are numbers too."""
    if not any(unit.marker and unit.marker.style.name == "roman" for unit in units):
        return units
    return [replace(unit, marker=roman_marker(unit.marker, unit.body)) if unit.marker else unit for unit in units]


def _without_signatures(units: list[Unit]) -> list[Unit]:
    """The organisation's name right before a date is a signature."""
    signed: list[Unit] = []
    below = ""
    for unit in reversed(units):
        if below == "date" and unit.marker is None and not unit.noise and unit.title and _signs(unit.title):
            signed.append(replace(unit, noise="signature"))
        else:
            signed.append(unit)
        below = signed[-1].noise if unit.noise != "blank" else below
    return signed[::-1]


def _signs(title: Title) -> bool:
    return title.names is Names.DEPARTMENT or is_organisation(title.name)


def _table_lines(source: Source) -> Collection[int]:
    starts = line_starts(source.text)
    lines: set[int] = set()
    for table in source.tables:
        lines.update(range(bisect_right(starts, table.start), bisect_right(starts, table.end - 1) + 1))
    return lines


def _contents_lines(source: Source) -> Collection[int]:
    """The lines of a table of contents: leaders before a page number, or, after 目录, what comes again as a heading."""
    lines = [line.strip() for line in split_lines(source.text)]
    seen = {number for number, line in enumerate(lines, 1) if _LEADERS.search(line[-80:]) and not line.startswith("|")}
    seen = {number for number in seen if number - 1 in seen or number + 1 in seen}
    bare = ["".join(line.split()) if len(line) <= _LONGEST_ENTRY else line for line in lines]
    later: dict[str, int] = {line: number for number, line in enumerate(bare, 1)}
    listed = False  # whether the lines before are a table of contents that goes on
    for number, line in enumerate(bare, 1):
        listed = line in _CONTENTS or (listed and _listed(line, number, later))
        if listed:
            seen.add(number)
    return seen


def _listed(line: str, number: int, later: Mapping[str, int]) -> bool:
    if not line or later.get(line, 0) > number:
        return True
    return len(line) <= _LONGEST_ENTRY and later.get(line.rstrip("0123456789").rstrip(_PAGE_LEADERS), 0) > number


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
    return [
        replace(part, settled=unit.settled, place=unit.place, depth=unit.depth, lead=unit.lead, also=unit.also)
        for part in made
    ]


def _item_starts(unit: Unit, before: Unit | None, *, alone: bool) -> Iterator[int]:
    words_start = len(unit.raw) - len(unit.raw.lstrip("# \t\u3000"))
    fields = [match.start() for match in _FIELD_BEFORE.finditer(unit.raw) if match.start() > words_start]
    if fields:
        yield from fields
        return
    found = list(_markers_inside(unit.raw))
    seconds = {marker.style.name: offset for offset, marker in found if marker.number == 2}  # the last one of a style
    own = unit.marker or (before.marker if before and not before.noise else None)
    last = {own.style.name: own.number or 0} if own else {}
    for offset, marker in found:
        style, number = marker.style.name, marker.number or 0
        begins = number == 1 and (alone or own is None or bool(last)) and seconds.get(style, -1) > offset
        if number == last.get(style, -1) + 1 or begins:
            last[style] = number
            yield offset


def _markers_inside(text: str) -> Iterator[tuple[int, Marker]]:
    """The numbers that may begin an item in the middle of a line, with where they stand."""
    for match in _SPLIT_BEFORE.finditer(text):
        marker = find_marker(text[match.start() : match.start() + _LONGEST_MARKER])
        if marker is None or not marker.number or len(marker.path) > 1 or marker.style.damaged:
            continue
        if match.start() + marker.end < len(text):
            yield match.start(), marker


# -- a name and its duties on one line ---------------------------------------------------------------------------------


def _split_titles(units: list[Unit], known: Mapping[str, Names]) -> list[Unit]:
    """`（一）办公室。负责机关运转。` is a heading and a duty, where items of its style do so more than once."""
    units = [part for unit in units for part in _split_first_item(unit, known)]
    ends = {
        id(unit): inline_title_end(unit.words, known) for unit in units if not (unit.noise or unit.title or unit.level)
    }
    styles = Counter(_style_name(unit) for unit in units if ends.get(id(unit)))
    split: list[Unit] = []
    for unit in units:
        end = ends.get(id(unit))
        if not end or styles[_style_name(unit)] < INLINE_TITLES or unit.words not in unit.raw:
            split.append(unit)
            continue
        head, duty = cut(unit, [unit.raw.index(unit.words) + end], known)
        title = read_title(head.words.strip(" 。：:\t\u3000"), known)
        split += [replace(head, title=title, settled=Settled.HEADING), replace(duty, settled=Settled.ITEM)]
    return split


def _style_name(unit: Unit) -> str:
    return unit.marker.style.name if unit.marker else ""


def _split_first_item(unit: Unit, known: Mapping[str, Names]) -> list[Unit]:
    """`商务厅主要职能(一)贯彻执行…` is a heading and the first item of its list."""
    if unit.marker is not None or unit.noise or unit.title is not None:
        return [unit]
    match = _FIRST_ITEM.search(unit.raw, 0, MAX_LEAD // 2)
    title = read_title(unit.raw[: match.start()], known) if match else None
    if match is None or title is None or not (title.duties or title.names is Names.NO_DUTIES):
        return [unit]
    head, item = cut(unit, [match.start()], known)
    return [replace(head, settled=Settled.HEADING), item]
