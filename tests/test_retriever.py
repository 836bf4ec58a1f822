"""Real questions to the real document."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import UnknownNameError, UsageError
from corpus.grammar.roles import Role
from corpus.load import Corpus, load_corpus
from corpus.model import Clause, Post
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from indexer.index import open_index
from retriever.confidence import ANSWER_ALL
from retriever.query import Turn
from retriever.rank import rank
from retriever.result import Citation, RankedPost
from retriever.retriever import Retriever, _clarify


def test_the_question_of_the_readme(retriever: Retriever) -> None:
    result = retriever.ask("佣金怎么结算，找谁")
    first = result.posts[0]
    assert (first.post, first.role) == (Post("公众客户部", "社会渠道经理"), Role.PARTICIPATE)
    citation = first.citations[0]
    assert (citation.ref, citation.clause.number, citation.clause.lines) == (1, "4", (213, 213))
    assert citation.clause.text == "参与社会渠道代理考核、业务佣金结算及审核。"
    assert citation.highlights == [(13, 17)]
    assert not result.abstained
    assert first.score == result.confidence
    assert result.index_version == retriever.index.version


def test_official_wording_finds_its_post(retriever: Retriever, corpus: Corpus) -> None:
    """Every clause, asked in its own words, brings up its own post or one with the very same clause."""
    wrong = []
    for clause in corpus.clauses:
        same = {other.post for other in corpus.clauses if other.text == clause.text}
        result = retriever.ask(clause.text)
        if result.posts[0].post not in same:
            wrong.append(clause.id)
    assert len(wrong) <= 2, wrong


def test_scores_fall_and_refs_count(retriever: Retriever) -> None:
    result = retriever.ask("客户投诉谁来处理", top_k=8)
    scores = [post.score for post in result.posts]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    refs = [citation.ref for post in result.posts for citation in post.citations]
    assert refs == list(range(1, len(refs) + 1))
    for post in result.posts:
        assert [c.score for c in post.citations] == sorted((c.score for c in post.citations), reverse=True)
        assert len({c.clause.id for c in post.citations}) == len(post.citations)
    assert max(len(post.citations) for post in result.posts) == 3


def test_twins_come_together_with_a_question_back(retriever: Retriever) -> None:
    result = retriever.ask("客户投诉接待和处理，撰写投诉报告")
    assert {post.post for post in result.posts[:2]} == {
        Post("公众客户部", "服务投诉处理"),
        Post("客户服务部", "服务投诉处理"),
    }
    assert result.clarify is not None
    assert {option.post for option in result.clarify.options} == {
        Post("公众客户部", "服务投诉处理"),
        Post("客户服务部", "服务投诉处理"),
    }
    assert "公众客户部" in result.clarify.question
    assert "客户服务部" in result.clarify.question


def test_a_department_settles_between_twins(retriever: Retriever) -> None:
    result = retriever.ask("客户投诉接待和处理，撰写投诉报告", department="客户服务部")
    assert result.posts[0].post == Post("客户服务部", "服务投诉处理")
    assert result.clarify is None
    assert {post.post.department for post in result.posts} == {"客户服务部"}


def test_a_department_named_in_the_question_needs_no_question_back(retriever: Retriever) -> None:
    result = retriever.ask("公众客户部里谁做客户投诉接待和处理，撰写投诉报告")
    assert result.posts[0].post == Post("公众客户部", "服务投诉处理")
    assert result.clarify is None


def test_a_department_named_in_short_needs_no_question_back(retriever: Retriever) -> None:
    result = retriever.ask("客服部里谁做客户投诉接待和处理，撰写投诉报告")
    assert result.posts[0].post == Post("客户服务部", "服务投诉处理")
    assert result.clarify is None


def test_a_department_named_in_the_question_is_preferred(retriever: Retriever) -> None:
    """Without it the market department's own post for advertising is first."""
    assert retriever.ask("谁做广告宣传").posts[0].post == Post("市场部", "品牌与宣传管理")
    assert retriever.ask("政企谁做广告宣传").posts[0].post == Post("政企客户部", "营销策划")


def test_a_department_named_in_the_question_is_not_required(retriever: Retriever) -> None:
    """People also name the department that a matter comes from."""
    assert retriever.ask("政企客户部谁管积分兑换").posts[0].post == Post("公众客户部", "客户关系支撑")


def test_a_position_can_be_asked_alone(retriever: Retriever) -> None:
    result = retriever.ask("投诉", department="公众客户部", position="VIP客户服务经理")
    shown = result.posts or result.nearest
    assert [post.post for post in shown] == [Post("公众客户部", "VIP客户服务经理")]


def test_department_duties_are_posts_without_position(retriever: Retriever) -> None:
    result = retriever.ask("集团彩铃后台制作和电报业务")
    assert result.posts[0].post == Post("10000号运营中心", None)
    assert result.posts[0].citations[0].clause.id == "telecom-branch/10000号运营中心/4"


def test_a_follow_up_is_about_its_own_department(retriever: Retriever) -> None:
    """Not about that of the question it goes on from, which both are searched with."""
    asked = Turn(role="user", content="政企客户部的营销分析谁做")
    assert retriever.ask("那公众客户部呢", history=[asked]).posts[0].post == Post("公众客户部", "营销分析")


def test_a_word_of_every_other_clause_is_not_highlighted(retriever: Retriever) -> None:
    citation = retriever.ask("渠道的管理工作谁负责").posts[0].citations[0]
    assert citation.clause.text == "负责直销、实体、电子、社会和终端渠道的统筹管理。"
    assert [citation.clause.text[start:end] for start, end in citation.highlights] == ["渠道的"]


@pytest.mark.parametrize("question", ["你好", "今天天气怎么样", "qwertyuiop", "1+1等于几"])
def test_abstains_with_the_nearest_posts(retriever: Retriever, question: str) -> None:
    result = retriever.ask(question)
    assert result.abstained
    assert result.posts == ()
    assert len(result.nearest) <= 3
    assert result.clarify is None
    assert result.confidence < 0.5


def test_an_abstention_names_three_posts(retriever: Retriever) -> None:
    assert len(retriever.ask("今天天气怎么样").nearest) == 3


def test_top_k_limits_posts(retriever: Retriever) -> None:
    assert len(retriever.ask("渠道管理", top_k=2).posts) == 2
    assert len(retriever.ask("渠道管理", top_k=50).posts) > 5


def test_same_question_same_answer(retriever: Retriever) -> None:
    first, second = (replace(retriever.ask("宽带资费谁定"), timings_ms={}) for _ in range(2))
    assert first == second


def test_search_gives_clauses_best_first(retriever: Retriever) -> None:
    hits = retriever.search("佣金结算", top_k=4)
    assert hits[0].clause.id == "telecom-branch/公众客户部/社会渠道经理/4"
    assert len(hits) == 4
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_citation_is_worth_its_share_of_its_post(retriever: Retriever) -> None:
    """A post's best clause has the post's score; each other one as much less as it stands out less."""
    question = "客户投诉谁来处理"
    result = retriever.ask(question, top_k=8)
    ranked = rank(retriever.find(question).whole.fused, retriever.index.owners)
    assert any(len(post.citations) > 1 for post in result.posts)
    for post, scored in zip(result.posts, ranked, strict=False):
        best = scored.clauses[0][1]
        shares = [excess / best for _, excess in scored.clauses[: len(post.citations)]]
        assert [citation.score for citation in post.citations] == pytest.approx(
            [post.score * share for share in shares]
        )
        assert shares[-1] >= 0.6


def test_a_document_of_two_clauses_is_highlighted(tmp_path: Path, encoder: Encoder) -> None:
    """There every word is in half of the clauses, which makes it no common one."""
    document = tmp_path / "two.txt"
    document.write_text("行政部主要职责：\n1.保管印章。\n2.管理车辆。\n", encoding="utf-8")
    build_index(load_corpus([document]), encoder, tmp_path / "home")
    citation = (
        Retriever(open_index(tmp_path / "home", encoder), encoder, ANSWER_ALL).ask("印章谁保管").posts[0].citations[0]
    )
    assert (citation.clause.text, citation.highlights) == ("保管印章。", [(0, 4)])


def test_the_sentence_that_answers_is_marked_and_gives_the_role(tmp_path: Path, encoder: Encoder) -> None:
    document = tmp_path / "paragraph.txt"
    meetings = "负责全院各类会议的组织、记录和会务保障，编写会议纪要并督促落实。"
    cars = "协助保卫部做好公务用车的调度、保养、年检和驾驶员的日常安全教育。"
    document.write_text(f"办公室主要职责：\n1.{meetings}{cars}\n2.保管印章。\n", encoding="utf-8")
    build_index(load_corpus([document]), encoder, tmp_path / "home")
    retriever = Retriever(open_index(tmp_path / "home", encoder), encoder, ANSWER_ALL)
    for question, answer, role in (("会议记录谁来写", meetings, Role.LEAD), ("车子年检", cars, Role.SUPPORT)):
        citation = retriever.ask(question).posts[0].citations[0]
        assert citation.clause.text == meetings + cars
        assert [citation.clause.text[start:end] for start, end in citation.highlights] == [answer]
        assert (citation.quote, citation.role) == (answer.rstrip("。"), role)


def test_who_leads_comes_first_unless_another_role_is_asked_for(tmp_path: Path, encoder: Encoder) -> None:
    """Roles come from the marks of a matrix; the support's column stands before the lead's."""
    document = tmp_path / "matrix.md"
    document.write_text(
        "| 事项 | 财务部 | 采购部 | 总经理 |\n|---|---|---|---|\n"
        "| 设备采购 | 配合 | 负责 | 审批 |\n| 车辆年检 | 配合 | 负责 | 审批 |\n",
        encoding="utf-8",
    )
    build_index(load_corpus([document]), encoder, tmp_path / "home")
    retriever = Retriever(open_index(tmp_path / "home", encoder), encoder, ANSWER_ALL)
    for question, department, role in (
        ("设备采购找谁", "采购部", Role.LEAD),
        ("设备采购由谁审批", "总经理", Role.APPROVE),
        ("设备采购哪个部门配合", "财务部", Role.SUPPORT),
        ("车辆年检的审批人是谁", "总经理", Role.APPROVE),
    ):
        first = retriever.ask(question).posts[0]
        assert (question, first.post.department, first.role) == (question, department, role)


def test_a_clause_does_not_lead_for_what_it_excludes(tmp_path: Path, encoder: Encoder) -> None:
    document = tmp_path / "医院.txt"
    document.write_text(
        "某医院岗位职责\n一、总务科\n（一）保洁班长\n1.负责门诊楼保洁，不包括手术室保洁。\n2.负责垃圾清运，医疗废物除外。\n"
        "（二）电工班长\n1.负责配电房值班，不承担电梯维修。\n二、护理部\n（一）手术室护士长\n1.负责手术室的清洁与消毒。\n"
        "三、院感科\n（一）医废管理员\n1.负责医疗废物的收集与交接。\n四、设备科\n（一）电梯管理员\n1.负责电梯维修与年检。\n",
        encoding="utf-8",
    )
    build_index(load_corpus([document]), encoder, tmp_path / "home")
    retriever = Retriever(open_index(tmp_path / "home", encoder), encoder, ANSWER_ALL)
    for question, position in (
        ("手术室保洁归谁管", "手术室护士长"),
        ("医疗废物谁清运", "医废管理员"),
        ("电梯维修找谁", "电梯管理员"),
        ("门诊楼保洁谁管", "保洁班长"),
    ):
        assert (question, retriever.ask(question).posts[0].post.position) == (question, position)


def test_what_a_clause_says_in_so_many_words_is_answered(tmp_path: Path, encoder: Encoder) -> None:
    document = tmp_path / "公司.txt"
    document.write_text("后勤部职责\n1.负责宿舍管理、5G专网开通。\n2.办理公积金缴存。\n", encoding="utf-8")
    build_index(load_corpus([document]), encoder, tmp_path / "home")
    retriever = Retriever(open_index(tmp_path / "home", encoder), encoder)
    for question in ("宿舍谁管", "5G", "公积金谁缴"):
        assert not retriever.ask(question).abstained
    for noise in ("测试测试测试", "1", "https://example.com/a", "😀", "你好"):
        refused = retriever.ask(noise)
        assert (refused.abstained, refused.confidence, refused.nearest) == (True, 0.0, ())


@pytest.fixture
def two_documents(tmp_path: Path, encoder: Encoder) -> Retriever:
    """One of a canteen, with a question that it does not cover; one of an archive, without such questions."""
    (tmp_path / "食堂.txt").write_text("后勤部主要职责\n1.管理食堂，采购食材。\n2.维修电梯。\n", encoding="utf-8")
    (tmp_path / "食堂.outside").write_text("档案到哪里借阅\n", encoding="utf-8")
    (tmp_path / "档案.txt").write_text("办公室主要职责\n1.管理档案，办理借阅。\n2.保管公章。\n", encoding="utf-8")
    build_index(load_corpus([tmp_path / "食堂.txt", tmp_path / "档案.txt"]), encoder, tmp_path / "home")
    return Retriever(open_index(tmp_path / "home", encoder), encoder, ANSWER_ALL)


def test_a_question_stays_inside_the_document_that_is_asked_of(two_documents: Retriever) -> None:
    assert {hit.clause.document for hit in two_documents.search("管理", document="食堂")} == {"食堂"}
    assert two_documents.ask("档案到哪里借阅", document="食堂").posts[0].post == Post("后勤部", None)
    with pytest.raises(UnknownNameError, match=r"unknown document '食'.*Allowed: 档案、食堂"):
        two_documents.ask("档案", document="食")


def test_a_document_that_the_question_names_comes_first(tmp_path: Path, encoder: Encoder) -> None:
    for name in ("01_东湖分公司", "02_西山分公司"):
        unit = name[3:5]
        (tmp_path / f"{name}.txt").write_text(
            f"{unit}综合部主要职责\n1.负责宿舍管理。\n2.保管公章。\n", encoding="utf-8"
        )
    build_index(load_corpus(sorted(tmp_path.glob("*.txt"))), encoder, tmp_path / "home")
    retriever = Retriever(open_index(tmp_path / "home", encoder), encoder, ANSWER_ALL)
    for named in ("东湖", "西山"):
        first = retriever.ask(f"{named}分公司的公章在谁手里").posts[0]
        assert (first.post.department, first.citations[0].clause.document[3:5]) == (f"{named}综合部", named)


def test_what_one_document_does_not_cover_another_may(two_documents: Retriever) -> None:
    covered = two_documents.ask("档案到哪里借阅")
    assert covered.posts[0].post == Post("办公室", None)
    assert (covered.features.has_outside, covered.features.outside) == (0.0, 0.0)
    other = two_documents.ask("食堂谁管理")
    assert other.posts[0].post == Post("后勤部", None)
    assert other.features.has_outside == 1.0


def ranked_post(department: str, score: float, text: str, document: str = "d") -> RankedPost:
    clause = Clause(f"{document}/{department}/1", document, department, None, "1", text, text, (1, 1))
    return RankedPost(clause.post, score, (Citation(1, clause, document, score, Role.LEAD, (0, len(clause.text)), []),))


@pytest.mark.parametrize(
    ("second", "options"),
    [
        (ranked_post("办公室", 0.79, "管理车辆。"), ["后勤部", "办公室"]),
        (ranked_post("办公室", 0.77, "管理车辆。"), None),
        (ranked_post("办公室", 0.5, "管理食堂。"), ["后勤部", "办公室"]),
    ],
    ids=["equally-well", "less-well", "the-same-duty"],
)
def test_posts_that_fit_equally_well_or_hold_the_same_duty_are_asked_back(
    second: RankedPost, options: list[str] | None
) -> None:
    posts = [ranked_post("后勤部", 0.8, "管理食堂。"), second]
    clarify = _clarify(posts, (), ())
    assert (clarify and [option.post.department for option in clarify.options]) == options
    assert _clarify(posts, {"后勤部"}, ()) is None


def test_posts_of_one_name_in_two_documents_are_asked_back_by_document() -> None:
    posts = [replace(ranked_post("后勤部", 0.8, "管理食堂。", document), title=document) for document in ("甲", "乙")]
    clarify = _clarify(posts, {"后勤部"}, ())
    assert clarify is not None
    assert clarify.question == "后勤部（《甲》）、后勤部（《乙》）都有这项职责，您问的是哪一份文件里的？"
    assert [(option.document, option.post) for option in clarify.options] == [
        ("甲", Post("后勤部", None)),
        ("乙", Post("后勤部", None)),
    ]
    assert _clarify(posts, (), {"甲"}) is None


def test_a_corpus_of_one_clause(tmp_path: Path, encoder: Encoder) -> None:
    document = tmp_path / "one.txt"
    document.write_text("行政部主要职责：\n1.负责印章的保管和使用登记。\n", encoding="utf-8")
    build_index(load_corpus([document]), encoder, tmp_path / "home")
    retriever = Retriever(open_index(tmp_path / "home", encoder), encoder, ANSWER_ALL)
    result = retriever.ask("公章谁保管", top_k=50)
    assert [(post.post, post.citations[0].clause.id) for post in result.posts] == [
        (Post("行政部", None), "one/行政部/1")
    ]


def test_twin_texts_in_one_index_keep_their_posts(small_home: Path, encoder: Encoder) -> None:
    result = Retriever(open_index(small_home, encoder), encoder, ANSWER_ALL).ask("办理现金收付")
    assert {post.post for post in result.posts[:2]} == {Post("财务部", "出纳"), Post("人事部", "招聘专员")}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_any_text_is_answered_or_refused_as_a_question(retriever: Retriever, text: str) -> None:
    try:
        result = retriever.ask(text)
    except UsageError:
        return
    assert 0 <= result.confidence <= 1
    assert result.abstained == (not result.posts)
