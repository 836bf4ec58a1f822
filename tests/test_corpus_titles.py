"""What the words of a heading name."""

import pytest

from corpus.grammar.titles import MAX_TITLE, Names, Title, owner_of_title, read_title
from corpus.model import Post

DEPARTMENT, POSITION, DUTIES, TOPIC = Names.DEPARTMENT, Names.POSITION, Names.DUTIES, Names.TOPIC


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("市场部职责及岗位设置", Title(DEPARTMENT, "市场部", True), id="department-duties-and-posts"),
        pytest.param(
            "政企客户部基准岗位设置及主要职责", Title(DEPARTMENT, "政企客户部", True), id="department-long-phrase"
        ),
        pytest.param("10000号运营中心主要职责:", Title(DEPARTMENT, "10000号运营中心", True), id="department-colon"),
        pytest.param(" 人事处的工作职责 ", Title(DEPARTMENT, "人事处", True), id="department-de"),
        pytest.param("财务部", Title(DEPARTMENT, "财务部", True), id="department-alone"),
        pytest.param("社会渠道经理", Title(POSITION, "社会渠道经理", True), id="position-manager"),
        pytest.param("仓库保管员岗位职责", Title(POSITION, "仓库保管员", True), id="position-duties"),
        pytest.param("护士长", Title(POSITION, "护士长", True), id="position-head-nurse"),
        pytest.param("所属部门：财务部", Title(DEPARTMENT, "财务部", True), id="field-department"),
        pytest.param("岗位名称: 首席顾问", Title(POSITION, "首席顾问", True), id="field-position-of-any-word"),
        pytest.param("主要职责：", Title(DUTIES, "", True), id="duties-only"),
        pytest.param("岗位职责和权限", Title(TOPIC, "岗位职责和权限", False), id="duty-phrase-with-another-word"),
        pytest.param("营销分析", Title(TOPIC, "营销分析", False), id="topic"),
        pytest.param("营销分析职责", Title(TOPIC, "营销分析", True), id="topic-with-duties"),
        pytest.param("管理人员", Title(TOPIC, "管理人员", False), id="people-are-no-position"),
    ],
)
def test_title(text: str, title: Title) -> None:
    assert read_title(text) == title


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("：", id="colon-only"),
        pytest.param("营收管理。", id="sentence-end"),
        pytest.param("收集市场信息~制定市场规划", id="tilde"),
        pytest.param("制定制度,并组织实施", id="comma"),
        pytest.param("负责市场部", id="verb-first"),
        pytest.param("客户维系与关怀：", id="introduces-sub-items"),
        pytest.param("长" * MAX_TITLE + "部", id="too-long"),
    ],
)
def test_no_title(text: str) -> None:
    assert read_title(text) is None


def test_longest_title() -> None:
    name = "长" * (MAX_TITLE - 1) + "部"
    assert read_title(name) == Title(DEPARTMENT, name, True)


@pytest.mark.parametrize(
    ("title", "department"),
    [
        pytest.param("服务站工作职责", "服务站", id="without-the-duty-phrase"),
        pytest.param("服务规范", "服务规范", id="topic"),
        pytest.param("负责一切。", "slug", id="sentence"),
        pytest.param("主要职责", "slug", id="names-nobody"),
        pytest.param("", "slug", id="none"),
    ],
)
def test_owner_of_title(title: str, department: str) -> None:
    assert owner_of_title(title, "slug") == Post(department, None)
