"""Files of each format -> clauses.

The tests make the files with the same libraries.
"""

from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlwt
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import DocumentError
from corpus.load import load_document
from corpus.model import Document, SegmentKind
from corpus.readers import SUFFIXES
from corpus.readers.word_numbers import Level, Numbering, number_text
from tests.test_corpus_parse import duties


def assert_accounted_for(document: Document) -> None:
    """Every character of the extracted text is in exactly one segment, and a clause's segments end its source text.

    A clause of several owners has its characters once, in the first one's clause.
    """
    ends = [segment.end for segment in document.segments]
    assert [segment.start for segment in document.segments] == [0, *ends[:-1]]
    assert ends[-1] == len(document.text)
    owned: dict[str, str] = {}
    for segment in document.segments:
        if segment.kind is SegmentKind.CLAUSE:
            owned[segment.name] = owned.get(segment.name, "") + document.text[segment.start : segment.end]
    shown = {(clause.lines, clause.source_text) for clause in document.clauses if clause.id in owned}
    assert set(owned) <= {clause.id for clause in document.clauses}
    for clause in document.clauses:
        assert (clause.lines, clause.source_text) in shown
        assert clause.id not in owned or clause.source_text.endswith(owned[clause.id].rstrip("\r\n"))


def boilerplate(document: Document) -> dict[str, str]:
    """The boilerplate of a document by the name of what it is."""
    found: dict[str, str] = {}
    for segment in document.segments:
        if segment.kind is SegmentKind.BOILERPLATE:
            found[segment.name] = found.get(segment.name, "") + document.text[segment.start : segment.end]
    return found


# -- Word --------------------------------------------------------------------------------------------------------------

LEVELS = (
    ("chineseCounting", "%1、"),
    ("decimal", "%2."),
    ("lowerLetter", "%3)"),
)


def numbered_document() -> Any:
    """A document with a three-level list in Word's automatic numbering."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, (form, text) in enumerate(LEVELS)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    return document


def add_numbered(document: Any, level: int, text: str) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'))


def test_word_numbers_that_are_not_in_the_text(tmp_path: Path) -> None:
    document = numbered_document()
    for level, text in (
        (0, "运营部职责"),
        (1, "负责线上商城。"),
        (1, "负责客服："),
        (2, "接听来电。"),
        (2, "回复留言。"),
        (1, "负责促销。"),
        (0, "物流部职责"),
        (1, "负责发货。"),
    ):
        add_numbered(document, level, text)
    document.save(tmp_path / "商城.docx")
    parsed = load_document(tmp_path / "商城.docx")
    assert duties(parsed) == [
        "运营部 1 负责线上商城。",
        "运营部 2 负责客服：",
        "运营部 2.1 接听来电。",
        "运营部 2.2 回复留言。",
        "运营部 3 负责促销。",
        "物流部 1 负责发货。",
    ]
    assert parsed.clauses[2].source_text == "a)接听来电。"
    assert_accounted_for(parsed)


def test_word_headings_contents_and_a_post_description_table(tmp_path: Path) -> None:
    document = docx.Document()
    document.styles.add_style("TOC 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("仓储部\t2", style="TOC 1")
    document.add_heading("仓储部", level=1)
    document.add_paragraph("1、负责货物出入库。")
    document.add_heading("理货员", level=2)
    document.add_paragraph("1、负责整理货架。")
    document.add_heading("人事部", level=1)
    table = document.add_table(rows=4, cols=4)
    for column, text in enumerate(("岗位名称", "招聘专员", "所属部门", "人事部")):
        table.cell(0, column).text = text
    table.cell(1, 0).text = "直接上级"
    table.cell(1, 1).merge(table.cell(1, 3)).text = "人事经理"
    table.cell(2, 0).text = "岗位职责"
    table.cell(2, 1).merge(table.cell(2, 3)).text = "1、发布招聘信息；\n2、组织面试。"
    table.cell(3, 0).text = "任职资格"
    table.cell(3, 1).merge(table.cell(3, 3)).text = "本科以上学历。"
    document.save(str(tmp_path / "岗位.docx"))
    parsed = load_document(tmp_path / "岗位.docx")
    assert duties(parsed) == [
        "仓储部 1 负责货物出入库。",
        "仓储部·理货员 1 负责整理货架。",
        "人事部·招聘专员 1 发布招聘信息；",
        "人事部·招聘专员 2 组织面试。",
    ]
    found = boilerplate(parsed)
    assert found["table-of-contents"] == "仓储部\t2\n"
    assert found["job-attribute"] == "人事经理本科以上学历。"
    assert_accounted_for(parsed)


def test_word_paragraphs_with_bullets_or_without_any_number(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("综合部岗位职责")
    for name, texts in (("部门经理", ("主持工作", "审批费用")), ("文秘", ("起草文件",))):
        document.add_paragraph(name)
        for text in texts:
            document.add_paragraph(text, style="List Bullet")
    document.add_paragraph("财务部：")
    document.add_paragraph("负责核算；")
    document.save(str(tmp_path / "a.docx"))
    assert duties(load_document(tmp_path / "a.docx")) == [
        "综合部·部门经理 1 主持工作",
        "综合部·部门经理 2 审批费用",
        "综合部·文秘 1 起草文件",
        "财务部 1 负责核算；",
    ]


def test_word_file_named_after_a_post_owns_the_duties_without_a_heading(tmp_path: Path) -> None:
    document = numbered_document()
    for text in ("接待访客。", "登记来访。"):
        add_numbered(document, 1, text)
    document.save(tmp_path / "07_星河宾馆_前台岗位职责.docx")
    parsed = load_document(tmp_path / "07_星河宾馆_前台岗位职责.docx")
    assert [(clause.position, clause.number, clause.text) for clause in parsed.clauses] == [
        ("前台", "1", "接待访客。"),
        ("前台", "2", "登记来访。"),
    ]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (21, "chineseCountingThousand", "二十一"),
        (105, "chineseCounting", "一百零五"),
        (3, "lowerLetter", "c"),
        (28, "upperLetter", "BB"),
        (49, "lowerRoman", "xlix"),
        (4, "upperRoman", "IV"),
        (10, "decimalEnclosedCircleChinese", "⑩"),
        (2, "ideographTraditional", "乙"),
        (7, "somethingNew", "7"),
        (7, "none", ""),
    ],
)
def test_word_number_formats(number: int, form: str, text: str) -> None:
    assert number_text(number, form) == text


def test_word_numbers_restart_below_a_new_number() -> None:
    levels = {0: Level("decimal", "第%1条", 1), 1: Level("decimal", "%1.%2", 1), 2: Level("bullet", "o", 1)}
    numbering = Numbering({"1": ("a", levels)})
    assert [numbering.next("1", level) for level in (0, 1, 1, 0, 1, 2)] == [
        "第1条 ",
        "1.1 ",
        "1.2 ",
        "第2条 ",
        "2.1 ",
        "• ",
    ]
    assert numbering.next("2", 0) == ""


# -- sheets ------------------------------------------------------------------------------------------------------------

DUTY_ROWS = (
    ("星河宾馆岗位职责一览表", "", "", "", ""),
    ("序号", "工作内容", "部门", "岗位", "备注"),
    ("1", "办理入住登记", "前厅部", "接待员", ""),
    ("2", "1.转接电话；2.叫醒服务", "", "总机", "24小时"),
    ("3", "清扫客房", "客房部", "服务员", ""),
    ("4", "同上", "", "领班", ""),
)
DUTIES = [
    "前厅部·接待员 1 办理入住登记",
    "前厅部·总机 1 转接电话；",
    "前厅部·总机 2 叫醒服务",
    "客房部·服务员 1 清扫客房",
    "客房部·领班 1 清扫客房",
]


def test_xlsx_with_merged_departments_and_columns_in_any_order(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in DUTY_ROWS:
        sheet.append([value or None for value in row])
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("C3:C4")
    sheet.merge_cells("C5:C6")
    book.save(tmp_path / "宾馆.xlsx")
    document = load_document(tmp_path / "宾馆.xlsx")
    assert duties(document) == DUTIES
    assert document.clauses[0].lines == (3, 3)
    assert boilerplate(document)["table-remark"] == "1224小时34"
    assert_accounted_for(document)


def test_xls_with_merged_departments(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(DUTY_ROWS[1:]):
        for column, value in enumerate(row):
            if column != 2:
                sheet.write(number, column, value)
    sheet.write(0, 2, "部门")
    sheet.write_merge(1, 2, 2, 2, "前厅部")
    sheet.write_merge(3, 4, 2, 2, "客房部")
    book.save(str(tmp_path / "宾馆.xls"))
    document = load_document(tmp_path / "宾馆.xls")
    assert duties(document) == DUTIES
    assert_accounted_for(document)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_in_both_encodings(tmp_path: Path, encoding: str, separator: str) -> None:
    text = "\r\n".join(separator.join(row) for row in DUTY_ROWS[1:])
    (tmp_path / "宾馆.csv").write_bytes(text.encode(encoding))
    document = load_document(tmp_path / "宾馆.csv")
    assert duties(document) == DUTIES
    assert_accounted_for(document)


def test_xlsx_sheets_named_after_departments(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "餐饮部"
    for sheet in (book.active, book.create_sheet("工程部")):
        sheet.append(["岗位", "职责"])
        sheet.append(["主管", f"管理{sheet.title}"])
    hidden = book.create_sheet("旧")
    hidden.append(["岗位", "职责"])
    hidden.append(["主管", "旧职责"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "酒店.xlsx")
    assert duties(load_document(tmp_path / "酒店.xlsx")) == ["餐饮部·主管 1 管理餐饮部", "工程部·主管 1 管理工程部"]


# -- web pages ---------------------------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html><html><head><title>部门</title><script>var a = "1. 脚本";</script></head><body>
<div class="top"><ul><li><a href="/">首页</a></li><li><a href="/a">概况</a></li></ul></div>
<div id="page"><div class="crumbs">当前位置：首页</div>
<div class="text"><h2>采购部</h2><ol><li>负责比价。</li><li>负责合同：<ul><li>起草；</li><li>归档。</li></ul></li></ol>
<h2>质检部</h2><p>①负责来料检验。<br>②负责出厂检验。</p>
<table><tr><th>岗位</th><th>职责</th></tr><tr><td rowspan="2">检验员</td><td>抽样</td></tr>\
<tr><td>化验</td></tr></table>
</div></div><div class="footer"><p>版权所有 星河厂 电话 000</p></div></body></html>"""


def test_a_templates_latin_filler_is_not_what_a_page_is_about(tmp_path: Path) -> None:
    filler = "Cras justo odio, dapibus ac facilisis in, egestas eget quam."
    (tmp_path / "page.html").write_text(
        f"<html><body><div><div><p>{filler}</p></div></div>"
        "<div><div><p>理事会行使下列职权：</p><p>（一）执行决议；</p><p>（二）聘任秘书长。</p></div></div></body></html>",
        encoding="utf-8",
    )
    assert duties(load_document(tmp_path / "page.html")) == ["理事会 1 执行决议；", "理事会 2 聘任秘书长。"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_html_page(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "部门.html").write_bytes(PAGE.encode(encoding))
    document = load_document(tmp_path / "部门.html")
    assert duties(document) == [
        "采购部 1 负责比价。",
        "采购部 2 负责合同：",
        "采购部 2.1 起草；",
        "采购部 2.2 归档。",
        "质检部 1 负责来料检验。",
        "质检部 2 负责出厂检验。",
        "质检部·检验员 1 抽样",
        "质检部·检验员 2 化验",
    ]
    found = boilerplate(document)
    assert found["outside-main-text"] == "• 首页\n• 概况\n"
    assert found["navigation"] == "当前位置：首页\n版权所有 星河厂 电话 000\n"
    assert "脚本" not in document.text
    assert_accounted_for(document)


# -- PDF ---------------------------------------------------------------------------------------------------------------


pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))  # needs no font file


def write_pdf(path: Path, pages: list[list[tuple[int, str]]], **options: Any) -> None:
    """Pages of lines, each with its indent in characters of 12 points; lines are 20 points apart."""
    canvas = Canvas(str(path), pagesize=A4, **options)
    for page in pages:
        canvas.setFont("STSong-Light", 12)
        for number, (indent, text) in enumerate(page):
            canvas.drawString(72 + 12 * indent, 780 - 20 * number, text)
        canvas.showPage()
    canvas.save()


def pdf_pages() -> list[list[tuple[int, str]]]:
    """Three pages with a header, a list over the first page's end, and a sentence that the margin cuts."""
    header = [(0, "星河印务管理手册"), (20, "版本 A/0")]
    return [
        [
            *header,
            (20, "第 1 页"),
            (0, "一、印前车间"),
            (2, "a)负责接收顾客的原稿并且登记造册，按照生产任务单的要求安排制版人员进"),
            (0, "行制版和打样；"),
            (2, "b)负责版材的保管； c)负责打样设备的维护。"),
        ],
        [*header, (20, "第 2 页"), (2, "d)负责车间卫生。"), (0, "二、印刷车间"), (2, "a)负责印刷质量自检。")],
        [*header, (20, "第 3 页"), (2, "b)负责纸张领用。")],
    ]


def test_pdf_with_headers_wrapped_lines_and_two_items_on_a_line(tmp_path: Path) -> None:
    write_pdf(tmp_path / "手册.pdf", pdf_pages())
    document = load_document(tmp_path / "手册.pdf")
    assert duties(document) == [
        "印前车间 1 负责接收顾客的原稿并且登记造册，按照生产任务单的要求安排制版人员进行制版和打样；",
        "印前车间 2 负责版材的保管；",
        "印前车间 3 负责打样设备的维护。",
        "印前车间 4 负责车间卫生。",
        "印刷车间 1 负责印刷质量自检。",
        "印刷车间 2 负责纸张领用。",
    ]
    assert boilerplate(document)["page-header"].count("星河印务管理手册") == 3
    assert_accounted_for(document)


def test_pdf_with_a_ruled_duty_table(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "表.pdf"), pagesize=A4)
    canvas.setFont("STSong-Light", 12)
    rows = [("部门", "岗位", "职责"), ("财务部", "会计", "登记账簿"), ("", "出纳", "收付现金")]
    for column, (left, right) in enumerate(((72, 172), (172, 272), (272, 472))):
        for row, words in enumerate(rows):
            top = 700 - 30 * row
            if column == 0 and row > 0:
                canvas.rect(left, 610, right - left, 60)
            else:
                canvas.rect(left, top - 30, right - left, 30)
            canvas.drawString(left + 6, top - 20, words[column])
    canvas.save()
    assert duties(load_document(tmp_path / "表.pdf")) == ["财务部·会计 1 登记账簿", "财务部·出纳 1 收付现金"]


def test_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    write_pdf(tmp_path / "密.pdf", pdf_pages(), encrypt=StandardEncryption("secret"))
    with pytest.raises(DocumentError, match=r"密\.pdf: encrypted; allowed: files without a password"):
        load_document(tmp_path / "密.pdf")


# -- bad input ---------------------------------------------------------------------------------------------------------


def write_good_docx(path: Path) -> None:
    document = docx.Document()
    for line in ("财务部", "1、记账。", "2、报税。"):
        document.add_paragraph(line)
    document.save(str(path))


def write_good_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in DUTY_ROWS[1:]:
        book.active.append(row)
    book.save(path)


def write_good_xls(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for number, row in enumerate(DUTY_ROWS[1:]):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(str(path))


TEXTS = {
    ".html": PAGE,
    ".htm": PAGE,
    ".csv": "\n".join(",".join(row) for row in DUTY_ROWS[1:]),
    ".txt": "财务部职责\n1.记账。\n",
    ".md": "# 财务部\n- 记账。\n",
}


def write_good(path: Path) -> None:
    """A small good document of the type that the path's suffix says."""
    match path.suffix:
        case ".docx":
            write_good_docx(path)
        case ".xlsx":
            write_good_xlsx(path)
        case ".xls":
            write_good_xls(path)
        case ".pdf":
            write_pdf(path, pdf_pages())
        case suffix:
            path.write_text(TEXTS[suffix], encoding="utf-8")


OWN = [suffix for suffix in SUFFIXES if suffix in TEXTS or suffix in (".docx", ".xlsx", ".xls", ".pdf")]


@pytest.mark.parametrize("suffix", OWN)
def test_good_file_of_every_type_is_read(tmp_path: Path, suffix: str) -> None:
    write_good(tmp_path / f"好{suffix}")
    document = load_document(tmp_path / f"好{suffix}")
    assert document.clauses
    assert_accounted_for(document)
