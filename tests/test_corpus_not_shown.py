"""What a file holds and nobody sees: hidden, struck out, deleted, across the page. It is left out, and said."""

from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlwt
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.load import load_document
from corpus.model import Document
from tests.test_corpus_parse import duties
from tests.test_corpus_readers import assert_accounted_for, boilerplate


def kinds(document: Document) -> list[str]:
    return [finding.kind for finding in document.findings]


def add_runs(document: Any, *runs: tuple[str, str]) -> Any:
    """A paragraph of pieces of text, each with the tag of its property, or ''."""
    paragraph = document.add_paragraph()
    for text, tag in runs:
        run = paragraph.add_run(text)
        if tag:
            run._r.get_or_add_rPr().append(parse_xml(f"<w:{tag} {nsdecls('w')}/>"))
    return paragraph


def test_hidden_and_struck_out_text_of_word(tmp_path: Path) -> None:
    document = docx.Document()
    style = document.styles.add_style("草稿", 1)
    style.element.get_or_add_rPr().append(parse_xml(f"<w:vanish {nsdecls('w')}/>"))
    document.add_paragraph("后勤部职责")
    add_runs(document, ("1.负责车辆调度", ""), ("和马匹喂养", "strike"), ("。", ""))
    add_runs(document, ("2.负责打更。", "dstrike"))
    add_runs(document, ("3.负责绿化。", ""), ("（待定）", "vanish"))
    document.add_paragraph("4.负责酿酒。", style="草稿")
    shown = document.add_paragraph(style="草稿")
    shown.add_run("5.负责保洁。")._r.get_or_add_rPr().append(parse_xml(f'<w:vanish {nsdecls("w")} w:val="0"/>'))
    document.save(str(tmp_path / "后勤.docx"))
    parsed = load_document(tmp_path / "后勤.docx")
    assert duties(parsed) == ["后勤部 1 负责车辆调度。", "后勤部 3 负责绿化。", "后勤部 5 负责保洁。"]
    assert boilerplate(parsed)["struck-out"] == "和马匹喂养\n2.负责打更。\n"
    assert boilerplate(parsed)["hidden"] == "（待定）\n4.负责酿酒。\n"
    assert kinds(parsed).count("not_shown") == 4
    assert_accounted_for(parsed)


def test_hidden_and_deleted_rows_of_word(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("后勤部岗位职责表")
    table = document.add_table(4, 2)
    rows = (("岗位", "职责"), ("车队长", "负责车辆调度。"), ("更夫", "负责打更。"), ("马夫", "负责喂马。"))
    for row, (name, duty) in zip(table.rows, rows, strict=True):
        row.cells[0].text, row.cells[1].text = name, duty
    for index, tag in ((2, "hidden"), (3, "del")):
        table.rows[index]._tr.get_or_add_trPr().append(parse_xml(f"<w:{tag} {nsdecls('w')}/>"))
    document.save(str(tmp_path / "后勤.docx"))
    parsed = load_document(tmp_path / "后勤.docx")
    assert duties(parsed) == ["后勤部·车队长 1 负责车辆调度。"]
    assert boilerplate(parsed)["hidden-row"] == "更夫 | 负责打更。\n"
    assert "马夫" not in parsed.text


def test_paragraph_mark_that_was_deleted_joins_the_next(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("档案室职责")
    first = document.add_paragraph("1.负责扫描，并")
    mark = first._p.get_or_add_pPr()
    mark.append(parse_xml(f'<w:rPr {nsdecls("w")}><w:del w:id="1" w:author="x"/></w:rPr>'))
    document.add_paragraph("按年度移交。")
    document.add_paragraph("2.负责借阅。")
    document.save(str(tmp_path / "档案.docx"))
    assert duties(load_document(tmp_path / "档案.docx")) == ["档案室 1 负责扫描，并按年度移交。", "档案室 2 负责借阅。"]


SHEET = (
    ("部门", "岗位", "工作职责", "旧职责"),
    ("财务部", "出纳", "负责付款。", "负责旧账。"),
    ("行政部", "司机", "负责加油。", ""),
)
SHOWN = ["财务部·出纳 1 负责付款。"]


def test_hidden_rows_and_columns_of_xlsx(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in SHEET:
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["D"].hidden = True
    book.save(tmp_path / "a.xlsx")
    parsed = load_document(tmp_path / "a.xlsx")
    assert duties(parsed) == SHOWN
    assert boilerplate(parsed)["hidden-row"] == "行政部 | 司机 | 负责加油。\n"
    assert boilerplate(parsed)["hidden-column"] == "旧职责\n负责旧账。\n"
    assert kinds(parsed) == ["not_shown"]
    assert_accounted_for(parsed)


def test_hidden_and_struck_out_cells_of_xls(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    struck = xlwt.easyxf("font: struck_out on")
    for row, values in enumerate(SHEET):
        for column, value in enumerate(values):
            sheet.write(row, column, value, *([struck] if value == "负责旧账。" else []))
    kept, gone = xlwt.easyfont(""), xlwt.easyfont("struck_out on")
    sheet.write_rich_text(3, 2, (("负责发票", kept), ("和传真", gone), ("。", kept)))
    sheet.write(3, 0, "财务部")
    sheet.write(3, 1, "开票员")
    sheet.row(2).hidden = True
    book.save(str(tmp_path / "a.xls"))
    parsed = load_document(tmp_path / "a.xls")
    assert duties(parsed) == [*SHOWN, "财务部·开票员 1 负责发票。"]
    assert boilerplate(parsed)["struck-out"] == "负责旧账。\n和传真\n"
    assert boilerplate(parsed)["hidden-row"] == "行政部 | 司机 | 负责加油。\n"


def test_struck_out_cells_of_xlsx(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in SHEET:
        book.active.append(row)
    book.active["D2"].font = Font(strike=True)
    struck = TextBlock(InlineFont(strike=True), "和洗车")
    book.active["C3"] = CellRichText("负责加油", struck, "。")
    book.save(tmp_path / "a.xlsx")
    parsed = load_document(tmp_path / "a.xlsx")
    assert duties(parsed) == [*SHOWN, "行政部·司机 1 负责加油。"]
    assert boilerplate(parsed)["struck-out"] == "负责旧账。\n和洗车\n"


def test_formula_without_a_saved_value_is_a_finding(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in SHEET:
        book.active.append(row)
    book.active["C2"] = '="负责"&"盘点。"'
    book.save(tmp_path / "a.xlsx")
    parsed = load_document(tmp_path / "a.xlsx")
    (finding,) = (finding for finding in parsed.findings if finding.kind == "formula_without_value")
    assert finding.message == "Sheet!C2: a formula whose value was not saved"


def test_rows_that_only_have_a_format_do_not_count(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in SHEET:
        book.active.append(row)
    book.active["A60000"].font = Font(bold=True)
    book.active.row_dimensions[60_001].height = 20
    book.save(tmp_path / "a.xlsx")
    assert len(load_document(tmp_path / "a.xlsx").clauses) == 3


def test_escapes_of_xlsx_are_resolved(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (*SHEET[:2], ("行政部", "司机", "负责加油。_x000D_\n负责保养。", "")):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert duties(load_document(tmp_path / "a.xlsx"))[-2:] == ["行政部·司机 1 负责加油。", "行政部·司机 2 负责保养。"]


def test_withdrawn_text_of_a_page(tmp_path: Path) -> None:
    page = (
        "<h1>客服部职责</h1><ol><li>负责接听<del>和传真</del><ins>和在线客服</ins>。</li>"
        '<li><s>负责电报。</s></li><li>负责派单。</li></ol><p style="display: none">负责暗号。</p>'
    )
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    parsed = load_document(tmp_path / "a.html")
    assert duties(parsed) == ["客服部 1 负责接听和在线客服。", "客服部 3 负责派单。"]
    assert boilerplate(parsed)["struck-out"] == "和传真\n负责电报。\n"
    assert boilerplate(parsed)["hidden"] == "负责暗号。\n"


def test_tabs_that_a_script_shows_are_read(tmp_path: Path) -> None:
    tabs = "".join(
        f'<div style="display:none"><h2>{unit}职责</h2><ol>'
        + "".join(f"<li>负责{unit}的第{n}件事情，并按期汇报。</li>" for n in range(9))
        + "</ol></div>"
        for unit in ("工程部", "客服部")
    )
    (tmp_path / "a.html").write_text(f"<h1>某公司</h1><p>点击查看各部门。</p>{tabs}", encoding="utf-8")
    assert [clause.department for clause in load_document(tmp_path / "a.html").clauses] == ["工程部"] * 9 + [
        "客服部"
    ] * 9


@pytest.mark.parametrize("angle", [45, 90, 30])
def test_watermark_across_a_page(tmp_path: Path, angle: int) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    canvas.setFont("STSong-Light", 12)
    for row, line in enumerate(("安保部职责", "1.负责夜间巡逻。", "2.负责录像调阅。")):
        for _ in range(2):  # drawn twice, as bold text is
            canvas.drawString(72, 760 - 24 * row, line)
    canvas.saveState()
    canvas.translate(100, 700)
    canvas.rotate(angle)
    canvas.drawString(0, 0, "张三专用" * 12)
    canvas.restoreState()
    canvas.save()
    parsed = load_document(tmp_path / "a.pdf")
    assert duties(parsed) == ["安保部 1 负责夜间巡逻。", "安保部 2 负责录像调阅。"]
    assert boilerplate(parsed)["watermark"] == "张三专用" * 12 + "\n"
