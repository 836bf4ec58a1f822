"""Characters that stand for others: radicals that PDF programs write for words, and traditional characters.

The only module that imports opencc.
"""

import unicodedata

from opencc import OpenCC

# U+2E80 to U+2EF3, after Unicode's EquivalentUnifiedIdeograph.txt; U+2E9A is not assigned.
_SUPPLEMENT = (
    "冫厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尣巳幺彑彐忄㣺扌攵\u2e9a旡日月歺母民氵氺灬爫爫丬牛犭王疋罒示礻竹糹纟网罒网网网羊羊羊"
    "耂肀聿肉臼艹艹艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
_KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_ORDINARY = _KANGXI | {0x2E80 + offset: character for offset, character in enumerate(_SUPPLEMENT)}


def ordinary(text: str) -> str:
    """The text with ordinary characters for radicals, one for one, so that positions stay the same.

    >>> ordinary("⼈⼒资源部⻓")
    '人力资源部长'
    """
    return text.translate(_ORDINARY)


_TO_SIMPLIFIED = OpenCC("t2s")


def to_simplified(text: str) -> str:
    """The text in simplified characters, with the words that only whole phrases tell."""
    converted: str = _TO_SIMPLIFIED.convert(text)
    return converted


class _Simplified(dict[int, int]):
    """Simplified characters by code point, looked up once each."""

    def __missing__(self, code: int) -> int:
        plain = to_simplified(chr(code)) if code >= 0x3400 else ""
        self[code] = ord(plain) if len(plain) == 1 else code
        return self[code]


_SIMPLIFIED = _Simplified()


def simplified(text: str) -> str:
    """The text in simplified characters, one for one, so that positions stay the same.

    >>> simplified("總務處職責")
    '总务处职责'
    """
    return text.translate(_SIMPLIFIED)
