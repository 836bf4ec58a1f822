"""Which documents a question names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.normalise import normalise
from retriever.documents import documents_named, names_of_documents

NAMES = names_of_documents(
    {
        "east": "云州市城南区东湖商会章程",
        "04_西山学会_岗位职责": "西山学会_岗位职责",
        "school": "学校章程",
        "union": "东湖商会工会组织条例",
        "财务报销": "财务报销制度",
        "公章": "公章",
        "ERP管理制度": "ERP制度",
    }
)


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("东湖商会的会费谁收", {"east"}),
        ("云州市城南区东湖商会章程里会费归谁", {"east"}),
        ("东湖商会工会的会费谁收", {"union"}),
        ("西山学会的会费谁收", {"04_西山学会_岗位职责"}),
        ("岗位职责谁来改", set()),
        ("学校的章程谁来改", set()),
        ("会费谁收", set()),
        ("财务报销找谁", set()),
        ("财务报销制度里谁审批", {"财务报销"}),
        ("公章谁保管", set()),
        ("ERP的账号谁开", set()),
        ("erp制度谁来改", {"ERP管理制度"}),
    ],
)
def test_documents_named(question: str, documents: set[str]) -> None:
    assert documents_named(normalise(question), NAMES)[0] == documents


def test_a_name_that_two_documents_share_names_both() -> None:
    names = names_of_documents({"a": "东湖商会章程", "b": "东湖商会岗位职责"})
    assert documents_named("东湖商会的会费谁收", names)[0] == {"a", "b"}


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("东湖商会的会费谁收", "会费谁收"),
        ("《云州市城南区东湖商会章程》里的会费谁收", "会费谁收"),
        ("在西山学会那边，会费谁收", "在 会费谁收"),
        ("东湖商会", "东湖商会"),
        ("会费谁收", "会费谁收"),
    ],
)
def test_what_is_searched_for_is_the_rest(question: str, rest: str) -> None:
    assert documents_named(question, NAMES)[1] == rest


@given(st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=20), max_size=4), st.text(max_size=30))
def test_any_text_names_only_what_there_is(titles: dict[str, str], text: str) -> None:
    named, rest = documents_named(text, names_of_documents(titles))
    assert named <= titles.keys()
    assert rest in (text, text.strip()) or named
