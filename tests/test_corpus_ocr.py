"""Scanned pages and photographs: lines, tables and paragraphs that text recognition reads, and what says so."""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import DocumentError
from corpus.load import document_files, load_document
from corpus.readers import extract, limits, ocr
from tests.test_corpus_parse import duties
from tests.test_corpus_readers import assert_accounted_for, pdf_pages, write_pdf

FONTS = sorted(Path("/usr/share/fonts/opentype/noto").glob("NotoSansCJK-Regular*"))
# .ci/run installs the font for Chromium: there it must not be missing.
needs_font = pytest.mark.skipif(not FONTS and "REQUIRE_CHROMIUM" not in os.environ, reason="fonts-noto-cjk is missing")

LINES = (
    "星河公司岗位职责",
    "一、财务部",
    "1.负责公司资金的筹集、调度和日常收付管理，按月编制资金计划和执",
    "行情况报告；",
    "（一）出纳",
    "1.办理现金收付和银行结算。",
)
ROWS = (
    ("部门", "职责"),
    ("人事部", "1.负责招聘与培训；\n2.办理社保。"),
    ("行政部", "负责办公用品的采购和发放，管理公务\n用车。"),
)
COLUMNS = (150, 450, 1450)
DUTIES = [
    "财务部 1 负责公司资金的筹集、调度和日常收付管理，按月编制资金计划和执行情况报告；",
    "财务部·出纳 1 办理现金收付和银行结算。",
    "人事部 1 负责招聘与培训；",
    "人事部 2 办理社保。",
    "行政部 1 负责办公用品的采购和发放，管理公务用车。",
]


def page(*, skew: float = 0) -> Image.Image:
    """A page of text and a ruled table scanned at 200 dots per inch, fallen to the right by some degrees."""
    picture = Image.new("RGB", (1654, 2339), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONTS[0], 40)
    for place, line in enumerate(LINES):
        draw.text((150, 150 + 90 * place), line, fill="black", font=font)
    top = 800
    for row in ROWS:
        bottom = top + 30 + 60 * max(cell.count("\n") + 1 for cell in row)
        for left, right, cell in zip(COLUMNS, COLUMNS[1:], row, strict=False):
            draw.rectangle((left, top, right, bottom), outline="black", width=3)
            draw.multiline_text((left + 20, top + 5), cell, fill="black", font=font, spacing=14)
        top = bottom
    return picture.rotate(-skew, fillcolor="white")


@needs_font
def test_a_photograph_of_a_page(tmp_path: Path) -> None:
    page(skew=1.5).save(tmp_path / "页.jpg")
    document = load_document(tmp_path / "页.jpg")
    assert duties(document) == DUTIES
    assert all(clause.ocr for clause in document.clauses)
    assert_accounted_for(document)


@needs_font
def test_a_scanned_page_among_others(tmp_path: Path) -> None:
    write_pdf(tmp_path / "文.pdf", pdf_pages())
    written = load_document(tmp_path / "文.pdf")
    canvas = Canvas(str(tmp_path / "扫描.pdf"), pagesize=A4)
    page().save(tmp_path / "page.png")
    canvas.drawImage(str(tmp_path / "page.png"), 0, 0, *A4)
    canvas.save()
    assert duties(load_document(tmp_path / "扫描.pdf")) == DUTIES
    assert not any(clause.ocr for clause in written.clauses)


def picture_only(path: Path, *, text: str = "") -> None:
    """A PDF file whose last page is a picture of nothing."""
    Image.new("RGB", (60, 60), "white").save(path.with_suffix(".png"))
    canvas = Canvas(str(path), pagesize=A4)
    if text:
        canvas.drawString(100, 700, text)
        canvas.showPage()
    canvas.drawImage(str(path.with_suffix(".png")), 0, 0, 500, 700)
    canvas.save()


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: False)


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize(
    ("name", "said"), [("a.pdf", r"its pages are pictures \(scanned\)"), ("a.png", "it is a picture")]
)
def test_without_the_extra_it_is_said_what_to_do(tmp_path: Path, name: str, said: str) -> None:
    picture_only(tmp_path / "a.pdf")
    with pytest.raises(DocumentError, match=rf"^{name}: {said}, and text recognition is not installed\. Install it"):
        extract(tmp_path / name)


@pytest.mark.usefixtures("without_extra")
def test_a_page_that_is_not_read_is_a_finding(tmp_path: Path) -> None:
    picture_only(tmp_path / "a.pdf", text="1. Keep accounts.")
    (finding,) = extract(tmp_path / "a.pdf").findings
    assert finding.kind == "pictures_not_read"
    assert finding.message.startswith("pages that are pictures are not read (2): text recognition is not installed")


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + b"x" * 40, b"\xff\xd8\xff\xe0" + b"\0" * 90])
def test_a_damaged_picture(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(DocumentError, match=r"^a\.png: "):
        extract(tmp_path / "a.png")


@pytest.mark.parametrize(("limit", "most"), [("MAX_PIXELS", 3599), ("MAX_SCANNED_PAGES", 0)])
def test_limits_of_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    picture_only(tmp_path / "a.pdf")
    monkeypatch.setattr(limits, limit, most)
    with pytest.raises(DocumentError, match=r"^a\.png: .* is too large; allowed"):
        extract(tmp_path / "a.png")


def test_pictures_below_a_folder_are_a_pages_own(tmp_path: Path) -> None:
    for name in ("scan.png", "page.html", "page_files/logo.png", "page_files/inside.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [file.name for file in document_files([tmp_path])] == ["page", "page_files-inside", "scan"]
