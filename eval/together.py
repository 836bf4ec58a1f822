"""Many organisations in one home: `python -m eval.together --documents FOLDER...`

All organisations of eval/other/ are indexed together, and each one's covered questions are asked four times: in a home
of its own, among all the others, with its document as the filter, and with its title in front of the question. A first
post is right if it is one of the right posts and of the organisation that is meant; a question that names none may well
be answered by another one, which has the same duty.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from corpus.load import Corpus
from corpus.model import Document
from eval.beir import corpus_of
from eval.home import indexed
from eval.organisations import Asked, Organisation, read_organisations
from indexer.encoders.encoder import Encoder, load_encoder
from retriever.confidence import ANSWER_ALL
from retriever.result import Result
from retriever.retriever import Retriever

WAYS = ("alone", "together", "with the filter", "named in the question")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, nargs="*", default=(), help="folders with the real documents")
    organisations = list(read_organisations(parser.parse_args().documents))
    encoder = load_encoder()
    rows = measure(organisations, encoder)
    print(f"| organisation | {' | '.join(WAYS)} |\n|---|{'---|' * len(WAYS)}")
    for organisation, row in zip(organisations, rows, strict=True):
        print(f"| {organisation.name} | {' | '.join(f'{value:.3f}' for value in np.mean(row, axis=0))} |")
    print(f"| all | {' | '.join(f'{value:.3f}' for value in np.mean(np.concatenate(rows), axis=0))} |")


def measure(organisations: Sequence[Organisation], encoder: Encoder) -> list[list[tuple[bool, ...]]]:
    """For each organisation, whether each of its covered questions has the right first post, in each of the WAYS."""
    documents = tuple(document for organisation in organisations for document in organisation.corpus.documents)
    with indexed(_together(documents), encoder, ANSWER_ALL) as among:
        return [_asked(organisation, among, encoder) for organisation in organisations]


def _together(documents: tuple[Document, ...]) -> Corpus:
    return replace(corpus_of(documents[0]), documents=documents)


def _asked(organisation: Organisation, among: Retriever, encoder: Encoder) -> list[tuple[bool, ...]]:
    [document] = organisation.corpus.documents
    title = among.index.titles[document.slug]
    with indexed(organisation.corpus, encoder, ANSWER_ALL) as alone:
        return [
            tuple(
                _is_right(result, question, document.slug)
                for result in (
                    alone.ask(question.question),
                    among.ask(question.question),
                    among.ask(question.question, document=document.slug),
                    among.ask(f"{title}，{question.question}"),
                )
            )
            for question in organisation.questions
            if question.covered
        ]


def _is_right(result: Result, question: Asked, document: str) -> bool:
    first = result.posts[0] if result.posts else None
    return first is not None and first.document == document and first.post in question.posts


if __name__ == "__main__":
    main()
