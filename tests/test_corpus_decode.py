"""A file's bytes -> its text: accepted encodings, and the words of each refusal."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.characters import ordinary
from corpus.errors import DocumentError
from corpus.readers.decode import text_of

TEXT = "财务部职责\r\n1.管理资金。\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("read")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "A.TXT"])
def test_accepted(tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(TEXT.encode(encoding))
    assert text_of(path) == TEXT


TRADITIONAL = "總務科職責\n1.負責公文流轉。\n2.負責會議組織。\n"


@pytest.mark.parametrize("encoding", ["big5", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("times", [1, 9_000], ids=["short", "longer-than-the-sample"])
@pytest.mark.parametrize("before", ["", "a"], ids=["even", "odd"])
def test_encodings_of_traditional_text(tmp_path: Path, encoding: str, times: int, before: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes((before + TRADITIONAL * times).encode(encoding))
    assert text_of(path) == before + TRADITIONAL * times


def test_radicals_become_ordinary_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("⼀、⼈⼒资源部⻓", encoding="utf-8")
    assert text_of(path) == "一、人力资源部长"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@settings(deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\r\n\f"), min_size=1))
def test_any_unicode_text(folder: Path, encoding: str, text: str) -> None:
    text = "部" + text  # neither blank nor with a byte order mark of its own
    path = folder / "any.txt"
    path.write_bytes(text.encode(encoding))
    assert text_of(path) == ordinary(text)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "a.txt: the file is empty; expected duties as text", id="empty"),
        pytest.param("\ufeff \r\n\t\u3000".encode(), "a.txt: the file is empty", id="blank"),
        pytest.param(
            b"PK\x03\x04",
            r"a.txt: not a text file (it holds the control character '\x03'). Export the document as text",
            id="binary",
        ),
        pytest.param(b"a\0", r"a.txt: not a text file (it holds the control character '\x00')", id="null"),
        pytest.param(b"\xff\xd8\xff\xe0", "a.txt: not text in an encoding that is read; allowed: UTF-8, ", id="jpeg"),
        pytest.param("é à ü".encode("latin-1") * 9, "a.txt: not text in an encoding that is read", id="latin"),
    ],
)
def test_refused_content(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=re.escape(message)):
        text_of(path)
