"""No text makes the grammar take more than linear time: twice the text, about twice the processor time."""

import contextlib
import time

import pytest

from corpus.errors import DocumentError
from corpus.grammar.roles import role_of
from corpus.model import split_lines
from corpus.parse import parse_source
from corpus.readers.markdown import markdown_facts, markdown_tables
from corpus.source import Source
from retriever.roles import asked_role

# Quadratic work would be four times as much, exponential would not end.
MOST = 3.2
LENGTH = 10_000  # characters: enough that a run is longer than a tick of the clock
PIECES = [
    *(
        ",如",
        ",、、",
        "的的",
        "负责",
        "职责",
        "主要",
        "部门岗位职责",
        "的职责",
        "在",
        "会",
        "、",
        "：",
        " ",
        "　",
        "的",
        "~",
    ),
    *(
        "1.",
        "；1.",
        "；1.；2.",
        "（一）",
        "第一条 ",
        "1.1",
        "  1",
        "- ",
        "|",
        "`",
        "**a",
        "[a](",
        "\\",
        "&amp;",
        "<td>",
        "<",
    ),
    *(
        "1.\n",
        "一、总则\n",
        "目录\n",
        "….1\n",
        "第一条 X行使下列职权：\n",
        "其主要职责是：\n",
        "主任：张三\n",
        "附件\n",
        "1.\n甲\n",
        "甲部、乙部和丙部应当做。\n",
    ),
    *(" 部门：甲", "{甲}", "{a} ", "由甲部", "甲是"),
    *(
        "一、财务部：负责甲。\n",
        "财务部职责\n",
        "1.负责甲；2.负责乙；\n",
        "<table><tr><td>a</td></tr></table>\n",
        "```\n",
    ),
]


def seconds(text: str, *, markdown: bool) -> float:
    begun = time.process_time()
    facts, tables = (markdown_facts(split_lines(text)), markdown_tables(text)) if markdown else ({}, ())
    with contextlib.suppress(DocumentError):
        parse_source(Source(text, "", facts, tables, markdown=markdown), "doc")
    return time.process_time() - begun


def role_seconds(text: str) -> float:
    begun = time.process_time()
    role_of(text)
    return time.process_time() - begun


@pytest.mark.parametrize("piece", [*PIECES, "配合", "应", "对", "进行", "检查", "检查、", "指导"], ids=repr)
def test_roles_of_twice_the_text_take_about_twice_the_time(piece: str) -> None:
    text = (piece.replace("\n", "") or "负责") * (LENGTH // len(piece))
    ratios = (role_seconds(text + text) / max(role_seconds(text), 0.005) for _ in range(3))
    assert any(ratio < MOST for ratio in ratios)


@pytest.mark.parametrize("piece", ["还要", "该", "应该", "谁", "负责"])
def test_a_question_that_only_stammers_asks_for_no_role(piece: str) -> None:
    """A pattern with two ways to read a word would not come back from this."""
    assert asked_role("谁" + piece * 200 + "x") is None


@pytest.mark.parametrize("markdown", [False, True], ids=["text", "markdown"])
@pytest.mark.parametrize("piece", PIECES, ids=[f"{number}-{piece.strip()}" for number, piece in enumerate(PIECES)])
def test_twice_the_text_takes_about_twice_the_time(piece: str, markdown: bool) -> None:
    text = "财务部职责\n1.负责" + piece * (LENGTH // len(piece))
    ratios = (seconds(text + text, markdown=markdown) / max(seconds(text, markdown=markdown), 0.01) for _ in range(3))
    assert any(ratio < MOST for ratio in ratios)
