"""Files that are damaged, dangerous, too large or of another type: a clear refusal, whatever they hold."""

import random
import re
import zipfile
from pathlib import Path

import docx
import pytest

from corpus.errors import DocumentError, NotFoundError
from corpus.load import load_document
from corpus.readers import SUFFIXES, extract, limits, read_source
from tests.test_corpus_readers import OWN, assert_accounted_for, write_good

pytestmark = pytest.mark.child


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02\xff" * 300, b"PK\x03\x04" + b"x" * 200], ids=["empty", "binary", "zip-head"]
)
def test_file_of_another_content_is_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    (tmp_path / f"坏{suffix}").write_bytes(content)
    with pytest.raises(DocumentError, match=rf"^坏\{suffix}: "):
        extract(tmp_path / f"坏{suffix}")


@pytest.mark.parametrize("suffix", [suffix for suffix in OWN if suffix not in (".txt", ".md", ".csv", ".htm")])
def test_mutated_file_is_read_or_refused(tmp_path: Path, suffix: str) -> None:
    """Bytes changed, cut out or cut off at random: never anything but a document or a DocumentError."""
    write_good(tmp_path / f"a{suffix}")
    good = (tmp_path / f"a{suffix}").read_bytes()
    dice = random.Random(7)
    for number in range(8):
        data = bytearray(good)
        for _ in range(dice.randint(1, 40)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        if number % 3 == 0:
            del data[dice.randrange(len(data)) :]
        path = tmp_path / f"m{number}{suffix}"
        path.write_bytes(bytes(data))
        try:
            document = load_document(path)
        except DocumentError:
            continue
        assert_accounted_for(document)


def rewritten(path: Path, name: str, content: bytes) -> None:
    """Put a part into an Office file, in place of the one of that name."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in {**parts, name: content}.items():
            archive.writestr(part, data)


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        pytest.param("word/vbaProject.bin", b"x", "it holds macros (word/vbaProject.bin)", id="macros"),
        pytest.param(
            "word/document.xml",
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
            "word/document.xml declares XML entities",
            id="entities",
        ),
        pytest.param(
            "word/media/bomb.bin", b"\0" * (limits.MAX_UNPACKED_BYTES + 1), "bytes, unpacked, is too large", id="bomb"
        ),
        pytest.param("word/bomb.xml", b" " * (limits.MAX_XML_BYTES + 1), "bytes of XML is too large", id="xml-bomb"),
    ],
)
def test_dangerous_word_file_is_refused(tmp_path: Path, part: str, content: bytes, message: str) -> None:
    write_good(tmp_path / "a.docx")
    rewritten(tmp_path / "a.docx", part, content)
    with pytest.raises(DocumentError, match=re.escape(message)):
        load_document(tmp_path / "a.docx")


def test_old_word_file_under_a_new_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(DocumentError, match=r"a\.docx: encrypted, or in an Office format from before 2007"):
        load_document(tmp_path / "a.docx")


def test_sheet_with_more_rows_than_allowed_is_refused(tmp_path: Path) -> None:
    """The rows are written as XML by hand: many of them in a small archive."""
    write_good(tmp_path / "a.xlsx")
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (number, number) for number in range(1, 60_001))
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (namespace, rows)
    rewritten(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", sheet)
    with pytest.raises(DocumentError, match=r"a\.xlsx: .* is too large; allowed: "):
        load_document(tmp_path / "a.xlsx")


def test_file_beyond_the_size_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.pdf").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(DocumentError, match=r"a\.pdf: 104,857,600 bytes is too large; allowed: 20,971,520"):
        load_document(tmp_path / "a.pdf")


def test_reader_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_good(tmp_path / "a.pdf")
    monkeypatch.setattr(limits, "MAX_SECONDS", 0.01)
    with pytest.raises(DocumentError, match=r"a\.pdf: reading it took more than 0\.01 s"):
        read_source(tmp_path / "a.pdf")


def test_reader_that_takes_too_much_memory_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too much here is what Python and the library of the format take by themselves."""
    write_good(tmp_path / "a.pdf")
    monkeypatch.setattr(limits, "MAX_MEMORY_BYTES", 50_000_000)
    with pytest.raises(
        DocumentError, match=r"a\.pdf: reading it failed, or took more than 180 s or 50,000,000 bytes of memory"
    ):
        read_source(tmp_path / "a.pdf")


def test_deeply_nested_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<div>" * 5000 + "1.记账。", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"a\.html: .* levels of nested elements is too large"):
        load_document(tmp_path / "a.html")


@pytest.mark.parametrize("suffix", [".docx", ".html", ".csv"])
def test_document_without_a_duty_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"诗{suffix}"
    if suffix == ".docx":
        document = docx.Document()
        document.add_paragraph("床前明月光，疑是地上霜。")
        document.save(str(path))
    else:
        path.write_text("<p>床前明月光，疑是地上霜。</p>", encoding="utf-8")
    with pytest.raises(DocumentError, match="诗: no duty found in 1 lines"):
        load_document(path)


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_other_types_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DocumentError, match=r"are not read; allowed: \.txt, \.md, \.html"):
        read_source(tmp_path / name)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no such document: .*gone\.docx"):
        read_source(tmp_path / "gone.docx")
