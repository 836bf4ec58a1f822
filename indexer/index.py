"""An opened index version: checked as a whole, then only read."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamagedError, IndexMissingError
from corpus.grammar.roles import Role
from corpus.model import Post
from indexer.background import load_background
from indexer.dense import DenseIndex
from indexer.encoders.encoder import Encoder, Vectors
from indexer.incremental import DICTIONARY_FILE
from indexer.lexical import LexicalIndex
from indexer.store import FILE as STORE_FILE
from indexer.store import Store
from indexer.tokenise import Tokeniser
from indexer.versions import REBUILD, IndexPaths, Manifest, verify_encoder, verify_files

CLAUSE_VECTORS = "clauses"
QUESTION_VECTORS = "questions"
OUTSIDE_VECTORS = "outside"
ROLES = tuple(Role)


@dataclass(frozen=True)
class Index:
    """Everything that a question needs, of one version.

    The rows of clause and question vectors are clause ordinals, several for a long clause and for one with several
    expected questions; outside questions are rows of their own, document by document. `background` holds the vectors of
    duties of other organisations, shape (duties, dimension), `chatter` those of what is no question.
    """

    manifest: Manifest
    clause_vectors: DenseIndex
    question_vectors: DenseIndex
    outside_vectors: DenseIndex
    background: Vectors
    chatter: Vectors
    lexical: LexicalIndex
    tokeniser: Tokeniser
    store: Store

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def posts(self) -> tuple[Post, ...]:
        return self.store.posts

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """For each clause ordinal, its post's ordinal; shape (clauses,)."""
        return np.array(self.store.owners(), dtype=np.int64)

    @cached_property
    def holders(self) -> NDArray[np.int64]:
        """For each clause ordinal, who holds it: a number for its post in its document; shape (clauses,).

        Posts of two documents are two, though they have one name: each organisation has its own finance department.
        """
        return self.documents * len(self.posts) + self.owners

    @cached_property
    def titles(self) -> dict[str, str]:
        """What each document is called, by its slug."""
        return self.store.titles()

    @cached_property
    def documents(self) -> NDArray[np.int64]:
        """For each clause ordinal, its document's ordinal; shape (clauses,)."""
        return np.array(self.store.clause_documents(), dtype=np.int64)

    @cached_property
    def asked_documents(self) -> NDArray[np.bool_]:
        """For each document, whether any of its clauses has expected questions; shape (documents,)."""
        has = np.zeros(len(self.manifest.documents), dtype=np.bool_)
        has[self.documents[self.question_vectors.rows]] = True
        return has

    @cached_property
    def outside_documents(self) -> NDArray[np.int64]:
        """For each outside question, its document's ordinal; shape (outside questions,)."""
        counts = list(self.manifest.outside.values())
        return np.repeat(np.arange(len(counts)), counts)

    def clauses_of_departments(self, departments: Collection[str]) -> NDArray[np.bool_]:
        """For each clause ordinal, whether it belongs to one of these departments; shape (clauses,)."""
        return np.array([post.department in departments for post in self.posts], dtype=np.bool_)[self.owners]

    def clauses_of_documents(self, slugs: Collection[str]) -> NDArray[np.bool_]:
        """For each clause ordinal, whether it is of one of these documents; shape (clauses,)."""
        return np.array([slug in slugs for slug in self.manifest.documents], dtype=np.bool_)[self.documents]

    def clauses_of_role(self, role: Role) -> NDArray[np.bool_]:
        """For each clause ordinal, whether its post plays this role in it; shape (clauses,)."""
        chosen: NDArray[np.bool_] = self._roles == ROLES.index(role)
        return chosen

    @cached_property
    def _roles(self) -> NDArray[np.int8]:
        return np.array([ROLES.index(role) for role, _ in self.store.roles()], dtype=np.int8)

    @cached_property
    def led_elsewhere(self) -> NDArray[np.bool_]:
        """For each clause ordinal, whether its post only joins in what another post leads; shape (clauses,)."""
        return np.array([elsewhere for _, elsewhere in self.store.roles()], dtype=np.bool_)

    @cached_property
    def exclusions(self) -> dict[int, tuple[str, ...]]:
        """What clauses say that they do not cover, by clause ordinal."""
        return self.store.exclusions()

    @cached_property
    def departments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(post.department for post in self.posts))


def open_index(home: Path, encoder: Encoder) -> Index:
    """Open the current version of a home.

    Raises IndexMissingError when there is none, IndexDamagedError when a file is gone or changed, and
    IndexMismatchError when it was built in another format or with another model.
    """
    paths = IndexPaths(home)
    name = paths.current_version()
    if name is None:
        raise IndexMissingError(f"no index in {home}; build one with: duty index")
    return open_version(paths.version(name), encoder)


def open_version(folder: Path, encoder: Encoder) -> Index:
    """Open and check the version in a folder; errors as for open_index."""
    manifest = Manifest.load(folder)
    verify_encoder(manifest, encoder)
    verify_files(folder, manifest)
    background = load_background(folder, encoder)
    index = Index(
        manifest=manifest,
        clause_vectors=DenseIndex.load(folder / CLAUSE_VECTORS),
        question_vectors=DenseIndex.load(folder / QUESTION_VECTORS),
        outside_vectors=DenseIndex.load(folder / OUTSIDE_VECTORS),
        background=background.duties,
        chatter=background.chatter,
        lexical=LexicalIndex.load(folder),
        tokeniser=Tokeniser.load(folder / DICTIONARY_FILE),
        store=Store(folder / STORE_FILE),
    )
    _verify_contents(index, folder)
    return index


def _verify_contents(index: Index, folder: Path) -> None:
    counts = {
        "clause vectors": (index.clause_vectors.count, index.manifest.passages),
        "question vectors": (index.question_vectors.count, index.manifest.questions),
        "outside vectors": (index.outside_vectors.count, len(index.outside_documents)),
        "dimensions": (index.clause_vectors.dimension, index.manifest.dimension),
        "lexical rows": (index.lexical.count, index.manifest.clauses),
        "stored clauses": (len(index.owners), index.manifest.clauses),
    }
    for what, (found, expected) in counts.items():
        if found != expected:
            raise IndexDamagedError(f"{folder} holds {found} {what}, its manifest says {expected}; {REBUILD}")
    if index.store.corpus_digest() != index.manifest.corpus_sha256:
        raise IndexDamagedError(
            f"{folder / STORE_FILE} is of another corpus than its manifest (the corpus hash differs); {REBUILD}"
        )
