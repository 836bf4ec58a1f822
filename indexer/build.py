"""Corpus -> a new index version, written aside, checked, then published."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from corpus.errors import IndexUnavailableError
from corpus.load import Corpus
from corpus.model import Clause
from indexer.dense import DenseIndex
from indexer.encoder import Encoder, Progress
from indexer.index import CLAUSE_VECTORS, DICTIONARY_FILE, OUTSIDE_VECTORS, QUESTION_VECTORS, open_version
from indexer.lexical import LexicalIndex
from indexer.normalise import normalise
from indexer.store import FILE as STORE_FILE
from indexer.store import write_store
from indexer.tokenise import Tokeniser
from indexer.versions import FORMAT, IndexPaths, Manifest, describe_files, publish

StageProgress = Callable[[str, int, int], None]


def build_index(corpus: Corpus, encoder: Encoder, home: Path, report: StageProgress | None = None) -> Manifest:
    """Build a version of the corpus and publish it; the version served before stays until then, and on any failure.

    `report` is told the stage (`tokenise`, `embed`), how much of it is done and of how much. Raises
    IndexUnavailableError when another build is running in this home or the files cannot be written.
    """
    paths = IndexPaths(home)
    with _build_folder(paths) as (name, folder):
        _write(corpus, encoder, folder, report or _silent)
        manifest = Manifest(
            format=FORMAT,
            version=name,
            model=encoder.name,
            model_identity=encoder.identity,
            dimension=encoder.dimension,
            corpus_sha256=corpus.digest,
            corpus_paths=[str(path) for path in corpus.paths],
            documents=[document.slug for document in corpus.documents],
            clauses=len(corpus.clauses),
            questions=sum(map(len, corpus.asked_as.values())),
            outside={document.slug: len(corpus.outside.get(document.slug, ())) for document in corpus.documents},
            files=describe_files(folder),
        )
        manifest.save(folder)
        open_version(folder, encoder).store.close()
        publish(paths, folder, name)
    return manifest


@contextmanager
def _build_folder(paths: IndexPaths) -> Iterator[tuple[str, Path]]:
    """A new version's name and an empty folder for it, held by one build at a time; nothing is left on failure."""
    try:
        paths.versions.mkdir(parents=True, exist_ok=True)
        with FileLock(paths.lock, timeout=0):
            for leftover in paths.versions.glob(".building-*"):
                shutil.rmtree(leftover)
            name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
            folder = paths.versions / f".building-{name}"
            folder.mkdir()
            try:
                yield name, folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout:
        raise IndexUnavailableError(f"another build is running in {paths.home}; wait for it, then run: duty index") from None
    except OSError as error:
        raise IndexUnavailableError(
            f"the index cannot be written to {paths.root} ({error}); check its rights and free space, or choose another --home"
        ) from error


def _write(corpus: Corpus, encoder: Encoder, folder: Path, report: StageProgress) -> None:
    """Write every file of a version but its manifest."""
    write_store(folder / STORE_FILE, corpus)
    _write_lexical(corpus, folder, _stage(report, "tokenise"))
    _write_vectors(corpus, encoder, folder, _stage(report, "embed"))


def _write_vectors(corpus: Corpus, encoder: Encoder, folder: Path, progress: Progress) -> None:
    clauses = [(row, clause_text(clause)) for row, clause in enumerate(corpus.clauses)]
    questions = [(row, question) for row, clause in enumerate(corpus.clauses) for question in corpus.asked_as.get(clause.id, ())]
    outside = [*enumerate(question for document in corpus.documents for question in corpus.outside.get(document.slug, ()))]
    vectors = encoder.encode_passages([normalise(text) for _, text in (*clauses, *questions, *outside)], progress)
    start = 0
    for name, part in ((CLAUSE_VECTORS, clauses), (QUESTION_VECTORS, questions), (OUTSIDE_VECTORS, outside)):
        rows = np.array([row for row, _ in part], dtype=np.int64)
        DenseIndex.build(vectors[start : start + len(part)], rows).save(folder / name)
        start += len(part)


def _write_lexical(corpus: Corpus, folder: Path, progress: Progress) -> None:
    full = Tokeniser.full(corpus.words)
    texts = [lexical_text(clause, corpus.asked_as.get(clause.id, ())) for clause in corpus.clauses]
    tokens = []
    for done, text in enumerate(texts, 1):
        tokens.append(full.tokens(text))
        progress(done, len(texts))
    LexicalIndex.build(tokens).save(folder)
    full.restricted_to(texts).save(folder / DICTIONARY_FILE)


def clause_text(clause: Clause) -> str:
    """A clause as the encoder sees it: with its post, which says what its short sentences are about."""
    return f"{clause.department}{clause.position or ''}：{clause.text}"


def lexical_text(clause: Clause, asked_as: Sequence[str]) -> str:
    return "\n".join((clause_text(clause), *asked_as))


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def _stage(report: StageProgress, name: str) -> Progress:
    return lambda done, total: report(name, done, total)
