"""The words of the project as types."""

import hashlib
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.model import Clause, Document, Post, split_lines, text_digest

CLAUSE = Clause("doc/财务部/会计/1", "doc", "财务部", "会计", "1", "记账。", "1.记账。", (3, 3))
POSTS = (Post("财务部", None), Post("财务部", "会计"), Post("人事部", None), Post("财务部", "出纳"))
DOCUMENT = Document("doc", "财务部\r\n\n1.记账。", dict.fromkeys(POSTS, 1), (CLAUSE,), (), ())


@pytest.mark.parametrize(("post", "name"), [(Post("财务部", None), "财务部"), (Post("财务部", "会计"), "财务部·会计")])
def test_post_as_text(post: Post, name: str) -> None:
    assert str(post) == name


@pytest.mark.parametrize("position", ["会计", None])
def test_post_of_a_clause(position: str | None) -> None:
    assert replace(CLAUSE, position=position).post == Post("财务部", position)


def test_clause_digest_identifies_the_wording_only() -> None:
    assert CLAUSE.digest == hashlib.sha256("记账。".encode()).hexdigest()[:16] == text_digest("记账。")
    assert replace(CLAUSE, id="other", number="2", source_text="2.记账。", lines=(9, 9)).digest == CLAUSE.digest
    assert replace(CLAUSE, text="记帐。").digest != CLAUSE.digest


def test_document_names_each_department_once_in_order() -> None:
    assert DOCUMENT.departments == ("财务部", "人事部")
    assert DOCUMENT.positions == (Post("财务部", "会计"), Post("财务部", "出纳"))


def test_document_digest_is_that_of_its_text() -> None:
    assert DOCUMENT.digest == hashlib.sha256("财务部\r\n\n1.记账。".encode()).hexdigest()


def test_document_lines_lose_their_ends() -> None:
    assert list(DOCUMENT.lines()) == ["财务部", "", "1.记账。"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("a", ["a"], id="no-end"),
        pytest.param("a\nb\r\nc\rd", ["a\n", "b\r\n", "c\r", "d"], id="all-ends"),
        pytest.param("\n\r", ["\n", "\r"], id="blank-lines"),
        pytest.param("a\u2028b\x0bc\x85d\f", ["a\u2028b\x0bc\x85d\f"], id="other-separators-do-not-count"),
    ],
)
def test_split_lines(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@settings(deadline=None)
@given(st.text(st.sampled_from("\r\n\u2028\x0b") | st.characters()))
def test_split_lines_joins_back(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert [line.rstrip("\r\n") for line in lines] == [line.rstrip("\n") for line in io.StringIO(text, newline=None)]
