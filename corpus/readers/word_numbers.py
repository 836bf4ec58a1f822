"""The numbers that Word shows and does not store: counted per list and level, and written in the level's format."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

_DIGITS = "〇一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_CYCLES = {
    "ideographTraditional": (_STEMS,),
    "ideographZodiac": (_BRANCHES,),
    "ideographZodiacTraditional": (_STEMS, _BRANCHES),
}
# Formats with a glyph a number: the first glyph, and how many there are.
_SERIES = {
    "decimalEnclosedCircle": (ord("①"), 20),
    "decimalEnclosedCircleChinese": (ord("①"), 20),
    "decimalEnclosedParen": (ord("⑴"), 20),
    "decimalEnclosedFullstop": (ord("⒈"), 20),
    "ideographEnclosedCircle": (ord("㊀"), 10),
}
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_LEGAL = str.maketrans("一二三四五六七八九十百", "壹贰叁肆伍陆柒捌玖拾佰")
_CLOSING = "、.．)）"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
)
_ROMAN_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
_BULLET = "• "


class Level(NamedTuple):
    """One level of a list: the number's format, the text around it (`第%1条`, `%1.%2`) and the first number.

    A `legal` one (正规形式编号) writes the numbers of all levels as 1, 2, 3.
    """

    form: str
    text: str
    start: int
    legal: bool = False


class Numbering:
    """Counts the paragraphs of every list of a document.

    `lists` maps a list's id to the id of its counters and its levels.
    """

    def __init__(self, lists: Mapping[str, tuple[str, Mapping[int, Level]]]) -> None:
        self._lists = lists
        self._counts: dict[str, dict[int, int]] = {}

    def next(self, number_id: str, level: int) -> str:
        """The number of the next paragraph of a list at a level, with what stands around it; '' where it has none."""
        counter, levels = self._lists.get(number_id, ("", {}))
        if level not in levels:
            return ""
        if levels[level].form == "bullet":
            return _BULLET
        counts = self._counts.setdefault(counter, {})
        counts[level] = counts[level] + 1 if level in counts else levels[level].start
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]

        def number(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            entry = levels.get(index, levels[level])
            form = "decimal" if levels[level].legal and entry.form != "none" else entry.form
            return number_text(counts.get(index, entry.start), form)

        text = re.sub(r"%([1-9])", number, levels[level].text)
        return text if not text or text[-1] in _CLOSING or unicodedata.decomposition(text[-1]) else text + " "


def number_text(number: int, form: str) -> str:
    """A number in one of Word's formats; decimal where the format is not known.

    >>> [number_text(12, form) for form in ("chineseCounting", "lowerLetter", "upperRoman", "decimalEnclosedCircle")]
    ['十二', 'l', 'XII', '⑫']
    """
    lower = form.lower()
    if form == "none":
        return ""
    if form in _SERIES:
        first, count = _SERIES[form]
        return chr(first + number - 1) if 1 <= number <= count else _enclosed(number, form)
    if form in _CYCLES:
        return "".join(cycle[(number - 1) % len(cycle)] for cycle in _CYCLES[form]) if number > 0 else str(number)
    if lower.startswith("decimal"):
        digits = f"{number:02}" if form == "decimalZero" else str(number)
        return digits.translate(_FULL_WIDTH) if form == "decimalFullWidth" else digits
    if "letter" in lower and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if lower.startswith("upper") else letters
    if "roman" in lower and 0 < number < 4000:
        return _roman(number).upper() if lower.startswith("upper") else _roman(number)
    if form in ("ideographDigital", "japaneseDigitalTenThousand", "koreanDigital", "taiwaneseDigital"):
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    if any(word in lower for word in ("chinese", "japanese", "taiwanese", "ideograph")) and 0 < number < 1000:
        return _chinese(number).translate(_LEGAL if "legal" in lower else {})
    return str(number)


def _enclosed(number: int, form: str) -> str:
    """A number for which the series has no glyph: written out, with the mark that makes it a number."""
    return f"({number})" if "Paren" in form or "Circle" in form else f"{number}."


def _chinese(number: int) -> str:
    hundreds, tens, units = number // 100, number // 10 % 10, number % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if number < 20 else f"{_DIGITS[tens]}十"
    elif hundreds and units:
        text += "零"
    return text + (_DIGITS[units] if units else "")


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text, number = text + letters, number - value
    if number >= 5:
        return text + ("v" + "i" * (number - 5))
    return text + _ROMAN_UNITS[number]
