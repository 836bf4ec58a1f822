"""An answer in words: sure, a guess, or none."""

import dataclasses

import pytest

from retriever.confidence import NOTHING
from retriever.retriever import Retriever
from server.answer import word

HANDLES = "由公众客户部·社会渠道经理参与办理[1]"
QUOTE = "参与社会渠道代理考核、业务佣金结算及审核。"


@pytest.mark.parametrize(
    ("sure", "literal", "begins"),
    [
        (True, 0.0, f"{HANDLES}：{QUOTE}"),
        (False, 0.0, f"可能{HANDLES}，文档没有直接写：{QUOTE}"),
        (False, 1.0, f"可能{HANDLES}：{QUOTE}"),
    ],
    ids=["sure", "guess", "guess-of-what-is-written"],
)
def test_an_answer_says_how_sure_it_is(retriever: Retriever, sure: bool, literal: float, begins: str) -> None:
    found = retriever.ask("佣金怎么结算，找谁")
    result = dataclasses.replace(found, sure=sure, features=NOTHING._replace(literal=literal))
    assert word(result).startswith(begins)


def test_what_is_no_question_gets_no_posts(retriever: Retriever) -> None:
    assert word(retriever.ask("测试测试测试")) == "职责文档里没有写这件事归谁管。"
