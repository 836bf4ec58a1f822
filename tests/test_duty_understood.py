"""`duty corpus parse`: the tree, what is left out and why, what is unsure, in Chinese; and the same for machines."""

import json
from pathlib import Path

from tests.command import duty

TEXT = """星河公司岗位职责
编制部门：人事部
一、车队
（一）队长
直接上级：总经理  定员：1人
1.负责调度。
2.负责油料，并
定期盘点。
任职要求：
1.大专以上学历。
（二）司机
5.负责行车。
"""


def test_what_people_see(tmp_path: Path) -> None:
    (tmp_path / "星河.txt").write_text(TEXT, encoding="utf-8")
    out = duty("corpus", "parse", tmp_path / "星河.txt").stdout
    assert [line.rstrip() for line in out.splitlines()] == [
        "星河公司",
        "车队",
        "  队长",
        "    上级：总经理",
        "    人数：1人",
        "    1  负责调度。  第6行",
        "    2  负责油料，并定期盘点。  第7-8行",
        "  司机",
        "    5  负责行车。  第12行",
        "",
        "未列为职责",
        "第2行   文件的编制信息              编制部门：人事部",
        "第5行   岗位的基本情况              直接上级：总经理 定员：1人",
        "第10行  任职条件、权限等，不是职责  1.大专以上学历。",
        "",
        "需要确认",
        "第12行  编号不连续  5.负责行车。",
        "",
        "2 个部门，2 个岗位，3 条职责；职责 28 字，未列为职责 32 字，其中需要确认 0 字",
    ]


def test_what_machines_get(tmp_path: Path) -> None:
    (tmp_path / "星河.txt").write_text(TEXT, encoding="utf-8")
    parsed = json.loads(duty("corpus", "parse", tmp_path / "星河.txt", "--json").stdout)
    assert parsed["left_out"] == [
        {"reason": "document-attribute", "lines": [2, 2], "text": "编制部门：人事部"},
        {"reason": "job-attribute", "lines": [5, 5], "text": "直接上级：总经理  定员：1人"},
        {"reason": "no-duties", "lines": [10, 10], "text": "1.大专以上学历。"},
    ]
    assert [clause["clause_id"] for clause in parsed["clauses"]] == [
        "星河/车队/队长/1",
        "星河/车队/队长/2",
        "星河/车队/司机/5",
    ]
    captain = {"department": "车队", "position": "队长", "line": 5}
    assert parsed["facts"] == [
        {**captain, "kind": "superior", "value": "总经理"},
        {**captain, "kind": "headcount", "value": "1人"},
    ]
    assert [finding["kind"] for finding in parsed["findings"]] == ["numbering_gap"]


def test_duties_of_several_owners_are_counted_once(tmp_path: Path) -> None:
    (tmp_path / "分工.csv").write_text('部门,职责\n"保安部、客服部",夜间巡逻\n', encoding="utf-8")
    assert "2 条职责（1 项，其余为共同负责）" in duty("corpus", "parse", tmp_path / "分工.csv").stdout
