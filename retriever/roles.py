"""The part that a post plays in a duty, read from the verb that the clause opens with."""

import re
from enum import StrEnum


class Role(StrEnum):
    LEAD = "lead"
    SUPPORT = "support"
    PARTICIPATE = "participate"
    SUPERVISE = "supervise"


# What may stand before the verb that decides: 负责配合…, 做好监督…
_OPENING = r"^(?:负责|组织|做好|积极|认真|及时|定期|具体|共同)*(?:对)?"
_ROLES = {
    Role.PARTICIPATE: re.compile(_OPENING + r"(?:参与|参加|知会)"),
    Role.SUPPORT: re.compile(_OPENING + r"(?:配合|协助|支撑|支持|协同|协办|会签|辅助|提供)"),
    Role.SUPERVISE: re.compile(_OPENING + r"(?:检查|监督(?!员)|考核|督办|督促|监控|稽核|审核|巡查|监管)"),
}


def role_of(text: str) -> Role:
    """The role of a post in a clause; who leads is the rule, the others say so.

    >>> role_of("负责支撑本行业整体解决方案的快速复制和推广。")
    <Role.SUPPORT: 'support'>
    """
    return next((role for role, pattern in _ROLES.items() if pattern.search(text)), Role.LEAD)
