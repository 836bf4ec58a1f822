"""What becomes of clauses from one version to another."""

from hypothesis import given
from hypothesis import strategies as st

from corpus.diff import diff
from corpus.model import Clause
from tests.conftest import SMALL
from tests.documents import parse


def clauses(text: str, slug: str = "small") -> tuple[Clause, ...]:
    return parse(text, slug).clauses


def names(found: tuple[Clause, ...]) -> list[str]:
    return [f"{clause.post} {clause.number}" for clause in found]


def pairs(found: tuple[tuple[Clause, Clause], ...]) -> list[str]:
    return [f"{old.post} {old.number} -> {new.post} {new.number}" for old, new in found]


def test_nothing_changed() -> None:
    changes = diff(clauses(SMALL), clauses(SMALL))
    assert changes == type(changes)((), (), (), ())


def test_a_clause_before_others_moves_them() -> None:
    changes = diff(
        clauses(SMALL), clauses(SMALL.replace("1.办理现金收付。\n2.", "1.审核报销单据。\n2.办理现金收付。\n3.", 1))
    )
    assert names(changes.added) == ["财务部·出纳 1"]
    assert pairs(changes.moved) == ["财务部·出纳 1 -> 财务部·出纳 2", "财务部·出纳 2 -> 财务部·出纳 3"]
    assert (changes.removed, changes.reworded) == ((), ())


def test_other_words_in_the_same_place_are_reworded_and_another_duty_is_not() -> None:
    changed = SMALL.replace("编制年度预算", "编制年度预算和决算").replace("登记账簿，编制报表", "接待来访")
    changes = diff(clauses(SMALL), clauses(changed))
    assert pairs(changes.reworded) == ["财务部 2 -> 财务部 2"]
    assert names(changes.removed) == names(changes.added) == ["财务部·会计 1"]


def test_a_renamed_department_moves_its_clauses_and_keeps_twins_apart() -> None:
    changes = diff(clauses(SMALL), clauses(SMALL.replace("人事部", "人力资源部")))
    assert sorted(pairs(changes.moved)) == [
        "人事部 1 -> 人力资源部 1",
        "人事部·招聘专员 1 -> 人力资源部·招聘专员 1",
        "人事部·招聘专员 2 -> 人力资源部·招聘专员 2",
    ]
    assert (changes.added, changes.removed, changes.reworded) == ((), (), ())


def test_a_duty_that_another_post_takes_over_moved() -> None:
    changed = SMALL.replace("2.保管印章和支票。\n", "").replace(
        "1.登记账簿，编制报表。", "1.登记账簿，编制报表。\n2.保管印章和支票。"
    )
    assert pairs(diff(clauses(SMALL), clauses(changed)).moved) == ["财务部·出纳 2 -> 财务部·会计 2"]


lines = st.lists(
    st.sampled_from(["审核合同。", "审核采购合同。", "编制预算。", "接待来访。", "编制年度预算。"]),
    min_size=1,
    max_size=8,
)


@given(before=lines, after=lines)
def test_every_clause_is_accounted_for(before: list[str], after: list[str]) -> None:
    old, new = (
        clauses("财务部职责\n" + "\n".join(f"{number}.{line}" for number, line in enumerate(part, 1)))
        for part in (before, after)
    )
    changes = diff(old, new)
    left = [*changes.removed, *(pair[0] for pair in (*changes.moved, *changes.reworded))]
    came = [*changes.added, *(pair[1] for pair in (*changes.moved, *changes.reworded))]
    assert len({clause.id for clause in left}) == len(left)
    assert len({clause.id for clause in came}) == len(came)
    texts = {clause.id: clause.text for clause in new}
    assert {clause.id for clause in old} - {clause.id for clause in left} == {
        clause.id for clause in old if texts.get(clause.id) == clause.text
    }
    assert len(old) - len(left) == len(new) - len(came)
    assert all(one.text == other.text for one, other in changes.moved)
    assert all(one.post == other.post and one.text != other.text for one, other in changes.reworded)


def test_a_large_post_is_compared_in_place_only() -> None:
    texts = [f"负责第{number}号设备的巡检。" for number in range(600)]
    old, new = (
        clauses("工程部职责\n" + "\n".join(f"{number}.{text}{end}" for number, text in enumerate(texts, 1)))
        for end in ("", "并记录。")
    )
    assert sorted(pairs(diff(old, new).reworded)) == sorted(
        f"工程部 {number} -> 工程部 {number}" for number in range(1, 601)
    )
