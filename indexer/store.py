"""The clauses, posts with their facts, expected questions, findings and sources of one index version.

They are one SQLite file, written once, then read.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from corpus.check import gaps
from corpus.errors import IndexDamagedError, NotFoundError
from corpus.grammar.document_title import document_title
from corpus.grammar.exclusions import exclusions
from corpus.grammar.roles import Role, matter_of, role_of
from corpus.load import Corpus
from corpus.model import Clause, Document, FactKind, Finding, Post, PostFact

FILE = "store.sqlite"
CACHED_CLAUSES = 65536

_SCHEMA = """
CREATE TABLE corpus (sha256 TEXT NOT NULL);
CREATE TABLE document (slug TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE post (ordinal INTEGER PRIMARY KEY, department TEXT NOT NULL, position TEXT);
CREATE TABLE fact (
    post INTEGER NOT NULL REFERENCES post, document TEXT NOT NULL REFERENCES document, kind TEXT NOT NULL,
    value TEXT NOT NULL, line INTEGER NOT NULL
);
CREATE TABLE clause (
    ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, post INTEGER NOT NULL REFERENCES post,
    document TEXT NOT NULL REFERENCES document, department TEXT NOT NULL, position TEXT, number TEXT NOT NULL,
    text TEXT NOT NULL, source_text TEXT NOT NULL, first_line INTEGER NOT NULL, last_line INTEGER NOT NULL,
    ocr INTEGER NOT NULL, digest TEXT NOT NULL, role TEXT NOT NULL, led_elsewhere INTEGER NOT NULL
);
CREATE INDEX clause_post ON clause (post);
CREATE TABLE exclusion (clause INTEGER NOT NULL REFERENCES clause, text TEXT NOT NULL);
CREATE TABLE question (clause INTEGER NOT NULL REFERENCES clause, text TEXT NOT NULL);
CREATE TABLE finding (document TEXT NOT NULL, kind TEXT NOT NULL, line INTEGER NOT NULL, message TEXT NOT NULL);
"""
_CLAUSE = "id, document, department, position, number, text, source_text, first_line, last_line, ocr"


class Store:
    """Read access. Ordinals count from 0 in corpus order and are what the dense and lexical indexes speak of."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # The file never changes once published, so threads may share one connection and SQLite needs no locks.
            self._connection = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self.posts = tuple(
                Post(*row) for row in self._connection.execute("SELECT department, position FROM post ORDER BY ordinal")
            )
            self._connection.execute(f"SELECT {_CLAUSE} FROM clause LIMIT 0")  # of another schema is better found now
        except sqlite3.Error as error:
            raise IndexDamagedError(f"{path} cannot be read ({error}); rebuild it with: duty index") from error
        self._ordinals = {post: ordinal for ordinal, post in enumerate(self.posts)}
        self.clause = lru_cache(maxsize=CACHED_CLAUSES)(self._clause)
        # The digest of a clause's text and its lines, as they were when the index was built; None for an unknown id.
        self.fingerprint = lru_cache(maxsize=CACHED_CLAUSES)(self._fingerprint)

    def corpus_digest(self) -> str:
        return str(self._connection.execute("SELECT sha256 FROM corpus").fetchone()[0])

    def owners(self) -> list[int]:
        """For each clause ordinal, its post's ordinal."""
        return [owner for (owner,) in self._connection.execute("SELECT post FROM clause ORDER BY ordinal")]

    def clause_documents(self) -> list[int]:
        """For each clause ordinal, the place of its document in `documents()`."""
        ordinals = {slug: ordinal for ordinal, slug in enumerate(self.documents())}
        return [ordinals[slug] for (slug,) in self._connection.execute("SELECT document FROM clause ORDER BY ordinal")]

    def roles(self) -> list[tuple[Role, bool]]:
        """For each clause ordinal, its post's role, and whether it only joins in what another post leads.

        That is so where a clause of the same document and the same words is another post's to lead: a row of a matrix.
        """
        rows = self._connection.execute("SELECT role, led_elsewhere FROM clause ORDER BY ordinal")
        return [(Role(role), bool(elsewhere)) for role, elsewhere in rows]

    def exclusions(self) -> dict[int, tuple[str, ...]]:
        """What clauses say that they do not cover, by clause ordinal; only those that say so."""
        found: dict[int, tuple[str, ...]] = {}
        for ordinal, text in self._connection.execute("SELECT clause, text FROM exclusion ORDER BY rowid"):
            found[ordinal] = (*found.get(ordinal, ()), text)
        return found

    def _clause(self, ordinal: int) -> Clause:
        row = self._connection.execute(f"SELECT {_CLAUSE} FROM clause WHERE ordinal = ?", (ordinal,)).fetchone()
        if row is None:
            raise NotFoundError(f"no clause with ordinal {ordinal}")
        return _to_clause(row)

    def clauses(self) -> Iterator[Clause]:
        """Every clause, by ordinal."""
        return map(_to_clause, self._connection.execute(f"SELECT {_CLAUSE} FROM clause ORDER BY ordinal"))

    def clause_by_id(self, clause_id: str) -> Clause:
        row = self._connection.execute(f"SELECT {_CLAUSE} FROM clause WHERE id = ?", (clause_id,)).fetchone()
        if row is None:
            raise NotFoundError(
                f"no clause {clause_id!r}; ids look like telecom-branch/市场部/互联互通/2", field="clause_id"
            )
        return _to_clause(row)

    def _fingerprint(self, clause_id: str) -> tuple[str, tuple[int, int]] | None:
        query = "SELECT digest, first_line, last_line FROM clause WHERE id = ?"
        row = self._connection.execute(query, (clause_id,)).fetchone()
        return None if row is None else (row[0], row[1:])

    def clauses_of(self, post: Post) -> list[Clause]:
        """The clauses of a post, in order; none of a post that there is not."""
        ordinal = self._ordinals.get(post)
        rows = self._connection.execute(f"SELECT {_CLAUSE} FROM clause WHERE post = ? ORDER BY ordinal", (ordinal,))
        return [_to_clause(row) for row in rows]

    def facts_of(self, post: Post) -> Iterator[tuple[str, PostFact]]:
        """What documents say of a post besides its duties, each with its document's slug."""
        query = "SELECT document, kind, value, line FROM fact WHERE post = ? ORDER BY rowid"
        for slug, kind, value, line in self._connection.execute(query, (self._ordinals.get(post),)):
            yield slug, PostFact(post, FactKind(kind), value, line)

    def questions(self) -> Iterator[tuple[int, str]]:
        """Every expected question with the ordinal of its clause, clause by clause."""
        yield from self._connection.execute("SELECT clause, text FROM question ORDER BY rowid")

    def findings(self) -> Iterator[tuple[str, Finding]]:
        """What `duty corpus check` finds without comparing clauses.

        Each finding comes with its document's slug, '' where it is of none.
        """
        for slug, *row in self._connection.execute("SELECT document, kind, line, message FROM finding ORDER BY rowid"):
            yield slug, Finding(*row)

    def source(self, slug: str) -> str:
        """The untouched text of a document."""
        row = self._connection.execute("SELECT text FROM document WHERE slug = ?", (slug,)).fetchone()
        if row is None:
            raise NotFoundError(f"no document {slug!r}; there are: {', '.join(self.documents())}", field="slug")
        return str(row[0])

    def documents(self) -> list[str]:
        return [slug for (slug,) in self._connection.execute("SELECT slug FROM document ORDER BY rowid")]

    def titles(self) -> dict[str, str]:
        """What each document is called, by its slug."""
        return dict(self._connection.execute("SELECT slug, title FROM document ORDER BY rowid"))

    def close(self) -> None:
        self._connection.close()


def write_store(path: Path, corpus: Corpus) -> None:
    """Write a corpus to a new file. Raises OSError."""
    try:
        _write(path, corpus)
    except sqlite3.OperationalError as error:  # a full disk, for one
        raise OSError(f"{path}: {error}") from error


def _write(path: Path, corpus: Corpus) -> None:
    posts = tuple(dict.fromkeys(post for document in corpus.documents for post in document.posts))
    post_ordinal = {post: ordinal for ordinal, post in enumerate(posts)}
    led = {(clause.document, clause.text) for clause in corpus.clauses if role_of(clause.text) is Role.LEAD}
    connection = sqlite3.connect(path)
    try:
        with connection:
            connection.executescript(_SCHEMA)
            connection.execute("INSERT INTO corpus VALUES (?)", (corpus.digest,))
            connection.executemany("INSERT INTO document VALUES (?, ?, ?, ?)", map(_document_row, corpus.documents))
            connection.executemany(
                "INSERT INTO post VALUES (?, ?, ?)", ((ordinal, *post) for post, ordinal in post_ordinal.items())
            )
            connection.executemany(
                "INSERT INTO fact VALUES (?, ?, ?, ?, ?)",
                (
                    (post_ordinal[fact.post], document.slug, fact.kind.value, fact.value, fact.line)
                    for document in corpus.documents
                    for fact in document.facts
                ),
            )
            connection.executemany(
                f"INSERT INTO clause VALUES ({', '.join('?' * 15)})",
                (
                    (ordinal, *_clause_row(clause, post_ordinal), *_role_row(clause, led))
                    for ordinal, clause in enumerate(corpus.clauses)
                ),
            )
            connection.executemany(
                "INSERT INTO exclusion VALUES (?, ?)",
                ((ordinal, text) for ordinal, clause in enumerate(corpus.clauses) for text in exclusions(clause.text)),
            )
            connection.executemany(
                "INSERT INTO question VALUES (?, ?)",
                (
                    (ordinal, question)
                    for ordinal, clause in enumerate(corpus.clauses)
                    for question in corpus.asked_as.get(clause.id, ())
                ),
            )
            connection.executemany(
                "INSERT INTO finding VALUES (?, ?, ?, ?)",
                ((slug, found.kind, found.line, found.message) for slug, found in gaps(corpus)),
            )
    finally:
        connection.close()


def _document_row(document: Document) -> tuple[str, str, str, str]:
    return document.slug, document_title(document), document.text, document.digest


def _role_row(clause: Clause, led: AbstractSet[tuple[str, str]]) -> tuple[str, bool]:
    matter = matter_of(clause.text)
    return role_of(clause.text).value, matter != clause.text and (clause.document, matter) in led


def _clause_row(clause: Clause, post_ordinal: dict[Post, int]) -> Sequence[str | int | None]:
    return (
        clause.id,
        post_ordinal[clause.post],
        clause.document,
        clause.department,
        clause.position,
        clause.number,
        clause.text,
        clause.source_text,
        *clause.lines,
        clause.ocr,
        clause.digest,
    )


def _to_clause(row: tuple[str, str, str, str | None, str, str, str, int, int, int]) -> Clause:
    return Clause(*row[:7], lines=row[7:9], ocr=bool(row[9]))
