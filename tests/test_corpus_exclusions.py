"""What clauses say that they do not cover."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.grammar.exclusions import exclusions, without_exclusions


@pytest.mark.parametrize(
    ("text", "excluded", "rest"),
    [
        ("负责门诊楼保洁，不包括手术室保洁。", ("手术室保洁",), "负责门诊楼保洁。"),
        ("负责垃圾清运，医疗废物除外。", ("医疗废物",), "负责垃圾清运。"),
        ("负责采购（大型设备除外）。", ("大型设备",), "负责采购。"),
        ("负责维修（不含医疗设备）；管理库房。", ("医疗设备",), "负责维修；管理库房。"),
        ("负责费用报销，但不包括差旅费，审核票据。", ("差旅费",), "负责费用报销，审核票据。"),
        ("负责配电房值班，不承担电梯维修。", ("电梯维修",), "负责配电房值班。"),
        ("除手术室以外的保洁工作。", ("手术室",), "保洁工作。"),
        ("除完成本职工作外，还负责文件收发。", (), "除完成本职工作外，还负责文件收发。"),
        ("不负责食堂卫生。", ("食堂卫生",), "不负责食堂卫生。"),
        ("办理员工除名，负责除尘。", (), "办理员工除名，负责除尘。"),
    ],
)
def test_exclusions(text: str, excluded: tuple[str, ...], rest: str) -> None:
    assert exclusions(text) == excluded
    assert without_exclusions(text) == rest


@given(st.text("除外以之不包括负责，。（）保洁", max_size=40))
def test_what_is_left_is_never_empty_and_never_more(text: str) -> None:
    rest = without_exclusions(text)
    assert len(rest) <= len(text)
    assert bool(rest) == bool(text)
