"""Train the tagger that finds what a question is about: `python -m indexer.training.topic`.

Examples are made of people's questions and duties of the bank (matter) inside frames that people wrote without sight of
each other (indexer/bank/frames.txt: all that stands around a matter when somebody asks who handles it); half of the
frames are put together anew from parts of several. What a question itself only asks, by the phrases of
indexer/asking.py, counts as talk. A feature must be known from several frames or matters: what a single one has would
be learnt by heart.

    python -m indexer.training.topic --held-out     prints how frames fare that were left out, writes nothing
"""

import argparse
import itertools
import random
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier

from indexer.asking import bare
from indexer.background import BANK, read_bank
from indexer.normalise import normalise
from indexer.topic import FILE, SIZE, Tagger, character_features, is_letter, topic_of

FRAMES = BANK / "frames.txt"
SEED = 42
QUESTIONS, DUTIES = 20_000, 2_500
UNFRAMED = 0.4  # share of the examples that come without a frame
KNOWN_FROM = 4  # frames or matters that a feature must be in
_AFTER_PUNCTUATION = re.compile(r"(?<=[，,。.！!？?；;～~…\s])")


class Example(NamedTuple):
    text: str
    is_matter: list[bool]


class Frames:
    """Frames that are given, and others made of their parts."""

    def __init__(self, frames: Sequence[str]) -> None:
        self._whole = [tuple(frame.split("{}")) for frame in frames]
        self._before, self._after, self._around = [], [], []
        for before, after in self._whole:
            *earlier, last = _AFTER_PUNCTUATION.split(before)
            first, *later = _AFTER_PUNCTUATION.split(after)
            self._before += earlier
            self._after += later
            self._around.append((last, first))

    def draw(self, generator: random.Random) -> tuple[str, str]:
        """What stands before a matter and what behind it."""
        if generator.random() < 0.5:
            before, after = generator.choice(self._whole)
            return before, after
        last, first = generator.choice(self._around)
        earlier = generator.choices(self._before, k=generator.choice((0, 0, 1, 1, 2)))
        later = generator.choices(self._after, k=generator.choice((0, 0, 1, 1, 2)))
        return "".join(earlier) + last, first + "".join(later)


def read_frames() -> list[str]:
    return [normalise(line) for line in FRAMES.read_text(encoding="utf-8").splitlines()]


def matters() -> tuple[list[str], list[str]]:
    """Questions and duties of the bank."""
    duties = list(read_bank())
    return (
        [normalise(question) for duty in duties for question in duty.questions],
        [normalise(duty.clause).rstrip("。") for duty in duties],
    )


def examples(frames: Frames, questions: Sequence[str], duties: Sequence[str]) -> list[Example]:
    """Matters with and without frames."""
    generator = random.Random(SEED)
    made = []
    for matter, asks in [
        *((question, True) for question in generator.sample(questions, min(QUESTIONS, len(questions)))),
        *((duty, False) for duty in generator.sample(duties, min(DUTIES, len(duties)))),
    ]:
        framed = generator.random() >= UNFRAMED
        text = matter.rstrip("？?。！!") if framed and generator.random() < 0.7 else matter
        before, after = frames.draw(generator) if framed else ("", "")
        tags = _not_asking(text) if asks else [True] * len(text)
        if any(tags):
            made.append(Example(before + text + after, [False] * len(before) + tags + [False] * len(after)))
    return made


def _not_asking(question: str) -> list[bool]:
    """For each character of a question whether it is more than asking."""
    tags = [False] * len(question)
    start = 0
    for letters, run in itertools.groupby(question, is_letter):
        part = "".join(run)
        if letters and (kept := bare(part)):
            first = start + part.find(kept)
            tags[first : first + len(kept)] = [True] * len(kept)
        start += len(part)
    return tags


def train(frames: Sequence[str], questions: Sequence[str], duties: Sequence[str]) -> tuple[NDArray[np.float64], float]:
    """The weight of each feature, and the bias."""
    known = np.zeros(SIZE, dtype=np.int32)
    for text in [*(frame.replace("{}", "") for frame in frames), *questions]:
        known[list({feature for row in character_features(text) for feature in row})] += 1
    allowed = known >= KNOWN_FROM
    numbers: list[int] = []
    ends, tags = [0], []
    for example in examples(Frames(frames), questions, duties):
        for row in character_features(example.text):
            numbers += [feature for feature in row if allowed[feature]]
            ends.append(len(numbers))
        tags += example.is_matter
    rows = csr_matrix((np.ones(len(numbers), dtype=np.float32), numbers, ends), shape=(len(tags), SIZE))
    model = SGDClassifier(loss="log_loss", alpha=2e-5, max_iter=5, tol=None, random_state=SEED, average=True)
    model.fit(rows, tags)
    return model.coef_[0], float(model.intercept_[0])


def save(weights: NDArray[np.float64], bias: float) -> None:
    """In signed bytes."""
    scale = float(np.abs(weights).max()) / 127
    np.savez_compressed(FILE, steps=np.rint(weights / scale).astype(np.int8), scale=scale, bias=bias)


def held_out(frames: Sequence[str], questions: Sequence[str], duties: Sequence[str]) -> None:
    """Train on nine tenths of the frames and questions, and see what becomes of other matters in the other frames."""
    generator = random.Random(SEED)
    frames, questions = generator.sample(frames, len(frames)), generator.sample(questions, len(questions))
    tenth, kept = len(frames) // 10, questions[:30]
    weights, bias = train(frames[tenth:], questions[30:], duties)
    tagger = Tagger(weights.tolist(), bias)
    plain = {matter: topic_of(matter, tagger) for matter in kept}
    framed = [(matter, frame.replace("{}", matter.rstrip("？?"))) for matter in kept for frame in frames[:tenth]]
    same = [topic_of(text, tagger) == plain[matter] for matter, text in framed]
    print(f"{len(kept)} matters in {tenth} frames that were left out: {np.mean(same):.3f} have the very same topic")
    shares = [sum(map(len, found.split("，"))) / len(matter) for matter, found in plain.items()]
    print(f"of a question without a frame {np.mean(shares):.3f} of the characters are matter")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", action="store_true", help="measure on frames left out, and write nothing")
    arguments = parser.parse_args()
    questions, duties = matters()
    if arguments.held_out:
        held_out(read_frames(), questions, duties)
    else:
        save(*train(read_frames(), questions, duties))


if __name__ == "__main__":
    main()
