"""The page against what goes wrong.

Markup in documents, questions and notes; a server that is down, slow or busy; keys.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from corpus.load import load_corpus
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from server.storage.database import Database
from tests.browser import open_context, serving
from tests.service import settings_for

SCRIPT = "<script>window.hacked=1</script>"
IMAGE = "<img src=x onerror=window.hacked=1>"
UNIT = "财务部<svg/onload=window.hacked=1>"  # names hold no spaces
TWIN = f"办理现金{IMAGE}收付𠮷佣金结算业务。"
HOSTILE = f"""\
部门,岗位,职责
{UNIT},出纳<b/onmouseover=window.hacked=1>,{TWIN}
{UNIT},出纳<b/onmouseover=window.hacked=1>,保管印章javascript:alert(1)𠮷和支票。
人事部,招聘专员,负责招聘{SCRIPT}和培训。
人事部,招聘专员,{TWIN}
人事部,薪酬专员,核算工资并按月发放。
人事部,薪酬专员,缴纳社会保险。
人事部,考勤专员,统计出勤情况。
人事部,考勤专员,审批请假和加班。
"""
FACTS = f"仓储部\n\n（一）库管员\n\n直接上级：{IMAGE}\n\n1.盘点库存。\n"
QUESTION = "佣金怎么结算，找谁"


@pytest.fixture(scope="module")
def hostile(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose documents are full of markup."""
    folder = tmp_path_factory.mktemp("hostile")
    documents = folder / "hostile.csv", folder / "facts.txt"
    for document, text in zip(documents, (HOSTILE, FACTS), strict=True):
        document.write_text(text, encoding="utf-8")
    build_index(load_corpus(documents), encoder, folder / "home")
    with serving(folder / "home", folder, encoder) as address:
        yield address


@pytest.fixture
def hostile_page(browser: Browser, hostile: str) -> Iterator[Page]:
    context = open_context(browser, hostile)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    yield page
    assert page.evaluate("window.hacked") is None
    assert (
        page.locator(
            "main img, main script, main svg:not([viewBox]), main [onload], main [onmouseover], main [onerror]"
        ).count()
        == 0
    )
    assert [
        text for text in said if "Content Security Policy" in text or "Trusted" in text
    ] == []  # it never came that far
    context.close()


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("/?q=现金收付找谁", TWIN),
        ("/documents/hostile#L2", TWIN),
        ("/map", UNIT),
        (f"/posts/{quote(UNIT, safe='')}", UNIT),
        ("/posts/人事部/招聘专员", f"负责招聘{SCRIPT}和培训。"),
        ("/posts/仓储部/库管员", f"上级：{IMAGE}"),
        ("/overlaps", UNIT),
    ],
)
def test_markup_in_a_document_is_shown_as_text(hostile_page: Page, view: str, shown: str) -> None:
    hostile_page.goto(view)
    expect(hostile_page.locator("main")).to_contain_text(shown)


def test_markup_in_a_question_is_shown_as_text(hostile_page: Page) -> None:
    hostile_page.goto("/")
    hostile_page.get_by_role("combobox").fill(f"现金{SCRIPT}{IMAGE}收付")
    hostile_page.keyboard.press("Enter")
    expect(hostile_page.locator("article.answer")).to_be_visible()
    hostile_page.get_by_label("接着问").fill(f"那{IMAGE}呢")
    hostile_page.keyboard.press("Enter")
    expect(hostile_page.get_by_role("heading", level=1)).to_have_text(f"那{IMAGE}呢")
    expect(hostile_page.locator(".trail li")).to_have_text(f"现金{SCRIPT}{IMAGE}收付")


def test_markup_in_suggestions_is_shown_as_text(hostile_page: Page) -> None:
    hostile_page.goto("/")
    hostile_page.get_by_role("combobox").press_sequentially("<svg")
    expect(hostile_page.get_by_role("option").first).to_contain_text(UNIT)


def test_markup_in_a_note_is_shown_as_text_to_the_admin(hostile_page: Page) -> None:
    hostile_page.goto("/?q=现金收付找谁")
    hostile_page.get_by_role("button", name="不对").click()
    hostile_page.get_by_label("备注（可不填）").fill(f"{SCRIPT}{IMAGE}")
    hostile_page.get_by_role("button", name="提交").click()
    expect(hostile_page.locator(".thanks")).to_be_visible()
    hostile_page.goto("/admin?tab=feedback")
    expect(hostile_page.locator("blockquote").first).to_have_text(f"{SCRIPT}{IMAGE}")


def test_an_inline_script_would_not_run(browser: Browser, address: str) -> None:
    context = open_context(browser, address)
    page = context.new_page()
    page.goto("/")
    outcome = page.evaluate(
        """() => {
          const script = document.createElement("script");
          try { script.text = "window.hacked = 1"; document.body.append(script); } catch (error) { return error.name; }
          return "added";
        }"""
    )
    assert outcome == "TypeError"  # Trusted Types refuse the text before the policy would refuse to run it
    assert page.evaluate("window.hacked") is None
    context.close()


def test_highlights_are_right_after_a_character_of_two_units(hostile_page: Page) -> None:
    """𠮷 is one character to the server and two to a JavaScript string."""
    hostile_page.goto("/?q=支票谁保管")
    expect(hostile_page.locator(".post mark").filter(has_text="票").first).to_have_text("支票")


def test_a_server_that_is_down_is_said_and_asked_again(
    browser: Browser, home: Path, encoder: Encoder, tmp_path: Path
) -> None:
    with serving(home, tmp_path, encoder) as address:
        context = open_context(browser, address)
        page = context.new_page()
        page.goto("/")
        expect(page.locator(".chip").first).to_be_visible()
    page.get_by_role("combobox").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("连不上服务器")
    expect(page.get_by_role("combobox")).to_have_value(QUESTION)
    context.close()


def test_after_a_failure_one_press_asks_again(page: Page) -> None:
    page.route("**/v1/ask", lambda route: route.abort(), times=1)
    page.goto(f"/?q={QUESTION}")
    page.get_by_role("alert").get_by_role("button", name="再试一次").click()
    expect(page.locator(".post.best")).to_be_visible()


def test_a_slow_server_shows_skeletons_then_a_word_and_nothing_jumps(page: Page) -> None:
    page.clock.install()
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/v1/ask", hold)
    page.goto(f"/?q={QUESTION}")
    page.clock.run_for(200)
    expect(page.locator(".result .skeleton")).to_be_visible()
    footer = page.locator(".bottom").bounding_box()
    box = page.locator(".search").bounding_box()
    page.clock.run_for(5000)
    expect(page.locator(".slow")).to_have_text("服务器比平时慢，还在等…")
    waiting[0].continue_()
    expect(page.locator(".post.best")).to_be_visible()
    assert page.locator(".search").bounding_box() == box
    after = page.locator(".bottom").bounding_box()
    assert footer is not None
    assert after is not None
    assert after["y"] >= footer["y"]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (429, "too_many", "问得太快了"),
        (503, "busy", "现在提问的人很多"),
        (503, "index_missing", "还没有准备好职责文档"),
        (500, "failed", "服务器出了点问题"),
        (422, "bad_question", "请输入 1 到 500 个字"),
    ],
)
def test_a_refusal_is_said_in_chinese(page: Page, status: int, code: str, said: str) -> None:
    error = {"error": {"code": code, "message": "english words"}}
    page.route("**/v1/ask", lambda route: route.fulfill(status=status, json=error))
    page.goto(f"/?q={QUESTION}")
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.locator("main")).not_to_contain_text("english")


def test_a_question_that_is_too_long_cannot_be_typed(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("问")
    assert page.get_by_role("combobox").get_attribute("maxlength") == "500"
    page.goto(f"/?q={'问' * 501}")
    expect(page.get_by_role("alert")).to_contain_text("请输入 1 到 500 个字")


def test_an_unknown_department_in_the_address_is_said(page: Page) -> None:
    page.goto(f"/?q={QUESTION}&department=火箭部")
    expect(page.get_by_role("alert")).to_contain_text("没有这个部门或岗位")


def test_suggestions_that_fail_do_not_stand_in_the_way(page: Page) -> None:
    page.goto("/")
    page.route("**/v1/suggest**", lambda route: route.abort())
    page.get_by_role("combobox").press_sequentially(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".post.best")).to_be_visible()


def test_once_there_are_keys_one_signs_in_and_the_question_is_answered(
    browser: Browser, home: Path, encoder: Encoder, tmp_path: Path
) -> None:
    database = Database.open(settings_for(home, tmp_path))
    _, secret = database.create_key("zhang", ["ask", "feedback"])
    database.close()
    with serving(home, tmp_path, encoder) as address:
        context = open_context(browser, address)
        page = context.new_page()
        page.goto(f"/?q={QUESTION}")
        page.get_by_label("密钥").fill("duty_wrong")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_have_text("密钥不对，或者已经停用。")
        page.get_by_label("密钥").fill(secret)
        page.get_by_role("button", name="登录").click()
        expect(page.locator(".post.best")).to_contain_text("社会渠道经理")
        page.goto("/admin?tab=feedback")
        expect(page.get_by_role("heading", level=1)).to_have_text("管理员登录")
        context.close()
