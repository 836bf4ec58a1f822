"""What documents say of posts besides their duties: superiors, subordinates, headcount."""

from pathlib import Path

import docx
import pytest

from corpus.grammar.attributes import attributes_in
from corpus.load import load_document
from corpus.model import FactKind, Post, PostFact
from tests.documents import parse
from tests.test_corpus_parse import duties

SUPERIOR, SUBORDINATES, HEADCOUNT = FactKind


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("直接上级：财务经理", [(SUPERIOR, "财务经理")]),
        ("直接上級:財務經理", [(SUPERIOR, "財務經理")]),
        ("汇报对象： 总经理。", [(SUPERIOR, "总经理")]),
        (
            "直接上级：财务经理　直接下级：收银员；定员：2人",
            [(SUPERIOR, "财务经理"), (SUBORDINATES, "收银员"), (HEADCOUNT, "2人")],
        ),
        ("直接下级：无", []),
        ("管理对象：/", []),
        ("编制人数：", []),
        ("岗位编号：F-01", []),
        ("直接上级", []),
    ],
)
def test_facts_of_a_line(line: str, facts: list[tuple[FactKind, str]]) -> None:
    assert list(attributes_in(line)) == facts


def test_facts_are_those_of_the_post_above(tmp_path: Path) -> None:
    document = parse(
        "直接上级：没有人\n岗位名称：会计\n所属部门：财务部\n直接上级：财务经理\n岗位职责：\n1.记账。\n"
        "岗位名称：出纳\n所属部门：财务部\n直接上级：会计\n岗位职责：\n1.付款。\n",
        "doc",
    )
    assert duties(document) == ["财务部·会计 1 记账。", "财务部·出纳 1 付款。"]
    assert document.facts == (
        PostFact(Post("财务部", "会计"), SUPERIOR, "财务经理", 4),
        PostFact(Post("财务部", "出纳"), SUPERIOR, "会计", 9),
    )


def test_facts_of_a_form(tmp_path: Path) -> None:
    document = docx.Document()
    rows = (
        ("直接上级", "财务经理", "直接下级", "收银员\n库管员"),
        ("岗位名称", "出纳", "所属部门", "财务部"),
        ("岗位定员", "1人", "岗位编号", "F-01"),
        ("岗位职责", "1.付款。\n2.收款。", "", ""),
    )
    table = document.add_table(rows=len(rows), cols=4)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(3, 1).merge(table.cell(3, 3))
    document.save(str(tmp_path / "表.docx"))
    parsed = load_document(tmp_path / "表.docx")
    assert duties(parsed) == ["财务部·出纳 1 付款。", "财务部·出纳 2 收款。"]
    assert [(fact.post.position, fact.kind, fact.value) for fact in parsed.facts] == [
        ("出纳", SUPERIOR, "财务经理"),
        ("出纳", SUBORDINATES, "收银员、库管员"),
        ("出纳", HEADCOUNT, "1人"),
    ]
