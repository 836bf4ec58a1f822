"""What the encoder is trained on: questions, each with what it must find and what it must not, in batches."""

import itertools
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from corpus.load import load_corpus
from indexer.background import read_bank
from indexer.dense import DenseIndex
from indexer.encoders.encoder import Encoder, Vectors
from indexer.lexical import LexicalIndex
from indexer.normalise import normalise
from indexer.passages import clause_text
from indexer.tokenise import Tokeniser
from indexer.topic import asked_text

TO_CLAUSE = 0.75  # share of the questions that are paired with their clause
HARD = 8  # hardest wrong clauses that a negative is drawn from
MOST = 12  # questions of a clause in an epoch: those of the shipped document have 27 each, others five
BATCH = 64
TOGETHER = 8  # questions of one organisation in a batch, at most: its others are what a question is mistaken for


@dataclass(frozen=True, slots=True)
class Duty:
    """One clause as the encoder sees it, whose it is, and what people ask when they mean it."""

    organisation: str
    post: str
    text: str
    questions: tuple[str, ...]


class Triple(NamedTuple):
    """A question, what it must find, and what it must not; `right` and `wrong` say which clauses these are of."""

    organisation: str
    anchor: str
    positive: str
    negative: str
    right: int
    wrong: int


Hardest = Mapping[tuple[int, str], Sequence[int]]  # clause and question -> the wrong clauses that rank highest


def read_duties() -> Iterator[Duty]:
    """The clauses of the shipped corpus with their expected questions, and those of the invented organisations.

    The invented ones are those of the bank.
    """
    corpus = load_corpus()
    for clause in corpus.clauses:
        yield _duty(clause.document, str(clause.post), clause_text(clause), corpus.asked_as.get(clause.id, ()))
    for duty in read_bank():
        yield _duty(duty.organisation, f"{duty.department}·{duty.position}", duty.text, duty.questions)


def _duty(organisation: str, post: str, text: str, questions: Iterable[str]) -> Duty:
    """A duty with its questions as they are searched for, each once."""
    return Duty(
        organisation, post, text, tuple(dict.fromkeys(asked_text(normalise(question)) for question in questions))
    )


def hardest_negatives(duties: Sequence[Duty], encoder: Encoder) -> Hardest:
    """For each question the clauses of other posts of its organisation that it is mistaken for, the nearest first.

    They are what dense and lexical search rank highest. Twins of its own clause are not wrong; where an organisation
    has one post, there are none.
    """
    places: dict[str, list[int]] = {}
    for place, duty in enumerate(duties):
        places.setdefault(duty.organisation, []).append(place)
    found: dict[tuple[int, str], list[int]] = {}
    for own in places.values():
        inside = _hardest([duties[place] for place in own], encoder)
        found |= {
            (own[place], question): [own[other] for other in wrong] for (place, question), wrong in inside.items()
        }
    return found


def _hardest(duties: Sequence[Duty], encoder: Encoder) -> dict[tuple[int, str], list[int]]:
    """The same inside one organisation."""
    tokeniser = Tokeniser.full()
    texts = [duty.text for duty in duties]
    vectors = encoder.encode_passages(texts)
    dense = DenseIndex.build(vectors, np.arange(len(texts)))
    lexical = LexicalIndex.build([tokeniser.tokens(text) for text in texts])
    asked = [(place, question) for place, duty in enumerate(duties) for question in duty.questions]
    questions = encoder.encode_passages([question for _, question in asked])
    return {
        (place, question): _wrong(duties, place, _ranked(dense, lexical, vector, tokeniser.tokens(question)))
        for (place, question), vector in zip(asked, questions, strict=True)
    }


def _ranked(dense: DenseIndex, lexical: LexicalIndex, vector: Vectors, tokens: Sequence[str]) -> list[int]:
    """Places by turns from both searches."""
    both = zip(
        dense.search(vector, 4 * HARD).ordinals.tolist(),
        lexical.search(tokens, 4 * HARD).ordinals.tolist(),
        strict=False,
    )
    by_turns = [place for pair in both for place in pair]
    return list(dict.fromkeys([*by_turns, *dense.search(vector, 4 * HARD).ordinals.tolist()]))


def _wrong(duties: Sequence[Duty], place: int, ranked: Sequence[int]) -> list[int]:
    duty = duties[place].text.partition("：")[2]
    wrong = [
        other
        for other in ranked
        if duties[other].post != duties[place].post and duties[other].text.partition("：")[2] != duty
    ]
    return wrong[:HARD]


def triples(duties: Sequence[Duty], hardest: Hardest, generator: random.Random) -> list[Triple]:
    """An epoch: every question with its clause or, by chance, another question of the clause, and with a wrong one.

    The index holds clauses and questions, so a question must find both.
    """
    made = []
    for place, duty in enumerate(duties):
        for question in generator.sample(duty.questions, min(MOST, len(duty.questions))):
            if not hardest[place, question]:
                continue
            wrong = generator.choice(hardest[place, question])
            others = [other for other in duty.questions if other != question]
            like_clause = generator.random() < TO_CLAUSE or not others or not duties[wrong].questions
            positive, negative = (
                part.text if like_clause else generator.choice(questions)
                for part, questions in ((duty, others), (duties[wrong], duties[wrong].questions))
            )
            made.append(Triple(duty.organisation, question, positive, negative, place, wrong))
    return made


def batches(triples: Sequence[Triple], generator: random.Random) -> Iterator[list[Triple]]:
    """All triples once, up to TOGETHER of an organisation side by side, each about another clause."""
    by_organisation: dict[str, dict[int, list[Triple]]] = {}
    for triple in generator.sample(triples, len(triples)):
        by_organisation.setdefault(triple.organisation, {}).setdefault(triple.right, []).append(triple)
    groups: list[list[Triple]] = []
    for clauses in by_organisation.values():
        # One question of each clause, then another of each that has more, and so on.
        for layer in itertools.zip_longest(*clauses.values()):
            there = [triple for triple in layer if triple is not None]
            generator.shuffle(there)
            groups += [there[start : start + TOGETHER] for start in range(0, len(there), TOGETHER)]
    generator.shuffle(groups)
    in_order = list(itertools.chain.from_iterable(groups))
    for start in range(0, len(in_order), BATCH):
        yield in_order[start : start + BATCH]
