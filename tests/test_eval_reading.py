"""The measure of reading: clauses against labels made by hand, found again by the digests of their lines."""

from dataclasses import replace
from pathlib import Path

import pytest

from eval.reading import LABELS, Label, Score, line_digest, main, read_labels, score
from tests.documents import parse

TEXT = "财务部职责\n1.记账。\n（一）会计\n1.报税。\n2.对账。\n备注：\n"
ROWS = "# source: here\nLINE\tdepartment\tposition\n2\t财务部\t\n?4\t*\t会计\n5\t财务部\t出纳\n6\t财务部\t\n"


def label(line: int, department: str, position: str = "", *, optional: bool = False) -> Label:
    return Label(line, "", department, position, optional)


def test_found_owned_wrong_and_missed() -> None:
    labels = [label(2, "财务部"), label(4, "*", "会计", optional=True), label(5, "财务部", "出纳"), label(6, "财务部")]
    result, wrong = score(labels, parse(TEXT, "doc").clauses)
    assert result == Score(found=2, owned=1, clauses=2, labels=3)
    assert (result.precision, round(result.recall, 3), result.owner_accuracy) == (1.0, 0.667, 0.5)
    assert wrong == ["5 owner 财务部·会计 for 财务部·出纳: 对账。", "6 missed: 财务部·"]


def test_several_duties_of_a_line_are_matched_by_owner_first() -> None:
    clauses = parse("一、甲部\n1.记账。\n二、乙部\n1.报税。\n", "doc").clauses
    one_line = [replace(clause, lines=(2, 2)) for clause in clauses]
    assert score([label(2, "乙部"), label(2, "甲部")], one_line)[0] == Score(2, 2, 2, 2)
    assert score([label(2, "丙部")], one_line)[0] == Score(1, 0, 2, 1)


def test_a_post_may_repeat_its_department() -> None:
    [short] = parse("办公室\n（一）文员\n1.值班。\n", "doc").clauses
    full = replace(short, position="办公室文员")
    for clause, position in ((full, "文员"), (short, "办公室文员"), (short, "文员")):
        assert score([label(3, "办公室", position)], [clause])[0].owned == 1
    assert score([label(3, "办公室")], [short])[0].owned == 0


def test_labels_follow_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "doc.tsv"
    digest = line_digest("1.报税。")
    path.write_text(
        f"# about\nLINE\tdepartment\tposition\n4\t财务部\t会计\t{digest}\n9\t财务部\t\t{line_digest('没有')}\n", "utf-8"
    )
    moved = read_labels(path, ["新的一行", *TEXT.splitlines()])
    assert [(one.line, one.position) for one in moved] == [(5, "会计"), (0, "")]
    assert line_digest("（二）  2、报税") == digest


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "doc.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "doc.tsv").write_text(ROWS, encoding="utf-8")
    main([str(tmp_path), "--labels", str(tmp_path), "--seal", "--details"])
    assert "1.000  0.667  0.500     2    3  doc" in capsys.readouterr().out
    assert f"2\t财务部\t\t{line_digest('记账')}" in (tmp_path / "doc.tsv").read_text(encoding="utf-8")
    main(["--lines", str(tmp_path / "doc.txt")])
    assert capsys.readouterr().out.splitlines()[1] == "2\t1.记账。"


def test_every_label_file_says_where_its_document_is_from() -> None:
    for path in LABELS.glob("*.tsv"):
        first, second, *rows = path.read_text(encoding="utf-8").splitlines()
        assert first.startswith("# source: ")
        assert second.startswith("# about: ")
        assert all(len(row.split("\t")) == 4 for row in rows if row and not row.startswith(("#", "LINE")))
