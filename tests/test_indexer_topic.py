"""What a question is about."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.normalise import normalise
from indexer.topic import asked_text, topic_of


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("您好，请问一下，宿舍的空调坏了，这件事该找谁处理呢？谢谢！", "宿舍的空调坏了"),
        ("宿舍谁管", "宿舍"),
        ("档案归哪个部门管", "档案"),
        ("谁负责档案", "档案"),
        ("领导出差订票找谁", "领导出差订票"),
        ("佣金怎么结算，找谁", "佣金怎么结算"),
        ("我是行政的小王，报销单贴错了怎么办", "报销单贴错了"),
        ("俺想打听一哈，工资条咋看不懂，归哪个管嘛", "工资条咋看不懂"),
        ("急急急！投影仪不亮了，在线等", "投影仪不亮了"),
        ("谁审批采购合同", "谁审批采购合同"),
        ("在吗", ""),
        ("你好，谢谢", ""),
        ("", ""),
    ],
)
def test_topics(question: str, topic: str) -> None:
    assert topic_of(question) == topic


def test_a_question_that_only_asks_is_searched_for_as_it_is() -> None:
    assert asked_text("在吗") == "在吗"


@given(st.text(max_size=200))
def test_a_topic_is_made_of_what_was_asked(question: str) -> None:
    topic = topic_of(normalise(question))
    assert set(topic) <= set(normalise(question)) | {"，"}
    assert len(topic) <= 2 * len(normalise(question))


@pytest.mark.parametrize(
    "piece", ["急", "应该", "谁来", "您好", "找谁", "的", "，", "我是", "a", "请问一下，", "归", "😭"]
)
def test_twice_the_text_takes_about_twice_the_time(piece: str) -> None:
    def seconds(text: str) -> float:
        begun = time.process_time()
        topic_of(text)
        return time.process_time() - begun

    text = piece * (1500 // len(piece))
    ratios = (seconds(text + text) / max(seconds(text), 0.005) for _ in range(3))
    assert any(ratio < 4 for ratio in ratios)
