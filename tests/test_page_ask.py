"""Asking on the page, in a real browser on a real server: suggestions, answers, follow-ups, sharing, feedback."""

import json
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Request, expect

QUESTION = "佣金怎么结算，找谁"
TWINS = "销售派单归谁管"
NOWHERE = "食堂几点开饭"


def ask(page: Page, question: str) -> None:
    page.goto("/")
    page.get_by_role("combobox").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("article.answer")).to_be_visible()


def questions_in(page: Page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("q", [])


def test_the_first_page_says_what_it_is_and_its_examples_ask(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("这事归谁管？")
    expect(page.locator(".facts")).to_have_text("收录 5 个部门、39 个岗位、240 条职责，看组织图")
    expect(page.locator(".choice")).to_be_hidden()  # there is one document
    example = page.locator(".examples a").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".post.best")).to_be_visible()
    assert questions_in(page) == [question]


def test_an_answer_shows_the_post_and_the_clause_with_the_words_that_match(page: Page) -> None:
    ask(page, QUESTION)
    best = page.locator(".post.best")
    expect(best.get_by_role("heading")).to_have_text("公众客户部社会渠道经理")
    expect(best.locator(".role")).to_have_text("参与")
    expect(best.locator(".sure")).to_have_text("很有把握")
    expect(best.locator("blockquote")).to_have_text("参与社会渠道代理考核、业务佣金结算及审核。")
    expect(best.locator("mark")).to_have_text("佣金结算")
    expect(best.locator(".where")).to_have_text("第 4 条，telecom-branch 第 213 行")
    expect(page.locator(".said")).to_contain_text("由公众客户部·社会渠道经理参与办理")
    assert page.locator(".post").count() == 5
    assert page.title() == f"{QUESTION} · 归谁管"


def test_the_mark_in_the_sentence_leads_to_its_clause(page: Page) -> None:
    ask(page, QUESTION)
    page.get_by_role("link", name="依据 1").click()
    expect(page.locator("#c1:target blockquote")).to_be_in_viewport()
    assert questions_in(page) == [QUESTION]


def test_an_address_with_a_question_is_answered_and_back_and_forward_work(page: Page) -> None:
    page.goto(f"/?q={QUESTION}")
    expect(page.locator(".post.best")).to_contain_text("社会渠道经理")
    page.get_by_role("combobox").fill("积分商城谁运营")
    page.get_by_role("button", name="提问").click()
    expect(page.locator(".post.best")).to_contain_text("客户服务部")
    page.go_back()
    expect(page.locator(".post.best")).to_contain_text("社会渠道经理")
    expect(page.get_by_role("combobox")).to_have_value(QUESTION)
    page.go_forward()
    expect(page.locator(".post.best")).to_contain_text("客户服务部")


def test_typing_suggests_and_a_chosen_question_is_asked(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("佣金")
    option = page.get_by_role("option").filter(has_text="问法").first
    text = option.locator("span").nth(1).inner_text()
    option.click()
    expect(page.locator("article.answer")).to_be_visible()
    assert questions_in(page) == [text]
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_chosen_post_opens_its_page(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("互联互通")
    page.get_by_role("option", name="岗位 市场部·互联互通").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("互联互通")


def test_twins_bring_a_question_back_and_a_choice_narrows_it_down(page: Page) -> None:
    ask(page, TWINS)
    clarify = page.locator(".clarify")
    expect(clarify.locator("p")).to_have_text("公众客户部、政企客户部都有这项职责，您问的是哪个部门的？")
    clarify.get_by_role("button", name="政企客户部·营销策划").click()
    expect(page.locator(".post.best")).to_contain_text("政企客户部")
    expect(page.locator(".clarify")).to_have_count(0)
    expect(page.locator(".scope")).to_contain_text("只在 政企客户部·营销策划 里找")
    assert page.locator(".post").count() == 1
    page.get_by_role("button", name="不限部门").click()
    expect(page.locator(".clarify")).to_be_visible()


def test_what_no_document_covers_is_said_with_the_nearest_posts(page: Page) -> None:
    ask(page, NOWHERE)
    expect(page.locator(".abstained .said")).to_contain_text("职责文档里没有写")
    expect(page.get_by_role("heading", name="最接近的岗位，可以先问问")).to_be_visible()
    assert page.locator(".post").count() == 3
    expect(page.locator(".post .sure").first).to_have_text("也许相关")


def test_a_follow_up_keeps_the_context_and_can_be_shared(page: Page) -> None:
    ask(page, "个人客户的投诉谁处理")
    page.get_by_label("接着问").fill("那政企的呢？")
    with page.expect_request("**/v1/ask") as sent:
        page.keyboard.press("Enter")
    asked = json.loads(sent.value.post_data or "")
    assert asked == {"question": "那政企的呢？", "history": [{"role": "user", "content": "个人客户的投诉谁处理"}]}
    expect(page.get_by_role("heading", level=1)).to_have_text("那政企的呢？")
    expect(page.get_by_role("list", name="之前的问题").get_by_role("link")).to_have_text("个人客户的投诉谁处理")
    assert questions_in(page) == ["个人客户的投诉谁处理", "那政企的呢？"]
    first = page.locator(".post.best").inner_text()
    page.reload()
    expect(page.locator(".post.best")).to_be_visible()
    assert page.locator(".post.best").inner_text() == first


def test_several_questions_in_one_are_answered_in_parts(page: Page) -> None:
    ask(page, QUESTION)
    answer = page.evaluate(
        "question => fetch('/v1/ask', {method: 'POST', headers: {'Content-Type': 'application/json'}, "
        "body: JSON.stringify({question})}).then(r => r.json())",
        QUESTION,
    )
    parts = [
        {"question": "佣金怎么结算", "posts": answer["posts"][:1], "abstained": False, "confidence": 0.97},
        {"question": "食堂几点开饭", "posts": [], "abstained": True, "confidence": 0.02},
    ]
    page.route("**/v1/ask", lambda route: route.fulfill(json={**answer, "parts": parts}))
    ask(page, "佣金怎么结算，另外食堂几点开饭")
    expect(page.locator(".part h2").filter(has_text="佣金怎么结算")).to_be_visible()
    expect(page.locator(".part").nth(0).locator(".post.best")).to_contain_text("社会渠道经理")
    expect(page.locator(".part").nth(1)).to_contain_text("职责文档里没有写这件事归谁管。")


def test_an_answer_is_copied_with_its_clauses(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.get_by_role("button", name="复制答案和依据").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert lines[0] == f"问：{QUESTION}"
    assert lines[3] == (
        "[1] 公众客户部·社会渠道经理，第 4 条：参与社会渠道代理考核、业务佣金结算及审核。（telecom-branch 第 213 行）"
    )
    assert lines[-1] == page.url


def test_where_there_is_no_clipboard_api_copying_works_all_the_same(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    copied = (
        "window.copied = ''; "
        "document.addEventListener('copy', () => (window.copied = String(document.activeElement.value)))"
    )
    page.add_init_script(copied)
    ask(page, QUESTION)
    page.get_by_role("button", name="复制链接").click()
    expect(page.get_by_role("button", name="链接已复制")).to_be_visible()
    assert page.evaluate("window.copied") == page.url


def feedback(page: Page) -> list[dict[str, object]]:
    """All verdicts that the server has, newest last."""
    text = page.evaluate("fetch('/v1/feedback/export').then(r => r.text())")
    return [json.loads(line) for line in text.splitlines()]


def test_a_right_answer_is_one_press(page: Page) -> None:
    ask(page, QUESTION)
    page.get_by_role("button", name="对", exact=True).click()
    expect(page.locator(".thanks")).to_have_text("已收到，谢谢。")
    given = feedback(page)[-1]
    assert (given["verdict"], given["question"]) == ("right", QUESTION)


def test_a_wrong_answer_brings_the_right_post_and_a_note(page: Page) -> None:
    ask(page, QUESTION)
    page.get_by_role("button", name="不对").click()
    page.get_by_label("应该归谁管？").select_option(label="互联互通")
    page.get_by_label("备注（可不填）").fill("去年调整过")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".thanks")).to_be_visible()
    given = feedback(page)[-1]
    assert [given[name] for name in ("verdict", "department", "position", "comment", "question")] == [
        "wrong", "市场部", "互联互通", "去年调整过", QUESTION,
    ]  # fmt: skip


def test_the_question_stays_here_when_one_does_not_want_it_kept(page: Page) -> None:
    ask(page, "我的工资谁算")
    page.get_by_label("附上我的问题").uncheck()
    page.get_by_role("button", name="对", exact=True).click()
    expect(page.locator(".thanks")).to_be_visible()
    assert feedback(page)[-1]["question"] is None


def test_the_page_asks_for_a_stream(page: Page) -> None:
    accepted: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/v1/ask"):
            accepted.append(request.headers["accept"])

    page.on("request", note)
    ask(page, QUESTION)
    assert accepted == ["text/event-stream"]


def test_sentences_are_shown_before_the_answer_is_whole(page: Page) -> None:
    """A stream that stops half-way: what came is there, and that the rest is missing is said."""
    body = 'event: delta\ndata: {"text": "由市场部负责。"}\n\n'
    page.add_init_script(
        """
        const real = window.fetch;
        window.fetch = (path, options) => path !== "/v1/ask" ? real(path, options) : Promise.resolve(new Response(
          new ReadableStream({start(controller) {
            controller.enqueue(new TextEncoder().encode(BODY));
            window.endStream = () => controller.close();
          }}), {headers: {"Content-Type": "text/event-stream"}}));
        """.replace("BODY", json.dumps(body))
    )
    page.goto(f"/?q={QUESTION}")
    expect(page.locator(".said")).to_have_text("由市场部负责。")
    expect(page.locator(".result")).to_have_attribute("aria-busy", "true")
    page.evaluate("window.endStream()")
    expect(page.get_by_role("alert")).to_contain_text("连不上服务器")
