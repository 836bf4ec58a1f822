"""What a clause says in so many words."""

import pytest

from retriever.literal import excludes, says


@pytest.mark.parametrize(
    ("words", "clause", "said"),
    [
        (["宿舍"], "负责宿舍管理。", True),
        (["宿舍", "空调"], "负责宿舍管理。", False),
        (["公积金", "谁", "缴"], "办理公积金缴存。", True),
        (["5g"], "负责5G专网的开通。", True),
        (["工", "资", "发放"], "负责物资发放。", False),
        (["怎么", "办"], "怎么办都行。", False),
        ([], "负责宿舍管理。", False),
        (["宿舍"] * 7, "负责宿舍管理。", False),
    ],
    ids=["word", "one-missing", "lone-character", "latin", "unknown-word", "only-asks", "nothing", "too-long"],
)
def test_says(words: list[str], clause: str, said: bool) -> None:
    assert says(words, clause) is said


@pytest.mark.parametrize(
    ("topic", "about"),
    [("手术室保洁", True), ("手术室里的保洁", True), ("门诊楼保洁", False), ("手术", False), ("", False)],
)
def test_what_is_excluded(topic: str, about: bool) -> None:
    assert excludes(("手术室保洁",), topic) is about
