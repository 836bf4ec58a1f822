"""Corpus -> a new index version, written aside, checked, then published."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from corpus.errors import BuildRunningError, IndexUnavailableError
from corpus.load import Corpus
from corpus.model import Clause
from indexer.background import write_background
from indexer.encoders.encoder import Encoder, Progress
from indexer.incremental import (
    DICTIONARY_FILE,
    TOKENS_FILE,
    earlier_version,
    save_digests,
    save_tokens,
    tokenise_all,
    vector_indexes,
)
from indexer.index import CLAUSE_VECTORS, OUTSIDE_VECTORS, QUESTION_VECTORS, open_version
from indexer.lexical import LexicalIndex
from indexer.normalise import normalise
from indexer.passages import clause_text, passages
from indexer.store import FILE as STORE_FILE
from indexer.store import write_store
from indexer.summary import write_summaries
from indexer.versions import FORMAT, UNFINISHED, VERSION_NAME, IndexPaths, Manifest, describe_files, prune, publish

KEEP_VERSIONS = 5
StageProgress = Callable[[str, int, int], None]


def build_index(
    corpus: Corpus, encoder: Encoder, home: Path, report: StageProgress | None = None, keep: int = KEEP_VERSIONS
) -> Manifest:
    """Build a version of the corpus and publish it; the version served before stays until then, and on any failure.

    Of the versions before it, the newest `keep` stay for a rollback. `report` is told the stage (`tokenise`, `embed`),
    how much of it is done and of how much. Raises IndexUnavailableError when another build is running in this home or
    the files cannot be written.
    """
    with building(home) as paths, new_version(corpus, encoder, paths, report) as version:
        version.publish(keep)
    return version.manifest


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that is complete and checked, but published by nobody yet."""

    corpus: Corpus
    paths: IndexPaths
    folder: Path
    manifest: Manifest

    def publish(self, keep: int) -> None:
        publish(self.paths, self.folder, self.manifest.version)
        prune(self.paths, keep)


@contextmanager
def building(home: Path) -> Iterator[IndexPaths]:
    """Hold a home's index, one build at a time.

    Raises BuildRunningError, and IndexUnavailableError where it cannot be written.
    """
    paths = IndexPaths(home)
    try:
        paths.versions.mkdir(parents=True, exist_ok=True)
        with FileLock(paths.lock, timeout=0):
            yield paths
    except Timeout:
        raise BuildRunningError(f"another build is running in {home}; wait for it, then run: duty index") from None
    except OSError as error:
        raise IndexUnavailableError(
            f"the index cannot be written to {paths.root} ({error}); "
            "check its rights and free space, or choose another --home"
        ) from error


@contextmanager
def new_version(
    corpus: Corpus, encoder: Encoder, paths: IndexPaths, report: StageProgress | None = None
) -> Iterator[NewVersion]:
    """A version of the corpus, built aside while the home is held; unless it is published, nothing of it is left."""
    for leftover in paths.versions.glob(f"{UNFINISHED}*"):
        shutil.rmtree(leftover)
    name = datetime.now(UTC).strftime(VERSION_NAME)
    folder = paths.versions / f"{UNFINISHED}{name}"
    folder.mkdir()
    try:
        _write(corpus, encoder, folder, earlier_version(paths, encoder), report or _silent)
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
            passages=sum(len(passages(clause)) for clause in corpus.clauses),
            questions=sum(map(len, corpus.asked_as.values())),
            outside={document.slug: len(corpus.outside.get(document.slug, ())) for document in corpus.documents},
            files=describe_files(folder),
        )
        manifest.save(folder)
        open_version(folder, encoder).store.close()
        yield NewVersion(corpus, paths, folder, manifest)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(corpus: Corpus, encoder: Encoder, folder: Path, earlier: Path | None, report: StageProgress) -> None:
    """Write every file of a version but its manifest; `earlier` is the version whose unchanged texts are taken over."""
    write_store(folder / STORE_FILE, corpus)
    write_summaries(corpus, folder)
    _write_lexical(corpus, folder, earlier, _stage(report, "tokenise"))
    _write_vectors(corpus, encoder, folder, earlier, _stage(report, "embed"))
    write_background(encoder, folder, earlier)


def _write_vectors(corpus: Corpus, encoder: Encoder, folder: Path, earlier: Path | None, progress: Progress) -> None:
    clauses = [(row, passage) for row, clause in enumerate(corpus.clauses) for passage in passages(clause)]
    questions = [
        (row, question) for row, clause in enumerate(corpus.clauses) for question in corpus.asked_as.get(clause.id, ())
    ]
    outside = [
        *enumerate(question for document in corpus.documents for question in corpus.outside.get(document.slug, ()))
    ]
    parts = {CLAUSE_VECTORS: clauses, QUESTION_VECTORS: questions, OUTSIDE_VECTORS: outside}
    texts = {kind: [normalise(text) for _, text in part] for kind, part in parts.items()}
    rows = {kind: np.array([row for row, _ in part], dtype=np.int64) for kind, part in parts.items()}
    for kind, index in vector_indexes(texts, rows, encoder, earlier, progress).items():
        index.save(folder / kind)
        save_digests(texts[kind], folder / kind)


def _write_lexical(corpus: Corpus, folder: Path, earlier: Path | None, progress: Progress) -> None:
    texts = [lexical_text(clause, corpus.asked_as.get(clause.id, ())) for clause in corpus.clauses]
    tokens, tokeniser = tokenise_all(texts, corpus.words, earlier, progress)
    LexicalIndex.build(tokens).save(folder)
    tokeniser.save(folder / DICTIONARY_FILE)
    save_tokens(texts, tokens, corpus.words, folder / TOKENS_FILE)


def lexical_text(clause: Clause, asked_as: Sequence[str]) -> str:
    return "\n".join((clause_text(clause), *asked_as))


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def _stage(report: StageProgress, name: str) -> Progress:
    return lambda done, total: report(name, done, total)
