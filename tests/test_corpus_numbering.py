"""The numbering grammar: each style by example, what is no number, and Chinese numerals."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.grammar.numbering import STYLES, chinese_number, find_marker

# (style, damaged, line, path, the words after the marker)
EXAMPLES = [
    ("markdown", False, "## 财务部", (), "财务部"),
    ("chapter", False, "第三章 总则", (3,), "总则"),
    ("section", False, "第12节　附则", (12,), "附则"),
    ("article", False, "第二十一条 负责预算", (21,), "负责预算"),
    ("article", False, "第5条：负责预算", (5,), "负责预算"),
    ("article", False, "第 十七 條  負責預算", (17,), "負責預算"),
    ("markdown", False, "###财务部", (), "财务部"),
    ("arabic", True, ".02 财务部", (2,), "财务部"),
    ("chinese", False, "十四、信息", (14,), "信息"),
    ("chinese", False, "一.市场", (1,), "市场"),
    ("chinese-bracket", False, "（十四）信息", (14,), "信息"),
    ("chinese-bracket", False, "(二)、信息", (2,), "信息"),
    ("chinese-bracket", True, ",三,业务流程管理", (3,), "业务流程管理"),
    ("chinese-bracket", True, "，十一，号卡", (11,), "号卡"),
    ("chinese-bracket", False, "㈡信息", (2,), "信息"),
    ("chinese-bracket", False, "（ 二 ） 信息", (2,), "信息"),
    ("chinese", True, "一　总则", (1,), "总则"),
    ("chinese", False, "一千零二、信息", (1002,), "信息"),
    ("chinese-legal", False, "壹拾贰、信息", (12,), "信息"),
    ("chinese-circled", False, "㊂信息", (3,), "信息"),
    ("roman", False, "Ⅳ、信息", (4,), "信息"),
    ("roman", False, "XII. 信息", (12,), "信息"),
    ("roman", False, "iii)信息", (3,), "信息"),
    ("stem", False, "丙、信息", (3,), "信息"),
    ("branch", False, "寅、信息", (3,), "信息"),
    ("arabic-path", False, "3.2.1 编制", (3, 2, 1), "编制"),
    ("arabic-path", False, "1．2、编制", (1, 2), "编制"),
    ("arabic", False, "12.编制", (12,), "编制"),
    ("arabic", False, "3、编制", (3,), "编制"),
    ("arabic", False, " \u30004, 编制", (4,), "编制"),
    ("arabic", False, "１．编制", (1,), "编制"),
    ("arabic", False, "⒓编制", (12,), "编制"),
    ("arabic", False, "1.\xa0编制", (1,), "编制"),
    ("arabic", False, "\u200b1.\u200b编制", (1,), "编制"),
    ("arabic", False, "1024、编制", (1024,), "编制"),
    ("arabic", True, "4 编制", (4,), "编制"),
    ("arabic-bracket", False, "⑵编制", (2,), "编制"),
    ("letter-bracket", False, "(b)编制", (2,), "编制"),
    ("circled", False, "㉑编制", (21,), "编制"),
    ("bullet", False, "——编制", (), "编制"),
    ("bullet", False, "◇编制", (), "编制"),
    ("arabic", True, "9(统筹", (9,), "统筹"),
    ("arabic-bracket", False, "（2）编制", (2,), "编制"),
    ("arabic-bracket", False, "(10)编制", (10,), "编制"),
    ("arabic-bracket", True, ",1,制订", (1,), "制订"),
    ("arabic-half-bracket", False, "3)编制", (3,), "编制"),
    ("arabic-half-bracket", False, "3）、编制", (3,), "编制"),
    ("circled", False, "①编制", (1,), "编制"),
    ("circled", False, "⑳ 编制", (20,), "编制"),
    ("letter", False, "a)编制", (1,), "编制"),
    ("letter", False, "C、编制", (3,), "编制"),
    ("bullet", False, "- 编制", (), "编制"),
    ("bullet", False, "•编制", (), "编制"),
]


@pytest.mark.parametrize(
    ("style", "damaged", "line", "path", "words"),
    EXAMPLES,
    ids=[f"{row}-{name}" for row, (name, *_) in enumerate(EXAMPLES)],
)
def test_style(style: str, damaged: bool, line: str, path: tuple[int, ...], words: str) -> None:
    marker = find_marker(line)
    assert marker is not None
    assert (marker.style.name, marker.style.damaged, marker.path, line[marker.end :]) == (style, damaged, path, words)
    assert marker.number == (path[-1] if path else None)


def test_every_style_has_an_example() -> None:
    assert {(style.name, style.damaged) for style in STYLES} == {example[:2] for example in EXAMPLES}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="empty"),
        pytest.param("负责预算", id="words"),
        pytest.param("2024年计划", id="year"),
        pytest.param("3.5%的增长", id="percentage"),
        pytest.param("18,000元以内", id="thousands"),
        pytest.param("9:00-18:30", id="time"),
        pytest.param("一站服务", id="word-with-numeral"),
        pytest.param("第三方合作", id="third-party"),
        pytest.param("-18度", id="negative"),
        pytest.param("#1号楼", id="hash-without-space"),
        pytest.param("A.B类", id="abbreviation"),
        pytest.param("3(2022)号文", id="digit-in-bracket"),
        pytest.param("负责1.编制", id="number-inside"),
    ],
)
def test_no_marker(line: str) -> None:
    assert find_marker(line) is None


@settings(deadline=None)
@given(st.text(alphabet="#第章条一二十百、.．（）(),，0123456789①a-*• 　%编", max_size=12))
def test_marker_of_any_line_ends_inside_it(line: str) -> None:
    marker = find_marker(line)
    assert marker is None or 0 < marker.end <= len(line)


def in_chinese(number: int) -> str:
    """How a number below 1000 is written; those with 零 inside (101 to 109 and the like) are not asked for."""
    digits = " 一二三四五六七八九"
    hundreds, tens, units = number // 100, number // 10 % 10, number % 10
    ten = "十" if number < 20 else f"{digits[tens]}十"
    return f"{digits[hundreds]}百" * (hundreds > 0) + ten * (tens > 0) + digits[units] * (units > 0)


NUMBERS = [number for number in range(1, 1000) if number < 100 or number % 100 == 0 or number % 100 >= 10]


def test_chinese_number_reads_every_number_as_it_is_written() -> None:
    assert {in_chinese(number): chinese_number(in_chinese(number)) for number in NUMBERS} == {
        in_chinese(number): number for number in NUMBERS
    }


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        pytest.param("九", 9, id="9"),
        pytest.param("十", 10, id="10"),
        pytest.param("十四", 14, id="14"),
        pytest.param("二十", 20, id="20"),
        pytest.param("一百二十", 120, id="120"),
        pytest.param("九百九十九", 999, id="999"),
    ],
)
def test_chinese_number(digits: str, number: int) -> None:
    assert (chinese_number(digits), in_chinese(number)) == (number, digits)
