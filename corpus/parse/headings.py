"""Whether a unit is a heading, and what it names: by its words, its number, the format, and the unit after it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.grammar.numbering import Marker
from corpus.grammar.scan import Settled, Unit
from corpus.grammar.titles import Names, Title, clean_name, is_general, is_rules, read_title
from corpus.parse.context import style, style_of
from corpus.parse.lists import Lists

ENDS_SENTENCE = re.compile(r"[。；;！!？?.]$")
_BEFORE_COLON = re.compile(r"([^:：]{2,12})[:：]\s*\S")
_ASKED_OF_ONE = re.compile("要求|条件|资格")
ENDS_LEAD = re.compile(r"[:：]$")
_MAX_HEADING = 40
_MAX_BARE_HEADING = 20


@dataclass(frozen=True, slots=True)
class Around:
    """What the walk knows when it comes to a unit.

    `heading_numbers` has the last number of the headings of each style; `follows_department` says that the unit's is
    the next of the departments' headings; `within` that a clause is open, `ended` that it ends with a sentence or that
    none is open; `named` that somebody was named already; `wrapped` that a line end may stand inside a sentence.
    """

    lists: Lists
    heading_numbers: Mapping[str, int]
    follows_department: bool
    within: bool
    ended: bool
    named: bool
    wrapped: bool


def ends(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether the last sign of a text fits."""
    return bool(pattern.search(text.rstrip()[-1:]))


def heading_title(unit: Unit, marker: Marker | None, following: Unit | None, around: Around) -> Title | None:
    """The title of a unit that is a heading."""
    title = unit.title
    name = _BEFORE_COLON.match(unit.words) if unit.level else None  # 成员 A：后端开发
    named = read_title(name[1]) if name and title is None else None
    title = named if named is not None and named.sure and named.name else title
    topic = Title(Names.TOPIC, name[1].strip() if name else unit.words.strip(" :："), False)
    if unit.settled is Settled.HEADING:
        return title or topic
    if _is_job(unit, title, following):
        return Title(Names.POSITION, clean_name(unit.words), True)
    if unit.level:
        if title is None and (unit.depth or len(unit.words) > _MAX_HEADING or ends(unit.words, ENDS_SENTENCE)):
            return None
        return title or topic
    if title is None:
        return topic if _is_sibling(marker, following, around) or _is_section(unit, marker, following, around) else None
    if marker is not None:
        return title if _is_heading(unit, marker, title, following, around) else None
    return title if _is_bare_heading(unit, title, following, around) else None


def _is_job(unit: Unit, title: Title | None, following: Unit | None) -> bool:
    """Whether a short line is the name of a post in an advertisement: duties or requirements follow at once.

    Below a heading they are headings inside it; the first level is the document's title.
    """
    if following is None or (following.marker is not None and not unit.level):
        return False
    if unit.level and not 1 < unit.level < following.level:
        return False
    below = following.title
    if below is None or below.leads or below.names not in (Names.DUTIES, Names.NO_DUTIES):
        return False
    if unit.level and below.names is Names.NO_DUTIES and not _ASKED_OF_ONE.search(below.name):
        return False
    words = unit.words.strip()
    other = title is not None and (title.names is not Names.TOPIC or title.duties)
    named = 2 <= len(words) <= _MAX_BARE_HEADING and not re.search("[，,。；;：:？！]", words)
    return named and not other and not is_general(words)


def _is_sibling(marker: Marker | None, following: Unit | None, around: Around) -> bool:
    """Whether a sentence goes on with the numbers of the departments' headings, with a list of its own below it."""
    if marker is None or not marker.style.heading or not _list_starts(following, around):
        return False
    return around.follows_department


def _is_section(unit: Unit, marker: Marker | None, following: Unit | None, around: Around) -> bool:
    """Whether a short name with a colon, numbered as headings are (`一、行政方面：`), has a list below it."""
    words = unit.words.strip()
    if marker is None or not marker.style.heading or not ends(words, ENDS_LEAD):
        return False
    own = style(unit, marker)
    return (
        len(words) <= _MAX_BARE_HEADING
        and _list_starts(following, around)
        and style_of(following) != own
        and (not around.lists.holds(own) or around.lists.holds_section(own))
    )


def _is_heading(unit: Unit, marker: Marker, title: Title, following: Unit | None, around: Around) -> bool:
    own = style(unit, marker)
    starts = _list_starts(following, around) and style_of(following) != own
    leads = ends(unit.body, ENDS_LEAD) and title.names in (Names.DEPARTMENT, Names.POSITION)
    if (leads or title.leads) and title.sure and starts:
        return True
    if title.leads:
        return title.names is Names.NO_DUTIES and following is not None and style_of(following) != own
    if around.lists.holds(own) and not around.lists.holds_section(own):
        return marker.number is None and title.sure and _has_own(title, following)
    introduces = following is not None and (following.marker is None or style_of(following) != own)
    if own == "arabic-path" and following is not None and following.marker is not None:
        introduces = introduces or len(following.marker.path) > len(marker.path)
    if title.names is Names.NO_DUTIES:
        return introduces
    if is_rules(title.name) and marker.style.heading:
        return True
    goes_on = marker.number is not None and around.heading_numbers.get(own) == marker.number - 1
    may_head = marker.style.heading or goes_on or (own == "arabic-path" and len(title.name) <= _MAX_BARE_HEADING)
    return (may_head and (introduces or title.sure)) or (introduces and title.sure)


def _has_own(title: Title, following: Unit | None) -> bool:
    """Whether a bullet's name has something below it, and is not one of several names."""
    names = (Names.DEPARTMENT, Names.POSITION)
    other = following.title.names in names if following is not None and following.title is not None else False
    return title.names in names and following is not None and not other


def _is_bare_heading(unit: Unit, title: Title, following: Unit | None, around: Around) -> bool:
    """An unmarked line is a heading when its words prove it, or when a list starts right after it."""
    if title.leads:
        return _list_starts(following, around)
    if title.names is Names.NO_DUTIES:
        return True
    ended = around.ended or not around.wrapped
    alone = title.names is not Names.DEPARTMENT or not around.within or not around.wrapped
    if title.sure and (alone or _list_starts(following, around)):
        return ended or _list_starts(following, around)
    if not around.within:
        return not around.named
    return ended and _list_starts(following, around) and len(unit.body.strip()) <= _MAX_BARE_HEADING


def _list_starts(following: Unit | None, around: Around) -> bool:
    if following is None or following.marker is None:
        return False
    number = following.marker.number
    return number == 1 or (number is None and not around.wrapped)
