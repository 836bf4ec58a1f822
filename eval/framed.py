"""Whether an answer depends on how it is asked for: `python -m eval.framed --documents FOLDER...`

Every organisation of eval/other/, and the shipped document, is asked some of its questions plainly and inside frames
that the tagger of topics never saw (eval/frames/frames.tsv: twelve kinds, from polite to rambling). Printed are the
shares of framed questions whose decision, to answer or not, changed, and whose first post did; and what of noise that
nothing was fitted on (eval/frames/noise.txt) is refused.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corpus.load import Corpus, load_corpus
from eval.gold import read_gold
from eval.home import indexed
from eval.organisations import read_organisations
from indexer.encoders.encoder import load_encoder
from retriever.retriever import Retriever

FRAMES = Path(__file__).with_name("frames") / "frames.tsv"
NOISE = Path(__file__).with_name("frames") / "noise.txt"
GOLD = Path(__file__).with_name("gold") / "test.jsonl"
QUESTIONS = 20  # of each organisation
SEED = 42


class Changed(NamedTuple):
    """What a frame of some kind did to one question."""

    kind: str
    decision: bool
    first_post: bool


def read_frames() -> list[tuple[str, str]]:
    """Kind and frame; `{}` stands for the question."""
    rows = (line.split("\t") for line in FRAMES.read_text(encoding="utf-8").splitlines())
    return [(kind, frame) for kind, frame in rows]


def framed(question: str, frame: str) -> str:
    return frame.replace("{}", question.rstrip("？?。！!"))


def ask_framed(retriever: Retriever, questions: Sequence[str], frames_each: int | None = None) -> Iterator[Changed]:
    """Each question plainly, and in all frames or in so many that are drawn for it."""
    generator, frames = random.Random(SEED), read_frames()
    for question in questions:
        plain = retriever.ask(question)
        for kind, frame in generator.sample(frames, frames_each or len(frames)):
            other = retriever.ask(framed(question, frame))
            same_post = [ranked.post for ranked in plain.shown[:1]] == [ranked.post for ranked in other.shown[:1]]
            yield Changed(kind, plain.abstained != other.abstained, not same_post)


def noise_refused(retriever: Retriever) -> float:
    """The share of the noise that is refused."""
    lines = NOISE.read_text(encoding="utf-8").splitlines()
    return float(np.mean([retriever.ask(line).abstained for line in lines]))


def _sets(folders: Sequence[Path]) -> Iterator[tuple[str, Corpus, list[str]]]:
    corpus = load_corpus()
    yield corpus.documents[0].slug, corpus, [one.question for one in read_gold(GOLD) if not one.history]
    for organisation in read_organisations(folders):
        yield organisation.name, organisation.corpus, [one.question for one in organisation.questions]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, nargs="*", default=(), help="folders with the real documents")
    arguments = parser.parse_args()
    encoder, every = load_encoder(), list[Changed]()
    for name, corpus, questions in _sets(arguments.documents):
        with indexed(corpus, encoder) as retriever:
            chosen = random.Random(SEED).sample(questions, min(QUESTIONS, len(questions)))
            changed = list(ask_framed(retriever, chosen, frames_each=12))
            print(f"{name}: {_shares(changed)}, noise refused {noise_refused(retriever):.3f}", flush=True)
        every += changed
    kinds = defaultdict(list)
    for one in every:
        kinds[one.kind].append(one)
    for kind, changed in kinds.items():
        print(f"{kind:20} {_shares(changed)}")
    print(f"{'all':20} {_shares(every)}")


def _shares(changed: Sequence[Changed]) -> str:
    decisions, posts = (np.mean([one[place] for one in changed]) for place in (1, 2))
    return f"decision changed {decisions:.3f}, first post {posts:.3f} of {len(changed)}"


if __name__ == "__main__":
    main()
