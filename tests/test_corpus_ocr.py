"""Scanned pages and photographs: lines, tables and paragraphs that text recognition reads, and what says so."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import DocumentError
from corpus.load import document_files, load_document
from corpus.readers import extract, limits, ocr
from corpus.readers.layout import Page
from tests.test_corpus_parse import duties
from tests.test_corpus_readers import assert_accounted_for

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
    """A page number is written over the scan."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(tmp_path / "文.pdf"), pagesize=A4)
    canvas.setFont("STSong-Light", 12)
    for place, line in enumerate(("仓储部职责", "1.收货。")):
        canvas.drawString(80, 700 - 30 * place, line)
    canvas.showPage()
    page().save(tmp_path / "page.png")
    canvas.drawImage(str(tmp_path / "page.png"), 0, 0, *A4)
    canvas.drawString(280, 20, "- 2 -")
    canvas.save()
    document = load_document(tmp_path / "文.pdf")
    assert duties(document) == ["仓储部 1 收货。", *DUTIES]
    assert [clause.ocr for clause in document.clauses] == [False] + [True] * len(DUTIES)


@needs_font
def test_rules_with_gaps_and_a_table_that_is_open_at_one_side() -> None:
    font = ImageFont.truetype(FONTS[0], 40)
    picture = Image.new("RGB", (1654, 800), "white")
    draw = ImageDraw.Draw(picture)
    for place, (name, duty) in enumerate((("财务部", "负责记账。"), ("人事部", "负责招聘。"))):
        top = 100 + 90 * place
        draw.text((170, top + 15), name, fill="black", font=font)
        draw.text((470, top + 15), duty, fill="black", font=font)
    for y in (100, 190, 280):
        draw.line((150, y, 1400, y), fill="black", width=3)
    for x in (150, 450):
        draw.line((x, 100, x, 200), fill="black", width=3)
        draw.line((x, 206, x, 280), fill="black", width=3)
    found = ocr.read_page(picture, 595)
    texts = [line.text for line in found.lines]
    texts += [cell.text for table in found.tables for row in table.rows for cell in row if cell is not None]
    assert sorted(" ".join(texts).split()) == sorted(["财务部", "负责记账。", "人事部", "负责招聘。"])


@needs_font
@pytest.mark.parametrize("mode", ["RGBA", "I;16"])
def test_transparent_and_deep_pictures(tmp_path: Path, mode: str) -> None:
    words = Image.new("L", (900, 200), 255)
    ImageDraw.Draw(words).text((60, 60), "1.办理现金收付", fill=0, font=ImageFont.truetype(FONTS[0], 60))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(words).astype(np.uint16) * 256)
    else:  # black words on nothing
        picture = Image.new("RGBA", words.size)
        picture.putalpha(words.point(lambda value: 255 - value))
    picture.save(tmp_path / "a.png")
    assert extract(tmp_path / "a.png").text == "1.办理现金收付\n"


def test_a_preview_inside_a_photograph_is_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[int, int]] = []

    def read_page(picture: Image.Image, _: float) -> Page:
        read.append(picture.size)
        return Page([], [])

    monkeypatch.setattr(ocr, "read_page", read_page)
    for name, kind in (("a.jpg", "MPO"), ("b.tif", "TIFF")):
        small = Image.new("RGB", (50, 50), "white")
        Image.new("RGB", (200, 200), "white").save(tmp_path / name, kind, save_all=True, append_images=[small])
        with pytest.raises(DocumentError, match="it holds no text"):
            extract(tmp_path / name)
    assert read == [(200, 200), (200, 200), (50, 50)]


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (600, 2)])
def test_tiny_pictures_hold_no_text(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, "white").save(tmp_path / "a.png")
    with pytest.raises(DocumentError, match=r"^a\.png: it holds no text"):
        extract(tmp_path / "a.png")


def test_other_formats_under_a_pictures_name_are_not_opened(tmp_path: Path) -> None:
    Image.new("RGB", (30, 30)).save(tmp_path / "a.eps")
    (tmp_path / "a.eps").rename(tmp_path / "a.png")
    with pytest.raises(DocumentError, match=r"^a\.png: .*cannot identify image file"):
        extract(tmp_path / "a.png")


def test_a_page_too_large_to_draw(tmp_path: Path) -> None:
    Image.new("RGB", (60, 60), "white").save(tmp_path / "a.png")
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(14_400, 14_400))
    canvas.drawImage(str(tmp_path / "a.png"), 0, 0, 14_400, 14_400)
    canvas.save()
    with pytest.raises(DocumentError, match=r"^a\.pdf: 1,600,000,000 pixels is too large"):
        extract(tmp_path / "a.pdf")


def picture_only(path: Path, *, text: str = "") -> None:
    """A PDF file whose last page is a picture of nothing."""
    Image.new("RGB", (60, 60), "white").save(path.with_suffix(".png"))
    canvas = Canvas(str(path), pagesize=A4)
    if text:
        canvas.drawString(100, 700, text)
        canvas.showPage()
    canvas.drawImage(str(path.with_suffix(".png")), 0, 0, 500, 700)
    canvas.drawString(280, 20, "- 1 -")
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


def test_what_is_saved_with_a_page_is_no_document_of_its_own(tmp_path: Path) -> None:
    for name in ("scan.png", "page.html", "page_files/frame.html", "further/logo.png", "further/inside.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [file.name for file in document_files([tmp_path])] == ["further-inside", "page", "scan"]
