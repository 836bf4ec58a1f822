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
    ("legend", "■领导 ▲主控 △执行、配合"),
    ("legend", "注：●主要负责人　〇次要负责人"),
    ("document-attribute", "编制部门：人事部"),
    ("document-attribute", "抄送：各部门"),
    ("document-attribute", "說明：本表由人事部維護"),
    ("office-holder", "副处长：姜 浩"),
    ("office-holder", "办公室主任：欧阳正华（兼） 副主任：李明"),
    ("date", "2024年5月1日"),
    ("date", "二〇二四年十二月三十一日"),
    ("date", "（2024-05-01）"),
    ("coming-into-force", "本职责自发布之日起施行，由行政部负责解释。"),
    ("coming-into-force", "第四十条 本条例由某某委员会负责解释。"),
    ("closing-word", "特此通知。"),
    ("attachment", "附件1-2：值班电话一览"),
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
        pytest.param("审核：负责凭证审核。", id="a-duty-behind-a-label"),
        pytest.param("处长：负责全处工作。", id="a-duty-behind-a-post"),
        pytest.param("本部门负责解释政策。", id="a-duty-to-explain"),
        pytest.param("2024年5月1日起负责值班。", id="a-duty-from-a-date"),
    ],
)
def test_no_boilerplate(line: str) -> None:
    assert boilerplate_name(line) is None
