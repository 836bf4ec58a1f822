"""What the words of a heading name."""

import pytest

from corpus.grammar.subjects import Subject, introduced_in, subject_of, told_later
from corpus.grammar.titles import (
    MAX_TITLE,
    Names,
    Title,
    is_person,
    owner_of_title,
    read_title,
    unit_and_position,
    without_holder,
)
from corpus.model import Post

DEPARTMENT, POSITION, DUTIES, TOPIC = Names.DEPARTMENT, Names.POSITION, Names.DUTIES, Names.TOPIC
NO_DUTIES = Names.NO_DUTIES


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param(
            "市场部职责及岗位设置", Title(DEPARTMENT, "市场部", True, duties=True), id="department-duties-and-posts"
        ),
        pytest.param(
            "政企客户部基准岗位设置及主要职责",
            Title(DEPARTMENT, "政企客户部", True, duties=True),
            id="department-long-phrase",
        ),
        pytest.param("10000号运营中心主要职责:", Title(DEPARTMENT, "10000号运营中心", True, duties=True), id="colon"),
        pytest.param(" 人事处的工作职责 ", Title(DEPARTMENT, "人事处", True, duties=True), id="department-de"),
        pytest.param("生产部门职责", Title(DEPARTMENT, "生产部门", True, duties=True), id="department-called-部门"),
        pytest.param("财务部部门职责", Title(DEPARTMENT, "财务部", True, duties=True), id="department-and-部门"),
        pytest.param("財務處職責", Title(DEPARTMENT, "財務處", True, duties=True), id="traditional"),
        pytest.param("财务部", Title(DEPARTMENT, "财务部", True), id="department-alone"),
        pytest.param("机电科（挂安全办公室牌子）", Title(DEPARTMENT, "机电科", True), id="department-with-a-remark"),
        pytest.param(
            "机电科（机电办公室）", Title(DEPARTMENT, "机电科（机电办公室）", True), id="department-with-a-second-name"
        ),
        pytest.param("【财务部】", Title(DEPARTMENT, "财务部", True), id="department-in-brackets"),
        pytest.param("《星河》杂志社", Title(DEPARTMENT, "《星河》杂志社", True), id="department-with-a-title-in-it"),
        pytest.param(
            "财务部 Finance Department", Title(DEPARTMENT, "财务部", True), id="department-with-a-translation"
        ),
        pytest.param("社会渠道经理", Title(POSITION, "社会渠道经理", True), id="position-manager"),
        pytest.param("仓库保管员岗位职责", Title(POSITION, "仓库保管员", True, duties=True), id="position-duties"),
        pytest.param(
            "星河协会秘书长的职责", Title(POSITION, "秘书长", True, "星河协会", True), id="position-of-an-organisation"
        ),
        pytest.param(
            "总经理安全生产职责", Title(POSITION, "总经理", True, duties=True), id="position-and-kind-of-duties"
        ),
        pytest.param("护士长", Title(POSITION, "护士长", True), id="position-head-nurse"),
        pytest.param("所属部门：财务部", Title(DEPARTMENT, "财务部", True), id="field-department"),
        pytest.param("岗位名称: 首席顾问", Title(POSITION, "首席顾问", True), id="field-position-of-any-word"),
        pytest.param("主要职责：", Title(DUTIES, "", True, duties=True), id="duties-only"),
        pytest.param("岗位职责和权限", Title(DUTIES, "", True, duties=True), id="duties-and-authority"),
        pytest.param("【岗位职责01】", Title(DUTIES, "", True, duties=True), id="duties-with-a-count"),
        pytest.param("各部门安全职责", Title(DUTIES, "", True, duties=True), id="duties-of-all"),
        pytest.param("职位描述：", Title(DUTIES, "", True, duties=True), id="duties-of-a-job-advertisement"),
        pytest.param(
            "对本部门服务的职责", Title(TOPIC, "对本部门服务", False, duties=True), id="duties-towards-somebody"
        ),
        pytest.param("营销分析", Title(TOPIC, "营销分析", False), id="topic"),
        pytest.param("营销分析职责", Title(TOPIC, "营销分析", True, duties=True), id="topic-with-duties"),
        pytest.param("管理人员", Title(TOPIC, "管理人员", False), id="people-are-no-position"),
        pytest.param("拼版人员", Title(POSITION, "拼版人员", True), id="people-of-one-kind"),
        pytest.param("参会人员", Title(TOPIC, "参会人员", False), id="people-of-a-meeting"),
        pytest.param("训导处主要业务", Title(DEPARTMENT, "训导处", True, duties=True), id="business-of-a-department"),
        pytest.param("主要业务", Title(TOPIC, "主要业务", False), id="business"),
        pytest.param("按摩科", Title(DEPARTMENT, "按摩科", True), id="no-按照"),
        pytest.param("向导", Title(TOPIC, "向导", False), id="no-向"),
        pytest.param("岗位职责划分", Title(DUTIES, "", True, duties=True), id="division-of-duties"),
        pytest.param("对 SIG 的期望", Title(DEPARTMENT, "SIG", True, duties=True), id="expected-of-a-group"),
        pytest.param("安全生产领导小组", Title(DEPARTMENT, "安全生产领导小组", True), id="leading-group"),
        pytest.param("举办者与学校", Title(TOPIC, "举办者与学校", False), id="of-a-chapter"),
        pytest.param("PHP工程师-架构-", Title(TOPIC, "PHP工程师-架构", False), id="dash-behind"),
        pytest.param("数学教师 各一个", Title(POSITION, "数学教师", True), id="how-many"),
        pytest.param("三大考核部门之一的纪检部", Title(DEPARTMENT, "纪检部", True), id="one-of-several"),
        pytest.param("确保项目组", Title(TOPIC, "确保项目组", False), id="no-name-begins-with-a-verb"),
        pytest.param("第二十九条学校党委", Title(TOPIC, "第二十九条学校党委", False), id="nor-holds-a-number"),
        pytest.param("取消的职责。", Title(NO_DUTIES, "取消的职责", True), id="duties-given-up"),
        pytest.param(
            "技术总监：核心岗位职责 (Job Duties)", Title(POSITION, "技术总监", True, duties=True), id="name-and-duties"
        ),
        pytest.param("要求：", Title(NO_DUTIES, "要求", True), id="asked"),
        pytest.param("任职要求", Title(NO_DUTIES, "任职要求", True), id="requirements"),
        pytest.param("岗位权限：", Title(NO_DUTIES, "岗位权限", True), id="authority"),
        pytest.param("文档修订记录", Title(NO_DUTIES, "文档修订记录", True), id="history"),
    ],
)
def test_title(text: str, title: Title) -> None:
    assert read_title(text) == title


def lead(names: Names, name: str) -> Title:
    return Title(names, name, True, duties=names is not NO_DUTIES, leads=True)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("理事会行使下列职权：", lead(DEPARTMENT, "理事会"), id="powers"),
        pytest.param("理事會之職權如下", lead(DEPARTMENT, "理事會"), id="traditional-without-a-colon"),
        pytest.param("医院举办者应当履行下列职责：", lead(DEPARTMENT, "医院举办者"), id="a-name-like-no-other"),
        pytest.param("仓管员负责：", lead(POSITION, "仓管员"), id="responsible-for"),
        pytest.param(
            "水务局在市政府领导下，主管水务，其主要职责是：", lead(DEPARTMENT, "水务局"), id="subject-before-a-pronoun"
        ),
        pytest.param(
            "最高机构是会员大会，会员大会的职权是：", lead(DEPARTMENT, "会员大会"), id="subject-in-the-last-part"
        ),
        pytest.param("本会秘书长行使下列职权：", lead(POSITION, "秘书长"), id="of-this-society"),
        pytest.param("监事会或监事行使下列职权：", lead(DEPARTMENT, "监事会"), id="a-body-or-one"),
        pytest.param("本会的最高权力机构是会员大会，其职权是：", lead(DEPARTMENT, "会员大会"), id="behind-what-it-is"),
        pytest.param("领导小组是协调机构，负责工作，其职责是：", lead(DEPARTMENT, "领导小组"), id="before-what-it-is"),
        pytest.param("承运人应当履行以下义务：", lead(POSITION, "承运人"), id="obligations-by-law"),
        pytest.param("本会之任务如下：", lead(DUTIES, ""), id="this-society"),
        pytest.param("负责以下工作：", lead(DUTIES, ""), id="nobody-named"),
        pytest.param("会员享有下列权利：", lead(NO_DUTIES, "会员享有下列权利"), id="rights"),
        pytest.param("会员履行下列义务：", lead(NO_DUTIES, "会员履行下列义务"), id="obligations-of-members"),
        pytest.param("协会的经费来源是：", lead(NO_DUTIES, "协会的经费来源是"), id="sources"),
        pytest.param("凡有下列情形之一的，予以除名：", lead(NO_DUTIES, "凡有下列情形之一的，予以除名"), id="cases"),
    ],
)
def test_sentence_that_leads_a_list(text: str, title: Title) -> None:
    assert read_title(text) == title


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        pytest.param("公安机关应当及时出警。", ("公安机关", DEPARTMENT, True), id="told"),
        pytest.param("配置管理员负责建立配置库。", ("配置管理员", POSITION, True), id="a-verb-in-the-name"),
        pytest.param("发生纠纷的，调解部门应当派员。", ("调解部门", DEPARTMENT, True), id="behind-a-condition"),
        pytest.param("安全检查人员应当先行控制现场。", ("安全检查人员", POSITION, True), id="people-who-are-told"),
        pytest.param("报告由审核组长编写。", ("审核组长", POSITION, False), id="passive"),
        pytest.param("会长由理事会选举产生。", None, id="passive-procedure"),
        pytest.param("\u2003\u2003民政局应当公开信息。", ("民政局", DEPARTMENT, True), id="behind-wide-spaces"),
        pytest.param("环境主管部门依法监督。", ("环境主管部门", DEPARTMENT, True), id="主管-in-the-name"),
        pytest.param("县级以上党委应当检查。", ("县级以上党委", DEPARTMENT, True), id="以-in-the-name"),
        pytest.param("承运人（以下简称甲方）应当核实。", ("承运人", DEPARTMENT, True), id="abbreviated"),
        pytest.param("决定商会各机构主要负责人。", None, id="verb-first"),
        pytest.param("物业部、客服部应当联动。", ("物业部", DEPARTMENT, True), id="the-first-of-several"),
        pytest.param("信息中心的主要职责是：汇集资料。", ("信息中心", DEPARTMENT, False), id="its-duty-is"),
        pytest.param("理事会须有三分之二以上理事出席方能召开。", None, id="procedure"),
        pytest.param("厂长应当具备以下条件。", None, id="conditions"),
        pytest.param("会员大会每年召开一次。", None, id="fact"),
        pytest.param("进入医院的人员应当接受检查。", None, id="everybody"),
        pytest.param("本章程规定了所要进行的检查。", None, id="the-document-itself"),
        pytest.param("负责门卫值守。", None, id="nobody"),
    ],
)
def test_subject_of_a_sentence(sentence: str, subject: tuple[str, Names, bool] | None) -> None:
    found = subject_of(sentence, {})
    assert (found and found[:3]) == subject


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


def test_several_subjects_of_a_sentence() -> None:
    found = subject_of("物业部、客服部和保洁人员应当联动。", {})
    assert found == Subject("物业部", DEPARTMENT, True, (("客服部", DEPARTMENT), ("保洁人员", POSITION)))


def test_what_later_sentences_tell() -> None:
    text = "管理是基础。党委应当加强管理。会员每年缴费。支部负责收费。"
    assert [found.name for found in told_later(text, {})] == ["党委", "支部"]


@pytest.mark.parametrize(
    ("sentence", "who"),
    [
        ("保健科属于保健部，设有四个组。", "保健科"),
        ("财务部是公司的职能部门。", "财务部"),
        ("这是一个部门。", None),
        ("本岗位是重要的。", None),
    ],
)
def test_whom_a_paragraph_describes(sentence: str, who: str | None) -> None:
    title = introduced_in(sentence, {})
    assert (title and title.name) == who


@pytest.mark.parametrize(("name", "person"), [("王云川", True), ("李强", True), ("石家庄", False), ("测试组", False)])
def test_persons(name: str, person: bool) -> None:
    assert is_person(name) is person


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


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("财务部会计", ("财务部", "会计")),
        ("组织部部长", ("组织部", "部长")),
        ("干部科科长", ("干部科", "科长")),
        ("总经理办公室主任", ("总经理办公室", "主任")),
        ("秘书处副秘书长", ("秘书处", "副秘书长")),
        ("保卫科长", ("", "保卫科长")),
        ("部门经理", ("", "部门经理")),
        ("会计", ("", "会计")),
        ("监事会或监事", ("", "监事会或监事")),
        ("研究院院长助理", ("研究院", "院长助理")),
        ("党支部组织委员", ("党支部", "组织委员")),
        *(
            (whole, ("", whole))
            for whole in (
                "数据处理员",
                "投诉处理专员",
                "培训组织专员",
                "系统部署工程师",
                "财务部门经理",
                "信息科技专员",
                "学校局域网管理员",
                "财务会计主管",
                "车站站点管理员",
            )
        ),
    ],
)
def test_a_post_is_told_from_its_department(name: str, parts: tuple[str, str]) -> None:
    assert unit_and_position(name) == parts


@pytest.mark.parametrize(
    ("text", "post"),
    [
        ("王云川 活动部部长", "活动部部长"),
        ("周洋\t组织部部长", "组织部部长"),
        ("金永辉　厅长", "厅长"),
        ("副主任 邓志高", "副主任"),
        ("高级 工程师", "高级 工程师"),
        *(
            (same, same)
            for same in (
                "项目 经理",
                "金融部 经理",
                "石家庄 项目经理",
                "马鞍山 项目经理",
                "陈列室 管理员",
                "高新区 财务部经理",
                "人事 办公室主任",
                "广州 财务部部长",
                "区域经理 江苏",
                "会计 高级",
                "设计师 高级工",
                "出纳 任职",
            )
        ),
        ("管理学院 钟雪茂", "管理学院 钟雪茂"),
        ("陈列员 工作日志", "陈列员 工作日志"),
    ],
)
def test_who_holds_a_post_is_no_part_of_its_name(text: str, post: str) -> None:
    assert without_holder(text) == post
