"""Repairs of what OCR and line wrapping did: each rule's example, and what a rule must leave alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.grammar.repair import REPAIRS, Repair, clean, join_wrapped, repair
from corpus.load import SHIPPED
from corpus.model import split_lines

RULES = {rule.name: rule for rule in REPAIRS}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in REPAIRS])
def test_example(rule: Repair) -> None:
    before, after = rule.example
    assert rule(before) == after
    assert before != after


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in REPAIRS])
def test_rule_is_idempotent_on_the_shipped_document(rule: Repair) -> None:
    for line in split_lines((SHIPPED / "telecom-branch.txt").read_text(encoding="utf-8")):
        once = rule(line)
        assert rule(once) == once


@pytest.mark.parametrize("name", RULES)
@settings(deadline=None)
@given(text=st.text(alphabet="县市中如含例包括但工作的等、,，。；:;~～ 1a（）”\u3000", max_size=25))
def test_rule_is_idempotent(name: str, text: str) -> None:
    once = RULES[name](text)
    assert RULES[name](once) == once


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("bracketed-level", "负责县,市,区,乡联络", id="a-list-of-levels"),
        pytest.param("bracketed-level", "县,市分公司,", id="comma-on-one-side"),
        pytest.param("bracketed-hall", "人,财,物管理", id="a-list-of-things"),
        pytest.param("doubled-particle", "以盈利为目的的业务", id="purpose"),
        pytest.param("doubled-particle", "的的确确", id="indeed"),
        pytest.param("tilde-for-comma", "周一~周五值班", id="days"),
        pytest.param("tilde-for-comma", "A~D类客户", id="letters"),
        pytest.param("tilde-for-comma", "3月~5月", id="months"),
        pytest.param("bracketed-examples", "数据,含咨询数据、投诉数据等,分析客户行为", id="examples-before-a-word"),
        pytest.param("bracketed-examples", "客户,白领、学生等,、家庭", id="not-introduced-as-examples"),
        pytest.param("bracketed-list-before-work", "管理,检查,工作,做好", id="no-list"),
        pytest.param("bracketed-list-before-work", "管理,检查、整改,工作计划", id="a-compound-of-work"),
        pytest.param("tilde-for-comma", "每天9~18时", id="range"),
        pytest.param("half-width-comma", "A,B", id="latin-comma"),
        pytest.param("half-width-colon", "9:00", id="time"),
        pytest.param("half-width-semicolon", "a;b", id="latin-semicolon"),
        pytest.param("space-between-characters", "负责 ICT 项目 the end", id="around-latin"),
    ],
)
def test_rule_leaves_alone(name: str, text: str) -> None:
    assert RULES[name](text) == text


def test_brackets_are_recognised_before_commas_become_full_width() -> None:
    assert repair(" 网,掌,厅的运营~县,市,分公司,及协同 ") == "网（掌）厅的运营，县（市）分公司，及协同"


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param(["编", "制费用预算"], "编制费用预算", id="chinese"),
        pytest.param(["IPTV", "运营"], "IPTV运营", id="latin-then-chinese"),
        pytest.param(["the", "end"], "the end", id="latin-words"),
        pytest.param(["IPTV,", "BSS"], "IPTV,BSS", id="latin-after-punctuation"),
        pytest.param([" 编 \r\n", "", "\u3000\t", "制\n"], "编制", id="blank-edges-and-lines"),
    ],
)
def test_join_wrapped(lines: list[str], joined: str) -> None:
    assert join_wrapped(lines) == joined


def test_clean_joins_before_it_repairs() -> None:
    assert clean(["负责县,", "市,分公司~编", "制预算。"]) == "负责县（市）分公司，编制预算。"


@pytest.mark.parametrize(
    ("paragraphs", "text"),
    [
        pytest.param(["调课", "根据学员要求调整。"], "调课 根据学员要求调整。", id="a-name"),
        pytest.param(
            ["负责食堂的", "采购、验收和", "卫生检查。"], "负责食堂的采购、验收和卫生检查。", id="cut-by-a-margin"
        ),
        pytest.param(["档案室的", "钥匙"], "档案室的钥匙", id="cut-behind-a-particle"),
        pytest.param(["编制计划，并", "执行"], "编制计划，并执行", id="cut-in-a-sentence"),
        pytest.param(["编制计划"], "编制计划", id="one"),
    ],
)
def test_nothing_is_written_between_paragraphs(paragraphs: list[str], text: str) -> None:
    assert clean(paragraphs, wrapped=False) == text
