"""The part that a post plays, read from a clause."""

import pytest

from corpus.grammar.roles import Role, matter_of, role_of


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("负责社会代理渠道的建设、拓展及支撑，代理商的引入、考核和终止管理。", Role.LEAD),
        ("统筹业务系统和前端业务支撑系统的需求。", Role.LEAD),
        ("负责监督员队伍的建设，实时收集意见。", Role.LEAD),
        ("参与社会渠道代理考核、业务佣金结算及审核。", Role.PARTICIPATE),
        ("负责参与ICT项目售前方案前期资源调查。", Role.PARTICIPATE),
        ("负责支撑本行业整体解决方案的快速、有效复制和推广。", Role.SUPPORT),
        ("配合相关部门做好一站服务。", Role.SUPPORT),
        ("为政企客户部提供移动和增值业务以及所属渠道支撑。", Role.SUPPORT),
        ("检查、指导县级公司积分计划工作。", Role.SUPERVISE),
        ("做好检查和巡查工作，确保运营信息安全。", Role.SUPERVISE),
        ("负责有限空间、动火、带气等危险作业审批及现场安全督查。", Role.APPROVE),
        ("批准：采购合同", Role.APPROVE),
        ("知会：采购合同", Role.PARTICIPATE),
        ("提供咨询：采购合同", Role.SUPPORT),
        ("采购合同", Role.LEAD),
        ("安全员应当对施工现场进行日常检查。", Role.SUPERVISE),
        ("对仓内物资进行定期检查，报告储备情况。", Role.LEAD),
        ("制定考核办法并组织实施。", Role.LEAD),
        ("接受上级检查。", Role.LEAD),
        ("根据公司的计划，协助供应商送货。", Role.SUPPORT),
        ("后勤供应和物资发放。", Role.LEAD),
    ],
)
def test_roles(text: str, role: Role) -> None:
    assert role_of(text) is role


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("配合：合同评审", "合同评审"),
        ("审批：合同评审", "合同评审"),
        ("合同评审", "合同评审"),
        ("说明：合同评审", "说明：合同评审"),
    ],
)
def test_a_mark_is_not_part_of_the_matter(text: str, matter: str) -> None:
    assert matter_of(text) == matter
