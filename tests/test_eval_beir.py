"""Data sets in BEIR layout: reading them strictly, scoring as others score, and one of 5,000 documents end to end."""

import json
import math
from dataclasses import dataclass
from itertools import islice, pairwise, product
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from corpus.errors import DocumentError, NotFoundError
from corpus.model import Post
from eval.beir import HITS, read_data_set, run_data_set, score_run, write_trec
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from indexer.index import open_index
from retriever.retriever import Retriever
from tests.command import duty
from tests.encoders import BigramEncoder

AREAS = ["城东", "城西", "城南", "城北", "开发区", "高新区", "港口", "机场", "大学城", "老城"]
OBJECTS = [
    "路灯", "井盖", "公交站牌", "垃圾中转站", "农贸市场", "停车场", "体育馆", "图书馆", "公园绿地", "河道闸门",
    "消防栓", "学校食堂", "养老院", "幼儿园", "社区诊所", "出租车", "共享单车", "广告牌", "古树名木", "流浪动物收容所",
    "电动车充电桩", "地下管廊", "过街天桥", "公共厕所", "建筑工地",
]  # fmt: skip
ACTIONS = [
    "日常巡查和登记", "采购招标", "投诉受理", "年度检验", "维修养护", "收费标准核定", "人员培训", "应急演练",
    "合同审核", "档案保管", "卫生监督", "选址规划", "验收移交", "宣传引导", "节假日值守", "设备更新", "财产清查",
    "数据统计上报", "安全评估", "志愿者招募",
]  # fmt: skip
DOCUMENTS, QUERIES = 5000, 40


@dataclass(frozen=True)
class Files:
    """A data set as its three files' texts."""

    corpus: str = (
        '{"_id": "d1", "title": "预算", "text": "编制年度预算。"}\n{"_id": "d2", "title": "", "text": "保管印章。"}\n'
    )
    queries: str = '{"_id": "q1", "text": "谁编预算"}\n{"_id": "q2", "text": "章在谁那"}\n'
    qrels: str = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\n"

    def write(self, folder: Path) -> Path:
        (folder / "qrels").mkdir(parents=True)
        (folder / "corpus.jsonl").write_text(self.corpus, encoding="utf-8")
        (folder / "queries.jsonl").write_text(self.queries, encoding="utf-8")
        (folder / "qrels" / "test.tsv").write_text(self.qrels, encoding="utf-8")
        return folder


def lines(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_a_data_set_as_it_is_read(tmp_path: Path) -> None:
    data = read_data_set(Files().write(tmp_path / "bench"))
    first, second = data.corpus.clauses
    assert (first.id, first.text, first.document, first.number, first.lines) == (
        "d1",
        "预算 编制年度预算。",
        "bench",
        "1",
        (1, 1),
    )
    assert (second.text, second.lines) == ("保管印章。", (2, 2))
    assert {clause.post for clause in data.corpus.clauses} == {Post("", None)}
    assert data.queries == {"q1": "谁编预算", "q2": "章在谁那"}
    assert data.qrels == {"q1": {"d1": 2, "d2": 0}, "q2": {"d2": 1}}
    assert (data.unknown, data.corpus.asked_as) == ((), {})


def test_departments_and_positions_come_from_metadata(tmp_path: Path) -> None:
    corpus = lines(
        {"_id": "a", "text": "甲", "metadata": {"department": "财务部", "position": "出纳", "url": "x"}},
        {"_id": "b", "text": "乙", "metadata": {"department": "财务部"}},
        {"_id": "c", "text": "丙", "metadata": {"year": 2020}},
        {"_id": "d", "text": "丁", "metadata": None},
    )
    data = read_data_set(Files(corpus=corpus, qrels="q1\ta\t1\n").write(tmp_path / "bench"))
    posts = [clause.post for clause in data.corpus.clauses]
    assert posts == [Post("财务部", "出纳"), Post("财务部", None), Post("", None), Post("", None)]
    assert data.corpus.documents[0].departments == ("财务部", "")


def test_numbers_as_ids_missing_texts_and_blank_lines(tmp_path: Path) -> None:
    files = Files(
        corpus='{"_id": 7}\n\n{"_id": "x", "title": "甲"}\n',
        queries='\n{"_id": 1, "text": "甲"}\n',
        qrels="1\t7\t1\n\n",
    )
    data = read_data_set(files.write(tmp_path / "bench"))
    assert [(clause.id, clause.text) for clause in data.corpus.clauses] == [("7", ""), ("x", "甲")]
    assert (data.queries, data.qrels) == ({"1": "甲"}, {"1": {"7": 1}})


def test_the_first_line_of_qrels_counts_when_it_is_no_header(tmp_path: Path) -> None:
    data = read_data_set(Files(qrels="q1\td1\t1\r\nq2\td2\t-1\r\n").write(tmp_path / "bench"))
    assert data.qrels == {"q1": {"d1": 1}, "q2": {"d2": -1}}


def test_unknown_documents_of_qrels_are_named(tmp_path: Path) -> None:
    qrels = "query-id\tcorpus-id\tscore\nq1\td9\t1\nq1\td1\t1\nq2\td8\t1\nq2\td9\t1\n"
    assert read_data_set(Files(qrels=qrels).write(tmp_path / "bench")).unknown == ("d8", "d9")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (Files(corpus='{"_id": "d1"}\n{\n'), "corpus.jsonl:2: not JSON"),
        (Files(corpus="[1]\n"), "corpus.jsonl:1: expected a JSON object"),
        (Files(corpus='\n{"text": "x"}\n'), "corpus.jsonl:2: _id must be a text"),
        (Files(corpus=lines({"_id": "d1"}, {"_id": "d1"})), "corpus.jsonl:2: _id 'd1' is already used"),
        (Files(corpus=lines({"_id": "d1", "metadata": "x"})), "corpus.jsonl:1: metadata must be an object"),
        (
            Files(corpus=lines({"_id": "d1", "metadata": {"department": ["x"]}})),
            "corpus.jsonl:1: department and position",
        ),
        (Files(corpus=lines({"_id": "d1", "metadata": {"position": 3}})), "corpus.jsonl:1: department and position"),
        (Files(corpus=""), "corpus.jsonl has no document"),
        (Files(queries='{"_id": "q1"}\n'), "queries.jsonl:1: text must be a text"),
        (Files(queries='{"text": "x"}\n'), "queries.jsonl:1: _id must be a text"),
        (
            Files(queries=lines({"_id": "q1", "text": "x"}, {"_id": "q2", "text": " "})),
            "queries.jsonl:2: the query is empty",
        ),
        (
            Files(queries=lines({"_id": "q1", "text": "x"}, {"_id": "q1", "text": "y"})),
            "queries.jsonl:2: _id 'q1' is already used",
        ),
        (Files(queries="x\n"), "queries.jsonl:1: not JSON"),
        (Files(qrels="query-id\tcorpus-id\tscore\nq1\td1\tx\n"), "test.tsv:2: expected query-id, corpus-id and score"),
        (Files(qrels="query-id\tcorpus-id\tscore\nq1\td1\n"), "test.tsv:2: expected query-id, corpus-id and score"),
        (Files(qrels="q1 d1 1\nq1\td1\t1\n"), "test.tsv:1: expected query-id, corpus-id and score"),
        (Files(qrels="q1\t0\td1\t1\n"), "test.tsv:1: expected query-id, corpus-id and score"),
        (Files(qrels="query-id\tcorpus-id\tscore\n"), "test.tsv judges nothing"),
        (Files(qrels="q9\td1\t1\n"), "qrels/test.tsv judges query 'q9', which queries.jsonl does not have"),
    ],
)
def test_malformed_data_sets_are_refused(tmp_path: Path, files: Files, message: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        read_data_set(files.write(tmp_path / "bench"))
    assert message in refusal.value.message


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_missing_and_undecodable_files_are_refused(tmp_path: Path, name: str) -> None:
    folder = Files().write(tmp_path / "bench")
    (folder / name).write_bytes(b"\xb2\xe2\xca\xd4\n")
    with pytest.raises(DocumentError, match=f"{Path(name).name}:1: not UTF-8"):
        read_data_set(folder)
    (folder / name).unlink()
    with pytest.raises(NotFoundError, match=f"no such file: .*{name}"):
        read_data_set(folder)


def test_a_run_by_hand() -> None:
    """q1 finds its one document second, q2 finds the worse of two first, q3 finds nothing, q4 is judged 0 only."""
    qrels = {"q1": {"a": 1, "x": 0}, "q2": {"a": 1, "b": 2}, "q3": {"a": 1}, "q4": {"x": 0}}
    run = {"q1": [("x", 0.9), ("a", 0.8)], "q2": [("a", 0.9)], "q4": [("x", 1.0)]}
    assert score_run(qrels, run) == {
        "hit@1": 1 / 4,
        "nDCG@10": pytest.approx((1 / math.log2(3) + 1 / (2 + 1 / math.log2(3))) / 4),
        "MRR@10": (1 / 2 + 1) / 4,
        "recall@10": (1 + 1 / 2) / 4,
        "recall@100": (1 + 1 / 2) / 4,
    }


IDS = [f"d{number}" for number in range(14)]
QUERY_IDS = ["q1", "q2", "q3"]
judged_queries = st.dictionaries(
    st.sampled_from(QUERY_IDS),
    st.dictionaries(st.sampled_from(IDS), st.integers(0, 3), min_size=1, max_size=6).filter(
        lambda judged: any(judged.values())
    ),
    min_size=1,
)
runs = st.fixed_dictionaries({query: st.lists(st.sampled_from(IDS), min_size=1, unique=True) for query in QUERY_IDS})


def their_scores(qrels: dict[str, dict[str, int]], run: list[Any]) -> dict[str, float]:
    """The same five means from trec_eval; `run` in order of rank."""
    judged = [
        ir_measures.Qrel(query, document, grade) for query, found in qrels.items() for document, grade in found.items()
    ]
    found = ir_measures.pytrec_eval.calc_aggregate([Success @ 1, nDCG @ 10, R @ 10, R @ 100], judged, run)
    ranks: dict[str, int] = {}
    first = []
    for hit in run:
        ranks[hit.query_id] = ranks.get(hit.query_id, 0) + 1
        first += [hit] * (ranks[hit.query_id] <= 10)
    found |= ir_measures.pytrec_eval.calc_aggregate([RR], judged, first)  # which takes no cut-off
    named = {"hit@1": Success @ 1, "nDCG@10": nDCG @ 10, "MRR@10": RR, "recall@10": R @ 10, "recall@100": R @ 100}
    return {name: float(found[measure]) for name, measure in named.items()}


@settings(deadline=None, max_examples=60)
@given(judged_queries, runs)
def test_scores_are_those_of_trec_eval(qrels: dict[str, dict[str, int]], rankings: dict[str, list[str]]) -> None:
    scored = {
        query: [(item, 1.0 - 0.01 * place) for place, item in enumerate(found)] for query, found in rankings.items()
    }
    run = [ir_measures.ScoredDoc(query, item, score) for query in qrels for item, score in scored[query]]
    assert score_run(qrels, scored) == pytest.approx(their_scores(qrels, run))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([0.0, 1e-8, 0.3, 0.30000001, 0.5, 1.0]), min_size=1, max_size=HITS))
def test_written_scores_fall_even_where_they_tie(tmp_path_factory: pytest.TempPathFactory, scores: list[float]) -> None:
    path = tmp_path_factory.mktemp("run") / "run.trec"
    hits = [(f"d{place}", score) for place, score in enumerate(sorted(scores, reverse=True))]
    write_trec({"q": hits}, path, tag="mine")
    rows = [line.split(" ") for line in path.read_text(encoding="utf-8").splitlines()]
    assert [row[:4] + row[5:] for row in rows] == [
        ["q", "Q0", item, str(rank), "mine"] for rank, (item, _) in enumerate(hits, 1)
    ]
    assert all(float(one[4]) > float(two[4]) for one, two in pairwise(rows))
    assert all(abs(float(row[4]) - score) < 2e-5 for row, (_, score) in zip(rows, hits, strict=True))


def test_long_queries_are_cut_and_progress_is_told(tmp_path: Path, encoder: Encoder) -> None:
    files = Files(queries=lines({"_id": "q1", "text": "编制年度预算" * 200}, {"_id": "q2", "text": "保管印章"}))
    data = read_data_set(files.write(tmp_path / "bench"))
    build_index(data.corpus, encoder, tmp_path / "home")
    index = open_index(tmp_path / "home", encoder)
    told: list[tuple[int, int]] = []
    run = run_data_set(data, Retriever(index, encoder), lambda *done: told.append(done))
    index.store.close()
    assert told == [(1, 2), (2, 2)]
    assert [[document for document, _ in hits] for hits in run.values()] == [["d1", "d2"], ["d2", "d1"]]
    assert score_run(data.qrels, run)["hit@1"] == 1


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5,000 duties, 250 for each of 20 tasks. A query asks for one of them; the same thing elsewhere is half right."""
    texts = [f"负责{area}{thing}的{action}。" for thing, action, area in product(OBJECTS, ACTIONS, AREAS)]
    assert len(set(texts)) == DOCUMENTS
    corpus = [
        {"_id": f"doc-{number}", "title": "", "text": text, "metadata": {"department": f"{text[2:4]}分局"}}
        for number, text in enumerate(texts)
    ]
    asked = list(islice(enumerate(texts), 17, DOCUMENTS, DOCUMENTS // QUERIES))[:QUERIES]
    queries = [{"_id": f"q{number}", "text": f"{texts[number][2:-1]}归谁管？"} for number, _ in asked]
    queries.append({"_id": "unjudged", "text": "谁来喂猫"})
    rows = ["query-id\tcorpus-id\tscore"]
    for number, _ in asked:
        task = number - number % len(AREAS)
        rows += [f"q{number}\tdoc-{other}\t{2 if other == number else 1}" for other in range(task, task + len(AREAS))]
    rows += [f"q{asked[0][0]}\tdoc-5000\t1", f"q{asked[1][0]}\tgone\t2"]
    qrels = "\n".join(rows) + "\n"
    return Files(lines(*corpus), lines(*queries), qrels).write(tmp_path_factory.mktemp("big") / "city")


def test_five_thousand_documents_end_to_end(big: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With vectors made up: the real ones take a minute, and nothing here depends on them."""
    monkeypatch.setattr("indexer.encoders.encoder.load_encoder", lambda _: BigramEncoder())
    run_out, json_out = tmp_path / "run.trec", tmp_path / "out.json"
    result = duty("eval", "--dataset", big, "--run-out", run_out, "--json", json_out)
    assert (result.returncode, result.stderr) == (0, "")

    content = json.loads(json_out.read_text(encoding="utf-8"))
    assert (content["documents"], content["queries"]) == (DOCUMENTS, QUERIES)
    assert content["unknown_documents"] == ["doc-5000", "gone"]
    printed = result.stdout.splitlines()
    assert printed[0] == "5000 documents, 40 queries, model bigrams"
    assert [line.split() for line in printed[1:6]] == [
        [name, f"{value:.4f}"] for name, value in content["metrics"].items()
    ]
    assert " ".join(printed[6:]) == "2 judged documents are not in corpus.jsonl and count as not found: doc-5000 gone"

    rows = [line.split(" ") for line in run_out.read_text(encoding="utf-8").splitlines()]
    assert {len(row) for row in rows} == {6}
    assert len(rows) == QUERIES * HITS
    known = {f"doc-{number}" for number in range(DOCUMENTS)}
    judged = read_data_set(big)
    for query in judged.qrels:
        own = [row for row in rows if row[0] == query]
        assert [row[3] for row in own] == [str(rank) for rank in range(1, HITS + 1)]
        assert {(row[1], row[5]) for row in own} == {("Q0", "dutyfinder")}
        assert {row[2] for row in own} <= known
        assert len({row[2] for row in own}) == HITS
        scores = [float(row[4]) for row in own]
        assert all(one > two for one, two in pairwise(scores))
        assert 1 >= scores[0] > scores[-1] >= -1e-5

    qrels = {query: dict(found) for query, found in judged.qrels.items()}
    read: Any = ir_measures.read_trec_run  # which has no annotations
    read_back = their_scores(qrels, list(read(str(run_out))))
    assert content["metrics"] == pytest.approx(read_back, abs=1e-9)
    # A question in nearly the words of its duty: found, among nine others of the same task.
    assert content["metrics"]["hit@1"] >= 0.9
    assert content["metrics"]["recall@100"] >= 0.9
    assert content["metrics"]["recall@100"] < 1, "the two documents that are not there count"
