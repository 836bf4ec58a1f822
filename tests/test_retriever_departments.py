"""Departments named in a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.normalise import normalise
from retriever.departments import named, names_of

TELECOM = ("市场部", "政企客户部", "公众客户部", "客户服务部", "10000号运营中心")
NAMES = names_of(TELECOM)


@pytest.mark.parametrize(
    ("question", "departments"),
    [
        ("公众客户部谁接待投诉", {"公众客户部"}),
        ("政企那边的营销分析谁做", {"政企客户部"}),
        ("公客部的派单", {"公众客户部"}),
        ("客服的积分谁管", {"客户服务部"}),
        ("政企和公众的预算分别找谁", {"政企客户部", "公众客户部"}),
        ("客服部里给知识库录东西的叫什么岗？不是问10000号那头", {"客户服务部"}),
        ("客服部管网厅运营的是谁，10000号那边只是接应", {"客户服务部"}),
        ("佣金怎么结算", set()),
        ("我想问下市场那边谁管渠道", {"市场部"}),
        ("请问市场谁管", {"市场部"}),
        # A short name that is part of a longer word names nobody.
        ("公众号的内容谁更新", set()),
        ("菜市场门口的摊位归谁管", set()),
        ("旁边超市场地租给谁", set()),
        ("市场化改革谁牵头", set()),
        ("VIP客户服务经理管什么", set()),
        ("菜市场的广告，市场那边谁管", {"市场部"}),
    ],
)
def test_named(question: str, departments: set[str]) -> None:
    assert named(normalise(question), NAMES) == departments


def test_a_short_name_of_two_departments_is_nobodys() -> None:
    names = names_of(("人力资源部", "人力资源中心", "财务部"))
    assert "人力资源" not in names
    assert (names["人力资源部"], names["财务"]) == ("人力资源部", "财务部")


@pytest.mark.parametrize(
    ("department", "word"),
    [
        ("财务部", "财务股"),
        ("安全部", "安全帽"),
        ("信息中心", "信息化"),
        ("采购部", "采购员"),
        ("工程部", "工程师"),
    ],
)
def test_a_word_that_begins_like_a_department_is_another_word(department: str, word: str) -> None:
    names = names_of((department,))
    assert named(normalise(f"{word}找谁"), names) == frozenset()
    assert named(normalise(f"{department[:2]}找谁"), names) == {department}


def test_a_longer_name_hides_a_shorter_one() -> None:
    names = names_of(("教育局", "教育局督导室"))
    assert named("教育局督导室管什么", names) == {"教育局督导室"}


def test_clauses_without_a_department_are_named_by_nothing() -> None:
    assert names_of(("",)) == {}


@given(st.text(max_size=40))
def test_any_text_names_departments_of_the_document_only(text: str) -> None:
    assert named(normalise(text), NAMES) <= set(TELECOM)
