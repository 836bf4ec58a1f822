"""One spelling for clauses and questions: NFKC, simplified characters, lower case.

Chinese punctuation stays as it is: NFKC would turn ， into a comma, and encoders have seen Chinese written with its own
marks.
"""

import re
import unicodedata
from functools import lru_cache

from corpus.characters import ordinary, to_simplified

_NO_PUNCTUATION = re.compile(r"[^，：；！？（）～]+")


def normalise(text: str) -> str:
    """Full width to half width, traditional to simplified characters, upper to lower case.

    >>> normalise("ＶＩＰ機場貴賓室")
    'vip机场贵宾室'
    """
    composed = _NO_PUNCTUATION.sub(lambda run: unicodedata.normalize("NFKC", run.group()), ordinary(text))
    return to_simplified(composed).lower()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The same, character by character, so that positions stay the same."""
    return "".join(map(_fold_character, text))


@lru_cache(maxsize=65536)
def _fold_character(character: str) -> str:
    folded = normalise(character)
    return folded if len(folded) == 1 else character
