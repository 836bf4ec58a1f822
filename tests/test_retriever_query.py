"""Checking questions and scopes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionError, UnknownNameError
from indexer.index import Index
from retriever.query import Turn, check_question, read_query


@pytest.mark.parametrize(
    "question", ["佣", "佣金怎么结算，找谁", "a" * 500, "  两边有空格\n"], ids=["one", "usual", "500", "spaces"]
)
def test_good_questions_are_trimmed(question: str) -> None:
    assert check_question(question) == question.strip()


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "the question is empty; allowed: 1 to 500 characters"),
        (" \n\t\u3000", "the question is empty"),
        ("a" * 501, "the question has 501 characters; allowed: 1 to 500. Shorten it"),
        ("佣金\x00结算", r"holds the character '\\x00'"),
        ("佣金\ud800", r"holds the character '\\ud800'"),
    ],
    ids=["empty", "blank", "501", "control", "surrogate"],
)
def test_bad_questions_are_refused(question: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message) as caught:
        check_question(question)
    assert caught.value.field == "question"


@given(st.text(max_size=520))
def test_any_text_is_trimmed_or_refused(text: str) -> None:
    try:
        checked = check_question(text)
    except QuestionError:
        return
    assert 1 <= len(checked) <= 500
    assert checked == text.strip()


BEFORE: list[Turn] = [
    {"role": "user", "content": "政企客户部的年度预算谁定？"},
    {"role": "assistant", "content": "由政企客户部·营销分析负责。"},
]


@pytest.mark.parametrize("question", ["那公众客户呢？", "考核也是他吗", "那审核呢", "报告谁写"])
def test_a_follow_up_goes_on_from_the_last_question(index: Index, question: str) -> None:
    query = read_query(question, index, history=BEFORE)
    assert query.question == question
    assert query.text == f"{question} 政企客户部的年度预算谁定？"


@pytest.mark.parametrize(
    "question", ["积分商城的财务结算找哪个岗位", "佣金怎么结算，找谁来办这件事，昨天代理商又催了一遍"]
)
def test_a_new_question_stands_alone(index: Index, question: str) -> None:
    assert read_query(question, index, history=BEFORE).text == question


def test_a_follow_up_without_an_earlier_question_stands_alone(index: Index) -> None:
    assert read_query("那公众客户呢", index, history=[{"role": "assistant", "content": "您好"}]).text == "那公众客户呢"


def test_a_long_history_does_not_break_the_limit(index: Index) -> None:
    assert len(read_query("那公众客户呢", index, history=[{"role": "user", "content": "问" * 900}]).text) == 500


def test_the_text_is_normalised(index: Index) -> None:
    assert read_query("ＶＩＰ機場貴賓室歸誰管", index).text == "vip机场贵宾室归谁管"


def test_no_scope_allows_everything(index: Index) -> None:
    assert read_query("佣金", index).allowed is None


def test_scope_is_exactly_the_clauses_of_the_posts(index: Index) -> None:
    allowed = read_query("佣金", index, "公众客户部", "社会渠道经理").allowed
    assert allowed is not None
    assert [index.store.clause(int(i)).id for i in allowed.nonzero()[0]] == [
        f"telecom-branch/公众客户部/社会渠道经理/{number}" for number in range(1, 7)
    ]
    department = read_query("佣金", index, "10000号运营中心").allowed
    assert department is not None
    assert department.sum() == 4
    everywhere = read_query("佣金", index, None, "营销分析").allowed
    assert everywhere is not None
    assert everywhere.sum() == 8


@pytest.mark.parametrize(
    ("department", "position", "message", "field"),
    [
        (
            "公众部",
            None,
            r"unknown department '公众部'; did you mean 公众客户部\? Allowed: 市场部、政企客户部",
            "department",
        ),
        ("财务", None, r"unknown department '财务'; Allowed: 市场部", "department"),
        ("市场部", "社会渠道经理", r"unknown position '社会渠道经理'; .*Allowed: 市场规划、", "position"),
        ("10000号运营中心", "客户经理", r"unknown position '客户经理'; Allowed: none", "position"),
    ],
    ids=["near", "far", "elsewhere", "no-positions"],
)
def test_unknown_names(index: Index, department: str, position: str | None, message: str, field: str) -> None:
    with pytest.raises(UnknownNameError, match=message) as caught:
        read_query("佣金", index, department, position)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "noise",
    [
        "a",
        "1",
        "12345678",
        "13800000000",
        "，。！",
        "😀😀",
        "http://example.com/a?b=1",
        "www.example.com",
        "测试测试测试",
        "啊啊啊",
        "你好",
        "在吗",
        "谢谢",
    ],
)
def test_noise_is_no_question(index: Index, noise: str) -> None:
    assert not read_query(noise, index).asks


@pytest.mark.parametrize("question", ["佣金", "5G", "佣金怎么结算，找谁", "VIP通道谁管"])
def test_a_short_question_is_one(index: Index, question: str) -> None:
    assert read_query(question, index).asks
