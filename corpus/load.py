"""Files -> corpus: the documents that one index is built from, with their expected questions."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from corpus.beside.hints import hints_path, read_hints
from corpus.beside.questions import attach, questions_path, read_questions
from corpus.beside.words import names_of, outside_path, read_list, words_path
from corpus.errors import DocumentError, NotFoundError, UsageError
from corpus.model import Clause, Document, Finding
from corpus.parse import parse_source
from corpus.readers import PICTURES, SUFFIXES, check_file, extract
from corpus.readers.child import run_in_child

SHIPPED = Path(__file__).parent / "documents"
_WITH_A_PAGE = re.compile(r"[_.]files$")
MAX_SLUG_BYTES = 150  # with .questions.jsonl behind it, still a file name everywhere


@dataclass(frozen=True)
class Corpus:
    """Documents in slug order.

    `asked_as` maps a clause id to its expected questions, `orphans` are those of no clause. `outside` maps a document's
    slug to questions that it does not cover. `words` are what the tokeniser must not cut apart: the user dictionaries
    and the names of posts. `paths` is what the corpus was loaded from.
    """

    paths: tuple[Path, ...]
    documents: tuple[Document, ...]
    words: tuple[str, ...]
    asked_as: Mapping[str, tuple[str, ...]]
    outside: Mapping[str, tuple[str, ...]]
    orphans: tuple[Finding, ...]

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        return tuple(clause for document in self.documents for clause in document.clauses)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every clause with its lines, every question and word: what an index is made of."""
        digest = hashlib.sha256("\0".join(self.words).encode())
        for clause in self.clauses:
            for part in (
                clause.id,
                clause.text,
                clause.source_text,
                str(clause.lines),
                str(clause.ocr),
                *self.asked_as.get(clause.id, ()),
            ):
                digest.update(part.encode() + b"\0")
        for slug, questions in self.outside.items():
            digest.update("\0".join((slug, *questions, "")).encode())
        return digest.hexdigest()


class DocumentFile(NamedTuple):
    """A file, and what it is called.

    That is its own name, behind those of the folders between it and the one that was given (`财务部-会计`).
    """

    path: Path
    name: str

    @property
    def slug(self) -> str:
        return slug_of(self.path, self.name)


def load_document(path: Path, slug: str | None = None, hinted: Path | None = None, name: str | None = None) -> Document:
    """Read and parse one file, in a process of its own; its slug is the file's name unless given.

    Its hints are those beside it, or beside `hinted`; `name` is what it is called, where that is more than the file's.

    Raises DocumentError.
    """
    check_file(path)
    return run_in_child(path.name, parse_file, path, slug or slug_of(path), hints_path(hinted or path), name)


def parse_file(path: Path, slug: str, hints_file: Path, name: str | None = None) -> Document:
    """The same in this process, for a file that was checked."""
    try:
        source, hints = extract(path), read_hints(hints_file)
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
    return parse_source(replace(source, name=hints.name or name or source.name), slug, hints)


def side_files(document: Path) -> tuple[Path, ...]:
    """What is kept beside a document, whether it is there or not: hints, expected and outside questions, words."""
    return hints_path(document), questions_path(document), outside_path(document), words_path(document)


def load_corpus(paths: Sequence[Path | DocumentFile] = (SHIPPED,)) -> Corpus:
    """Read and parse files, and every supported file inside the given folders.

    Raises DocumentError when one cannot be read, two share a slug, or there is none.
    """
    documents: dict[str, Document] = {}
    asked_as: dict[str, tuple[str, ...]] = {}
    outside: dict[str, tuple[str, ...]] = {}
    orphans: list[Finding] = []
    words: list[str] = []
    for path, name in document_files(paths):
        document = load_document(path, slug_of(path, name), name=name)
        if document.slug in documents:
            raise DocumentError(
                f"{path}: the name {document.slug!r} is taken by another document; rename one of the two files"
            )
        documents[document.slug] = document
        attached, unattached = attach(document, read_questions(questions_path(path)))
        asked_as |= attached
        orphans += unattached
        outside[document.slug] = tuple(read_list(outside_path(path)))
        words += [*names_of(document), *read_list(words_path(path))]
    if not documents:
        raise DocumentError(
            f"no document in {', '.join(map(str, paths)) or 'an empty list'}; "
            f"expected {', '.join(SUFFIXES)} files. Name one with --corpus FILE"
        )
    return Corpus(
        paths=tuple((given.path if isinstance(given, DocumentFile) else given).absolute() for given in paths),
        documents=tuple(documents[slug] for slug in sorted(documents)),
        words=tuple(dict.fromkeys(words)),
        asked_as=asked_as,
        outside={slug: outside[slug] for slug in sorted(outside)},
        orphans=tuple(orphans),
    )


def slug_of(path: Path, name: str | None = None) -> str:
    """What a file is called as an identifier: letters and digits of any script, joined by hyphens.

    >>> slug_of(Path("岗位 职责 (2024).txt"))
    '岗位-职责-2024'
    """
    slug = _slug(name or path.stem)
    if not slug:
        raise DocumentError(f"{path.name!r} has no letter or digit to make a document name of; rename the file")
    return slug


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name).strip("-_")


def check_slug(slug: str) -> str:
    """A document's name as a person chose it.

    Raises UsageError for one that no file could have, or that means another thing.
    """
    if slug in ("", "all") or len(slug.encode("utf-8", "surrogatepass")) > MAX_SLUG_BYTES or slug != _slug(slug):
        raise UsageError(
            f"{slug!r} is no name for a document; allowed: letters and digits, joined by hyphens, "
            f"at most {MAX_SLUG_BYTES} "
            "bytes, and not 'all'. Choose another name",
            field="name",
        )
    return slug


def document_files(paths: Sequence[Path | DocumentFile]) -> Iterator[DocumentFile]:
    """Files as they are given, and every supported file inside the given folders. Raises NotFoundError."""
    for path in paths:
        if isinstance(path, DocumentFile):
            yield path
        elif path.is_dir():
            yield from sorted(_files_inside(path), key=lambda file: file.path)
        elif path.exists():
            yield DocumentFile(path, path.stem)
        else:
            raise NotFoundError(f"no such file or folder: {path}. Give --corpus the path of a document")


def _files_inside(folder: Path) -> Iterator[DocumentFile]:
    """Not programs' own files, which begin with a dot or ~$, nor what a browser saved with a page (`页_files/`).

    Pictures count directly inside only.
    """
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        own = any(part.startswith((".", "~$")) for part in inside) or any(map(_WITH_A_PAGE.search, inside[:-1]))
        picture = path.suffix.lower() in PICTURES and len(inside) > 1
        if path.suffix.lower() in SUFFIXES and path.is_file() and not own and not picture:
            yield DocumentFile(path, _name_of(inside[:-1], path.stem))


def _name_of(folders: Sequence[str], stem: str) -> str:
    """A file's name behind those of as many of its folders as make a slug that is short enough."""
    while folders and len(_slug("-".join((*folders, stem))).encode()) > MAX_SLUG_BYTES:
        folders = folders[1:]
    return "-".join((*folders, stem))
