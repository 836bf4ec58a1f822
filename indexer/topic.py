"""What a question is about: its text without the talk around the matter.

Greetings, politeness, urgency, who is speaking, how somebody came to ask, thanks and the asking itself stand around any
matter and say nothing about it. They are taken away before a question is searched for, so that the same matter gets
the same answer however it is put. People are inventive: a list of such phrases (indexer/asking.py) recognises a third
of what strangers write, so the characters of a question are tagged by a linear model over what stands around them,
trained on matters inside frames that people wrote (indexer/training/topic.py), and the best sequence is found (Viterbi
1967), in which a change inside a part costs more than one at its punctuation. The phrases then take off what is left.
"""

import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.asking import bare

FILE = Path(__file__).with_name("topic.npz")
SIZE = 1 << 16  # features are hashed into so many weights
LONGEST_PART = 16  # characters of a part that its own features are read from
INSIDE, AT_PUNCTUATION = 7.0, 1.75  # what a change between matter and talk costs


class Tagger(NamedTuple):
    """The weight of each feature, and the bias: above zero speaks for matter."""

    weights: list[float]
    bias: float


def topic_of(question: str, tagger: Tagger | None = None) -> str:
    """The parts of a normalised question that are about something, joined by commas; empty when none is.

    By the shipped tagger, if no other is given.

    >>> topic_of("您好，请问一下，宿舍的空调坏了，这件事该找谁处理呢？谢谢！")
    '宿舍的空调坏了'
    >>> topic_of("在吗")
    ''
    """
    parts = list(filter(None, map(bare, _matters(question, tagger or _shipped()))))
    if not parts:  # a matter of two characters may be lost among the talk around it; the phrases alone may find it
        parts = list(filter(None, map(bare, _parts(question))))
    return "，".join(parts)


def asked_text(question: str) -> str:
    """What is searched for, and what an expected question is found by: its topic, or all of it if it has none."""
    return topic_of(question) or question


def is_letter(character: str) -> bool:
    """Whether a character is of a word: no punctuation, space or picture (but what holds 24/7 or C++ together is)."""
    return character.isalnum() or character in "/+#%&_"


def _matters(text: str, tagger: Tagger) -> list[str]:
    """The runs of characters that are matter."""
    runs, run = [], ""
    for character, is_matter in zip(text, _tags(text, tagger), strict=True):
        if is_matter and is_letter(character):
            run += character
        elif run:
            runs.append(run)
            run = ""
    return [*runs, run] if run else runs


def _tags(text: str, tagger: Tagger) -> list[bool]:
    """For each character whether it is matter: the sequence with the highest sum of scores less what changes cost."""
    weights, bias = tagger
    matter = talk = 0.0  # the best sums of sequences that end so
    came: list[tuple[bool, bool]] = []  # whether the character before was matter, if this one is; and if it is not
    for place, features in enumerate(character_features(text)):
        inside = place and is_letter(text[place]) and is_letter(text[place - 1])
        change = INSIDE if inside else AT_PUNCTUATION if place else 0.0
        came.append((matter >= talk - change, matter - change > talk))
        matter, talk = max(matter, talk - change), max(talk, matter - change)
        matter += bias + sum([weights[feature] for feature in features])
    tags = [matter >= talk] if came else []
    for from_matter, from_talk in came[:0:-1]:
        tags.append(from_matter if tags[-1] else from_talk)
    return tags[::-1]


def character_features(text: str) -> list[list[int]]:
    """For each character the numbers of its features.

    They are the one to three characters at each place around it, and the pairs of the part that it stands in.
    """
    padded = f"\2\2\2{text}\3\3\3"
    of_parts = iter(_part_features(text))
    own: Sequence[int] = ()
    rows = []
    for place, character in enumerate(text):
        if not is_letter(character):
            own = ()
        elif not own:
            own = next(of_parts)
        here = place + 3
        rows.append(
            [
                *(_number(f"{at}1{padded[here + at]}") for at in range(-2, 3)),
                *(_number(f"{at}2{padded[here + at : here + at + 2]}") for at in range(-2, 2)),
                *(_number(f"{at}3{padded[here + at : here + at + 3]}") for at in range(-3, 2)),
                *own,
            ]
        )
    return rows


def _parts(text: str) -> list[str]:
    """What stands between punctuation."""
    return "".join(character if is_letter(character) else " " for character in text).split()


def _part_features(text: str) -> list[list[int]]:
    """The features of each part between punctuation: where it stands, and its pairs of characters."""
    parts = _parts(text)
    found = []
    for place, part in enumerate(parts):
        where = "only" if len(parts) == 1 else {0: "first", len(parts) - 1: "last"}.get(place, "between")
        ends = f"\2{part[:LONGEST_PART]}\3"
        found.append([_number(f"P{where}"), *(_number(f"B{ends[at : at + 2]}") for at in range(len(ends) - 1))])
    return found


def _number(feature: str) -> int:
    return zlib.crc32(feature.encode("utf-8", "surrogatepass")) % SIZE


@cache
def _shipped() -> Tagger:
    with np.load(FILE) as kept:
        return Tagger((kept["steps"] * np.float64(kept["scale"])).tolist(), float(kept["bias"]))
