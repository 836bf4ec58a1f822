"""The one tokeniser: jieba search mode with a user dictionary, plus character bigrams.

No other module imports jieba, whose dictionary takes most of a second and 80 MB to load. A word that no indexed text
holds cannot match one, so an index carries the few thousand words that its own texts hold, with the frequencies that
jieba gives them, and a question is cut with those in milliseconds.
"""

import json
import logging
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

with warnings.catch_warnings():  # jieba's regular expressions are not raw strings
    warnings.simplefilter("ignore")
    import jieba

from indexer.normalise import normalise

jieba.setLogLevel(logging.WARNING)

_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"\w")


class Tokeniser:
    """Text -> tokens, in order, repeats kept. Case and width do not matter."""

    def __init__(self, frequencies: dict[str, int], total: int) -> None:
        self._jieba = jieba.Tokenizer()
        self._jieba.FREQ, self._jieba.total, self._jieba.initialized = frequencies, total, True

    def tokens(self, text: str) -> list[str]:
        text = normalise(text)
        words = (word for word in self._jieba.cut_for_search(text, HMM=False) if _WORD.search(word))
        return [*words, *_bigrams(text)]

    def words(self, text: str) -> list[str]:
        """The words of a text, in order, none twice for the same characters; an unknown word is cut into characters."""
        return [word for word in self._jieba.cut(normalise(text), HMM=False) if _WORD.search(word)]

    def restricted_to(self, texts: Iterable[str]) -> "Tokeniser":
        """A tokeniser that knows only the words of these texts, and cuts them as this one does."""
        known = self._jieba.FREQ
        held: dict[str, int] = {}
        for text in map(normalise, texts):
            for start, ends in self._jieba.get_DAG(text).items():
                for end in range(start, max(ends) + 1):
                    part = text[start : end + 1]  # a word's beginnings too: jieba looks words up letter by letter
                    held[part] = known.get(part, 0)
        return Tokeniser(held, self._jieba.total)

    @property
    def frequencies(self) -> Mapping[str, int]:
        """Every word that it knows, with 0 for what only begins one."""
        return self._jieba.FREQ  # type: ignore[no-any-return]

    def narrowed_to(self, texts: Iterable[str], other: "Tokeniser | None") -> "Tokeniser":
        """A tokeniser with the words of both that these texts hold."""
        known = {**self.frequencies, **(other.frequencies if other else {})}
        all_texts = "\n".join(map(normalise, texts))
        return Tokeniser({part: count for part, count in known.items() if part in all_texts}, self._jieba.total)

    def save(self, path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            json.dump({"total": self._jieba.total, "frequencies": self._jieba.FREQ}, file, ensure_ascii=False)

    @classmethod
    def load(cls, path: Path) -> "Tokeniser":
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["frequencies"], content["total"])

    @classmethod
    def full(cls, words: Iterable[str] = ()) -> "Tokeniser":
        """jieba's own dictionary and the given words, each made frequent enough to be cut as one."""
        frequencies, total = _general()
        added = jieba.Tokenizer()
        added.FREQ, added.total, added.initialized = frequencies.copy(), total, True
        for word in words:
            added.add_word(normalise(word))
        return cls(added.FREQ, added.total)


@cache
def _general() -> tuple[dict[str, int], int]:
    """jieba's own words with their frequencies, and the sum of these; read once a process. Not to be changed."""
    base = jieba.Tokenizer()
    base.initialize()
    return base.FREQ, base.total


def _bigrams(text: str) -> Iterator[str]:
    for run in _HAN_RUN.findall(text):
        for start in range(len(run) - 1):
            yield run[start : start + 2]
