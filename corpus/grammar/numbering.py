"""The numbering grammar: the styles in which Chinese documents number their headings and items.

Each style is declared once. A damaged style is what OCR leaves of another one (`,三,` of `（三）`); because its
characters are ordinary punctuation too, the parser accepts it only where its number continues a sequence. So are
numbers that only a space follows.
"""

import re
import unicodedata
from dataclasses import dataclass

from corpus.characters import simplified

_CHINESE = r"[一二三四五六七八九十百千零〇]+"
_LEGAL = "壹贰叁肆伍陆柒捌玖"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_SPACE = r"[^\S\r\n]"  # no-break and full-width ones too
_BLANK = rf"(?:{_SPACE}|[\u200b-\u200f\u2060\ufeff])*"
# One character a number; unicodedata knows which.
_CIRCLED = "①-⑳㉑-㉟㊱-㊿❶-❿⓫-⓴➀-➉➊-➓⓵-⓾"
_IN_BRACKETS, _WITH_STOP, _CHINESE_IN_BRACKETS, _CHINESE_CIRCLED = "⑴-⒇", "⒈-⒛", "㈠-㈩", "㊀-㊉"
_ROMAN_GLYPHS = "Ⅰ-Ⅻⅰ-ⅻ"
_PLAIN = str.maketrans(_LEGAL + "拾佰", "一二三四五六七八九十百")
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


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
    return Style(name, re.compile(_BLANK + pattern + _BLANK), heading, damaged, bare)


# Order matters: the first style that matches a line wins.
STYLES: tuple[Style, ...] = (
    _style("markdown", r"(?P<n>#{1,6}(?=[ \t])|#{2,6}(?=[\u4e00-\u9fff\d]))", heading=True),
    _style("chapter", rf"第{_SPACE}?(?P<n>{_CHINESE}|\d{{1,3}}){_SPACE}?[章编篇]", heading=True),
    _style("section", rf"第{_SPACE}?(?P<n>{_CHINESE}|\d{{1,3}}){_SPACE}?节", heading=True),
    _style("article", rf"第{_SPACE}?(?P<n>{_CHINESE}|\d{{1,4}}){_SPACE}?条[:：、]?"),
    _style("chinese", rf"(?P<n>{_CHINESE})(?:[、:：]|[.．](?!\d))", heading=True),
    _style("chinese-legal", rf"(?P<n>[{_LEGAL}拾佰]+)[、.．]", heading=True),
    _style("chinese-bracket", rf"[（(]{_BLANK}(?P<n>{_CHINESE}){_BLANK}[)）][、.．]?", heading=True),
    _style("chinese-bracket", rf"(?P<n>[{_CHINESE_IN_BRACKETS}])[、.．]?", heading=True),
    _style("chinese-bracket", rf"[,，](?P<n>{_CHINESE})[,，]", heading=True, damaged=True),
    _style("chinese", rf"(?P<n>{_CHINESE})(?={_SPACE}+[\u4e00-\u9fff])", heading=True, damaged=True),
    _style("roman", rf"(?P<n>[{_ROMAN_GLYPHS}])[、.．]?", heading=True),
    _style("roman", r"(?P<n>(?!CD|CC|cc)[IVXLC]{2,8}|[ivxlc]{2,8})[、.．)）]", heading=True),
    _style("arabic-path", r"(?P<n>\d{1,3}(?:[.．]\d{1,3})+)[.．、]?(?![\d%])"),
    _style("arabic", r"(?P<n>\d{1,5})(?:[.．](?!\d)|[、,，](?!\d))"),
    _style("arabic", rf"(?P<n>[{_WITH_STOP}])"),
    _style("arabic", r"(?P<n>\d{1,3})\((?!\d)", damaged=True),
    _style("arabic-bracket", rf"[（(]{_BLANK}(?P<n>\d{{1,4}}){_BLANK}[)）][、.．]?"),
    _style("arabic-bracket", rf"(?P<n>[{_IN_BRACKETS}])[、.．]?"),
    _style("arabic-half-bracket", r"(?P<n>\d{1,4})[)）][、.．]?"),
    _style("arabic-bracket", r"[,，](?P<n>\d{1,3})[,，]", damaged=True),
    _style("circled", rf"(?P<n>[{_CIRCLED}])[、.．]?"),
    _style("chinese-circled", rf"(?P<n>[{_CHINESE_CIRCLED}])[、.．]?"),
    _style("arabic", rf"(?P<n>\d{{1,3}})(?={_SPACE}+[\u4e00-\u9fff])", damaged=True),
    _style(
        "arabic",
        r"(?P<n>\d{1,2})(?=[\u4e00-\u9fff])(?![年月日号个名人次项级位类种家周天小时分台条元万千楼层])",
        damaged=True,
        bare=True,
    ),
    _style("arabic", r"(?P<n>[lI])、", damaged=True),  # typed for 1
    _style("arabic", rf"[.．](?P<n>\d{{1,2}})(?={_SPACE}+[\u4e00-\u9fff])", damaged=True),
    _style("stem", rf"(?P<n>[{_STEMS}])[、.．]", heading=True),
    _style("branch", rf"(?P<n>[{_BRANCHES}])[、.．]", heading=True),
    _style("letter", r"(?P<n>[A-Za-z])[.．)）、](?![A-Za-z])"),
    _style("letter-bracket", r"[（(](?P<n>[A-Za-z])[)）]"),
    _style("bullet", rf"(?P<n>[-*+–—•●○◆◇■□▪▫▶►‣∙·➢➤❖✓※⚫])(?:(?={_SPACE})|(?=[^\x00-\x7f])(?![\d—]))"),
    _style("bullet", r"(?P<n>——)(?=[\u4e00-\u9fff])"),
)

HEADING_LEVEL = "markdown"
_ROMAN_STYLE = next(style for style in STYLES if style.name == "roman")


_RANKS = {name: rank for rank, name in enumerate(dict.fromkeys(style.name for style in STYLES))}


def rank(style: str) -> int:
    """How far inside a document the style is customary.

    第一章 is outside, bullets innermost; unknown styles further in.
    """
    return _RANKS.get(style.split("@", maxsplit=1)[0], len(_RANKS))


def find_marker(line: str) -> Marker | None:
    """The number at the start of a line, or None."""
    line = simplified(line)  # 第一條
    for style in STYLES:
        if match := style.pattern.match(line):
            return Marker(style, _path(style, match["n"]), match.end())
    return None


def roman_marker(marker: Marker, line: str) -> Marker:
    """The marker of a line in a document that counts in Roman numbers: there I、 and V、 are numbers, not letters."""
    sign = line[: marker.end].strip()[:1]
    if sign.lower() not in _ROMAN or not (marker.style.name == "letter" or marker.style.damaged):
        return marker
    return Marker(_ROMAN_STYLE, (_ROMAN[sign.lower()],), marker.end)


def _path(style: Style, digits: str) -> tuple[int, ...]:
    if style.name in ("bullet", HEADING_LEVEL):
        return ()
    if digits in ("l", "I") and style.damaged:
        return (1,)
    if style.name == "roman" and digits.isascii():
        return (roman_number(digits),)
    if style.name in ("stem", "branch"):
        return ((_STEMS if style.name == "stem" else _BRANCHES).index(digits) + 1,)
    if style.name.startswith("letter"):
        return (ord(digits.lower()) - ord("a") + 1,)
    if digits[0].isdecimal():
        return tuple(int(part) for part in re.split("[.．]", digits))
    if len(digits) == 1 and not "一" <= digits <= "龥" and digits != "〇":
        return (int(unicodedata.numeric(digits)),)
    return (chinese_number(digits),)


def chinese_number(digits: str) -> int:
    """一 -> 1, 十四 -> 14, 二十 -> 20, 一百零一 -> 101, 壹拾贰 -> 12 (up to 9999)."""
    total, pending = 0, 0
    for digit in digits.translate(_PLAIN):
        if digit in _UNITS:
            total, pending = total + (pending or 1) * _UNITS[digit], 0
        elif digit not in "零〇":
            pending = "一二三四五六七八九".index(digit) + 1
    return total + pending


def roman_number(digits: str) -> int:
    """IV -> 4, xii -> 12."""
    values = [_ROMAN[digit] for digit in digits.lower()]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))
