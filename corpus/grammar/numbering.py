"""The numbering grammar: the styles in which Chinese documents number their headings and items.

Each style is declared once. A damaged style is what OCR leaves of another one (`,三,` of `（三）`); because its
characters are ordinary punctuation too, the parser accepts it only where its number continues a sequence.
"""

import re
from dataclasses import dataclass

_CHINESE = r"[一二三四五六七八九十百零〇]+"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True, slots=True)
class Style:
    """One way to write a number before a line.

    `pattern` matches at the start of a line and has a group `n`; `heading` says that the style may carry a
    heading (else it carries items only, unless the words after it are unmistakable); `damaged` marks OCR remains
    and slips; a `bare` one is a number that nothing follows, which counts only where it is the next one.
    """

    name: str
    pattern: re.Pattern[str]
    heading: bool = False
    damaged: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Marker:
    """A number found at the start of a line.

    `path` has one value a level (`3.2.1` -> (3, 2, 1)); a bullet's is empty.
    """

    style: Style
    path: tuple[int, ...]
    end: int

    @property
    def number(self) -> int | None:
        return self.path[-1] if self.path else None


def _style(name: str, pattern: str, *, heading: bool = False, damaged: bool = False, bare: bool = False) -> Style:
    return Style(name, re.compile(r"[ \t\u3000\ufeff]*" + pattern + r"[ \t\u3000]*"), heading, damaged, bare)


# Order matters: the first style that matches a line wins.
STYLES: tuple[Style, ...] = (
    _style("markdown", r"(?P<n>#{1,6})(?=[ \t])", heading=True),
    _style("chapter", rf"第(?P<n>{_CHINESE}|\d{{1,3}})[章编篇]", heading=True),
    _style("section", rf"第(?P<n>{_CHINESE}|\d{{1,3}})节", heading=True),
    _style("article", rf"第(?P<n>{_CHINESE}|\d{{1,3}})条[:：、]?"),
    _style("chinese", rf"(?P<n>{_CHINESE})[、.．]", heading=True),
    _style("chinese-bracket", rf"[（(](?P<n>{_CHINESE})[)）][、.．]?", heading=True),
    _style("chinese-bracket", rf"[,，](?P<n>{_CHINESE})[,，]", heading=True, damaged=True),
    _style("arabic-path", r"(?P<n>\d{1,3}(?:[.．]\d{1,3})+)[.．、]?(?![\d%])"),
    _style("arabic", r"(?P<n>\d{1,3})(?:[.．](?!\d)|[、,，](?!\d))"),
    _style("arabic", r"(?P<n>\d{1,3})\((?!\d)", damaged=True),
    _style("arabic-bracket", r"[（(](?P<n>\d{1,3})[)）][、.．]?"),
    _style("arabic-half-bracket", r"(?P<n>\d{1,3})[)）][、.．]?"),
    _style("arabic-bracket", r"[,，](?P<n>\d{1,3})[,，]", damaged=True),
    _style("circled", rf"(?P<n>[{_CIRCLED}])"),
    _style(
        "arabic",
        r"(?P<n>\d{1,2})(?=[\u4e00-\u9fff])(?![年月日号个名人次项级位类种家周天小时分台条元万千楼层])",
        damaged=True,
        bare=True,
    ),
    _style("arabic", r"(?P<n>[lI])、", damaged=True),  # typed for 1
    _style("letter", r"(?P<n>[A-Za-z])[.．)）、](?![A-Za-z])"),
    _style("bullet", r"(?P<n>[-*+•●◆■□▪·➢✓])(?=[ \t\u3000]|[^\x00-\x7f])"),
)

HEADING_LEVEL = "markdown"


_RANKS = {name: rank for rank, name in enumerate(dict.fromkeys(style.name for style in STYLES))}


def rank(style: str) -> int:
    """How far inside a document the style is customary.

    第一章 is outside, bullets innermost; unknown styles further in.
    """
    return _RANKS.get(style.split("@", maxsplit=1)[0], len(_RANKS))


def find_marker(line: str) -> Marker | None:
    """The number at the start of a line, or None."""
    for style in STYLES:
        if match := style.pattern.match(line):
            return Marker(style, _path(style, match["n"]), match.end())
    return None


def _path(style: Style, digits: str) -> tuple[int, ...]:
    if style.name in ("bullet", HEADING_LEVEL):
        return ()
    if style.name == "circled":
        return (_CIRCLED.index(digits) + 1,)
    if digits in ("l", "I") and style.damaged:
        return (1,)
    if style.name == "letter":
        return (ord(digits.lower()) - ord("a") + 1,)
    if digits[0].isdecimal():
        return tuple(int(part) for part in re.split("[.．]", digits))
    return (chinese_number(digits),)


def chinese_number(digits: str) -> int:
    """一 -> 1, 十四 -> 14, 二十 -> 20, 一百零一 -> 101 (up to 999)."""
    total, pending = 0, 0
    for digit in digits:
        if digit == "百":
            total, pending = total + (pending or 1) * 100, 0
        elif digit == "十":
            total, pending = total + (pending or 1) * 10, 0
        elif digit not in "零〇":
            pending = "一二三四五六七八九".index(digit) + 1
    return total + pending
