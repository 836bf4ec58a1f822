"""The numbers that Word shows and does not store: counted per list and level, and written in the level's format."""

import re
from collections.abc import Mapping
from typing import NamedTuple

_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
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
    """One level of a list: the number's format, the text around it (`第%1条`, `%1.%2`) and the first number."""

    form: str
    text: str
    start: int


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
            return number_text(counts.get(index, entry.start), entry.form)

        text = re.sub(r"%([1-9])", number, levels[level].text)
        return text if not text or text[-1] in "、.．)）" else text + " "


def number_text(number: int, form: str) -> str:
    """A number in one of Word's formats; decimal where the format is not known.

    >>> [number_text(12, form) for form in ("chineseCounting", "lowerLetter", "upperRoman", "decimalEnclosedCircle")]
    ['十二', 'l', 'XII', '⑫']
    """
    lower = form.lower()
    if form == "none":
        return ""
    if "letter" in lower and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if lower.startswith("upper") else letters
    if "roman" in lower and 0 < number < 4000:
        return _roman(number).upper() if lower.startswith("upper") else _roman(number)
    if "circle" in lower and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if form in ("ideographTraditional", "ideographZodiac") and 1 <= number <= 10:
        return _STEMS[number - 1]
    if any(word in lower for word in ("chinese", "japanese", "taiwanese", "ideograph")) and 0 < number < 1000:
        return _chinese(number)
    return str(number)


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
