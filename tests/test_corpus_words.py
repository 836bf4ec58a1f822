"""The user dictionary beside a document."""

from pathlib import Path

import pytest

from corpus.beside.words import names_of, outside_path, read_list, words_path
from corpus.load import SHIPPED
from corpus.model import Document, Post


@pytest.mark.parametrize(("document", "words"), [("a/duties.txt", "a/duties.words"), ("v1.2.md", "v1.2.words")])
def test_words_path(document: str, words: str) -> None:
    assert words_path(Path(document)) == Path(words)
    assert outside_path(Path(document)) == Path(words).with_suffix(".outside")


def test_read_list_leaves_comments_and_blank_lines_out(tmp_path: Path) -> None:
    path = tmp_path / "a.words"
    path.write_text("# 行话\n号卡\r\n\n  三网融合 \n\t# 完\n", encoding="utf-8")
    assert read_list(path) == ["号卡", "三网融合"]


def test_no_file_no_words(tmp_path: Path) -> None:
    assert read_list(tmp_path / "gone.words") == []


def test_shipped_words() -> None:
    words = read_list(SHIPPED / "telecom-branch.words")
    assert (words[0], words[-1], len(words)) == ("互联互通", "贯标", len(set(words)))


def test_names_of_posts() -> None:
    posts = (Post("财务部", None), Post("财务部", "会计"), Post("人事部", None))
    assert list(names_of(Document("doc", "", dict.fromkeys(posts, 1), (), (), ()))) == ["财务部", "会计", "人事部"]
