"""Findings about a whole corpus."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.check import check
from corpus.load import Corpus, load_corpus
from corpus.model import Clause, Finding, Post
from corpus.similar import bigrams, jaccard, similar_clauses
from tests.documents import parse


@pytest.fixture(scope="module")
def shipped() -> list[Finding]:
    return check(load_corpus())["telecom-branch"]


def findings(text: str, kind: str) -> list[Finding]:
    document = parse(text, "doc")
    found = check(Corpus((Path("doc.txt"),), (document,), (), {}, {}, ()))
    return [finding for finding in found["doc"] if finding.kind == kind]


# -- the shipped document ----------------------------------------------------------------------------------------------


def test_shipped_findings_by_kind(shipped: list[Finding]) -> None:
    kinds = [finding.kind for finding in shipped]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "overlapping_clauses": 4,
        "twin_clauses": 16,
        "numbering_gap": 1,
        "department_without_positions": 1,
    }


def test_shipped_findings_are_in_line_order(shipped: list[Finding]) -> None:
    assert [finding.line for finding in shipped] == sorted(finding.line for finding in shipped)


@pytest.mark.parametrize(
    "finding",
    [
        pytest.param(
            Finding("numbering_gap", 302, "客户服务部: position 5 is missing before 6: 客户关系支撑"), id="gap"
        ),
        pytest.param(
            Finding(
                "department_without_positions", 307, "10000号运营中心: no position is named; it owns its duties itself"
            ),
            id="no-positions",
        ),
        pytest.param(
            Finding(
                "twin_clauses",
                222,
                "公众客户部·销售经理 2 and 政企客户部·销售经理 2 (line 145) "
                "share 100% of their wording: 开展产品销售活动，执行派单。",
            ),
            id="twins",
        ),
        pytest.param(
            Finding(
                "overlapping_clauses",
                224,
                "公众客户部·销售经理 4 and 政企客户部·销售经理 4 (line 147) "
                "share 72% of their wording: 负责承担责任客户的欠费管理工作。",
            ),
            id="overlap",
        ),
    ],
)
def test_shipped_finding(shipped: list[Finding], finding: Finding) -> None:
    assert finding in shipped


def test_shipped_twins_stand_in_two_departments(shipped: list[Finding]) -> None:
    twins = [finding.message for finding in shipped if finding.kind == "twin_clauses"]
    pairs = {tuple(post.split("·")[0] for post in message.split(" (line")[0].split(" and ")) for message in twins}
    assert pairs == {("公众客户部", "政企客户部"), ("客户服务部", "公众客户部")}


# -- small documents ---------------------------------------------------------------------------------------------------


def test_position_without_duties() -> None:
    text = "# 财务部\n## 会计\n## 出纳\n1. 付款。\n"
    assert findings(text, "position_without_duties") == [
        Finding("position_without_duties", 2, "财务部·会计: the position is named but no duty follows")
    ]


def test_twins_of_one_post_are_not_reported() -> None:
    assert findings("财务部职责\n1.记账。\n2.记账。\n", "twin_clauses") == []


def test_nearly_the_same_is_no_twin() -> None:
    text = "财务部职责\n1.甲乙丙丁戊己庚辛壬癸子丑。\n（一）会计\n1.甲乙丙丁戊己庚辛壬癸子丑寅。\n"
    assert findings(text, "twin_clauses") == []
    assert findings(text, "overlapping_clauses") == [
        Finding(
            "overlapping_clauses",
            4,
            "财务部·会计 1 and 财务部 1 (line 2) share 92% of their wording: 甲乙丙丁戊己庚辛壬癸子丑寅。",
        )
    ]


def test_twins_are_found_across_documents_and_are_the_later_ones() -> None:
    first, second = (
        parse(f"{name}职责\n1.登记账簿，编制报表。\n", slug) for name, slug in (("财务部", "a"), ("审计部", "b"))
    )
    found = check(Corpus((), (first, second), (), {}, {}, ()))
    assert [finding for finding in found["a"] if finding.kind == "twin_clauses"] == []
    assert [finding for finding in found["b"] if finding.kind == "twin_clauses"] == [
        Finding(
            "twin_clauses", 2, "审计部 1 and 财务部 1 (a, line 2) share 100% of their wording: 登记账簿，编制报表。"
        )
    ]


def test_orphans_are_listed_under_no_document() -> None:
    document = parse("财务部职责\n1.记账。\n", "doc")
    orphan = Finding("orphan_questions", 3, "doc/财务部/9: gone")
    corpus = Corpus((Path("doc.txt"),), (document,), (), {}, {}, (orphan,))
    assert check(corpus)[""] == [orphan]


def test_nothing_to_report() -> None:
    document = parse("财务部职责\n（一）会计\n1.记账。\n", "doc")
    assert check(Corpus((Path("doc.txt"),), (document,), (), {}, {}, ())) == {"doc": []}


# -- similar clauses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("记账，报税。", {"记账", "账报", "报税"}, id="punctuation-left-out"),
        pytest.param("报报报", {"报报"}, id="repeated"),
        pytest.param("账", {"账"}, id="one-character"),
    ],
)
def test_bigrams(text: str, expected: set[str]) -> None:
    assert bigrams(text) == expected


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        pytest.param("", "", 0.0, id="nothing"),
        pytest.param("ab", "cd", 0.0, id="apart"),
        pytest.param("ab", "bc", 1 / 3, id="one-of-three"),
        pytest.param("ab", "ba", 1.0, id="same"),
    ],
)
def test_jaccard(first: str, second: str, share: float) -> None:
    assert jaccard(frozenset(first), frozenset(second)) == share


def test_overlap_of_exactly_the_limit_counts() -> None:
    first, second = clauses_of([("甲部", "一二三四五"), ("乙部", "一二三四六")])  # three of five pairs in common
    assert list(similar_clauses([first, second])) == [(first, second, 0.6)]


def clauses_of(drafts: list[tuple[str, str]]) -> list[Clause]:
    return [
        Clause(f"doc/{department}/{number}", "doc", department, None, str(number), text, text, (number, number))
        for number, (department, text) in enumerate(drafts, 1)
    ]


def pairs_of(text: str) -> set[str]:
    letters = [character for character in text if character not in "、。"]
    return {first + second for first, second in pairwise(letters)} or {"".join(letters)}


def all_pairs(clauses: list[Clause]) -> list[tuple[Clause, Clause, float]]:
    """The slow way: every two clauses compared, with no float in the comparison."""
    found = []
    for first, second in combinations(clauses, 2):
        common = len(pairs_of(first.text) & pairs_of(second.text))
        union = len(pairs_of(first.text) | pairs_of(second.text))
        if Post(first.department, None) != Post(second.department, None) and 10 * common >= 6 * union:
            found.append((first, second, common / union))
    return found


@settings(deadline=None, max_examples=400)
@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙"), st.text(alphabet="甲乙丙、。", min_size=1, max_size=9)), max_size=9)
)
def test_similar_clauses_are_those_of_all_pairs(drafts: list[tuple[str, str]]) -> None:
    clauses = clauses_of(drafts)
    assert list(similar_clauses(clauses)) == all_pairs(clauses)


@settings(deadline=None)
@given(
    st.text(alphabet="一二三四五六七八九十", min_size=4, max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["", "零", "廿卅", "一二三四"])), min_size=1, max_size=4),
)
def test_slightly_changed_copies_are_those_of_all_pairs(text: str, changes: list[tuple[int, str]]) -> None:
    copies = [text[:at] + words + text[at + 1 :] for at, words in changes]
    clauses = clauses_of([("甲", text), *zip("乙丙丁戊", copies, strict=False)])
    assert list(similar_clauses(clauses)) == all_pairs(clauses)
