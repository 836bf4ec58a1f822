"""What a post description says of the post itself: who its superior is, who is below it, how many hold it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus.characters import simplified
from corpus.model import FactKind

_LABELS = (
    (
        FactKind.SUPERIOR,
        re.compile(r"(?:直接|直属|间接)?(?:上级|上司)(?:岗位|职位|主管|领导)?$|(?:汇报|报告)(?:对象|关系|上级)$"),
    ),
    (
        FactKind.SUBORDINATES,
        re.compile(r"(?:直接|直属|间接|所辖)?(?:下级|下属)(?:岗位|职位|人员)?$|管理对象$|所辖人员$"),
    ),
    (
        FactKind.HEADCOUNT,
        re.compile(r"(?:岗位|职位)?(?:定员|编制|定编|人员编制)(?:人数)?$|(?:岗位|招聘)?人数$"),
    ),
)
_BEFORE_FIELD = re.compile(r"[ \t\u3000，,；;]+(?=[^:：\s]{2,8}[:：])")
_NOTHING = re.compile(r"[\s/／\-—–_]*(?:无|没有|暂无)?[\s/／\-—–_。]*$")


class Attribute(NamedTuple):
    """One fact, without whom it is about."""

    kind: FactKind
    value: str


def attribute_of(label: str, value: str) -> Attribute | None:
    """The fact that a label and its value say; None for another label, or where there is no value."""
    label = simplified(label)
    kind = next((kind for kind, pattern in _LABELS if pattern.match(label)), None)
    return (
        None
        if kind is None or _NOTHING.match(value)
        else Attribute(kind, "、".join(value.split("\n")).strip(" \t。；;"))
    )


def attributes_in(line: str) -> Iterator[Attribute]:
    """The facts in a line like 直接上级：财务经理　定员：2人."""
    for field in _BEFORE_FIELD.split(line.strip()):
        label, _, value = field.replace("：", ":").partition(":")
        if attribute := attribute_of(label.strip(), value.strip()):
            yield attribute
