"""Uploaded documents that nobody published yet.

Each is in a folder of its own in the home, where every worker finds it.
"""

import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import NotFoundError, UsageError

FOLDER = "previews"
LASTS = 3600  # seconds
MAX_PREVIEWS = 16  # the oldest make room for new ones
MAX_NAME_BYTES = 200
_ID = re.compile(r"[0-9a-f]{32}")
_SLUG = ".slug"  # beside the file; no file that is read has such a name


@dataclass(frozen=True, slots=True)
class Preview:
    """An uploaded file under the name that it came with, and what the document shall be called."""

    id: str
    file: Path
    slug: str


class Previews:
    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def keep(self, filename: str, slug: str, content: bytes) -> Preview:
        """Raises UsageError for a name that is no file's."""
        check_filename(filename)
        self._make_room()
        folder = self._folder / secrets.token_hex(16)
        folder.mkdir(parents=True)
        (folder / filename).write_bytes(content)
        (folder / _SLUG).write_text(slug, encoding="utf-8")
        return Preview(folder.name, folder / filename, slug)

    def find(self, preview_id: str) -> Preview:
        """Raises NotFoundError for one that never was, or is gone."""
        folder = self._folder / preview_id
        if _ID.fullmatch(preview_id) and (folder / _SLUG).is_file() and not _is_old(folder):
            files = [path for path in folder.iterdir() if path.name != _SLUG]
            return Preview(preview_id, files[0], (folder / _SLUG).read_text(encoding="utf-8"))
        raise NotFoundError(
            f"no preview {preview_id[:40]!r}; they last {LASTS // 60} minutes. Upload the document again"
        )

    def drop(self, preview: Preview) -> None:
        shutil.rmtree(preview.file.parent, ignore_errors=True)

    def _make_room(self) -> None:
        folders = sorted(self._folder.glob("*"), key=_age)
        for number, folder in enumerate(folders, 1):
            if number >= MAX_PREVIEWS or _is_old(folder):
                shutil.rmtree(folder, ignore_errors=True)


def check_filename(filename: str) -> str:
    """Refuse what leads out of a folder, or what no file system takes. Raises UsageError."""
    stem = filename.rpartition(".")[0]
    plain = filename.isprintable() and not set(filename) & set('/\\:*?"<>|') and stem.strip(". ") != ""
    if not plain or len(filename.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
        raise UsageError(f"{filename[:40]!r} is no file name; allowed: a name such as 岗位职责.docx", field="filename")
    return filename


def _age(folder: Path) -> float:
    """Seconds since a preview was made; endless for one that another worker just removed."""
    try:
        return time.time() - folder.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _is_old(folder: Path) -> bool:
    return _age(folder) > LASTS
