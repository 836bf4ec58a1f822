"""Files -> corpus."""

import json
import re
from pathlib import Path

import pytest

from corpus.errors import DocumentError, NotFoundError
from corpus.load import SHIPPED, load_corpus, load_document, slug_of
from corpus.model import Post, text_digest
from corpus.readers import check_file, limits

FINANCE = "财务部职责\n1.记账。\n（一）会计\n1.报税。\n"
PEOPLE = "人事部职责\n1.招聘。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents, one with questions (one of them an orphan) and words, and files that are no documents."""
    (tmp_path / "b finance.txt").write_text(FINANCE, encoding="utf-8")
    (tmp_path / "a-people.md").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "b finance.words").write_text("记账\n会计\n", encoding="utf-8")
    write_questions(tmp_path, {"b-finance/财务部/1": "谁记账？", "b-finance/财务部/7": "谁？"})
    (tmp_path / "notes.json").write_text("x", encoding="utf-8")
    (tmp_path / "sub.txt").mkdir()
    return tmp_path


def write_questions(folder: Path, questions: dict[str, str]) -> None:
    rows = [
        {"clause_id": clause_id, "digest": text_digest("记账。"), "provenance": "hand", "questions": [question]}
        for clause_id, question in questions.items()
    ]
    (folder / "b finance.questions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def test_folder(folder: Path) -> None:
    corpus = load_corpus([folder])
    assert [document.slug for document in corpus.documents] == ["a-people", "b-finance"]
    assert [clause.id for clause in corpus.clauses] == [
        "a-people/人事部/1",
        "b-finance/财务部/1",
        "b-finance/财务部/会计/1",
    ]
    assert corpus.paths == (folder,)
    assert corpus.words == ("人事部", "财务部", "会计", "记账")
    assert corpus.asked_as == {"b-finance/财务部/1": ("谁记账？",)}
    assert [(finding.kind, finding.line) for finding in corpus.orphans] == [("orphan_questions", 2)]


def test_a_folder_of_folders_is_one_organisation(tmp_path: Path) -> None:
    """The department comes from the file, a heading, a sheet or the folder, whichever says it."""
    for name, text in {
        "财务部/会计.txt": "1.记账。\n2.报税。\n",
        "财务部/出纳岗位职责.md": "- 付款。\n",
        "财务部.txt": "部门职责\n1.管理资金。\n",
        "网页/招聘专员.html": "<h1>人事部招聘专员</h1><ol><li>发布招聘信息。</li></ol>",
        "附件3：仓储部工作职责（修订）.txt": "1.收货。\n",
        "总部/行政部/前台/职责.txt": "1.接待来访。\n",
        "某某医院_护士长.txt": "1.安排值班。\n",
        ".git/财务部.txt": "1.不读。\n",
        "~$财务部.txt": "1.不读。\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    corpus = load_corpus([tmp_path])
    assert {clause.id: clause.text for clause in corpus.clauses} == {
        "财务部-会计/财务部/会计/1": "记账。",
        "财务部-会计/财务部/会计/2": "报税。",
        "财务部-出纳岗位职责/财务部/出纳/1": "付款。",
        "财务部/财务部/1": "管理资金。",
        "网页-招聘专员/人事部/招聘专员/1": "发布招聘信息。",
        "附件3-仓储部工作职责-修订/仓储部/1": "收货。",
        "总部-行政部-前台-职责/行政部/前台/1": "接待来访。",
        "某某医院_护士长/某某医院/护士长/1": "安排值班。",
    }


def test_the_names_of_deep_folders_are_left_off(tmp_path: Path) -> None:
    folder = tmp_path / ("总" * 40) / ("分" * 40) / "财务部"
    folder.mkdir(parents=True)
    (folder / "会计.txt").write_text("1.记账。\n", encoding="utf-8")
    assert [clause.id for clause in load_corpus([tmp_path]).clauses] == [f"{'分' * 40}-财务部-会计/财务部/会计/1"]


@pytest.mark.parametrize("name", ["会计", "会计岗位职责", "岗位职责（会计）", "附件2：会计岗位职责"])
def test_a_post_whose_department_nobody_says_stands_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.txt").write_text("1.记账。\n", encoding="utf-8")
    assert [clause.post for clause in load_corpus([tmp_path]).clauses] == [Post("会计", "会计")]


def test_documents_are_in_slug_order_whatever_the_order_of_files(folder: Path) -> None:
    corpus = load_corpus([folder / "b finance.txt", folder / "a-people.md"])
    assert [document.slug for document in corpus.documents] == ["a-people", "b-finance"]


def test_relative_paths_become_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert load_corpus([Path("a-people.md")]).paths == (folder / "a-people.md",)


def test_shipped_is_the_default() -> None:
    corpus = load_corpus()
    assert corpus.paths == (SHIPPED,)
    assert [document.slug for document in corpus.documents] == ["telecom-branch"]
    assert (len(corpus.clauses), len(corpus.asked_as), corpus.orphans) == (240, 240, ())
    assert {"市场部", "社会渠道经理", "三网融合"} <= set(corpus.words)


def test_load_document_takes_a_slug(folder: Path) -> None:
    assert load_document(folder / "b finance.txt").slug == "b-finance"
    assert load_document(folder / "b finance.txt", "other").clauses[0].id == "other/财务部/1"


def test_two_documents_of_one_name(folder: Path) -> None:
    (folder / "b-finance.md").write_text(FINANCE, encoding="utf-8")
    with pytest.raises(
        DocumentError, match="the name 'b-finance' is taken by another document; rename one of the two files"
    ):
        load_corpus([folder])


@pytest.mark.parametrize("empty_list", [True, False], ids=["no-paths", "folder-without-documents"])
def test_no_document(tmp_path: Path, empty_list: bool) -> None:
    where = "an empty list" if empty_list else str(tmp_path)
    with pytest.raises(DocumentError, match=re.escape(f"no document in {where}; expected .txt, .md, .html,")):
        load_corpus([] if empty_list else [tmp_path])


def test_missing_path(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=re.escape(f"no such file or folder: {tmp_path / 'gone'}. Give --corpus")):
        load_corpus([tmp_path / "gone"])


def test_named_file_of_another_type_is_refused(folder: Path) -> None:
    with pytest.raises(DocumentError, match=r"notes\.json: files of type \.json are not read"):
        load_corpus([folder / "notes.json"])


@pytest.mark.parametrize(("name", "kind"), [("a.zip", ".zip"), ("a.json", ".json"), ("a", "(no suffix)")])
def test_a_file_of_another_type(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    path.write_text(FINANCE, encoding="utf-8")
    with pytest.raises(DocumentError, match=re.escape(f"{name}: files of type {kind} are not read; allowed: .txt, ")):
        check_file(path)


@pytest.mark.parametrize("name", [pytest.param("gone.txt", id="gone"), pytest.param("", id="folder")])
def test_no_such_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFoundError, match=re.escape(f"no such document: {tmp_path / name}. Give the path of a file")):
        check_file(tmp_path / name)


def test_a_file_that_is_too_large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "a-people.md"
    monkeypatch.setattr(limits, "MAX_BYTES", path.stat().st_size)
    check_file(path)
    monkeypatch.setattr(limits, "MAX_BYTES", path.stat().st_size - 1)
    with pytest.raises(DocumentError, match=r"a-people\.md: \d+ bytes is too large; allowed: \d+\. Split the document"):
        check_file(path)


def test_digest_is_that_of_the_content(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("copy")
    for file in folder.glob("[ab]*"):
        (elsewhere / file.name).write_bytes(file.read_bytes())
    assert load_corpus([elsewhere]).digest == load_corpus([folder]).digest


@pytest.mark.parametrize("change", ["wording", "marker", "question", "word", "file-name"])
def test_digest_notices(folder: Path, change: str) -> None:
    before = load_corpus([folder]).digest
    match change:
        case "wording":
            (folder / "a-people.md").write_text(PEOPLE.replace("招聘", "培训"), encoding="utf-8")
        case "marker":
            (folder / "a-people.md").write_text(PEOPLE.replace("1.", "1、"), encoding="utf-8")
        case "question":
            write_questions(folder, {"b-finance/财务部/1": "账谁记？"})
        case "word":
            (folder / "b finance.words").write_text("记账\n会计\n报税\n", encoding="utf-8")
        case "file-name":
            (folder / "a-people.md").rename(folder / "people.md")
    assert load_corpus([folder]).digest != before


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("telecom-branch.txt", "telecom-branch"),
        ("岗位 职责 (2024).txt", "岗位-职责-2024"),
        ("v1.2.md", "v1-2"),
        ("_draft_2_.txt", "draft_2"),
        ("Ä/é.txt", "é"),
    ],
    ids=["plain", "chinese", "dots", "underscores", "accents"],
)
def test_slug(name: str, slug: str) -> None:
    assert slug_of(Path(name)) == slug


def test_name_without_a_letter_is_refused() -> None:
    with pytest.raises(DocumentError, match=re.escape("'(__).txt' has no letter or digit to make a document name of")):
        slug_of(Path("(__).txt"))
