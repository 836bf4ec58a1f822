"""Word files as other programs leave them: strict and template variants, other main parts, broken relations."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from corpus.load import load_document
from corpus.readers.word_numbers import Level, Numbering, number_text
from tests.test_corpus_parse import duties

DUTIES = ["保卫科 1 负责门卫值守。", "保卫科 2 负责消防巡查。"]
_STRICT = (
    ("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/"),
    (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    ),
)


def strict(name: str, content: str) -> tuple[str, str]:
    for transitional, namespace in _STRICT:
        content = content.replace(transitional, namespace)
    return name, content


def template(name: str, content: str) -> tuple[str, str]:
    return name, content.replace("document.main+xml", "template.main+xml")


def other_main_part(name: str, content: str) -> tuple[str, str]:
    content = content.replace("word/document.xml", "word/document2.xml").replace("/document.xml", "/document2.xml")
    return name.replace("document.xml", "document2.xml"), content


def dangling(target: str) -> Callable[[str, str], tuple[str, str]]:
    def change(name: str, content: str) -> tuple[str, str]:
        if name == "word/_rels/document.xml.rels":
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
            relation = f'<Relationship Id="rId99" Type="{kind}" Target="{target}"/>'
            content = content.replace("</Relationships>", f"{relation}</Relationships>")
        return name, content

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(strict, id="strict"),
        pytest.param(template, id="template"),
        pytest.param(other_main_part, id="document2.xml"),
        pytest.param(dangling("NULL"), id="relation-to-nothing"),
        pytest.param(dangling("#_top"), id="relation-to-a-bookmark"),
        pytest.param(dangling("../media/gone.png"), id="picture-that-is-gone"),
    ],
)
def test_file_that_word_opens(tmp_path: Path, change: Callable[[str, str], tuple[str, str]]) -> None:
    document = docx.Document()
    for line in ("保卫科职责", "1.负责门卫值守。", "2.负责消防巡查。"):
        document.add_paragraph(line)
    document.save(str(tmp_path / "plain.docx"))
    with zipfile.ZipFile(tmp_path / "plain.docx") as plain, zipfile.ZipFile(tmp_path / "a.docx", "w") as changed:
        for name in plain.namelist():
            if name.endswith((".xml", ".rels")):
                changed.writestr(*change(name, plain.read(name).decode()))
    assert duties(load_document(tmp_path / "a.docx")) == DUTIES


@pytest.mark.parametrize("wrapper", ["sdt", "customXml"])
@pytest.mark.parametrize("rows", [slice(1, 2), slice(1, 3), slice(0, 3)], ids=["one-row", "two-rows", "all-rows"])
def test_rows_inside_controls(tmp_path: Path, wrapper: str, rows: slice) -> None:
    document = docx.Document()
    document.add_paragraph("后勤部岗位职责表")
    table = document.add_table(3, 2)
    for row, texts in zip(
        table.rows, (("岗位", "职责"), ("车队长", "负责调度。"), ("花工", "负责绿化。")), strict=True
    ):
        row.cells[0].text, row.cells[1].text = texts
    chosen = [row._tr for row in table.rows[rows]]
    control = parse_xml(f"<w:{wrapper} {nsdecls('w')}/>")
    chosen[0].addprevious(control)
    inside = control
    if wrapper == "sdt":
        inside = parse_xml(f"<w:sdtContent {nsdecls('w')}/>")
        control.append(inside)
    for row in chosen:
        inside.append(row)
    document.save(str(tmp_path / "a.docx"))
    assert duties(load_document(tmp_path / "a.docx")) == ["后勤部·车队长 1 负责调度。", "后勤部·花工 1 负责绿化。"]


def test_table_inside_a_frame_is_a_table(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("后勤部岗位职责表")
    frame = document.add_table(1, 1).cell(0, 0)
    frame.paragraphs[0].text = "车队"
    inner = frame.add_table(2, 2)
    for row, texts in zip(inner.rows, (("岗位", "职责"), ("车队长", "负责调度。")), strict=True):
        row.cells[0].text, row.cells[1].text = texts
    document.save(str(tmp_path / "a.docx"))
    assert [clause.position for clause in load_document(tmp_path / "a.docx").clauses] == ["车队长"]


def test_legal_numbers_write_all_levels_alike() -> None:
    levels = {0: Level("chineseCounting", "第%1章", 1), 1: Level("decimal", "%1.%2", 1, legal=True)}
    numbering = Numbering({"1": ("a", levels)})
    assert [numbering.next("1", level) for level in (0, 1, 1, 0, 1)] == ["第一章 ", "1.1 ", "1.2 ", "第二章 ", "2.1 "]


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("decimalEnclosedParen", ["⑴", "⑵", "(21)"]),
        ("decimalEnclosedFullstop", ["⒈", "⒉", "21."]),
        ("decimalEnclosedCircle", ["①", "②", "(21)"]),
        ("ideographEnclosedCircle", ["㊀", "㊁", "(21)"]),
        ("ideographTraditional", ["甲", "乙", "甲"]),
        ("ideographZodiac", ["子", "丑", "申"]),
        ("ideographZodiacTraditional", ["甲子", "乙丑", "甲申"]),
        ("chineseLegalSimplified", ["壹", "贰", "贰拾壹"]),
        ("ideographDigital", ["一", "二", "二一"]),
        ("decimalZero", ["01", "02", "21"]),
        ("decimalFullWidth", ["１", "２", "２１"]),
        ("upperRoman", ["I", "II", "XXI"]),
    ],
)
def test_number_formats(form: str, shown: list[str]) -> None:
    assert [number_text(number, form) for number in (1, 2, 21)] == shown


@pytest.mark.parametrize("form", ["decimalEnclosedParen", "decimalEnclosedFullstop", "ideographZodiac", "upperRoman"])
def test_numbers_of_every_format_are_read(tmp_path: Path, form: str) -> None:
    text = "%1" if form.startswith("decimal") else "%1、"
    numbering = Numbering({"1": ("a", {0: Level(form, text, 1)})})
    lines = ["后勤部职责", *(f"{numbering.next('1', 0)}负责第{n}号仓库盘点" for n in range(1, 13))]
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    document = load_document(tmp_path / "a.txt")
    assert [clause.number for clause in document.clauses] == [str(number) for number in range(1, 13)]
    assert all(re.fullmatch(r"负责第\d+号仓库盘点", clause.text) for clause in document.clauses)
