"""A clause's text -> what gets a vector: the whole, and each sentence of a long one.

A unit that one paragraph describes is one clause of many matters. The vector of the whole is a mean of them all, near
to none; a question is about one of them, and finds its sentence.
"""

import re

from corpus.grammar.exclusions import without_exclusions
from corpus.model import Clause

LONG = 60  # characters from which a clause's sentences have vectors of their own
_SHORT = 8  # a sentence of fewer characters goes with the one before it
_SENTENCE = re.compile(r"[^。；;！？!?\n]*[。；;！？!?\n]+[”’」』）)]*|[^。；;！？!?\n]+\Z")


def clause_text(clause: Clause) -> str:
    """A clause as the encoder sees it: with its post, which says what its short sentences are about.

    What it says that it does not cover is not part of it.
    """
    return _with_post(clause, clause.text)


def passages(clause: Clause) -> list[str]:
    """What the encoder sees of a clause: the whole, then each of its sentences if it is long."""
    spans = sentences(clause.text)
    parts = [clause.text[start:end].strip() for start, end in spans] if len(spans) > 1 else []
    return [clause_text(clause), *(_with_post(clause, part) for part in parts)]


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans [start, end) that make up a long text, a sentence each; one span of a text that is not long.

    >>> sentences("管理档案。组织会议。")
    [(0, 10)]
    """
    if len(text) < LONG:
        return [(0, len(text))]
    spans: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        if spans and end - start < _SHORT:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans or [(0, len(text))]


def _with_post(clause: Clause, text: str) -> str:
    return f"{clause.department}{clause.position or ''}：{without_exclusions(text)}"
