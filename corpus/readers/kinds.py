"""What a file is by its bytes: programs save web pages as .doc and .xls, and people rename files."""

import zipfile
from pathlib import Path

from corpus.errors import DocumentError
from corpus.readers.archive import OLE
from corpus.readers.decode import is_text
from corpus.readers.libreoffice import TARGETS

_WORDS = frozenset([".doc", ".docx", ".wps", ".rtf", ".odt"])
_SHEETS = frozenset([".xls", ".xlsx", ".et", ".ods"])
_SLIDES = frozenset([".ppt", ".pptx", ".dps", ".odp"])
OFFICE = _WORDS | _SHEETS | _SLIDES

# The streams of an OLE file, in whose directory their names stand in UTF-16.
_STREAMS = ((".doc", "WordDocument"), (".xls", "Workbook"), (".xls", "Book"), (".ppt", "PowerPoint Document"))
_FOLDERS = ((".docx", "word/"), (".xlsx", "xl/"), (".pptx", "ppt/"))
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OPEN_DOCUMENTS = {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"}
_HEAD = 8192  # bytes


def kind_of(path: Path) -> str:
    """The suffix of the format that a file of an office program is really in; its own suffix where that stays open.

    Raises DocumentError for bytes that are no format of an office program: LibreOffice would open them as if they were
    text, after a start that takes longer than anything else here.
    """
    suffix = path.suffix.lower()
    if suffix not in OFFICE:
        return suffix
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(OLE):
        return _of_ole(path.read_bytes(), suffix)
    if zipfile.is_zipfile(path):
        return _of_archive(path, suffix)
    if b"%PDF-" in head[:1024]:
        return ".pdf"
    return _of_text(path, head, suffix)


def _of_ole(content: bytes, suffix: str) -> str:
    found = [kind for kind, stream in _STREAMS if (stream + "\0").encode("utf-16-le") in content]
    family = next(kinds for kinds in (_WORDS, _SHEETS, _SLIDES) if suffix in kinds)
    return next((kind for kind in found if kind in family), found[0] if found else suffix)


def _of_archive(path: Path, suffix: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            declared = _beginning(archive, "mimetype") if "mimetype" in names else ""
    except Exception:  # noqa: BLE001 - zipfile raises anything on damaged files; its reader says what is wrong with it
        return suffix
    if declared.startswith(_OPEN_DOCUMENT):
        return _OPEN_DOCUMENTS.get(declared.removeprefix(_OPEN_DOCUMENT).split("-")[0], suffix)
    inside = [kind for kind, folder in _FOLDERS if any(name.startswith(folder) for name in names)]
    return suffix if suffix in inside or not inside else inside[0]


def _beginning(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return part.read(100).decode("ascii", "replace")


def _of_text(path: Path, head: bytes, suffix: str) -> str:
    words = head.replace(b"\0", b"").lower().lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if words.startswith(b"{\\rtf"):
        return ".rtf"
    if b"mime-version:" in words and b"multipart/related" in words:
        return ".mht"
    if b"office:spreadsheet" in words:  # Excel's XML of 2003
        return ".ods"
    if b"office/word/2003/wordml" in words or b"http://schemas.microsoft.com/office/2006/xmlpackage" in words:
        return ".doc"
    if any(tag in words for tag in (b"<html", b"<!doctype html", b"<table", b"<body")):
        return ".html"
    if is_text(path):
        return ".csv" if suffix in _SHEETS else ".txt"
    if suffix in TARGETS:
        raise DocumentError(
            f"{path.name}: not a {suffix} file: empty, damaged or of another type. Open it in its own program and save "
            f"it as {TARGETS[suffix]}"
        )
    return suffix
