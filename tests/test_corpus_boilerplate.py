"""Lines that belong to no duty."""

import pytest

from corpus.grammar.boilerplate import BOILERPLATE, boilerplate_name

EXAMPLES = [
    ("blank", ""),
    ("blank", " \t\u3000"),
    ("download-site-notice", "- 1、下载文档前请自行甄别文档内容的完整性,平台不提供额外的编辑。"),
    ("download-site-notice", "3、如文档侵犯您的权益,请联系客服反馈。"),
    ("web-page-notice", "上一篇：机构设置"),
    ("web-page-notice", "发布时间：2024-03-01 浏览次数：12"),
    ("page-number", "第 3 页"),
    ("page-number", "第3页 共 12 页"),
    ("page-number", "- 12 -"),
    ("page-number", " 3 / 12 "),
    ("ruler", "-----"),
    ("ruler", "* * *"),
    ("ruler", "————"),
    ("job-attribute", "直接上级：财务总监"),
    ("job-attribute", "岗位编号: HR-01"),
    ("comment", "<!-- 第二稿 -->"),
]


@pytest.mark.parametrize(
    ("name", "line"), EXAMPLES, ids=[f"{number}-{name}" for number, (name, _) in enumerate(EXAMPLES)]
)
def test_boilerplate(name: str, line: str) -> None:
    assert boilerplate_name(line) == name


def test_every_pattern_has_an_example() -> None:
    assert list(BOILERPLATE) == list(dict(EXAMPLES))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("负责文档管理。", id="duty-about-documents"),
        pytest.param("3.负责下载中心。", id="duty-about-downloads"),
        pytest.param("第3页的表格", id="page-inside-words"),
        pytest.param("- 12", id="bullet"),
        pytest.param("--", id="two-dashes"),
        pytest.param("<!-- 草稿 --> 负责预算", id="words-after-comment"),
        pytest.param("2024", id="bare-number"),
    ],
)
def test_no_boilerplate(line: str) -> None:
    assert boilerplate_name(line) is None
