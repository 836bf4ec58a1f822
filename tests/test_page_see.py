"""Seeing on the page: sources at their line, the map, posts, overlaps and gaps, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from corpus.load import Corpus


def test_a_citation_opens_the_document_at_its_line_with_the_clause_marked(page: Page) -> None:
    page.goto("/?q=佣金怎么结算，找谁")
    page.locator(".post.best .where a").click()
    expect(page).to_have_url(re.compile(r"/documents/telecom-branch#L213$"))
    expect(page.locator("#L213")).to_be_in_viewport()
    expect(page.locator(".cited")).to_have_count(1)
    expect(page.locator("#L213 mark")).to_have_text("4.参与社会渠道代理考核、业务佣金结算及审核。")
    expect(page.locator("#L213 .whose")).to_have_text("公众客户部·社会渠道经理 第 4 条，第 213 行")
    page.go_back()
    expect(page.locator(".post.best")).to_be_visible()


def test_a_clause_of_several_lines_is_marked_whole_and_another_line_moves_the_mark(page: Page) -> None:
    page.goto("/documents/telecom-branch#L35")
    expect(page.locator(".cited")).to_have_count(2)
    expect(page.locator(".cited mark")).to_have_text(
        ["1.制定服务标准和规范、投诉管理制度。", "深入领会集团公司、省公司服务政策。"]
    )
    page.locator("#L36 .number").click()
    expect(page.locator(".cited mark")).to_have_text(["2.负责客户满意度管理、本地服务和客户能力提升工作。"])
    expect(page.locator("#L34 mark")).to_have_count(0)
    expect(page.locator("#L34")).to_contain_text("1.制定服务标准和规范、投诉管理制度。")


def test_every_line_of_the_source_is_there_as_it_is(page: Page, corpus: Corpus) -> None:
    page.goto("/documents/telecom-branch")
    lines = list(corpus.documents[0].lines())
    expect(page.locator(".lines li")).to_have_count(len(lines))
    assert page.locator(".lines li > span").all_text_contents() == lines


@pytest.mark.parametrize("missing", ["/documents/nothing", "/posts/市场部/火箭手", "/posts/火箭部"])
def test_what_is_not_there_is_said(page: Page, missing: str) -> None:
    page.goto(missing)
    expect(page.get_by_role("alert")).to_contain_text("没有找到")


def test_the_map_draws_every_post_once_with_a_dot_a_duty_and_none_over_another(page: Page, corpus: Corpus) -> None:
    page.goto("/map")
    expect(page.locator(".unit")).to_have_count(5)
    posts = {post for document in corpus.documents for post in document.posts}
    expect(page.locator(".tile")).to_have_count(len(posts))
    expect(page.locator(".dots i")).to_have_count(240)
    boxes = page.locator(".tile").evaluate_all("tiles => tiles.map(t => t.getBoundingClientRect().toJSON())")
    assert all(box["width"] > 30 and box["height"] > 30 for box in boxes)
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = (
                one["right"] <= other["left"] + 1
                or other["right"] <= one["left"] + 1
                or one["bottom"] <= other["top"] + 1
                or other["bottom"] <= one["top"] + 1
            )
            assert apart


def test_the_map_finds_posts_and_duties(page: Page, corpus: Corpus) -> None:
    page.goto("/map")
    page.get_by_label("在图里找").fill("结算")
    holding = [clause for clause in corpus.clauses if "结算" in clause.text]
    posts = {clause.post for clause in holding}
    expect(page.locator(".filter [role=status]")).to_have_text(f"{len(posts)} 个岗位，{len(holding)} 条职责")
    expect(page.locator(".dots .lit")).to_have_count(len(holding))
    expect(page.locator(".tile:not(.dim)")).to_have_count(len(posts))
    expect(page.locator(".found li")).to_have_count(len(holding))
    assert set(page.locator(".found mark").all_text_contents()) == {"结算"}
    page.get_by_label("在图里找").fill("")
    expect(page.locator(".tile.dim")).to_have_count(0)


def test_a_tile_leads_to_its_post_with_duties_twins_and_partners(page: Page) -> None:
    page.goto("/map")
    page.get_by_role("link", name="营销分析，4 条职责").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("营销分析")
    expect(page.locator(".numbered li")).to_have_count(4)
    expect(page.get_by_role("heading", name="别处也有的职责")).to_be_visible()
    expect(page.locator(".pair .share.same")).to_have_text("一字不差")
    page.goto("/posts/政企客户部/客户经理")
    expect(page.get_by_role("heading", name="谁来配合、参与或监督")).to_be_visible()
    expect(page.locator(".duties").nth(1).locator("li").first).to_contain_text("指导本行业客户经理的销售工作")


def test_wordings_that_differ_are_marked_in_both(page: Page) -> None:
    page.goto("/posts/公众客户部/销售经理")
    pair = page.locator(".pair").filter(has_text="72% 相同")
    expect(pair.locator("div").nth(0).locator("mark")).to_have_count(0)
    expect(pair.locator("div").nth(1).locator("mark")).to_have_text("等相关")


def test_overlaps_and_gaps_are_drawn_and_listed(page: Page) -> None:
    page.goto("/overlaps")
    expect(page.locator(".ring .band")).to_have_count(5)
    expect(page.locator(".ring .thread:not(.near):not(.key)")).to_have_count(16)
    expect(page.locator(".ring path.near")).to_have_count(4)
    expect(page.locator(".ring circle.flag")).to_have_count(2)
    first = page.locator(".group").first
    expect(first.locator("summary")).to_contain_text("公众客户部·销售经理 ⇄ 政企客户部·销售经理")
    first.locator("summary").click()
    expect(first.locator(".pair")).to_have_count(5)
    gaps = page.locator(".duties li")
    expect(gaps).to_have_count(2)
    expect(gaps.first).to_contain_text("编号不连续")
    gaps.first.get_by_role("link").click()
    expect(page.locator(".cited")).to_contain_text("客户关系支撑")
