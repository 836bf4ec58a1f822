"""The admin area in a real browser.

Signing in, versions with diff and rollback, documents with a preview, the quality report.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from eval.command import evaluate_gold
from indexer.encoders.encoder import Encoder
from indexer.index import open_index
from retriever.retriever import Retriever
from server.storage.database import Database
from tests.browser import open_context, serving
from tests.service import settings_for

pytestmark = pytest.mark.child

NEW = "一、法务部主要职责\n1.负责合同审核。\n（一）合同专员\n1.起草和归档合同<b>文本</b>。\n"


@pytest.fixture
def admin(browser: Browser, small_home: Path, tmp_path: Path, encoder: Encoder) -> Iterator[Page]:
    """A page that an admin has signed in to, on a server that a test may change."""
    database = Database.open(settings_for(small_home, tmp_path))
    _, secret = database.create_key("chief", ["admin"])
    database.close()
    with serving(small_home, tmp_path, encoder) as address:
        context = open_context(browser, address)
        page = context.new_page()
        page.goto("/admin")
        page.get_by_label("密钥").fill(secret)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("管理")
        yield page
        context.close()


def upload(page: Page, name: str, content: str) -> None:
    page.goto("/admin?tab=documents")
    page.get_by_label("文件").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content.encode()})
    page.get_by_role("button", name="预览").click()


def test_an_upload_is_previewed_published_found_and_removed_again(admin: Page) -> None:
    upload(admin, "law.txt", NEW)
    preview = admin.get_by_role("region", name="预览")
    expect(preview).to_contain_text("读出 2 条职责")
    expect(preview).to_contain_text("起草和归档合同<b>文本</b>。")
    expect(preview.get_by_role("heading", name="新增 2")).to_be_visible()
    expect(admin.locator(".duties").first).not_to_contain_text("law")
    preview.get_by_role("button", name="发布").click()
    expect(admin.get_by_role("link", name="law")).to_be_visible(timeout=60_000)
    expect(admin.get_by_role("link", name="small")).to_be_visible()
    admin.get_by_role("listitem").filter(has_text="law").get_by_role("button", name="移除").click()
    admin.get_by_role("dialog").get_by_role("button", name="取消").click()
    expect(admin.get_by_role("link", name="law")).to_be_visible()
    admin.get_by_role("listitem").filter(has_text="law").get_by_role("button", name="移除").click()
    admin.get_by_role("dialog").get_by_role("button", name="移除").click()
    expect(admin.get_by_role("link", name="law")).to_have_count(0, timeout=60_000)


def test_versions_are_compared_and_rolled_back(admin: Page) -> None:
    upload(admin, "law.txt", NEW)
    admin.get_by_role("button", name="发布").click()
    expect(admin.get_by_role("link", name="law")).to_be_visible(timeout=60_000)
    admin.get_by_role("link", name="版本").click()
    rows = admin.locator(".duties li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("正在使用")
    rows.first.get_by_role("button", name="和上一版比较").click()
    expect(admin.get_by_role("heading", name="新增 2")).to_be_visible()
    expect(admin.locator("ins").first).to_have_text("负责合同审核。")
    rows.nth(1).get_by_role("button", name="换到这一版").click()
    admin.get_by_role("dialog").get_by_role("button", name="换到这一版").click()
    expect(rows.nth(1)).to_contain_text("正在使用")
    assert [
        violation["id"]
        for violation in Axe().run(admin).response["violations"]
        if violation["impact"] in ("serious", "critical")
    ] == []


def test_a_document_that_cannot_be_read_is_said(admin: Page) -> None:
    upload(admin, "picture.bmp", "BM")
    expect(admin.get_by_role("alert")).to_contain_text("这份文件没有读懂")


def test_the_quality_report_is_drawn(
    browser: Browser, admin: Page, small_home: Path, encoder: Encoder, tmp_path: Path
) -> None:
    admin.goto("/admin?tab=report")
    expect(admin.locator(".notice")).to_contain_text("duty eval --json report.json")
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        '{"id": "1", "question": "谁办理现金收付", "kind": "official", '
        '"relevant": [{"department": "财务部", "position": "出纳", "clauses": ["1"], "grade": 2}]}\n'
        '{"id": "2", "question": "食堂几点开饭", "kind": "none", "relevant": []}\n',
        encoding="utf-8",
    )
    index = open_index(small_home, encoder)
    evaluate_gold(
        Retriever(index, encoder), gold=gold, json_out=small_home / "report.json", html_out=None, compare=False,
        base=None, gate=False, save_baseline=False, report=lambda *_: None,
    )  # fmt: skip
    index.store.close()
    admin.reload()
    expect(admin.get_by_role("row", name="第一个岗位就对").first).to_be_visible()
    expect(admin.locator(".measures").first.locator("tr")).not_to_have_count(0)


def test_an_admin_key_works_where_nobody_signs_in(
    browser: Browser, small_home: Path, tmp_path: Path, encoder: Encoder
) -> None:
    database = Database.open(settings_for(small_home, tmp_path))
    _, secret = database.create_key("chief", ["admin"])
    database.close()
    with serving(small_home, tmp_path, encoder, page_access="open") as address:
        context = open_context(browser, address)
        page = context.new_page()
        page.goto("/admin")
        expect(page.get_by_role("heading", level=1)).to_have_text("管理员登录")
        page.get_by_label("密钥").fill(secret)
        page.get_by_role("button", name="登录").click()
        expect(page.locator(".duties li")).to_have_count(1)
        context.close()
