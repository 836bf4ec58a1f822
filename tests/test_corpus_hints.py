"""Hints beside a document settle what its text cannot, and are checked."""

import re
from pathlib import Path

import pytest

from corpus.beside.hints import hints_path, read_hints, with_name
from corpus.errors import DocumentError
from corpus.load import load_document
from corpus.model import SegmentKind
from tests.test_corpus_parse import duties

TEXT = "后勤部职责\n一、采买\n1.买菜。\n二、烹饪\n1.做饭。\n注意节约\n广告：星河厨具\n开饭\n1.打饭。\n"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "食堂.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def hint(document: Path, text: str) -> None:
    hints_path(document).write_text(text, encoding="utf-8")


def test_without_hints(document: Path) -> None:
    assert duties(load_document(document)) == [
        "后勤部 1.1 买菜。",
        "后勤部 2.1 做饭。注意节约广告：星河厨具开饭",
        "后勤部 2.1 打饭。",
    ]


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        pytest.param(
            "positions: [采买, 烹饪]\n",
            ["后勤部·采买 1 买菜。", "后勤部·烹饪 1 做饭。注意节约广告：星河厨具开饭", "后勤部·烹饪 1 打饭。"],
            id="names-of-positions",
        ),
        pytest.param(
            "departments: [采买]\n",
            ["采买 1 买菜。", "后勤部 2.1 做饭。注意节约广告：星河厨具开饭", "后勤部 2.1 打饭。"],
            id="names-of-departments",
        ),
        pytest.param(
            "noise: [7-8]\nitems: [6]\n",
            ["后勤部 1.1 买菜。", "后勤部 2.1 做饭。", "后勤部 2.2 注意节约", "后勤部 2.1 打饭。"],
            id="noise-and-items",
        ),
        pytest.param(
            "headings: [8]\npositions: [开饭]\nnoise: [7]\n",
            ["后勤部 1.1 买菜。", "后勤部 2.1 做饭。注意节约", "后勤部·开饭 1 打饭。"],
            id="heading",
        ),
        pytest.param(
            "owners:\n  - {lines: 5, department: 厨房, position: 厨师}\nnoise: [6-8]\n",
            ["后勤部 1.1 买菜。", "厨房·厨师 1 做饭。", "后勤部 1 打饭。"],
            id="owner-of-lines",
        ),
    ],
)
def test_hints(document: Path, hints: str, expected: list[str]) -> None:
    hint(document, hints)
    assert duties(load_document(document)) == expected


def test_hinted_noise_is_named(document: Path) -> None:
    hint(document, "noise: [7]\n")
    segments = load_document(document).segments
    assert [TEXT[segment.start : segment.end] for segment in segments if segment.name == "hinted-noise"] == [
        "广告：星河厨具\n"
    ]
    assert all(segment.kind is SegmentKind.BOILERPLATE for segment in segments if segment.name == "hinted-noise")


@pytest.mark.parametrize(
    ("hints", "message"),
    [
        ("noise: [", "食堂.hints.yaml: not YAML"),
        (
            "- 1",
            (
                "食堂.hints.yaml: list is not a hint; "
                "allowed: departments, positions, headings, items, noise, name, owners"
            ),
        ),
        ("nosie: [1]", "食堂.hints.yaml: nosie is not a hint; allowed: departments"),
        ("noise: 3", "食堂.hints.yaml: noise is 3; expected a list"),
        ("noise: [0]", "食堂.hints.yaml: noise: 0 are no lines; expected 12 or 12-20, from 1"),
        ("noise: [5-3]", "食堂.hints.yaml: noise: '5-3' are no lines"),
        ("noise: [90]", "食堂.hints.yaml: line 90 is not in the document, which has 9"),
        ("owners: [{lines: 3}]", "names neither department nor position"),
        ("owners: [{line: 3, department: a}]", "expected lines, and department or position"),
    ],
)
def test_bad_hints_are_refused(document: Path, hints: str, message: str) -> None:
    hint(document, hints)
    with pytest.raises(DocumentError, match=re.escape(message)):
        load_document(document)


@pytest.mark.parametrize(
    "text",
    ["", "noise: [4]", "# which lines\nnoise: [4]\n", "{noise: [4]}", "{noise: [4]}\n", "---\nnoise: [4]\n...\n"],
    ids=["none", "no-line-end", "comment", "flow", "flow-line", "document"],
)
def test_a_name_is_added_to_hints_of_any_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.hints.yaml"
    path.write_text(with_name(text, "03_前台: 工作职责"), encoding="utf-8")
    hints = read_hints(path)
    assert hints.name == "03_前台: 工作职责"
    assert list(hints.lines) == ([4] if text else [])
    assert ("# which lines" in path.read_text(encoding="utf-8")) == ("#" in text)
