"""Formats of other office programs, read through LibreOffice: what comes out, and what it must not do."""

import os
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from corpus.errors import DocumentError
from corpus.load import load_document
from corpus.readers import extract, limits
from corpus.readers.archive import OLE
from corpus.readers.libreoffice import TARGETS, converted
from tests.office import needs_libreoffice, save_as
from tests.test_corpus_parse import duties
from tests.test_corpus_pptx import write_slides
from tests.test_corpus_readers import DUTY_ROWS, add_numbered, assert_accounted_for, numbered_document, write_good
from tests.waiting import wait_until

pytestmark = [needs_libreoffice, pytest.mark.child]

LINES = ("财务部职责", "1.记账。", "2.报税。")
RICH_TEXT = rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fcharset134 SimSun;}}\f0 %s}" % rb"\par ".join(
    "".join(rf"\'{byte:02x}" for byte in line.encode("gb18030")).encode() for line in LINES
)
WORD_XML = (
    '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>'
    f"{''.join(f'<w:p><w:r><w:t>{line}</w:t></w:r></w:p>' for line in LINES)}</w:body></w:wordDocument>"
)
WORKBOOK = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="a"><Table>{}</Table></Worksheet></Workbook>'
)
CELL = '<Cell><Data ss:Type="String">{}</Data></Cell>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One document of words, one of sheets and one of slides, in every format; those of WPS Office are Microsoft's."""
    folder = tmp_path_factory.mktemp("office")
    document = numbered_document()
    for level, text in ((0, "运营部职责"), (1, "负责商城。"), (1, "负责客服："), (2, "接听来电。"), (0, "物流部职责")):
        add_numbered(document, level, text)
    add_numbered(document, 1, "负责发货。")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("部门", "职责", "财务部", "负责记账。"), strict=True):
        cell.text = text
    document.add_paragraph("")
    document.save(str(folder / "words.docx"))
    write_good(folder / "sheet.xlsx")
    write_slides(folder / "slides.pptx")
    for target in ("doc", "odt"):
        save_as(folder / "words.docx", target)
    (folder / "words.doc").rename(folder / "words.wps")
    (folder / "words.rtf").write_bytes(RICH_TEXT)
    (folder / "xml.doc").write_text(WORD_XML, encoding="utf-8")
    for target in ("ods", "xls"):
        save_as(folder / "sheet.xlsx", target)
    (folder / "sheet.xls").rename(folder / "sheet.et")
    rows = "".join(f"<Row>{''.join(map(CELL.format, row))}</Row>" for row in DUTY_ROWS[1:])
    (folder / "xml.xls").write_text(WORKBOOK.format(rows), encoding="utf-8")
    for target in ("ppt", "odp"):
        save_as(folder / "slides.pptx", target)
    (folder / "slides.ppt").rename(folder / "slides.dps")
    return folder


@pytest.mark.parametrize("name", ["words.wps", "words.odt"])
def test_words(folder: Path, name: str) -> None:
    document = load_document(folder / name)
    assert duties(document) == [
        "运营部 1 负责商城。",
        "运营部 2 负责客服：",
        "运营部 2.1 接听来电。",
        "物流部 1 负责发货。",
        "财务部 1 负责记账。",
    ]
    assert_accounted_for(document)


@pytest.mark.parametrize("name", ["words.rtf", "xml.doc"])
def test_words_in_text_formats(folder: Path, name: str) -> None:
    assert duties(load_document(folder / name)) == ["财务部 1 记账。", "财务部 2 报税。"]


@pytest.mark.parametrize("name", ["sheet.ods", "sheet.et", "xml.xls"])
def test_sheets(folder: Path, name: str) -> None:
    document = load_document(folder / name)
    assert duties(document) == duties(load_document(folder / "sheet.xlsx"))
    assert_accounted_for(document)


@pytest.mark.parametrize("name", ["slides.dps", "slides.odp"])
def test_slides(folder: Path, name: str) -> None:
    document = load_document(folder / name)
    assert duties(document) == duties(load_document(folder / "slides.pptx"))
    assert_accounted_for(document)


@pytest.mark.parametrize("suffix", sorted(TARGETS))
def test_without_libreoffice_it_is_said_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(OLE + b"\0" * 600)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        DocumentError, match=rf"^a\{suffix}: .* LibreOffice, which is not installed here\. Save it as {TARGETS[suffix]}"
    ):
        extract(path)


def test_a_damaged_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes((folder / "words.wps").read_bytes()[:4000])
    with pytest.raises(DocumentError, match=r"^a\.doc: LibreOffice cannot open it: damaged, encrypted, or"):
        load_document(tmp_path / "a.doc")


NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("draw", "drawing"),
        ("table", "table"),
        ("svg", "svg-compatible"),
    )
)
TEXT = """<office:text><text:p>1.记账。<draw:frame svg:width="5cm" svg:height="5cm" text:anchor-type="as-char">
<draw:image xlink:href="{web}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>
<text:section text:name="a"><text:section-source xlink:href="{file}" xlink:type="simple" text:filter-name="Text"/>
<text:p/></text:section>
<text:section text:name="b"><text:section-source xlink:href="{web}" xlink:type="simple"/><text:p/></text:section>
</office:text>"""
SHEET = """<office:spreadsheet><table:table table:name="a"><table:table-row>
<table:table-cell office:value-type="string"><text:p>1.记账。</text:p></table:table-cell>
<table:table-cell table:formula="of:=WEBSERVICE(&quot;{web}&quot;)"/>
<table:table-cell table:formula="of:=WEBSERVICE(&quot;{file}&quot;)"/></table:table-row></table:table>
<table:table table:name="b"><table:table-source xlink:type="simple" xlink:href="{file}"
 table:filter-name="Text - txt - csv (StarCalc)"/><table:table-row><table:table-cell/></table:table-row></table:table>
</office:spreadsheet>"""
SLIDE = """<office:presentation><draw:page draw:name="a"><draw:frame svg:width="5cm" svg:height="5cm">
<draw:image xlink:href="{web}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame>
</draw:page></office:presentation>"""
BODIES = {".odt": ("text", TEXT), ".ods": ("spreadsheet", SHEET), ".odp": ("presentation", SLIDE)}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Waits for whoever would connect; nobody must."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        yield listening


@pytest.mark.parametrize("suffix", BODIES)
def test_what_a_document_points_to_is_not_loaded(tmp_path: Path, listener: socket.socket, suffix: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    kind, body = BODIES[suffix]
    body = body.format(web=f"http://127.0.0.1:{listener.getsockname()[1]}/a", file=secret.as_uri())
    with zipfile.ZipFile(tmp_path / f"a{suffix}", "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr(
            "content.xml",
            f'<office:document-content {NAMESPACES} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
            f"<office:body>{body}</office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.{kind}"/>'
            '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>',
        )
    with converted(tmp_path / f"a{suffix}", TARGETS[suffix]) as made, zipfile.ZipFile(made) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"SECRET" not in content
    with pytest.raises(BlockingIOError):
        listener.accept()


def running(profile_of: Path) -> list[int]:
    """The processes that work in a temporary folder below this one."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes() if process.name.isdigit() else b""
        except OSError:
            continue
        if b"soffice" in command and str(profile_of).encode() in command:
            found.append(int(process.name))
    return found


@contextmanager
def halted(folder: Path) -> Iterator[None]:
    """The program does not end by itself: it, and whatever it starts, is halted as long as the context lasts.

    One look is not enough: between a fork and its exec a process has no command line to be known by.
    """
    ended = threading.Event()

    def halt() -> None:
        while not ended.wait(0.005):
            for process in running(folder):
                with suppress(ProcessLookupError):  # the one that only starts another
                    os.kill(process, signal.SIGSTOP)

    halting = threading.Thread(target=halt)
    halting.start()
    try:
        yield
    finally:
        ended.set()
        halting.join()


def test_it_ends_with_the_process_that_asked(folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from corpus.load import load_document; load_document(Path(sys.argv[1]))"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "words.wps")],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    )
    with halted(tmp_path):
        wait_until(lambda: running(tmp_path))
        parent.kill()
        parent.wait()
    wait_until(lambda: not running(tmp_path))


def test_it_ends_when_it_takes_too_long(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(limits, "MAX_SECONDS", 2)
    with halted(tmp_path), pytest.raises(DocumentError, match=r"words\.wps: reading it took more than 2 s"):
        load_document(folder / "words.wps")
    wait_until(lambda: not running(tmp_path))
    assert list(tmp_path.iterdir()) == []
