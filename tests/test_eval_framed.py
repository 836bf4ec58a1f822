"""An answer is the same however it is asked for, as far as it is: frames that nothing was fitted on."""

import numpy as np

from eval.framed import ask_framed, framed, noise_refused, read_frames
from retriever.retriever import Retriever

QUESTIONS = (
    "佣金怎么结算，找谁",
    "积分商城谁运营",
    "有个大客户要投标，标书谁来写",
    "客户投诉说半夜还打营销电话",
    "宿舍的空调坏了",
    "年会节目谁来排",
)


def test_there_are_twelve_kinds_of_frames() -> None:
    frames = read_frames()
    assert len({kind for kind, _ in frames}) == 12
    assert all(frame.count("{}") == 1 for _, frame in frames)
    assert framed("宿舍谁管？", "您好，{}，谢谢") == "您好，宿舍谁管，谢谢"


def test_frames_seldom_change_the_decision(retriever: Retriever) -> None:
    """The goal is 2 in 100; docs/performance.md says what is reached over all organisations."""
    changed = list(ask_framed(retriever, QUESTIONS))
    assert len(changed) == len(QUESTIONS) * len(read_frames())
    assert np.mean([one.decision for one in changed]) <= 0.06


def test_most_noise_is_refused(retriever: Retriever) -> None:
    assert noise_refused(retriever) >= 0.9
