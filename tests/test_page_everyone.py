"""The page for everyone: keyboard only, on a phone, zoomed in, in the dark, with a screen reader's rules (axe-core)."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import open_context

VIEWS = {
    "home": "/",
    "answer": "/?q=佣金怎么结算，找谁",
    "clarify": "/?q=销售派单归谁管",
    "abstention": "/?q=食堂几点开饭",
    "source": "/documents/telecom-branch#L213",
    "map": "/map",
    "post": "/posts/公众客户部/销售经理",
    "overlaps": "/overlaps",
    "feedback": "/admin?tab=feedback",
}
READY = ".chip, .answer, .lines .cited, .tile, .numbered, .group, .admin > .soft"


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    context = open_context(browser, address, phone=True)
    yield context.new_page()
    context.close()


def open_view(page: Page, view: str) -> None:
    page.goto(VIEWS[view])
    expect(page.locator(READY).first).to_be_visible()


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(page: Page, view: str) -> None:
    open_view(page, view)
    found = Axe().run(page).response["violations"]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found += Axe().run(page).response["violations"]
    assert [
        (one["id"], node["target"], node["failureSummary"])
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ] == []


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_cut_off_on_a_phone(phone: Page, view: str) -> None:
    open_view(phone, view)
    assert sideways(phone) <= 0


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_cut_off_at_twice_the_size(browser: Browser, address: str, view: str) -> None:
    """200% zoom on a window of 1280 pixels is a page that has 640, drawn with two pixels for each."""
    context = browser.new_context(base_url=address, viewport={"width": 640, "height": 400}, device_scale_factor=2)
    page = context.new_page()
    open_view(page, view)
    assert sideways(page) <= 0
    context.close()


def test_a_phone_asks_and_gets_an_answer_by_touch(phone: Page) -> None:
    phone.goto("/")
    phone.get_by_role("combobox").tap()
    phone.get_by_role("combobox").fill("销售派单归谁管")
    phone.get_by_role("button", name="提问").tap()
    phone.get_by_role("button", name="政企客户部·营销策划").tap()
    expect(phone.locator(".post.best")).to_contain_text("政企客户部")
    smallest = phone.locator("button:visible").evaluate_all(
        "all => Math.min(...all.map(b => b.getBoundingClientRect().height))"
    )
    assert smallest >= 24  # WCAG 2.2, target size


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    box.press_sequentially("佣金")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press_sequentially("怎么结算，找谁")
    page.keyboard.press("Enter")
    expect(page.locator(".post.best")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="不对"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("应该归谁管？")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("用键盘写的")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".thanks")).to_be_visible()
    page.keyboard.press("/")
    tab_to(page, page.locator(".post.best .where a"))
    page.keyboard.press("Enter")
    expect(page.locator("#L213 .number")).to_be_focused()


def test_an_option_is_chosen_with_enter(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("互联互通")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("互联互通")


def test_the_first_tab_leads_past_the_menu(page: Page) -> None:
    page.goto("/map")
    expect(page.locator(".tile").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到内容")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_an_answer_is_announced(page: Page) -> None:
    page.goto("/?q=佣金怎么结算，找谁")
    expect(page.locator("#status")).to_contain_text("由公众客户部·社会渠道经理参与办理")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("Tab does not reach it")
