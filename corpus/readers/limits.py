"""What a document may cost, in one place: a file beyond a limit is refused before it takes the memory or the time."""

from pathlib import Path

from corpus.errors import DocumentError

MAX_BYTES = 20 * 1024 * 1024  # of the file
MAX_UNPACKED_BYTES = 150 * 1024 * 1024  # of a .docx or .xlsx, which are zip archives
MAX_XML_BYTES = 60 * 1024 * 1024  # of the XML in such an archive: a tree of it takes several times as much memory
MAX_PARTS = 5_000  # files inside such an archive
MAX_CHARACTERS = 5_000_000  # of extracted text
MAX_ROWS = 50_000  # of one sheet or table
MAX_COLUMNS = 500
MAX_CELLS = 1_000_000  # of one sheet or table
MAX_PAGES = 500
MAX_SHEETS = 200
MAX_SCANNED_PAGES = 30  # each takes seconds of processor time
MAX_PIXELS = 60_000_000  # of one picture

# Of the process that reads one file, for what no count above foresees.
MAX_SECONDS = 180
MAX_MEMORY_BYTES = 3 * 1024**3
MAX_OUTPUT_BYTES = 256 * 1024 * 1024


def check_limit(name: str, what: str, value: int, limit: int) -> None:
    """Refuse a document whose count of something is beyond its limit. Raises DocumentError."""
    if value > limit:
        raise DocumentError(f"{name}: {value:,} {what} is too large; allowed: {limit:,}. Split the document")


def check_size(path: Path) -> None:
    check_limit(path.name, "bytes", path.stat().st_size, MAX_BYTES)
