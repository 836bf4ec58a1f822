"""The documents of a home, and the index that is built from them.

    HOME/corpus/SLUG.docx       a document, with its side files (SLUG.hints.yaml and so on)
    HOME/corpus.next/           what a change is about to put there, and what it takes away
    HOME/removed/VERSION/       what the change that made this version took away

A home without HOME/corpus has what its index was built from, or the shipped document; the first change copies that. A
change is done when the index that it led to is published: one step does both, so a change that is cut short at any
moment either was made or was not.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from corpus.beside.hints import hints_path, read_hints, with_name
from corpus.errors import BuildRunningError, DocumentError, IndexUnavailableError, NotFoundError
from corpus.grammar.titles import owner_of_name
from corpus.load import SHIPPED, DocumentFile, check_slug, document_files, load_corpus, side_files, slug_of
from corpus.readers import check_file
from corpus.readers.decode import decode
from indexer.build import KEEP_VERSIONS, NewVersion, StageProgress, building, new_version
from indexer.encoders.encoder import Encoder
from indexer.versions import IndexPaths, corpus_paths, rollback, sync

FOLDER = "corpus"
_NEXT = "corpus.next"
_REMOVED = "removed"
_CHANGE = "change.json"


def document_paths(home: Path) -> tuple[Path, ...]:
    """Where the documents of a home are: its own folder, or what its index was built from, or the shipped ones."""
    if (home / FOLDER).is_dir():
        return (home / FOLDER,)
    paths = IndexPaths(home)
    names = [*paths.published()]
    try:
        name = paths.current_version() or ""
    except IndexUnavailableError:
        name = names[-1] if names else ""
    return corpus_paths(paths.version(name)) if name else (SHIPPED,)


def members(home: Path) -> dict[str, DocumentFile]:
    """The file of each document, by its slug."""
    return {file.slug: file for file in document_files(document_paths(home))}


def listed(home: Path) -> dict[str, DocumentFile]:
    """As members, when a change that was cut short has been settled."""
    if (home / _NEXT).is_dir():
        with suppress(BuildRunningError), building(home) as paths:
            _settle(paths)
    return members(home)


def roll_back(home: Path, encoder: Encoder, version: str | None = None) -> str:
    """As rollback in indexer/versions.py, while nobody builds. Documents stay as they are."""
    with building(home) as paths:
        _settle(paths)
        return rollback(paths, encoder, version)


@contextmanager
def rebuilt(
    home: Path, encoder: Encoder, paths: Sequence[Path] = (), report: StageProgress | None = None
) -> Iterator[NewVersion]:
    """A new version of the home's documents, or of those in `paths`, to look at or to publish."""
    for _ in document_files(paths):  # a path that leads nowhere makes no home
        pass
    with building(home) as held:
        _settle(held)
        corpus = load_corpus(paths or document_paths(home))
        with new_version(corpus, encoder, held, report) as version:
            yield version


def add(
    home: Path,
    file: Path,
    encoder: Encoder,
    slug: str | None = None,
    *,
    instead: bool = False,
    keep: int = KEEP_VERSIONS,
    report: StageProgress | None = None,
) -> NewVersion:
    """Copy a file and what is kept beside it into the home, and publish an index with it.

    With `instead` it takes the place of the document of that name, whose side files stay unless it brings its own.
    Raises UsageError for a bad name, DocumentError for a bad file or a name that is taken; then nothing changes.
    """
    slug = check_slug(slug_of(file) if slug is None else slug)
    check_file(file)
    with _changing(home) as change:
        old = change.before.get(slug)
        if old is not None and not instead:
            raise DocumentError(
                f"the name {slug!r} is taken by another document; give another --name, or --replace that one"
            )
        change.put(slug, DocumentFile(file, file.stem), old)
        return change.publish(encoder, keep, report)


def remove(
    home: Path, slug: str, encoder: Encoder, *, keep: int = KEEP_VERSIONS, report: StageProgress | None = None
) -> NewVersion:
    """Take a document out of the home, and publish an index without it. Raises NotFoundError, DocumentError."""
    with _changing(home) as change:
        if slug not in change.before:
            raise NotFoundError(f"no document {slug!r}; there are: {', '.join(change.before)}", field="slug")
        if len(change.before) == 1:
            raise DocumentError(f"{slug!r} is the only document; add another one before: duty corpus add FILE")
        change.take(slug)
        return change.publish(encoder, keep, report)


@contextmanager
def _changing(home: Path) -> Iterator["_Change"]:
    with building(home) as paths:
        _settle(paths)
        try:
            yield _Change(paths)
        finally:
            _settle(paths)


class _Change:
    """What becomes of the documents, laid out in HOME/corpus.next until the index with it is published."""

    def __init__(self, paths: IndexPaths) -> None:
        self._paths = paths
        self._home = paths.home
        self._folder = paths.home / _NEXT
        self.before: Mapping[str, DocumentFile] = members(paths.home)
        self._staged: dict[str, Path] = {}
        self._going: list[Path] = []
        self._folder.mkdir()

    def put(self, slug: str, file: DocumentFile, old: DocumentFile | None = None) -> None:
        """Lay out a document with its side files: those beside the file, or else those of the old document."""
        target = self._folder / f"{slug}{file.path.suffix.lower()}"
        shutil.copyfile(file.path, target)
        for place, own in enumerate(side_files(file.path)):
            source = own if own.is_file() or old is None else side_files(old.path)[place]
            if source.is_file():
                shutil.copyfile(source, side_files(target)[place])
        _keep_name(target, file.name)
        self._staged[slug] = target
        if old is not None:
            self._going += [old.path, *side_files(old.path)]

    def take(self, slug: str) -> None:
        self._staged.pop(slug, None)
        self._going += [self.before[slug].path, *side_files(self.before[slug].path)]

    def publish(self, encoder: Encoder, keep: int, report: StageProgress | None) -> NewVersion:
        """Publish an index of what the documents become, and with it the change itself."""
        staying = {
            slug: file
            for slug, file in self.before.items()
            if file.path not in self._going and slug not in self._staged
        }
        own = self._home / FOLDER
        if not own.is_dir():
            for slug, file in staying.items():
                self.put(slug, file)
            staying, self._going = {}, []
        corpus = replace(load_corpus([*staying.values(), *self._staged.values()]), paths=(own.absolute(),))
        with new_version(corpus, encoder, self._paths, report) as version:
            change = {"version": version.manifest.version, "removed": [path.name for path in self._going]}
            (self._folder / _CHANGE).write_text(json.dumps(change), encoding="utf-8")
            for path in (*self._folder.iterdir(), self._folder, self._home):
                sync(path)
            version.publish(keep)
        return version


def _keep_name(document: Path, stem: str) -> None:
    """Note what a file was called, as a hint, where it says whose duties it holds and its new name does not."""
    hints = hints_path(document)
    kept = owner_of_name(document.stem)
    lost = any(said not in (None, left) for said, left in zip(owner_of_name(stem), kept, strict=True))
    if lost and not read_hints(hints).name:
        before = decode(hints) if hints.is_file() else ""
        hints.write_text(with_name(before, stem), encoding="utf-8")


def _settle(paths: IndexPaths) -> None:
    """Finish the change whose index is published, or forget the one whose index is not.

    Whoever is cut short here comes again.
    """
    folder, own = paths.home / _NEXT, paths.home / FOLDER
    if not folder.is_dir():
        return
    version, removed = _read_change(folder / _CHANGE)
    if version and _is_current(paths, version):
        own.mkdir(exist_ok=True)
        attic = paths.home / _REMOVED / version
        for name in removed:
            if (own / name).exists() and not (
                attic / name
            ).exists():  # else it went before, and this is what took its place
                attic.mkdir(parents=True, exist_ok=True)
                (own / name).rename(attic / name)
        for path in folder.iterdir():
            if path.name != _CHANGE:
                path.replace(own / path.name)
        for path in (own, paths.home):
            sync(path)
    shutil.rmtree(folder)


def _read_change(path: Path) -> tuple[str, list[str]]:
    try:
        change = json.loads(path.read_text(encoding="utf-8"))
        return str(change["version"]), list(change["removed"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", []  # it was cut short before it was written, hence before its index was published


def _is_current(paths: IndexPaths, version: str) -> bool:
    return paths.current.is_file() and paths.current.read_text(encoding="utf-8").strip() == version
