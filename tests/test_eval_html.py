"""The reports: a page for people, tables for a terminal, an object for machines.

The page loads nothing and escapes everything.
"""

import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from eval.compare import Difference
from eval.gate import Regression
from eval.gold import Relevant
from eval.html import EXPLAINED, PLOT, reliability_points, render, risk_coverage_points
from eval.metrics import ReliabilityBin, reliability, risk_coverage
from eval.report import as_object, describe_regressions, print_differences, print_summary, to_json
from eval.run import Outcome
from eval.summary import Summary, summarise
from tests.test_eval_run import CASHIER, FINANCE, OUTCOMES, RECRUITER, asked, made

HOSTILE = "<script>alert('x')</script>&\"谁管\"[/b]"
PAGE_OUTCOMES = [
    *OUTCOMES,
    made(
        asked(HOSTILE, Relevant(CASHIER, ("1",), 2), Relevant(RECRUITER, ("2",), 1), name="<i>id"),
        posts=("<b>部</b>", "财务部·会计", "丙", "丁"),
        first_right=False,
        confidence=0.95,
    ),
]
VOID = {"meta"}


class Page(HTMLParser):
    """The elements of a page with their attributes, the rows of its tables as texts, and all its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.texts.append(data)
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data

    def row(self, first: str) -> list[str]:
        """The one row whose first cell is this."""
        (found,) = [row for row in self.rows if row[0] == first]
        return found


@pytest.fixture(scope="module")
def summary() -> Summary:
    return summarise(PAGE_OUTCOMES)


@pytest.fixture(scope="module")
def html(summary: Summary) -> str:
    return render(summary, PAGE_OUTCOMES, "20260101T000000Z", "mine.jsonl")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_page_loads_nothing(html: str, page: Page) -> None:
    for tag, attributes in page.elements:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "form", "use", "image"}
        assert not {"src", "href", "xlink:href", "action", "srcset", "data", "background"} & set(attributes), tag
        assert not any(name.startswith("on") for name in attributes), tag
    assert not re.search(r"https?:|//\w|@import|url\(|javascript:", html)
    assert page.open == []


def test_texts_of_questions_and_posts_are_escaped(html: str, page: Page) -> None:
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&#34;谁管&#34;[/b]" in html
    assert not {"script", "i"} & {tag for tag, _ in page.elements}
    assert all(attributes == {} for tag, attributes in page.elements if tag == "b")
    assert any(row[0].startswith(HOSTILE) for row in page.rows)


def test_every_metric_is_in_the_table_with_its_interval(page: Page, summary: Summary) -> None:
    assert len(summary.metrics) == len(EXPLAINED) == 14
    for name, measured in summary.metrics.items():
        low, high = measured.interval
        assert page.row(name) == [
            name,
            f"{measured.value:.3f}",
            f"{low:.3f} – {high:.3f}",
            str(measured.count),
            EXPLAINED[name],
        ]


def test_the_headline_numbers(html: str, page: Page) -> None:
    """Of five answerable questions two are right at once and one is not answered.

    Gaps: 2 * .2, .6 and 4 * (.9125 - .75).
    """
    tiles = re.findall(r'<div class="tile"><b>([\d.]+%)</b>', html)
    assert tiles == ["40.0%", "60.0%", "80.0%", "50.0%", "91.7%", "23.6%"]
    text = "".join(page.texts)
    assert "7 个问题（mine.jsonl），索引 20260101T000000Z" in text
    assert "hit@1 [0.0, 80.0]" in text


def test_slices_show_only_what_they_have(page: Page) -> None:
    assert page.row("kind short") == ["kind short", "1.000 (1)", "1.000 (1)", "1.000 (1)", "1.000 (1)", ""]
    assert page.row("kind none") == ["kind none", "", "", "", "", "0.500 (2)"]
    assert page.row("department 人事部")[1] == "0.000 (1)"


def test_failures_are_listed_surest_first_with_what_was_expected_and_what_came(page: Page) -> None:
    start = next(number for number, row in enumerate(page.rows) if row[0] == "问题")
    assert page.rows[start] == ["问题", "应当是", "系统说", "把握"]
    assert page.rows[start + 1 :] == [
        [f"{HOSTILE} <i>id official", "财务部·出纳、人事部·招聘专员", "<b>部</b>、财务部·会计、丙", "95%"],
        ["三 a official", "财务部、人事部·招聘专员", "没有回答（最接近：财务部）", "90%"],
        ["二 a official", "人事部·招聘专员", "财务部、人事部·招聘专员", "60%"],
        ["六 a none", "文档里没有", "财务部", "20%"],
    ]


def test_latency_is_told(page: Page, summary: Summary) -> None:
    told = "，".join(f"{name} {value:.1f} 毫秒" for name, value in summary.latency_ms.items())
    assert f"每个问题在进程内的用时：{told}。" in "".join(page.texts)


def test_the_plots_are_those_of_the_summary(page: Page, summary: Summary) -> None:
    (line,) = [attributes for tag, attributes in page.elements if tag == "polyline"]
    assert line["points"] == risk_coverage_points(summary.curve)
    circles = [attributes for tag, attributes in page.elements if tag == "circle"]
    assert [(circle["cx"], circle["cy"]) for circle in circles] == [
        (f"{part.confidence * PLOT:.1f}", f"{PLOT - part.accuracy * PLOT:.1f}") for part in summary.bins
    ]


def test_points_by_hand() -> None:
    curve = risk_coverage([0.9, 0.5, 0.1, 0.1], [True, False, True, False])
    assert risk_coverage_points(curve) == "75.0,300.0 150.0,150.0 300.0,150.0 300.0,150.0"
    bins = [ReliabilityBin(1, 0.25, 0.0), ReliabilityBin(3, 0.75, 1.0)]
    assert reliability_points(bins) == [(75, 300, 3 + 14 * 0.5, 1), (225, 0, pytest.approx(3 + 14 * 0.75**0.5), 3)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_points_stay_inside_the_plot(judged: list[tuple[float, bool]]) -> None:
    confidences, right = [confidence for confidence, _ in judged], [flag for _, flag in judged]
    points = [
        tuple(map(float, pair.split(","))) for pair in risk_coverage_points(risk_coverage(confidences, right)).split()
    ]
    assert len(points) == len(judged)
    circles = reliability_points(reliability(confidences, right))
    assert all(0 <= x <= PLOT and 0 <= y <= PLOT for x, y in [*points, *((x, y) for x, y, _, _ in circles)])
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert sum(count for *_, count in circles) == len(judged)
    assert all(3 < radius <= 17 for _, _, radius, _ in circles)


def test_a_page_without_unanswerable_questions_or_failures() -> None:
    outcomes = OUTCOMES[:1]
    page = Page(render(summarise(outcomes), outcomes, "v", "g.jsonl"))
    assert [row for row in page.rows if row[0] == "refused when unanswerable"] == []
    assert "答错的和不该答的（0）" in page.texts


def printed(show: Any, *arguments: Any, width: int = 200) -> list[list[str]]:
    """What is printed, each line as its cells."""
    out = io.StringIO()
    show(*arguments, Console(file=out, width=width, markup=False))
    return [[cell.strip() for cell in re.split("[│┃]", line.strip("│┃ \n"))] for line in out.getvalue().splitlines()]


def test_the_tables_of_a_run(summary: Summary) -> None:
    lines = printed(print_summary, summary)
    for name, measured in summary.metrics.items():
        low, high = measured.interval
        assert [name, f"{measured.value:.3f}", f"{low:.3f} to {high:.3f}", str(measured.count)] in lines
    assert ["kind short", "1.000 (1)", "1.000 (1)", "1.000 (1)", "1.000 (1)"] in lines
    assert ["department 人事部", "0.000 (1)", "1.000 (1)", "1.000 (1)", "1.000 (1)"] in lines
    assert lines[-1] == ["latency in process: p50 5.0 ms, p95 7.8 ms, p99 8.8 ms"]


def test_the_table_of_differences_marks_what_is_significant() -> None:
    clear = Difference("hit@1", 0.9, 0.2, 0.0009, tuple(f"q{number}" for number in range(11)), ("w",))
    noise = Difference("MRR@10", 0.9, 0.85, 0.4, ("q1",), ())
    lines = printed(print_differences, "everything", {"BM25 only": [clear, noise]})
    assert lines[0] == ["full configuration: everything; * p < 0.05 (paired randomisation)"]
    assert ["BM25 only"] in lines
    assert [
        "hit@1",
        "0.900",
        "0.200",
        "-0.700",
        "0.0009",
        "*",
        "11: q0 q1 q2 q3 q4 q5 q6 q7 and 3 more",
        "1: w",
    ] in lines
    assert ["MRR@10", "0.900", "0.850", "-0.050", "0.4000", "", "1: q1", "0"] in lines


def test_what_the_gate_says() -> None:
    outcomes = [made(asked("谁管现金", Relevant(FINANCE, ("1",), 2), name="a")), made(asked("怎么退[/订]", name="b"))]
    found = [
        Regression("hit@1", 1.0, 0.25, 0.01234, ("a",)),
        Regression("refused when unanswerable", 1.0, 0.5, 0.04, ("b",)),
    ]
    assert describe_regressions(found, outcomes) == (
        "hit@1 fell from 1.000 to 0.250 (p 0.0123):\n"
        "  a 谁管现金\n"
        "refused when unanswerable fell from 1.000 to 0.500 (p 0.0400):\n"
        "  b 怎么退[/订]"
    )


def strict(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    "outcomes", [PAGE_OUTCOMES, OUTCOMES[:2], OUTCOMES[4:]], ids=["all", "answerable", "unanswerable"]
)
def test_the_object_is_json_with_every_number(outcomes: list[Outcome]) -> None:
    summary = summarise(outcomes)
    content = strict(to_json(as_object(summary, outcomes)))
    assert content["metrics"] == {
        name: {"value": measured.value, "interval": list(measured.interval), "questions": measured.count}
        for name, measured in summary.metrics.items()
    }
    assert content["slices"].keys() == summary.slices.keys()
    assert content["latency_ms"] == summary.latency_ms
    assert content["risk_coverage"]["risk"] == summary.curve.risk.tolist()
    assert content["risk_coverage"]["coverage"] == summary.curve.coverage.tolist()
    assert sum(part["questions"] for part in content["reliability"]) == len(outcomes) == len(content["questions"])


def test_a_question_in_the_object() -> None:
    content = strict(to_json(as_object(summarise(OUTCOMES), OUTCOMES)))
    assert content["questions"][2] == {
        "id": "a",
        "question": "三",
        "kind": "official",
        "expected": {"财务部": 2, "人事部·招聘专员": 1},
        "posts": [],
        "nearest": ["财务部"],
        "clauses": [],
        "abstained": True,
        "confidence": 0.9,
        "scores": OUTCOMES[2].scores,
    }
    assert "谁" in to_json({"question": "谁"}), "readable, not escaped"
