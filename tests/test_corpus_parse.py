"""Text -> document: the facts of the shipped document, the ways of other documents, and what holds for any text."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import DocumentError
from corpus.load import SHIPPED, load_document
from corpus.model import Clause, Document, Finding, Post, SegmentKind, split_lines
from tests.documents import parse

# Lines of the shipped document that have no number and go on with the duty of the line before.
CONTINUATIONS = (19, 32, 35, 41, 56, 89, 116, 120, 160, 179, 183, 187, 189, 191, 193, 200, 204, 285)


@pytest.fixture(scope="module")
def document() -> Document:
    return load_document(SHIPPED / "telecom-branch.txt")


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def clause_at(document: Document, line: int) -> Clause:
    return next(clause for clause in document.clauses if clause.lines[0] <= line <= clause.lines[1])


def duties(document: Document) -> list[str]:
    """Every clause as `post number text`."""
    return [f"{clause.post} {clause.number} {clause.text}" for clause in document.clauses]


def headings(document: Document) -> list[str]:
    return [segment.name for segment in document.segments if segment.kind is SegmentKind.HEADING]


def assert_partitioned(document: Document) -> None:
    """Every character of the source is in exactly one segment, and a clause's segments are its source text.

    A duty of several owners has its segments once, as the first one's.
    """
    segments = document.segments
    ends = [segment.end for segment in segments]
    assert [segment.start for segment in segments] == [0, *ends[:-1]]
    assert ends[-1] == len(document.text)
    assert all(segment.start < segment.end for segment in segments)
    owned: dict[str, str] = {}
    for segment in segments:
        if segment.kind is SegmentKind.CLAUSE:
            owned[segment.name] = owned.get(segment.name, "") + document.text[segment.start : segment.end]
    first = {(clause.lines, clause.source_text): clause for clause in reversed(document.clauses)}.values()
    assert {name: text.rstrip("\r\n") for name, text in owned.items()} == {
        clause.id: clause.source_text for clause in first
    }


# -- the shipped document ----------------------------------------------------------------------------------------------


def test_shipped_totals(document: Document) -> None:
    assert document.departments == ("市场部", "政企客户部", "公众客户部", "客户服务部", "10000号运营中心")
    assert (len(document.positions), len(document.clauses)) == (39, 240)


@pytest.mark.parametrize(
    ("department", "own_duties", "positions"),
    [
        pytest.param("市场部", 6, 15, id="market"),
        pytest.param("政企客户部", 7, 9, id="enterprise"),
        pytest.param("公众客户部", 13, 10, id="public"),
        pytest.param("客户服务部", 28, 5, id="service"),
        pytest.param("10000号运营中心", 4, 0, id="call-centre"),
    ],
)
def test_shipped_department(document: Document, department: str, own_duties: int, positions: int) -> None:
    assert sum(clause.post == Post(department, None) for clause in document.clauses) == own_duties
    assert sum(post.department == department for post in document.positions) == positions


def test_shipped_sub_items_are_clauses_of_their_own(document: Document) -> None:
    numbers = [clause.number for clause in document.clauses if clause.post == Post("客户服务部", None)]
    ninth, eleventh = ["9.1", "9.2", "9.3", "9.4"], ["11.1", "11.2", "11.3", "11.4"]
    items = [str(number) for number in range(1, 21)]
    assert numbers == [*items[:9], *ninth, *items[9:11], *eleventh, *items[11:]]


def test_shipped_positions_after_the_gap(document: Document) -> None:
    assert [post.position for post in document.positions if post.department == "客户服务部"] == [
        "服务质量监督",
        "服务知识库管理",
        "服务投诉处理",
        "网、掌厅应用推广",
        "客户关系支撑",
    ]


def test_shipped_clause_in_full(document: Document) -> None:
    (clause,) = (clause for clause in document.clauses if clause.id == "telecom-branch/公众客户部/社会渠道经理/4")
    assert clause == Clause(
        id="telecom-branch/公众客户部/社会渠道经理/4",
        document="telecom-branch",
        department="公众客户部",
        position="社会渠道经理",
        number="4",
        text="参与社会渠道代理考核、业务佣金结算及审核。",
        source_text="4.参与社会渠道代理考核、业务佣金结算及审核。",
        lines=(213, 213),
    )


def test_shipped_source_is_partitioned(document: Document) -> None:
    assert_partitioned(document)


def test_shipped_segments_by_kind(document: Document) -> None:
    named = headings(document)
    assert {name: named.count(name) for name in named} == {"title": 2, "department": 10, "position": 39}
    assert sum(segment.kind is SegmentKind.CLAUSE for segment in document.segments) == 240
    assert [segment.name for segment in document.segments if segment.kind is SegmentKind.BOILERPLATE] == [
        "download-site-notice",
        "download-site-notice",
        "download-site-notice",
    ]


@pytest.mark.parametrize("line", [2, 3, 4])
def test_shipped_site_notices_are_boilerplate(document: Document, line: int) -> None:
    start = sum(len(text) for text in split_lines(document.text)[: line - 1])
    (segment,) = (segment for segment in document.segments if segment.start == start)
    assert (segment.kind, segment.name) == (SegmentKind.BOILERPLATE, "download-site-notice")


def test_shipped_ids_are_unique(document: Document) -> None:
    assert len({clause.id for clause in document.clauses}) == 240


def test_shipped_clauses_of_more_than_one_line(document: Document) -> None:
    assert [clause.lines for clause in document.clauses if clause.lines[0] != clause.lines[1]] == [
        (line - 1, line) for line in CONTINUATIONS
    ]


@pytest.mark.parametrize("line", CONTINUATIONS)
def test_shipped_continuation_belongs_to_the_clause_before(document: Document, line: int) -> None:
    words = split_lines(document.text)[line - 1]
    assert letters(clause_at(document, line - 1).text).endswith(letters(words))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param(40, "编制费用预算，根据批复组织实施", id="budget"),
        pytest.param(159, "制定全程端到端协同实施计划，协助、管控售中实施部门", id="assist"),
        pytest.param(284, "撰写分析报告，及时反馈相关信息。", id="report"),
        pytest.param(186, "研究三网融合与IPTV运营。", id="iptv"),
    ],
)
def test_shipped_words_cut_by_line_ends_are_joined(document: Document, line: int, words: str) -> None:
    assert words in clause_at(document, line).text


def test_shipped_brackets_are_restored_where_sure_and_nowhere_else(document: Document) -> None:
    bracketed = {
        clause.lines[0]: re.findall(r".?（.*?）.?.?", clause.text) for clause in document.clauses if "（" in clause.text
    }
    assert bracketed == {
        38: ["理（分析、检查、考核、投诉督办、整改）工作"],
        178: ["县（市）分公"],
        181: ["户（如商务精英、时尚白领、校园学生、流动客户等）、家"],
        265: ["划（含机场/车站VIP通道）、建"],
        310: ["县（市）分公"],
        311: ["网（掌）厅的"],
    }
    assert not any("（" in clause.source_text for clause in document.clauses)


def test_shipped_unsure_bracket_is_left_alone(document: Document) -> None:
    assert clause_at(document, 291).text == (
        "负责整理收集各类数据，含咨询数据、障碍申告数据、投诉数据、营销数据等，"
        "分析客户的消费、使用等行为，并形成书面经营分析报告。"
    )


def test_shipped_repairs_change_only_punctuation(document: Document) -> None:
    """Each text is its source without the number, letter by letter; the doubled 的 of line 186 is the one exception."""
    changed = [
        clause.lines[0]
        for clause in document.clauses
        if clause.number.split(".")[-1] + letters(clause.text) != letters(clause.source_text)
    ]
    assert changed == [186]
    assert "互联网的业务拓展" in clause_at(document, 186).text


def test_shipped_texts_hold_no_ocr_remains(document: Document) -> None:
    assert [clause.text for clause in document.clauses if re.search(r"[~～(\r\n]|,(?=[^\x00-\x7f])", clause.text)] == []


def test_shipped_finding_is_the_gap_before_the_sixth_position(document: Document) -> None:
    assert document.findings == (
        Finding("numbering_gap", 302, "客户服务部: position 5 is missing before 6: 客户关系支撑"),
    )


# -- other documents ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "某集团员工手册\n第一章 财务部职责\n第一条 管资金。\n第二条 管税务。\n第二章 人事部职责\n第三条 招聘。\n",
            ["财务部 1 管资金。", "财务部 2 管税务。", "人事部 3 招聘。"],
            id="chapters-and-articles",
        ),
        pytest.param(
            "财务部职责\n1.负责预算：\n1.1编制：\na)草案。\nb)定稿。\n2.核算。\n",
            [
                "财务部 1 负责预算：",
                "财务部 1.1 编制：",
                "财务部 1.1.1 草案。",
                "财务部 1.1.2 定稿。",
                "财务部 2 核算。",
            ],
            id="paths-and-letters",
        ),
        pytest.param(
            "财务部职责\n1、预算：\n①编制。\n②执行。\n2、核算。\n",
            ["财务部 1 预算：", "财务部 1.1 编制。", "财务部 1.2 执行。", "财务部 2 核算。"],
            id="circled-sub-items",
        ),
        pytest.param(
            "财务部职责\n9.预算：\n,1,编制。\n,2,执行。\n10.核算。\n",
            ["财务部 9 预算：", "财务部 9.1 编制。", "财务部 9.2 执行。", "财务部 10 核算。"],
            id="damaged-sub-items",
        ),
        pytest.param("财务部\n- 管预算。\n- 管核算。\n", ["财务部 1 管预算。", "财务部 2 管核算。"], id="bullets"),
        pytest.param(
            "# 某公司岗位职责\n\n## 财务部\n\n### 会计\n1. 记账。\n\n### 出纳\n1. 付款。\n\n## 人事部\n- 招聘。\n",
            ["财务部·会计 1 记账。", "财务部·出纳 1 付款。", "人事部 1 招聘。"],
            id="markdown",
        ),
        pytest.param(
            "所属部门：财务部\n岗位名称：会计\n1.记账。\n岗位名称：出纳\n1.付款。\n",
            ["财务部·会计 1 记账。", "财务部·出纳 1 付款。"],
            id="fields",
        ),
        pytest.param(
            "会计岗位职责\n1、记账。\n2、报税。\n", ["doc·会计 1 记账。", "doc·会计 2 报税。"], id="no-department"
        ),
        pytest.param(
            "服务规范\n1、接诊。\n2、转诊。\n", ["服务规范 1 接诊。", "服务规范 2 转诊。"], id="owned-by-its-title"
        ),
        pytest.param("1、接诊。\n2、转诊。\n", ["doc 1 接诊。", "doc 2 转诊。"], id="no-names-at-all"),
        pytest.param(
            "财务部职责\n（一）会计\n一、月末\n1.结账。\n（二）出纳\n1.付款。\n",
            ["财务部·会计 1.1 结账。", "财务部·出纳 1 付款。"],
            id="section-under-a-position",
        ),
        pytest.param(
            "财务部职责\n一、负责记账。\n二、报税\n1.申报。\n三、负责付款。\n",
            ["财务部 1 负责记账。", "财务部 2 报税", "财务部 2.1 申报。", "财务部 3 负责付款。"],
            id="short-item-in-a-list-of-sentences",
        ),
        pytest.param(
            "财务部职责\n1.记账。\n经营分析\n\n1.分析。\n",
            ["财务部 1 记账。", "财务部·经营分析 1 分析。"],
            id="unnumbered-heading-before-a-list",
        ),
        pytest.param(
            "财务部职责\n1.记账。\n并在每个季度结束之后的十个工作日之内再汇总\n1.分析。\n",
            ["财务部 1 记账。并在每个季度结束之后的十个工作日之内再汇总", "财务部 1 分析。"],
            id="no-heading-as-long-as-a-sentence",
        ),
        pytest.param("财务部职责\n1.管预\n算和\n核算。\n", ["财务部 1 管预算和核算。"], id="wrapped-lines"),
        pytest.param(
            "财务部职责\n1.管预算\n- 3 -\n编制。\n", ["财务部 1 管预算编制。"], id="page-break-inside-a-clause"
        ),
    ],
)
def test_document_of_another_form(text: str, expected: list[str]) -> None:
    document = parse(text, "doc")
    assert duties(document) == expected
    assert_partitioned(document)


def test_clause_around_a_page_break_keeps_its_own_lines_only() -> None:
    (clause,) = parse("财务部职责\r\n1.管预算\r\n- 3 -\r\n编制。\r\n", "doc").clauses
    assert (clause.source_text, clause.lines) == ("1.管预算\r\n编制。", (2, 4))


def test_kinds_of_headings() -> None:
    text = "某集团手册\n一、财务部\n主要职责：\n1.管钱。\n（一）会计\n一、月末\n1.结账。\n"
    assert headings(parse(text, "doc")) == ["title", "department", "duties", "position", "section"]


def test_department_named_again_goes_on_with_its_positions() -> None:
    document = parse("一、财务部\n（一）会计\n1.记账。\n一、财务部岗位设置\n（二）出纳\n1.付款。\n", "doc")
    assert duties(document) == ["财务部·会计 1 记账。", "财务部·出纳 1 付款。"]
    assert document.findings == ()


def test_restarted_list_gets_ids_of_its_own() -> None:
    document = parse("财务部职责\n1.记账。\n2.报税。\n1.付款。\n1.盘点。\n", "doc")
    assert [clause.id for clause in document.clauses] == [
        "doc/财务部/1",
        "doc/财务部/2",
        "doc/财务部/1~2",
        "doc/财务部/1~3",
    ]
    assert [clause.number for clause in document.clauses] == ["1", "2", "1", "1"]


def test_slash_in_a_name_does_not_split_an_id() -> None:
    assert parse("A/B部职责\n1.记账。\n", "doc").clauses[0].id == "doc/A／B部/1"


def test_unnumbered_duties_are_counted_and_reported() -> None:
    document = parse("会计岗位职责\n负责记账。\n负责报税。\n", "doc")
    assert duties(document) == ["doc·会计 1 负责记账。", "doc·会计 2 负责报税。"]
    assert document.findings == (
        Finding("unnumbered_duty", 2, "a duty without a number: 负责记账。"),
        Finding("unnumbered_duty", 3, "a duty without a number: 负责报税。"),
    )


def test_line_before_any_post_is_kept_as_unparsed() -> None:
    document = parse("这是一句话。\n会计岗位职责\n1.记账。\n", "doc")
    assert (document.segments[0].kind, document.segments[0].name) == (SegmentKind.BOILERPLATE, "unparsed")
    assert document.findings == (Finding("unparsed_line", 1, "belongs to no post: 这是一句话。"),)


@pytest.mark.parametrize(
    ("second", "missing"),
    [
        pytest.param("2.报税。", None, id="none"),
        pytest.param("3.报税。", "2", id="one"),
        pytest.param("7.报税。", "2 to 6", id="many"),
    ],
)
def test_numbering_gap(second: str, missing: str | None) -> None:
    document = parse(f"财务部职责\n1.记账。\n{second}\n", "doc")
    message = f"财务部: item {missing} is missing before {second[0]}: 报税。"
    assert document.findings == ((Finding("numbering_gap", 3, message),) if missing else ())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("2(报税。", ["1 记账。", "2 报税。"], id="arabic-next"),
        pytest.param("4(报税。", ["1 记账。", "4 报税。"], id="arabic-small-gap"),
        pytest.param("5(报税。", ["1 记账。5(报税。"], id="arabic-too-far"),
        pytest.param(",1,报税。", ["1 记账。", "1.1 报税。"], id="bracket-first"),
        pytest.param(",9,报税。", ["1 记账。,9，报税。"], id="bracket-too-far"),
        pytest.param(",九,报税。", ["1 记账。，九，报税。"], id="chinese-too-far"),
    ],
)
def test_damaged_number_counts_only_in_sequence(line: str, expected: list[str]) -> None:
    document = parse(f"财务部职责\n1.记账。\n{line}\n", "doc")
    assert [f"{clause.number} {clause.text}" for clause in document.clauses] == expected


def test_damaged_position_heading_follows_an_undamaged_one() -> None:
    document = parse("财务部职责\n（一）会计\n1.记账。\n,二,出纳\n1.付款。\n", "doc")
    assert duties(document) == ["财务部·会计 1 记账。", "财务部·出纳 1 付款。"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("今天天气不错。\n我们去公园。\n", id="prose"),
        pytest.param("财务部\n主要职责：\n", id="headings-only"),
    ],
)
def test_text_without_a_duty_is_refused(text: str) -> None:
    with pytest.raises(
        DocumentError, match=rf"doc: no duty found in {len(split_lines(text))} lines; expected numbered items"
    ):
        parse(text, "doc")


# -- any text ----------------------------------------------------------------------------------------------------------

MARKERS = (
    *("", "　", "# ", "## ", "第一章 ", "第二条", "一、", "二、", "（一）", "(二)", ",二,", ",三,"),
    *("1.", "2、", "3(", "9(", "1.1", "1.2.3 ", "(1)", ",1,", "2)", "①", "②", "a)", "- ", "•", "１．"),
)
WORDS = (
    *("财务部", "市场部主要职责：", "会计", "出纳岗位职责", "主要职责", "总则", "所属部门：财务部", "A/B部"),
    *("负责资金管理。", "编制预算", "客户维系：", "县,市,分公司", "", "- 3 -", "第 3 页", "----", "1/2", "<!-- x -->"),
)
LINES = st.tuples(
    st.sampled_from(MARKERS),
    st.sampled_from(WORDS) | st.text(max_size=12),
    st.sampled_from(["\n", "\r\n", "\r", "\u2028", "\x0b", ""]),
).map("".join)
TEXTS = st.lists(LINES, max_size=25).map("".join) | st.text(max_size=80)


def parsed_or_none(text: str) -> Document | None:
    try:
        return parse(text, "doc")
    except DocumentError:
        return None


@example("会计\n第一章 所属部门：财务部\n# 会计\n所属部门：财务部\n")
@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_any_text_is_partitioned_or_refused(text: str) -> None:
    document = parsed_or_none(text)
    if document is None:
        return
    assert document.text == text
    assert_partitioned(document)
    lines = split_lines(text)
    assert len({clause.id for clause in document.clauses}) == len(document.clauses)
    for clause in document.clauses:
        first, last = clause.lines
        assert 1 <= first <= last <= len(lines)
        own = split_lines(clause.source_text)  # several items on one line have a part of it each
        assert own[0].rstrip("\r\n") in lines[first - 1]
        assert own[-1].rstrip("\r\n") in lines[last - 1]
        assert {clause.post, Post(clause.department, None)} <= set(document.posts)
    assert all(1 <= finding.line <= len(lines) for finding in document.findings)


@settings(deadline=None, max_examples=200)
@given(TEXTS.map(lambda text: text.replace("\r", "")))
def test_line_ends_do_not_matter(text: str) -> None:
    unix, windows = parsed_or_none(text), parsed_or_none(text.replace("\n", "\r\n"))
    assert (unix and duties(unix)) == (windows and duties(windows))
    assert (unix and unix.findings) == (windows and windows.findings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "手册\n第一章 财务部职责\n第一节 会计\n第一条 记账。\n第二节 出纳\n第二条 付款。\n",
            {"doc/财务部/会计/1": "记账。", "doc/财务部/出纳/2": "付款。"},
            id="chapters-over-sections",
        ),
        pytest.param(
            "财务部职责\n1.记账。\n（一）会计\n（二）出纳\n1.付款。\n",
            {"doc/财务部/1": "记账。", "doc/财务部/出纳/1": "付款。"},
            id="a-position-without-items",
        ),
        pytest.param(
            "财务部职责\n（一）会计\n一、日常\n1.记账。\n二、月末\n1.结账。\n",
            {"doc/财务部/会计/1.1": "记账。", "doc/财务部/会计/2.1": "结账。"},
            id="sections-in-a-position",
        ),
        pytest.param(
            "手册\n第一章 财务部职责\n第一百条 甲。\n第一百零一条 乙。\n",
            {"doc/财务部/100": "甲。", "doc/财务部/101": "乙。"},
            id="numerals-with-zero",
        ),
        pytest.param(
            "财务部职责\n1.2.3 负责预算：\n①编制。\n",
            {"doc/财务部/1.2.3": "负责预算：", "doc/财务部/1.2.3.1": "编制。"},
            id="below-a-spelled-out-path",
        ),
        pytest.param(
            "财务部职责\n1.负责企业文库资料的下载权限管理。\n",
            {"doc/财务部/1": "负责企业文库资料的下载权限管理。"},
            id="a-duty-about-downloads",
        ),
        pytest.param(
            "对外合作部职责\n1.联络伙伴。\n",
            {"doc/对外合作部/1": "联络伙伴。"},
            id="a-unit-named-after-a-verb",
        ),
        pytest.param(
            "# 值班手册\n## 前台\n1. 接待来访。\n",
            {"doc/值班手册/前台/1": "接待来访。"},
            id="a-markdown-title",
        ),
    ],
)
def test_other_shapes(text: str, expected: dict[str, str]) -> None:
    assert {clause.id: clause.text for clause in parse(text, "doc").clauses} == expected


def test_an_item_without_words_is_a_finding_and_no_clause() -> None:
    document = parse("财务部职责\n1.\n2.记账。\n", "doc")
    assert [clause.number for clause in document.clauses] == ["2"]
    assert Finding("empty_item", 2, "财务部: item 1 has no words") in document.findings
    assert "".join("财务部职责\n1.\n2.记账。\n"[part.start : part.end] for part in document.segments) == document.text


def test_articles_count_on_across_chapters() -> None:
    text = "手册\n第一章 财务部职责\n第一条 记账。\n第二条 付款。\n第二章 人事部职责\n第三条 招聘。\n"
    assert [found for found in parse(text, "doc").findings if found.kind == "numbering_gap"] == []


# -- documents of other organisations ----------------------------------------------------------------------------------

CHARTER = """青山市水务局职能配置、内设机构和人员编制规定
第一条 根据改革方案，制定本规定。
第二条 市水务局贯彻落实水务工作的方针政策。主要职责是：
（一）负责水资源的开发利用。
（二）负责用水的统筹。
第三条 市水务局设下列内设机构：
（一）办公室。负责机关日常运转。
（二）水资源科（节水办公室）。组织实施水资源管理制度。
第四条 市水务局机关行政编制20名。
"""
MANUAL = """远航物流公司部门职责手册
目录
一、综合部职责..........1
二、仓储部职责..........2
一、综合部职责
（一）行政管理
1、负责办公用品采购；
2、负责车辆调度。
（二）人事管理
1、负责招聘。
二、仓储部职责
1.负责入库验收；2.负责出库复核；3.负责库存盘点。
三、附则
1.本手册自发布之日起执行。
"""
POSTS = """岗位说明书
岗位名称：仓库管理员　　所属部门：仓储部
直接上级：仓储部经理
岗位职责：
1、负责货物收发；
2、负责账物核对。
任职资格：
1、大专以上学历；
2、两年以上经验。
岗位名称：叉车司机
所属部门：仓储部
岗位职责：
1、负责货物装卸。
"""
HOSPITAL = """第一章 行政管理部门职责
第一节 院长办公室职责
1. 负责文秘工作。
第二节 医务科职责
1. 负责医疗质量管理。
第二章 各级人员岗位职责
第一节 护士长职责
1．负责病房管理。
（1）检查护理质量；
（2）安排排班。
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            CHARTER,
            [
                "青山市水务局 1 负责水资源的开发利用。",
                "青山市水务局 2 负责用水的统筹。",
                "办公室 1 负责机关日常运转。",
                "水资源科（节水办公室） 1 组织实施水资源管理制度。",
            ],
            id="charter-of-an-authority",
        ),
        pytest.param(
            MANUAL,
            [
                "综合部 1.1 负责办公用品采购；",
                "综合部 1.2 负责车辆调度。",
                "综合部 2.1 负责招聘。",
                "仓储部 1 负责入库验收；",
                "仓储部 2 负责出库复核；",
                "仓储部 3 负责库存盘点。",
            ],
            id="manual-with-contents-and-topics",
        ),
        pytest.param(
            POSTS,
            [
                "仓储部·仓库管理员 1 负责货物收发；",
                "仓储部·仓库管理员 2 负责账物核对。",
                "仓储部·叉车司机 1 负责货物装卸。",
            ],
            id="post-descriptions-in-fields",
        ),
        pytest.param(
            HOSPITAL,
            [
                "院长办公室 1 负责文秘工作。",
                "医务科 1 负责医疗质量管理。",
                "doc·护士长 1 负责病房管理。",
                "doc·护士长 1.1 检查护理质量；",
                "doc·护士长 1.2 安排排班。",
            ],
            id="chapters-of-a-hospital",
        ),
        pytest.param(
            "# 教务处工作职责\n## 一、教务处主要职责\n1. 定计划。\n   - 编大纲；\n"
            "## 二、科室设置及职责\n### （一）学籍科\n- 新生注册\n",
            ["教务处 1 定计划。", "教务处 1.1 编大纲；", "学籍科 1 新生注册"],
            id="numbers-inside-markdown-headings",
        ),
        pytest.param(
            "各部门职责\n\n财务科\n1、预算。\n\n总经理岗位职责\n一、主持工作。\n\n副总经理岗位职责\n一、协助。\n",
            ["财务科 1 预算。", "doc·总经理 1 主持工作。", "doc·副总经理 1 协助。"],
            id="heads-of-the-organisation-are-of-no-department",
        ),
        pytest.param(
            "一、财务部：负责资金管理、预算编制。\n二、人事部：负责招聘、培训。\n",
            ["财务部 1 负责资金管理、预算编制。", "人事部 1 负责招聘、培训。"],
            id="department-and-duties-on-one-line",
        ),
        pytest.param(
            "安全责任制\n第一章 总则\n第一条 为落实责任制定。\n第二章 部门安全职责\n第二条 安环部\n1.检查；\n"
            "第三条 生产部安全职责\n1.编规程；\n第三章 附则\n第四条 本制度即日施行。\n",
            ["安环部 1 检查；", "生产部 1 编规程；"],
            id="articles-that-are-headings",
        ),
        pytest.param(
            "服务规定\n一、物业公司在街道指导下管理小区，其主要职责是：\n(一)收费。\n(二)保洁。\n二、鼓励业主参与小区的管理，其主要内容是：\n(一)监督。\n",
            ["物业公司 1 收费。", "物业公司 2 保洁。"],
            id="sentence-that-leads-a-list-of-somebody-and-one-of-nobody",
        ),
        pytest.param(
            "财务部职责\n8.记账。\n9报税。\nl、付款。\n2、收款。\n",
            ["财务部 8 记账。", "财务部 9 报税。", "财务部 1 付款。", "财务部 2 收款。"],
            id="slips-of-typing",
        ),
        pytest.param(
            "5.5 职责\n5.5.1 部门\n一、厂长\na)任命。\n二、库房\na)保管。\n5.5.2 管理者代表\na)联络。\n",
            ["doc·厂长 1 任命。", "库房 1 保管。", "doc·管理者代表 1 联络。"],
            id="chapters-of-a-quality-manual",
        ),
    ],
)
def test_document_of_another_organisation(text: str, expected: list[str]) -> None:
    document = parse(text, "doc")
    assert duties(document) == expected
    assert_partitioned(document)


def test_what_is_not_a_duty_is_named_boilerplate() -> None:
    names = {segment.name for segment in parse(POSTS, "doc").segments if segment.kind is SegmentKind.BOILERPLATE}
    assert names == {"job-attribute", "no-duties"}
    contents = [segment for segment in parse(MANUAL, "doc").segments if segment.name == "table-of-contents"]
    assert [MANUAL[segment.start : segment.end] for segment in contents] == MANUAL.splitlines(keepends=True)[1:4]


def test_topic_that_may_be_a_post_is_a_finding() -> None:
    assert [finding for finding in parse(MANUAL, "doc").findings if finding.kind == "undecided_heading"] == [
        Finding("undecided_heading", 6, "read as a topic of 综合部, not as the name of a post: 行政管理"),
        Finding("undecided_heading", 9, "read as a topic of 综合部, not as the name of a post: 人事管理"),
    ]
