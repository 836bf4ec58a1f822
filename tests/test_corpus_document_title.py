"""What a document is called."""

import pytest

from corpus.grammar.document_title import document_title
from tests.documents import parse

DUTIES = "\n\n办公室职责\n1.保管公章。\n2.组织年会。\n"


@pytest.mark.parametrize(
    ("head", "slug", "title"),
    [
        ("东湖商会章程", "file", "东湖商会章程"),
        ("# 东湖商会章程（试行）", "file", "东湖商会章程（试行）"),
        ("云州市数据平台\n\n人力资源计划", "file", "云州市数据平台人力资源计划"),
        ("学校章程", "05_东湖大学章程", "东湖大学章程"),
        ("部门工作职责", "东湖公司", "东湖公司"),
        ("附录5 质量体系职责分配表", "g11_印刷厂职责表", "印刷厂职责表"),
        ("欢迎访问我们的网站", "东湖学会(2)", "东湖学会"),
        ("", "2024", "2024"),
    ],
)
def test_title(head: str, slug: str, title: str) -> None:
    assert document_title(parse(f"{head}{DUTIES}", slug)) == title


def test_what_stands_below_the_first_duty_is_no_title() -> None:
    assert document_title(parse(f"{DUTIES}\n\n东湖商会章程\n", "file")) == "file"
