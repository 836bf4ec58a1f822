"""Index versions on disk: where they are, what their manifest says, how one is published and checked.

    HOME/index/CURRENT                the name of the version that is served
    HOME/index/versions/NAME/         one version: manifest.json and the files it lists
    HOME/index/versions/.building-*   an unfinished build, removed by the next one

A version is written aside, then its folder is renamed into place and CURRENT replaced, each in one atomic
step after the bytes are on disk. A reader keeps the version that it opened.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, NotFoundError
from indexer.encoders.encoder import Encoder

FORMAT = 8
VERSION_NAME = "%Y%m%dT%H%M%S%fZ"  # of its time in UTC, so that names sort by age
UNFINISHED = ".building-"
REBUILD = "rebuild it with: duty index"


@dataclass(frozen=True, slots=True)
class FileEntry:
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version was built from and what its files must be."""

    format: int
    version: str
    model: str
    model_identity: str
    dimension: int
    corpus_sha256: str
    corpus_paths: list[str]
    documents: list[str]
    clauses: int
    passages: int
    questions: int
    outside: dict[str, int]
    files: dict[str, FileEntry]

    def save(self, folder: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        try:
            content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise IndexMismatchError(
                    f"{folder}: index format {content['format']}, but this dutyfinder reads format {FORMAT}; {REBUILD}"
                )
            content["files"] = {name: FileEntry(**entry) for name, entry in content["files"].items()}
            return cls(**content)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexDamagedError(f"{folder / MANIFEST} is missing or unreadable ({error!r}); {REBUILD}") from error


MANIFEST = "manifest.json"


def corpus_paths(folder: Path) -> tuple[Path, ...]:
    """What a version was built from, also one of another format: that is what a rebuild needs.

    Raises IndexDamagedError.
    """
    try:
        return tuple(Path(path) for path in json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["corpus_paths"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamagedError(
            f"{folder / MANIFEST} does not say what the index was built from ({error!r}); "
            "name the documents: duty index --corpus PATH"
        ) from error


@dataclass(frozen=True, slots=True)
class IndexPaths:
    """Every path of the indexes of one home."""

    home: Path

    @property
    def root(self) -> Path:
        return self.home / "index"

    @property
    def versions(self) -> Path:
        return self.root / "versions"

    @property
    def current(self) -> Path:
        return self.root / "CURRENT"

    @property
    def lock(self) -> Path:
        return self.root / "build.lock"

    def version(self, name: str) -> Path:
        return self.versions / name

    def current_version(self) -> str | None:
        """The published version's name; None when nothing was ever published here.

        Raises IndexMissingError when versions exist but none is current, or the current one is gone.
        """
        if not self.current.exists():
            if any(self.published()):
                raise IndexMissingError(f"{self.current} is missing, so no index version is current; {REBUILD}")
            return None
        name = self.current.read_text(encoding="utf-8").strip()
        if not name or not self.version(name).is_dir():
            raise IndexMissingError(f"the current index version {name!r} is not in {self.versions}; {REBUILD}")
        return name

    def published(self) -> Iterator[str]:
        """Names of the finished versions, oldest first."""
        if self.versions.is_dir():
            yield from sorted(path.name for path in self.versions.iterdir() if not path.name.startswith("."))


def describe_files(folder: Path) -> dict[str, FileEntry]:
    """Size and SHA-256 of every file in a folder, by its path inside it."""
    return {str(path.relative_to(folder)): _describe(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def _describe(path: Path) -> FileEntry:
    with path.open("rb") as file:
        return FileEntry(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Raise IndexDamagedError naming the first file that is gone or changed."""
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise IndexDamagedError(f"{path} is missing; {REBUILD}")
        actual = _describe(path)
        if actual != expected:
            what = (
                f"{actual.size} bytes, not {expected.size}" if actual.size != expected.size else "its checksum differs"
            )
            raise IndexDamagedError(f"{path} is damaged ({what}); {REBUILD}")


def verify_encoder(manifest: Manifest, encoder: Encoder) -> None:
    """Raise IndexMismatchError when the vectors were made by another model."""
    if (manifest.model_identity, manifest.dimension) != (encoder.identity, encoder.dimension):
        raise IndexMismatchError(
            f"the index was built with model {manifest.model} "
            f"({manifest.model_identity[:12]}, dimension {manifest.dimension}), "
            f"but DUTY_MODEL is {encoder.name} ({encoder.identity[:12]}, dimension {encoder.dimension}); "
            f"set DUTY_MODEL={manifest.model} or {REBUILD}"
        )


def created(name: str) -> datetime:
    """When a version was made."""
    return datetime.strptime(name, VERSION_NAME).replace(tzinfo=UTC)


def rollback(paths: IndexPaths, encoder: Encoder, name: str | None = None) -> str:
    """Make an older version current at once: the one named, or else the one published before the current one; its name.

    Raises NotFoundError for a version that is not kept, and IndexUnavailableError for one that is damaged or of another
    model.
    """
    if name is None:
        current = paths.current_version() or ""
        earlier = [other for other in paths.published() if other < current]
        if not earlier:
            raise NotFoundError("no version was published before the current one; list them with: duty index list")
        name = earlier[-1]
    folder = published_folder(paths, name)
    manifest = Manifest.load(folder)
    verify_encoder(manifest, encoder)
    verify_files(folder, manifest)
    point_to(paths, name)
    return name


def published_folder(paths: IndexPaths, name: str) -> Path:
    """The folder of a version that somebody names. Raises NotFoundError."""
    names = [*paths.published()]
    if name not in names:
        raise NotFoundError(f"no index version {name!r}; there are: {', '.join(names) or 'none'}", field="version")
    return paths.version(name)


def prune(paths: IndexPaths, keep: int) -> None:
    """Remove all versions but the current one and the newest `keep` others. Who opened one keeps it."""
    others = [name for name in paths.published() if name != paths.current_version()]
    for name in others[: max(0, len(others) - keep)]:
        going = paths.versions / f"{UNFINISHED}{name}"  # no half of a version is ever seen under its name
        paths.version(name).rename(going)
        shutil.rmtree(going)


def publish(paths: IndexPaths, folder: Path, name: str) -> None:
    """Make a finished folder the current version. Bytes reach the disk before the names that lead to them."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)
    folder.rename(paths.version(name))
    sync(paths.versions)
    point_to(paths, name)


def point_to(paths: IndexPaths, name: str) -> None:
    """Replace CURRENT in one step."""
    pointer = paths.current.with_suffix(".new")
    pointer.write_text(name + "\n", encoding="utf-8")
    sync(pointer)
    pointer.replace(paths.current)
    sync(paths.root)
    sync(paths.home)


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
