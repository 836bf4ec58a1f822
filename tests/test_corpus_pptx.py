"""PowerPoint slides: what is read of them, and in which order."""

from pathlib import Path
from typing import Any

import pptx
import pytest
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches

from corpus.load import load_document
from corpus.readers import extract
from corpus.source import Fact
from tests.test_corpus_parse import duties
from tests.test_corpus_readers import assert_accounted_for, boilerplate

TITLE_AND_CONTENT, BLANK = 1, 6


def add_box(slide: Any, lines: str, top: float, left: float = 1) -> Any:
    box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(4), Inches(1))
    box.text_frame.text = lines
    return box


def number(paragraph: Any, scheme: str, start: int | None = None) -> None:
    automatic = f'<a:buAutoNum {nsdecls("a")} type="{scheme}"' + (f' startAt="{start}"/>' if start else "/>")
    paragraph._p.get_or_add_pPr().append(parse_xml(automatic))


def write_slides(path: Path) -> None:
    slides = pptx.Presentation()
    first = slides.slides.add_slide(slides.slide_layouts[TITLE_AND_CONTENT])
    first.shapes.title.text = "财务部职责"
    first.placeholders[1].text = "负责记账。\n负责报税。"
    second = slides.slides.add_slide(slides.slide_layouts[TITLE_AND_CONTENT])
    second.shapes.title.text = "各部门职责"
    second.shapes.element.remove(second.placeholders[1].element)
    table = second.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for row, texts in enumerate((("部门", "职责"), ("人事部", "负责招聘。"), ("", "负责培训。"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    slides.save(str(path))


def test_titles_bullets_and_tables_with_merged_cells(tmp_path: Path) -> None:
    write_slides(tmp_path / "a.pptx")
    document = load_document(tmp_path / "a.pptx")
    assert duties(document) == [
        "财务部 1 负责记账。",
        "财务部 2 负责报税。",
        "人事部 1 负责招聘。",
        "人事部 2 负责培训。",
    ]
    assert_accounted_for(document)


def test_shapes_are_read_as_they_are_seen(tmp_path: Path) -> None:
    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    add_box(slide, "3.发货。", top=5)
    add_box(slide, "2.仓储。", top=3, left=5)
    add_box(slide, "1.采购。", top=3, left=1)
    slide.shapes.title.text = "物流部职责"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(6), Inches(4), Inches(1)).text_frame.text = "4.退货。"
    slides.save(str(tmp_path / "a.pptx"))
    assert extract(tmp_path / "a.pptx").text == "物流部职责\n1.采购。\n2.仓储。\n3.发货。\n4.退货。\n"


def test_automatic_numbers(tmp_path: Path) -> None:
    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[BLANK])
    paragraphs = add_box(slide, "财务部职责\n记账\n查账\n报税\n开票\n付款", top=1).text_frame.paragraphs
    for paragraph, level in zip(paragraphs, (0, 0, 1, 1, 0, 0), strict=True):
        paragraph.level = level
    number(paragraphs[1], "ea1ChsPeriod", start=3)
    number(paragraphs[2], "circleNumDbPlain")
    number(paragraphs[3], "circleNumDbPlain")
    number(paragraphs[4], "ea1ChsPeriod")
    number(paragraphs[5], "arabicParenBoth")
    slides.save(str(tmp_path / "a.pptx"))
    source = extract(tmp_path / "a.pptx")
    assert source.text == "财务部职责\n三. 记账\n①查账\n②报税\n四. 开票\n(1)付款\n"
    assert [source.facts[line].depth for line in range(1, 7)] == [0, 1, 2, 2, 1, 1]


def test_what_nobody_sees_is_left_out(tmp_path: Path) -> None:
    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[TITLE_AND_CONTENT])
    slide.shapes.title.text = "财务部职责"
    slide.placeholders[1].text = "负责记账。\n负责开票。"
    slide.placeholders[1].text_frame.paragraphs[1].runs[0].font._element.set("strike", "sngStrike")
    slide.notes_slide.notes_text_frame.text = "这一页讲两分钟"
    hidden = slides.slides.add_slide(slides.slide_layouts[TITLE_AND_CONTENT])
    hidden.shapes.title.text = "旧版职责"
    hidden.element.set("show", "0")
    slides.save(str(tmp_path / "a.pptx"))
    document = load_document(tmp_path / "a.pptx")
    assert duties(document) == ["财务部 1 负责记账。"]
    assert boilerplate(document) == {
        "struck-out": "负责开票。\n",
        "speaker-notes": "这一页讲两分钟\n",
        "hidden": "旧版职责\n",
    }
    assert [(finding.kind, finding.line) for finding in document.findings] == [("not_shown", 3), ("not_shown", 5)]


def test_titles_are_headings(tmp_path: Path) -> None:
    write_slides(tmp_path / "a.pptx")
    assert extract(tmp_path / "a.pptx").facts[1] == Fact(heading=1)


def test_hidden_shapes_and_struck_cells_are_left_out(tmp_path: Path) -> None:
    write_slides(tmp_path / "a.pptx")
    slides = pptx.Presentation(str(tmp_path / "a.pptx"))
    add_box(slides.slides[0], "3.不显示。", top=6)._element.nvSpPr.cNvPr.set("hidden", "1")
    (table,) = [shape.table for shape in slides.slides[1].shapes if shape.has_table]
    table.cell(2, 1).text_frame.paragraphs[0].runs[0].font._element.set("strike", "sngStrike")
    slides.save(str(tmp_path / "a.pptx"))
    document = load_document(tmp_path / "a.pptx")
    assert duties(document) == ["财务部 1 负责记账。", "财务部 2 负责报税。", "人事部 1 负责招聘。"]
    assert {"hidden": "3.不显示。\n", "struck-out": "负责培训。\n"}.items() <= boilerplate(document).items()


ODD = {
    "no-geometry": '<p:sp {0}><p:nvSpPr><p:cNvPr id="90" name="a"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
    "<p:txBody><a:bodyPr/><a:p><a:r><a:t>3.付款。</a:t></a:r></a:p></p:txBody></p:sp>",
    "ink": "<p:contentPart {0}/>",
}
CHOICE = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="a14" xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main">{}</mc:Choice>'
    "<mc:Fallback/></mc:AlternateContent>"
)


@pytest.mark.parametrize(
    ("shape", "more"),
    [
        (ODD["no-geometry"], ["财务部 3 付款。"]),
        (CHOICE.format(ODD["no-geometry"]), ["财务部 3 付款。"]),
        (ODD["ink"], []),
    ],
    ids=["no-geometry", "choice", "ink"],
)
def test_odd_shapes(tmp_path: Path, shape: str, more: list[str]) -> None:
    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[BLANK])
    add_box(slide, "财务部职责\n1.记账。\n2.报税。", top=0)
    slide.shapes._spTree.append(parse_xml(shape.format(nsdecls("p", "a")) if "{0}" in shape else shape))
    slides.save(str(tmp_path / "a.pptx"))
    assert sorted(duties(load_document(tmp_path / "a.pptx"))) == sorted(["财务部 1 记账。", "财务部 2 报税。", *more])


@pytest.mark.parametrize(("start", "first"), [("100000000", "32767. "), ("²", "1. "), ("-3", "1. "), ("7", "7. ")])
def test_a_number_to_begin_with(tmp_path: Path, start: str, first: str) -> None:
    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[BLANK])
    (paragraph,) = add_box(slide, "记账", top=1).text_frame.paragraphs
    number(paragraph, "arabicPeriod")
    paragraph._p.pPr[0].set("startAt", start)
    slides.save(str(tmp_path / "a.pptx"))
    assert extract(tmp_path / "a.pptx").text == f"{first}记账\n"


def test_spans_beyond_the_table_end_with_it(tmp_path: Path) -> None:
    write_slides(tmp_path / "a.pptx")
    slides = pptx.Presentation(str(tmp_path / "a.pptx"))
    (table,) = [shape.table for shape in slides.slides[1].shapes if shape.has_table]
    for name in ("gridSpan", "rowSpan"):
        table.cell(1, 1)._tc.set(name, "100000000")
    slides.save(str(tmp_path / "a.pptx"))
    assert {len(row) for row in extract(tmp_path / "a.pptx").tables[0].rows} == {2}
