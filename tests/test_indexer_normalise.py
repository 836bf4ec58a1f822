"""One spelling for clauses and questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.normalise import fold, normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＶＩＰ客戶", "vip客户"),
        ("機場貴賓室", "机场贵宾室"),
        ("增值業務的發展", "增值业务的发展"),
        ("第①条", "第1条"),
        ("佣金，找谁？（急）", "佣金，找谁？（急）"),
        ("", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(max_size=40))
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_fold_is_normalise_character_by_character() -> None:
    assert fold("ＶＩＰ機場㎡") == "vip机场㎡"
