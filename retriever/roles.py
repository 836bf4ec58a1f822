"""The role that a question asks for: 谁审批, 由哪个部门监督, 配合部门是谁."""

import re

from corpus.grammar.roles import Role

_VERBS = {
    Role.APPROVE: r"审批|批准|核准|审定|签发|签字|签批|批(?=$|[的呢啊呀吗？?，。！])",
    Role.SUPERVISE: r"监督|督办|督查|考核|稽核|抽查|监管|检查",
    Role.SUPPORT: r"配合|协助|支撑|支持|协办|辅助",
    Role.PARTICIPATE: r"参与|参加|会签|知会",
}
_WHO = r"(?:谁|哪(?:个|些|位|几个)?(?:部门|岗位|科室|单位|处室|岗|人|领导|同事)?)"
_BETWEEN = r"(?:来|去|在|给|要|该|应该|需要|负责|一起|还要?|得|可以|能|有权|最后|最终)*+"
_ASKED = {
    role: re.compile(
        rf"{_WHO}{_BETWEEN}(?:{verbs})"
        rf"|(?:{verbs})(?:的|方|这件事|这块)*(?:部门|岗位|科室|单位|人|领导)?(?:的|都)?(?:是|有|找|归|由|问|报|交)(?:给|到)?{_WHO}"
    )
    for role, verbs in _VERBS.items()
}


def asked_role(question: str) -> Role | None:
    """The role other than the lead that a question asks for, if it does.

    >>> asked_role("采购合同由谁审批")
    <Role.APPROVE: 'approve'>
    >>> asked_role("宿舍谁管") is None
    True
    """
    return next((role for role, pattern in _ASKED.items() if pattern.search(question)), None)
