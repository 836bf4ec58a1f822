"""Tables -> clauses: matrices, post descriptions, duty tables of many shapes, and those that are not understood."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import DocumentError
from corpus.grammar.roles import role_of
from corpus.load import load_document
from corpus.parse import parse_source
from corpus.source import RawCell, Source, SourceBuilder
from tests.test_corpus_parse import duties
from tests.test_corpus_readers import assert_accounted_for


def table(*rows: tuple[str, ...], before: tuple[str, ...] = ()) -> Source:
    """A source of some lines and one table; ^ is a cell merged with the one above, < with the one to the left."""
    builder = SourceBuilder("某厂", wrapped=False)
    for line in before:
        builder.line(line)
    grid: list[list[RawCell | None]] = []
    for row in rows:
        cells: list[RawCell | None] = []
        for column, text in enumerate(row):
            merged = grid[-1][column] if text == "^" else cells[-1] if text == "<" else None
            cells.append(merged or (RawCell(text) if text else None))
        grid.append(cells)
    builder.table(grid)
    return builder.build()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            table(("职责", "店长", "收银员"), ("开店", "√", ""), ("收款", "", "√"), ("盘点", "√", "√")),
            ["某厂·店长 1 开店", "某厂·收银员 1 收款", "某厂·店长 2 盘点", "某厂·收银员 2 盘点"],
            id="matrix-of-ticks",
        ),
        pytest.param(
            table(
                ("事项", "财务部", "采购部", "仓储部"),
                ("付款", "■", "▲", ""),
                ("验收", "", "△", "■"),
                before=("注：■主办 ▲协助 △参与",),
            ),
            ["财务部 1 主办：付款", "采购部 1 协助：付款", "采购部 2 参与：验收", "仓储部 1 主办：验收"],
            id="matrix-with-a-legend",
        ),
        pytest.param(
            table(
                ("要素", "<", "各部门职责", "<"),
                ("^", "<", "厂长", "办公室"),
                ("4.1", "总要求", "●", "○"),
                ("5.2", "文件控制", "", "●"),
                ("注：●主要职责 ○参与", "<", "<", "<"),
            ),
            ["某厂·厂长 1 负责：总要求", "某厂·办公室 1 参与：总要求", "某厂·办公室 2 负责：文件控制"],
            id="matrix-of-a-standard",
        ),
        pytest.param(
            table(
                ("岗位名称", "护士长", "所属科室", "护理部"),
                ("岗位职责", "<", "<", "<"),
                ("1", "负责病房管理。", "<", "<"),
                ("2", "检查护理质量。", "<", "<"),
            ),
            ["护理部·护士长 1 负责病房管理。", "护理部·护士长 2 检查护理质量。"],
            id="post-description-with-numbers-in-a-column",
        ),
        pytest.param(
            table(("岗位", "开店", "收款"), ("店长", "√", "√"), ("收银员", "", "√")),
            ["某厂·店长 1 开店", "某厂·店长 2 收款", "某厂·收银员 1 收款"],
            id="matrix-with-posts-down",
        ),
        pytest.param(
            table(
                ("类别", "事项", "财务部", "<"),
                ("^", "^", "会计", "出纳"),
                ("资金", "付款", "R", "A"),
                ("^", "对账", "C", "R"),
            ),
            [
                "财务部·会计 1 负责：资金·付款",
                "财务部·出纳 1 批准：资金·付款",
                "财务部·会计 2 提供咨询：资金·对账",
                "财务部·出纳 2 负责：资金·对账",
            ],
            id="matrix-of-letters-with-departments-over-posts",
        ),
        pytest.param(
            table(
                ("序号", "部门", "职责项目", "工作内容"),
                ("1", "行政部", "档案", "归档"),
                ("2", "^", "车辆", "调度"),
                ("3", "", "", "保养"),
            ),
            ["行政部 1 档案：归档", "行政部 2 车辆：调度", "行政部 3 车辆：保养"],
            id="topics",
        ),
        pytest.param(
            table(("任务", "牵头部门", "配合部门"), ("防汛", "工程部", "保安部"), ("消防", "保安部", "无")),
            ["工程部 1 防汛", "保安部 1 配合：防汛", "保安部 2 消防"],
            id="lead-and-support-departments",
        ),
        pytest.param(
            table(("岗位", "职责", "安全职责", "权限"), ("调度员", "派车", "查车", "停运车辆")),
            ["某厂·调度员 1 派车", "某厂·调度员 2 安全职责：查车"],
            id="two-columns-of-duties",
        ),
        pytest.param(
            table(("会计", "1.记账。\n2.报税。"), ("出纳", "收付现金。\n保管印章。")),
            ["某厂·会计 1 记账。", "某厂·会计 2 报税。", "某厂·出纳 1 收付现金。", "某厂·出纳 2 保管印章。"],
            id="no-header",
        ),
        pytest.param(
            table(("序号", "职责内容"), ("1", "验货"), ("2", "上架"), before=("理货员岗位职责",)),
            ["某厂·理货员 1 验货", "某厂·理货员 2 上架"],
            id="owner-in-the-caption",
        ),
        pytest.param(
            table(("部门", "职责"), ("职能部门", "<"), ("人事部", "招聘"), ("部门", "职责"), ("法务部", "诉讼")),
            ["人事部 1 招聘", "法务部 1 诉讼"],
            id="repeated-header",
        ),
        pytest.param(
            table(
                ("岗位说明书", "<", "<", "<"),
                ("部门", "生产部", "岗位名称", "焊工"),
                ("岗位职责", "主要职责", "焊接工件。", "<"),
                ("^", "其他职责", "保养焊机。", "<"),
                ("任职要求", "持证上岗。", "<", "<"),
            ),
            ["生产部·焊工 1 焊接工件。", "生产部·焊工 2 保养焊机。"],
            id="post-description",
        ),
        pytest.param(
            table(
                ("事项", "第一责任人", "第二责任人"),
                ("机房巡检", "王一", "李二、张三"),
                ("数据备份", "李二", "/"),
                before=("信息部事项分工",),
            ),
            [
                "信息部·王一 1 机房巡检",
                "信息部·李二 1 协助：机房巡检",
                "信息部·张三 1 协助：机房巡检",
                "信息部·李二 2 数据备份",
            ],
            id="a-matter-a-row-and-who-answers-for-it-first",
        ),
        pytest.param(
            table(("部门", "职责"), ("秩序部、客服部", "1.夜间巡逻。\n2.门禁。"), ("工程部", "维修电梯。")),
            [
                "秩序部 1 夜间巡逻。",
                "客服部 1 夜间巡逻。",
                "秩序部 2 门禁。",
                "客服部 2 门禁。",
                "工程部 1 维修电梯。",
            ],
            id="several-owners-in-one-cell",
        ),
        pytest.param(
            table(("领导", "分管工作"), ("赵一", "负责财务。"), ("钱二", "负责工程。")),
            ["某厂·赵一 1 负责财务。", "某厂·钱二 1 负责工程。"],
            id="leaders-and-what-they-are-in-charge-of",
        ),
        pytest.param(
            table(("任务", "负责人", ""), ("登录", "王一", ""), ("下单", "李二", "张三")),
            ["某厂·王一 1 登录", "某厂·李二 1 下单", "某厂·张三 1 下单"],
            id="a-head-over-two-columns-of-names",
        ),
        pytest.param(
            table(
                ("文件编号", "XG-006", "版本", "00"),
                ("角色", "人员", "工作职责", "所需知识、技能及其程度"),
                ("测试员", "王一", "执行测试。\n记录缺陷。", "熟悉工具"),
            ),
            ["某厂·测试员 1 执行测试。", "某厂·测试员 2 记录缺陷。"],
            id="facts-of-the-document-above-the-header",
        ),
        pytest.param(
            table(
                ("编号", "任务名称", "资源名称"),
                ("1", "设计", ""),
                ("1.1", "概要设计", "设计人员,项目经理"),
                ("2", "部署", "运维人员"),
            ),
            ["某厂·设计人员 1 概要设计", "某厂·项目经理 1 概要设计", "某厂·运维人员 1 部署"],
            id="tasks-with-parts",
        ),
        pytest.param(
            table(
                ("职能", "类型", "内容"),
                ("弱电", "检查", "巡查设备。"),
                ("弱电", "确认", "更新资料。"),
                ("保安", "检查", "查岗。"),
            ),
            ["某厂·弱电 1 检查：巡查设备。", "某厂·弱电 2 确认：更新资料。", "某厂·保安 1 检查：查岗。"],
            id="names-under-a-head-that-is-not-of-names",
        ),
        pytest.param(
            table(
                ("项目/组员", "1104607/张一", "1104608/李二"),
                ("建库", "●", "〇"),
                ("首页", "", "●"),
                before=("●主要负责人 〇次要负责人",),
            ),
            ["某厂·张一 1 负责：建库", "某厂·李二 1 配合：建库", "某厂·李二 2 负责：首页"],
            id="matrix-of-persons-with-a-legend-of-other-words",
        ),
        pytest.param(
            table(
                ("活动", "领导层", "市场部", "财务部"),
                ("签约", "■", "▲", "△"),
                ("收款", "", "△", "▲"),
                before=("■领导 ▲主控 △执行、配合",),
            ),
            [
                "领导层 1 领导：签约",
                "市场部 1 主控：签约",
                "财务部 1 执行：签约",
                "市场部 2 执行：收款",
                "财务部 2 主控：收款",
            ],
            id="matrix-with-a-legend-of-a-management-system",
        ),
        pytest.param(
            table(("事项", "业务部", "法务部"), ("签约", "主办", "审批"), ("归档", "协办", "主办")),
            ["业务部 1 主办：签约", "法务部 1 审批：签约", "业务部 2 协办：归档", "法务部 2 主办：归档"],
            id="matrix-of-words",
        ),
        pytest.param(
            table(
                ("岗位名称", "视觉专员", "入职日期", ""),
                ("所属部门", "", "汇报对象", ""),
                (
                    "岗位职责及任职资格",
                    "岗位职责：\n1.拟定方案；\n2.执行拍摄；\n重点关注事项：\n1.互动及时；",
                    "<",
                    "<",
                ),
                ("承诺", "本人已理解。", "<", "<"),
            ),
            ["某厂·视觉专员 1 拟定方案；", "某厂·视觉专员 2 执行拍摄；"],
            id="form-with-several-lists-in-one-cell",
        ),
        pytest.param(
            table(
                ("岗位名称", "焊工", "所属部门", "生产部"),
                ("岗位职责", "<", "<", "<"),
                ("1. 焊接工件。", "<", "<", "<"),
                ("2. 保养焊机。", "<", "<", "<"),
                ("任职资格", "<", "<", "<"),
                ("1. 持证上岗。", "<", "<", "<"),
                ("岗位名称", "钳工", "所属部门", "生产部"),
                ("岗位职责", "<", "<", "<"),
                ("1. 装配模具。", "<", "<", "<"),
            ),
            ["生产部·焊工 1 焊接工件。", "生产部·焊工 2 保养焊机。", "生产部·钳工 1 装配模具。"],
            id="two-post-descriptions-with-duties-below-their-label",
        ),
        pytest.param(
            table(("产品负责人", "王安"), ("开发", "高杨（前端）　李艳"), ("测试", "王安"), ("总结", "")),
            ["某厂·高杨 1 开发", "某厂·李艳 1 开发", "某厂·王安 1 测试"],
            id="tasks-and-persons-without-a-header",
        ),
        pytest.param(
            table(("角色", "职责与要求"), ("组长", "主持例会。"), ("组员", "修复漏洞。")),
            ["某厂·组长 1 主持例会。", "某厂·组员 1 修复漏洞。"],
            id="duties-and-more-in-a-head",
        ),
    ],
)
def test_table(source: Source, expected: list[str]) -> None:
    document = parse_source(source, "某厂")
    assert duties(document) == expected
    assert_accounted_for(document)


def test_clause_of_a_matrix_cites_its_row() -> None:
    document = parse_source(table(("职责", "店长", "收银员"), ("开店", "√", ""), ("收款", "√", "√")), "某厂")
    clause = document.clauses[-1]
    assert (clause.text, clause.source_text, clause.lines) == ("收款", "收款\t√", (3, 3))
    assert document.text.splitlines()[2] == "收款 | √ | √"


@pytest.mark.parametrize(("mark", "role"), [("■", "lead"), ("▲", "support"), ("△", "participate")])
def test_mark_of_a_matrix_gives_the_role(mark: str, role: str) -> None:
    source = table(("事项", "财务部", "采购部"), ("付款", mark, "√"), ("验收", "√", "◇"))
    assert role_of(parse_source(source, "某厂").clauses[0].text) == role


def test_table_of_another_kind_is_a_finding() -> None:
    source = table(("年份", "产量"), ("2024", "12"), ("2025", "15"), before=("财务部职责", "1、记账。"))
    document = parse_source(source, "某厂")
    assert duties(document) == ["财务部 1 记账。"]
    assert [(found.kind, found.line) for found in document.findings] == [("table_not_understood", 3)]
    assert_accounted_for(document)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            (("活动", "每周", "每月", "事件驱动"), ("评审", "√", "", ""), ("审计", "", "√", "√")), id="when-not-who"
        ),
        pytest.param((("部门", "电话", "地址"), ("财务部", "8001", "3楼"), ("人事部", "8002", "4楼")), id="telephones"),
        pytest.param((("姓名", "职务", "手机"), ("王一", "会计", "138"), ("李二", "出纳", "139")), id="members"),
        pytest.param(
            (("模块名称", "标号", "描述"), ("用户登录", "WK_1", "检测格式"), ("查询", "WK_2", "按条件查询")),
            id="functions",
        ),
    ],
)
def test_table_of_something_else_names_nobody(rows: tuple[tuple[str, ...], ...]) -> None:
    document = parse_source(table(*rows, before=("财务部职责", "1、记账。", "附表")), "某厂")
    assert [(post.department, post.position) for post in document.posts] == [("财务部", None)]


CELLS = st.sampled_from(
    [
        "",
        "√",
        "■",
        "部门",
        "岗位",
        "职责",
        "会计",
        "财务部",
        "1.记账；2.报税",
        "负责",
        "同上",
        "任职资格",
        "岗位名称",
        "^",
        "<",
        "a\nb\n1、c",
    ]
) | st.text(max_size=5)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6), st.booleans())
def test_any_table_is_accounted_for_or_refused(rows: list[list[str]], with_list: bool) -> None:
    plain = [tuple(text if text not in "^<" else "" for text in row) for row in rows]
    source = table(*plain, before=("财务部职责", "1、记账。") if with_list else ())
    try:
        document = parse_source(source, "某厂")
    except DocumentError:
        return
    assert_accounted_for(document)


def test_csv_matrix(tmp_path: Path) -> None:
    with (tmp_path / "分工.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("工作", "校长", "教师"), ("招生", "√", ""), ("授课", "", "√"), ("家访", "√", "√")])
    assert duties(load_document(tmp_path / "分工.csv")) == [
        "分工·校长 1 招生",
        "分工·教师 1 授课",
        "分工·校长 2 家访",
        "分工·教师 2 家访",
    ]


@pytest.mark.parametrize("upwards", [False, True])
def test_a_table_of_versions_is_about_the_document(upwards: bool) -> None:
    rows = (("版次", "说明", "编制", "审核", "批准", "日期"), ("1", "首次发布", "樊一", "刘二", "郭三", "2013.5.22"))
    source = table(*(rows[::-1] if upwards else rows), before=("财务部职责", "1.记账。"))
    document = parse_source(source, "doc")
    assert duties(document) == ["财务部 1 记账。"]
    assert document.findings == ()
