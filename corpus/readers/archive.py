"""Office files are zip archives: what to check before a library opens one, so that none costs more than the limits."""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from corpus.errors import DocumentError
from corpus.readers import limits

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))

T = TypeVar("T")


def check_archive(path: Path, main_part: Callable[[zipfile.ZipFile], str | None]) -> None:
    """Refuse an archive that is damaged, no Office file, encrypted, too large, with macros or with XML entities.

    `main_part` says where its content is.

    Raises DocumentError.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head == OLE:
        raise DocumentError(
            f"{path.name}: encrypted, or in an Office format from before 2007; "
            f"allowed: {path.suffix} without a password. "
            "Save it so and try again"
        )
    guarded(path, lambda: _check_parts(path, main_part))


def _check_parts(path: Path, main_part: Callable[[zipfile.ZipFile], str | None]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        limits.check_limit(path.name, "parts", len(parts), limits.MAX_PARTS)
        limits.check_limit(
            path.name, "bytes, unpacked,", sum(part.file_size for part in parts), limits.MAX_UNPACKED_BYTES
        )
        names = {part.filename for part in parts}
        if any(part.flag_bits & 1 for part in parts):
            raise DocumentError(f"{path.name}: encrypted; allowed: files without a password. Save it without one")
        if macros := [name for name in names if name.lower().endswith("vbaproject.bin")]:
            raise DocumentError(
                f"{path.name}: it holds macros ({macros[0]}), which are not accepted. Save it as {path.suffix}"
            )
        xml = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
        limits.check_limit(path.name, "bytes of XML", sum(part.file_size for part in xml), limits.MAX_XML_BYTES)
        for part in xml:
            content = archive.read(part)
            if any(doctype in content for doctype in _DOCTYPES):
                raise DocumentError(
                    f"{path.name}: {part.filename} declares XML entities, which are not accepted. Save it again"
                )
        if main_part(archive) is None:
            raise DocumentError(
                f"{path.name}: not a {path.suffix} file (its main part is not there). Save it as {path.suffix} again"
            )


def guarded(path: Path, read: Callable[[], T]) -> T:
    """What `read` returns; whatever a library raises on a damaged file becomes a DocumentError."""
    try:
        return read()
    except DocumentError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DocumentError(
            f"{path.name}: damaged, or no {path.suffix} file ({type(error).__name__}: {error}). "
            f"Save it as {path.suffix} again"
        ) from None
    except Exception as error:  # noqa: BLE001 - libraries raise anything on damaged files
        reason = " ".join(str(error).split())[:200]
        raise DocumentError(
            f"{path.name}: cannot be read as {path.suffix} ({type(error).__name__}: {reason}). "
            f"Open it in its own program and save it as {path.suffix} again"
        ) from None
