"""Which units of a document are duties and whose: charters, advertisements, plans, tails, topics, several owners."""

from pathlib import Path

import openpyxl
import pytest

from corpus.load import load_document
from corpus.model import Document, split_lines
from corpus.parse import parse_source
from corpus.readers.markdown import markdown_facts, markdown_tables
from corpus.source import Source
from tests.documents import parse
from tests.test_corpus_parse import assert_partitioned, duties


def markdown(text: str) -> Document:
    return parse_source(
        Source(text, "", markdown_facts(split_lines(text)), markdown_tables(text), markdown=True), "doc"
    )


def left_out(document: Document) -> list[tuple[str, str]]:
    return [(part.reason, part.text) for part in document.left_out()]


CHARTER = """星河摄影协会章程
第一章 总则
第一条 本会名称为星河摄影协会。
第二章 会员
第二条 会员享有下列权利：
（一）参加活动；
（二）选举。
第三条 会员履行下列义务：
（一）交会费。
第三章 组织机构
第四条 本会的最高权力机构是会员大会，会员大会的职权是：
（一）修改章程；
（二）选举理事会。
第五条 会员大会每年召开一次。
第六条 理事会行使下列职权：
（一）执行会员大会的决议；
（二）聘任秘书长。
第七条 理事会须有三分之二以上理事出席方能召开。
第八条 本会秘书长行使下列职权：
（一）主持日常工作。
第九条 本会设立影展组，负责策展。
第十条 财务员应当每季度公布账目。
第四章 附则
第十一条 本章程自通过之日起生效。
"""


def test_in_a_charter_a_list_belongs_to_whom_its_sentence_names() -> None:
    document = parse(CHARTER, "doc")
    assert duties(document) == [
        "会员大会 1 修改章程；",
        "会员大会 2 选举理事会。",
        "理事会 1 执行会员大会的决议；",
        "理事会 2 聘任秘书长。",
        "星河摄影协会·秘书长 1 主持日常工作。",
        "影展组 9 本会设立影展组，负责策展。",
        "星河摄影协会·财务员 10 财务员应当每季度公布账目。",
    ]
    assert_partitioned(document)
    assert ("no-duties", "（一）参加活动；\n（二）选举。") in left_out(document)
    assert ("rule", "第五条 会员大会每年召开一次。") in left_out(document)
    assert left_out(document)[-1] == ("coming-into-force", "第十一条 本章程自通过之日起生效。")
    assert "财务员" in {post.position for post in document.posts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "招聘公告\n网络管理员1名\n岗位职责：\n1.维护网络；\n2.管理机房。\n任职要求：\n1.大专以上学历；\n2.两年以上经验。\n"
            "门店督导\n岗位职责：\n1.巡店。\n",
            ["招聘公告·网络管理员 1 维护网络；", "招聘公告·网络管理员 2 管理机房。", "招聘公告·门店督导 1 巡店。"],
            id="job-advertisements",
        ),
        pytest.param(
            "打假工作方案\n一、总体目标\n（一）形成长效机制。\n二、部门职责\n1.稽查部\n（1）现场检查。\n2.客服部\n（1）受理举报。\n"
            "三、工作流程\n（一）分析数据。\n（二）固定证据。\n",
            ["稽查部 1 现场检查。", "客服部 1 受理举报。"],
            id="a-plan-with-one-chapter-of-duties",
        ),
        pytest.param(
            "保卫科职责\n1.负责门卫值守。\n2.负责消防巡查。\n\n星河集团有限公司办公室\n2024年5月1日\n",
            ["保卫科 1 负责门卫值守。", "保卫科 2 负责消防巡查。"],
            id="a-signature-at-the-end",
        ),
        pytest.param(
            "星河公司岗位职责\n编制部门：人事部\n抄送：各部门\n一、车队\n（一）队长\n1.负责调度。\n本职责自发布之日起施行。\n附：电话一览\n",
            ["车队·队长 1 负责调度。"],
            id="fields-of-the-document",
        ),
        pytest.param(
            "筹备计划\n需要完成的事项如下：\n联络组：联系同学，整理通讯录。\n财务组：收缴会费，登记支出。\n",
            ["联络组 1 联系同学，整理通讯录。", "财务组 1 收缴会费，登记支出。"],
            id="names-and-tasks-on-lines-without-numbers",
        ),
        pytest.param(
            "星河市商务局主要职能（一）拟订规划。\n（二）管理外贸。\n（三）承办交办事项。\n",
            ["星河市商务局 1 拟订规划。", "星河市商务局 2 管理外贸。", "星河市商务局 3 承办交办事项。"],
            id="first-item-on-the-line-of-the-heading",
        ),
        pytest.param(
            "一、行政部\n（一）日常方面：\n1.管理车辆。\n（二）接待方面：\n1.接待来宾。\n处长：张三 副处长：李四五\n",
            ["行政部 1.1 管理车辆。", "行政部 2.1 接待来宾。"],
            id="who-holds-an-office-is-no-duty",
        ),
        pytest.param(
            "總務處職責\n第一條 負責公文流轉。\n第二條 負責會議組織。\n",
            ["總務處 1 負責公文流轉。", "總務處 2 負責會議組織。"],
            id="traditional-characters",
        ),
        pytest.param("⼀、⻋队职责\n1.负责⻋辆调度。\n", ["车队 1 负责车辆调度。"], id="radicals"),
        pytest.param(
            "党委是领导核心，把握发展方向，支持校长依法行使职权。其主要职责是：\n（一）贯彻方针。\n（二）管理干部。\n",
            ["党委 1 贯彻方针。", "党委 2 管理干部。"],
            id="a-long-paragraph-that-leads",
        ),
        pytest.param(
            "招聘\n文案策划（2名）\n工作职责： 1、撰写文案；\n2、采编刊物；\n"
            "任职要求： 1、大专以上；\n2、公司提供免费食宿。\n"
            "销售经理\n工作职责： 1、跟进订单。\n2、薪资面议。\n职位应聘建议学院：无限制\n行政部\n",
            ["招聘·文案策划 1 撰写文案；", "招聘·文案策划 2 采编刊物；", "招聘·销售经理 1 跟进订单。"],
            id="labels-on-the-line-of-the-first-item",
        ),
        pytest.param(
            "附件\n支付系统管理规定\n第一章 总 则\n第一条 为加强管理制定本规定。\n第二条 清算中心负责系统维护。\n"
            "第二章 岗 位 管 理\n第三条 清算中心的维护岗负责设备维护。\n第四条 系统每年检查一次。\n",
            ["清算中心 2 清算中心负责系统维护。", "支付系统管理规定·维护岗 3 清算中心的维护岗负责设备维护。"],
            id="a-regulation-that-is-an-attachment",
        ),
        pytest.param(
            "转移办法\n第一章 责任\n第一条 移出人应当履行以下义务：\n（一）核实资格；\n（二）制定计划。\n"
            "第二条 会员应当履行下列义务：\n（一）缴纳会费。\n第三条 环境主管部门、公安机关应当建立协作机制。\n",
            [
                "转移办法·移出人 1 核实资格；",
                "转移办法·移出人 2 制定计划。",
                "环境主管部门 3 环境主管部门、公安机关应当建立协作机制。",
                "公安机关 3 环境主管部门、公安机关应当建立协作机制。",
            ],
            id="obligations-by-law-and-several-bodies-in-a-sentence",
        ),
        pytest.param(
            "风险管理委员会之职权范围\n1. 职能\n1.1\n委员会负责监督风险。\n1.2\n委员会负责检讨政策。\n",
            ["风险管理委员会 1.1 委员会负责监督风险。", "风险管理委员会 1.2 委员会负责检讨政策。"],
            id="numbers-on-lines-of-their-own",
        ),
        pytest.param(
            "群体保健\n保健科属于保健部下设的科室。\n主要工作有：\n1.指导咨询；\n2.收集信息。\n",
            ["保健科 1 指导咨询；", "保健科 2 收集信息。"],
            id="whom-the-paragraph-before-describes",
        ),
        pytest.param(
            "人社厅\n（一）取消的职责。\n1、审批就业证。\n（二）加强的职责。\n1、统筹就业政策。\n",
            ["人社厅 1 统筹就业政策。"],
            id="duties-that-were-given-up",
        ),
        pytest.param(
            "成员组成\n办公室\n部长：金融1901徐鹤\n干事：教育2001沙格\n组织部\n1.组织活动。\n",
            ["组织部 1 组织活动。"],
            id="members-with-their-classes",
        ),
        pytest.param(
            "人事部职责\n1.办理五险一金。\n2.五险一金的缴纳。\n3.核算提成。\n4.公司提供五险一金和年假。\n5.待遇从优。\n6.执行ISO9001标准。\n"
            "7.薪酬待遇的核算与发放。\n",
            [
                "人事部 1 办理五险一金。",
                "人事部 2 五险一金的缴纳。",
                "人事部 3 核算提成。",
                "人事部 6 执行ISO9001标准。",
                "人事部 7 薪酬待遇的核算与发放。",
            ],
            id="what-is-offered-and-who-deals-with-it",
        ),
        pytest.param(
            "安全制度\n一、接待制度\n1．来访者须登记。\n2．门卫要检查证件。\n3．如来访者携带车辆，门卫要登记车牌。\n",
            ["安全制度·门卫 1.2 门卫要检查证件。", "安全制度·门卫 1.3 如来访者携带车辆，门卫要登记车牌。"],
            id="who-must-in-a-list-of-rules",
        ),
    ],
)
def test_whose_duties(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "doc.txt").write_text(text, encoding="utf-8")
    document = load_document(tmp_path / "doc.txt")
    assert duties(document) == expected
    assert_partitioned(document)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "# 社区治理\n## 技术委员会\n委员会由五人组成。\n### 职责\n- 批准发布\n- 维护路线图\n"
            "### 组成\n- 五人，任期一年\n### 成为委员\n- 由委员提名\n",
            ["技术委员会 1 批准发布", "技术委员会 2 维护路线图"],
            id="what-else-is-said-of-an-owner",
        ),
        pytest.param(
            "## 设计部\n!!! info\n<figure>\n![设计部](a.jpg)\n</figure>\n\n设计部是团队的窗口，负责视觉设计与印刷。\n",
            ["设计部 1 设计部是团队的窗口，负责视觉设计与印刷。"],
            id="a-unit-described-by-one-paragraph",
        ),
        pytest.param(
            "- 第一条 会员大会的职权是：\n  - （一）修改章程；\n- 第二条 理事会的职权是：\n  - （一）执行决议；\n",
            ["会员大会 1 修改章程；", "理事会 1 执行决议；"],
            id="numbers-behind-bullets",
        ),
        pytest.param(
            '### 分工\n<table>\n<tr><th>职务</th><th>主要职责</th></tr>\n<tr><td rowspan="2">社长</td>\n'
            "<td>主持社务<br>签署&nbsp;合同</td></tr>\n<tr><td>召集会议</td></tr>\n</table>\n",
            ["doc·社长 1 主持社务", "doc·社长 2 签署合同", "doc·社长 3 召集会议"],
            id="a-table-written-as-html",
        ),
        pytest.param(
            "| 角色 | 成员 | 职责 |\n|---|---|---|\n| A | 王一 | 采集\\*图像\\* |\n| B | 李二 | 控制机械臂 |\n",
            ["doc·王一 1 采集*图像*", "doc·李二 1 控制机械臂"],
            id="letters-for-roles",
        ),
        pytest.param(
            "## 兴趣小组（SIG）\n### SIG 成员的期望\n- SIG 主席：\n\t- 职责：\n\t\t- 主持会议。\n\t\t- 沟通协调。\n"
            "- 技术负责人：\n\t- 职责：负责技术方向。\n- 参与者（成员）：\n\t- 职责：完成任务。\n",
            [
                "兴趣小组（SIG）·SIG 主席 1 主持会议。",
                "兴趣小组（SIG）·SIG 主席 2 沟通协调。",
                "兴趣小组（SIG）·技术负责人 1 职责：负责技术方向。",
                "兴趣小组（SIG）·参与者（成员） 1 职责：完成任务。",
            ],
            id="lists-inside-lists",
        ),
        pytest.param(
            "## 1. 项目概览\n* 技术栈: 小程序\n## 2. 任务分工\n"
            "### 成员 A: 后端\n* 搭建环境。\n### 成员 B: 前端\n* 开发页面。\n",
            ["doc·成员 A 1 搭建环境。", "doc·成员 B 1 开发页面。"],
            id="names-before-a-colon-and-numbered-headings",
        ),
        pytest.param(
            "## 招聘\n### UI设计\n#### [岗位职责]\n1. 负责视觉设计。\n#### [职位要求]\n1. 三年经验。\n",
            ["招聘·UI设计 1 负责视觉设计。"],
            id="posts-as-headings-of-an-advertisement",
        ),
        pytest.param(
            "## 职责说明\n- 实施小组\n\n负责系统实施。\n\n- 调研需求；\n- 编写报告。\n- 培训组\n- 组织培训。\n",
            ["实施小组 1 负责系统实施。", "实施小组 1 调研需求；", "实施小组 2 编写报告。", "培训组 1 组织培训。"],
            id="bullets-that-are-names-among-those-that-are-duties",
        ),
        pytest.param(
            "## 事业部\n## 岗位名称：开发员\n## 岗位职责：\n1. 开发接口。\n## 任职要求：\n1. 有经验。\n"
            "## 岗位名称：测试员\n## 岗位职责：\n1. 编写用例。\n",
            ["事业部·开发员 1 开发接口。", "事业部·测试员 1 编写用例。"],
            id="headings-of-one-level",
        ),
        pytest.param(
            "- [委员会](#委员会)\n  - [会议](#会议)\n## 委员会\n- 维护列表\n- 协调冲突\n### 模板\n"
            "- 委员模板：[`docs/roles/member.md`](roles/member.md)\n",
            ["委员会 1 维护列表", "委员会 2 协调冲突"],
            id="links-inside-the-page-and-to-files",
        ),
        pytest.param(
            "# 协作\n## 角色\n- 文档总编：统一口径、结构与导航\n- 权益官：权益体系与定价\n- 法务官：落地推进与复盘\n",
            ["协作·文档总编 1 统一口径、结构与导航", "协作·权益官 1 权益体系与定价", "协作·法务官 1 落地推进与复盘"],
            id="a-bullet-a-role",
        ),
    ],
)
def test_markdown(text: str, expected: list[str]) -> None:
    document = markdown(text)
    assert duties(document) == expected
    assert_partitioned(document)


def test_names_that_are_no_posts_are_left_out() -> None:
    document = parse("信息部\n1.负责网络。\n2.机房\n3.档案室\n4.李明，男，中共党员\n", "doc")
    assert duties(document) == ["信息部 1 负责网络。", "信息部 2 机房"]
    assert left_out(document) == [("name", "3.档案室\n4.李明，男，中共党员")]


def test_phantom_posts_are_not_named() -> None:
    text = "项目计划\n1.背景\n网站不多。\n2.人员分工\n项目经理：负责进度。\n测试员：负责测试。\n3.交付期限\n年底。\n"
    document = parse(text, "doc")
    assert [str(post) for post in document.posts] == ["项目计划", "项目计划·项目经理", "项目计划·测试员"]


def test_sheets_that_are_named_after_units(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "仓储-分销"
    book.active.append(["序号", "工作职责"])
    book.active.append(["1", "保证库存准确"])
    cover = book.create_sheet("更改履历")
    cover.append(["版本", "日期"])
    cover.append(["1.0", "2024-01-01"])
    book.save(tmp_path / "岗位.xlsx")
    assert duties(load_document(tmp_path / "岗位.xlsx")) == ["仓储-分销 1 保证库存准确"]


def test_what_is_left_out_covers_all_that_is_no_duty_and_no_heading() -> None:
    document = parse(CHARTER, "doc")
    shown = "".join(part.text for part in document.left_out())
    in_clauses = "".join(clause.source_text for clause in document.clauses)
    headings = "".join(document.text[part.start : part.end] for part in document.segments if part.kind == "heading")
    assert sorted("".join((shown + in_clauses + headings).split())) == sorted("".join(document.text.split()))


def test_headings_that_name_a_post_with_its_department_or_its_holder() -> None:
    document = markdown(
        "# 廖久敏 办公室主任\n1. 收集档案。\n# 财务部\n## 财务部会计\n1. 记账。\n## 人事部文员\n1. 打字。\n"
    )
    assert duties(document) == ["办公室·主任 1 收集档案。", "财务部·会计 1 记账。", "财务部·人事部文员 1 打字。"]
