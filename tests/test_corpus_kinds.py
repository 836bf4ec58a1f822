"""A file is what its bytes say: web pages, text and newer or older formats under the names of office programs."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import DocumentError
from corpus.load import load_document
from corpus.readers.kinds import OFFICE, kind_of
from tests.test_corpus_parse import duties
from tests.test_corpus_readers import PAGE, write_good

ROWS = "部门\t职责\n财务部\t负责记账。\n人事部\t负责招聘。\n"
TABLE = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row.split())}" for row in ROWS.splitlines())
ARCHIVE = """From: <saved>
MIME-Version: 1.0
Content-Type: multipart/related; boundary="----=_Part"

------=_Part
Content-Type: text/html; charset="gb2312"
Content-Transfer-Encoding: 8bit

<html><body><h1>财务部职责</h1><p>1.负责记账。</p></body></html>
------=_Part
Content-Type: image/png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
------=_Part--
"""


def under(path: Path, write: Callable[[Path], object]) -> Path:
    write(path)
    return path


@pytest.mark.parametrize("real", [".docx", ".xlsx", ".xls", ".pdf"])
@pytest.mark.parametrize("suffix", sorted(OFFICE))
def test_a_renamed_file_is_what_it_was(tmp_path: Path, real: str, suffix: str) -> None:
    write_good(tmp_path / f"a{real}")
    renamed = (tmp_path / f"a{real}").rename(tmp_path / f"b{suffix}")
    assert kind_of(renamed) == real


@pytest.mark.parametrize("suffix", [".txt", ".md", ".csv", ".html", ".pdf"])
def test_what_is_no_office_file_by_name_is_what_its_name_says(tmp_path: Path, suffix: str) -> None:
    assert kind_of(under(tmp_path / f"a{suffix}", lambda path: path.write_text("<html><table>"))) == suffix


@pytest.mark.parametrize("suffix", [".doc", ".wps", ".xls", ".docx"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_web_page_saved_as_an_office_file(tmp_path: Path, suffix: str, encoding: str) -> None:
    page = f"<html><head></head><body><table>{TABLE}</table></body></html>"
    path = under(tmp_path / f"a{suffix}", lambda path: path.write_bytes(page.encode(encoding)))
    assert duties(load_document(path)) == ["财务部 1 负责记账。", "人事部 1 负责招聘。"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_rows_of_text_saved_as_a_sheet(tmp_path: Path, encoding: str) -> None:
    path = under(tmp_path / "a.xls", lambda path: path.write_bytes(ROWS.encode(encoding)))
    assert duties(load_document(path)) == ["财务部 1 负责记账。", "人事部 1 负责招聘。"]


@pytest.mark.parametrize("suffix", [".doc", ".wps", ".docx"])
def test_text_saved_as_a_word_file(tmp_path: Path, suffix: str) -> None:
    path = under(tmp_path / f"a{suffix}", lambda path: path.write_bytes("财务部职责\r\n1.记账。".encode("gb18030")))
    assert duties(load_document(path)) == ["财务部 1 记账。"]


@pytest.mark.parametrize("suffix", [".mht", ".mhtml", ".doc"])
def test_a_web_archive(tmp_path: Path, suffix: str) -> None:
    path = under(tmp_path / f"a{suffix}", lambda path: path.write_bytes(ARCHIVE.encode("gb18030")))
    assert duties(load_document(path)) == ["财务部 1 负责记账。"]


def test_a_web_archive_of_several_sheets(tmp_path: Path) -> None:
    pages = (
        "<html><frameset><frame></frameset></html>",
        f"<table>{TABLE}</table>",
        "<h1>仓储部职责</h1><p>1.负责收货。</p>",
    )
    parts = "".join(f"--b\nContent-Type: text/html; charset=utf-8\n\n{page}\n" for page in pages)
    archive = f"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n{parts}--b--\n"
    path = under(tmp_path / "a.xls", lambda path: path.write_text(archive, encoding="utf-8"))
    assert duties(load_document(path)) == ["财务部 1 负责记账。", "人事部 1 负责招聘。", "仓储部 1 负责收货。"]


@pytest.mark.parametrize("damage", [0, 40])
def test_an_archive_that_says_much_of_itself(tmp_path: Path, damage: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b"0" * 20_000_000)
        archive.writestr("word/document.xml", "")
    data = bytearray((tmp_path / "a.docx").read_bytes())
    data[60 : 60 + damage] = b"\xff" * damage
    (tmp_path / "a.docx").write_bytes(data)
    assert kind_of(tmp_path / "a.docx") == ".docx"


def test_an_archive_with_a_damaged_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
        archive.writestr("内容.xml", "")
    data = (tmp_path / "a.odt").read_bytes()
    (tmp_path / "a.odt").write_bytes(data.replace("内".encode(), b"\xff\xff\xff"))
    assert kind_of(tmp_path / "a.odt") == ".odt"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (r"{\rtf1\ansi x}", ".rtf"),
        (
            '<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">',
            ".doc",
        ),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', ".ods"),
        (PAGE, ".html"),
    ],
)
def test_what_text_says(tmp_path: Path, content: str, kind: str) -> None:
    assert kind_of(under(tmp_path / "a.odt", lambda path: path.write_text(content))) == kind


@pytest.mark.parametrize("content", ["", "\0\1\2"])
def test_what_is_no_format_of_an_office_program(tmp_path: Path, content: str) -> None:
    path = under(tmp_path / "a.odt", lambda path: path.write_text(content))
    with pytest.raises(DocumentError, match=r"a\.odt: not a \.odt file: empty, damaged .* save it as \.docx"):
        kind_of(path)
