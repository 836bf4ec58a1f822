"""The documents of a home: added, replaced, removed; and that a change is made wholly or not at all."""

import json
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

import indexer.documents
from corpus.errors import BuildRunningError, DocumentError, NotFoundError, UsageError
from corpus.load import SHIPPED, load_corpus
from corpus.model import text_digest
from indexer.build import build_index
from indexer.documents import add, document_paths, listed, members, rebuilt, remove, roll_back
from indexer.encoders.encoder import Encoder
from indexer.index import Index, open_index
from indexer.versions import IndexPaths, point_to
from tests.conftest import SMALL

OTHER = "后勤部主要职责\n1.管理食堂。\n2.维修电梯。\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A document with every side file, outside of the home."""
    path = tmp_path / "后勤.txt"
    path.write_text(OTHER, encoding="utf-8")
    row = {
        "clause_id": "后勤/后勤部/1",
        "digest": text_digest("管理食堂。"),
        "provenance": "hand",
        "questions": ["哪里吃饭？"],
    }
    (tmp_path / "后勤.questions.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (tmp_path / "后勤.outside").write_text("谁修空调？\n", encoding="utf-8")
    (tmp_path / "后勤.words").write_text("维修电梯\n", encoding="utf-8")
    (tmp_path / "后勤.hints.yaml").write_text("noise: []\n", encoding="utf-8")
    return path


def opened(home: Path, encoder: Encoder) -> Index:
    index = open_index(home, encoder)
    index.store.close()
    return index


def state(home: Path) -> dict[str, bytes]:
    """All files of a home but those of the index versions, and which version is current."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and "versions" not in path.parts and path.name != "build.lock"
    }


def test_a_home_has_the_shipped_document_until_its_index_is_of_others(tmp_path: Path, small_home: Path) -> None:
    assert document_paths(tmp_path / "new") == (SHIPPED,)
    assert [*members(tmp_path / "new")] == ["telecom-branch"]
    assert [*members(small_home)] == ["small"]


def test_the_first_document_that_is_added_stands_beside_what_was_there(
    small_home: Path, file: Path, encoder: Encoder
) -> None:
    (small_home.parent / "small.words").write_text("现金收付\n", encoding="utf-8")
    version = add(small_home, file, encoder)
    assert version.manifest.documents == opened(small_home, encoder).manifest.documents == ["small", "后勤"]
    assert (version.manifest.questions, version.manifest.outside) == (1, {"small": 0, "后勤": 1})
    assert {"维修电梯", "现金收付"} <= set(version.corpus.words)
    assert sorted(path.name for path in (small_home / "corpus").iterdir()) == [
        "small.txt", "small.words", "后勤.hints.yaml", "后勤.outside", "后勤.questions.jsonl", "后勤.txt", "后勤.words",
    ]  # fmt: skip
    assert not (small_home / "corpus.next").exists()


def test_a_plain_build_is_of_the_documents_of_the_home(small_home: Path, file: Path, encoder: Encoder) -> None:
    add(small_home, file, encoder)
    (small_home / "corpus" / "后勤.txt").write_text(OTHER.replace("维修电梯", "维修锅炉"), encoding="utf-8")
    with rebuilt(small_home, encoder) as version:
        version.publish(5)
    index = open_index(small_home, encoder)
    assert index.manifest.corpus_paths == [str(small_home / "corpus")]
    assert index.store.clause_by_id("后勤/后勤部/2").text == "维修锅炉。"


def test_a_name_that_is_taken_is_refused_unless_the_document_is_replaced(
    small_home: Path, file: Path, encoder: Encoder
) -> None:
    add(small_home, file, encoder)
    before = state(small_home)
    with pytest.raises(
        DocumentError, match="the name '后勤' is taken by another document; give another --name, or --replace"
    ):
        add(small_home, file, encoder)
    assert state(small_home) == before
    markdown = file.with_suffix(".md")
    markdown.write_text(OTHER.replace("维修电梯", "维修锅炉"), encoding="utf-8")
    for side in file.parent.glob("后勤.[!tm]*"):
        side.unlink()
    version = add(small_home, markdown, encoder, instead=True)
    assert version.manifest.questions == 1  # its questions stayed
    assert sorted(path.name for path in (small_home / "corpus").glob("后勤.*")) == [
        "后勤.hints.yaml", "后勤.md", "后勤.outside", "后勤.questions.jsonl", "后勤.words",
    ]  # fmt: skip
    assert (small_home / "removed" / version.manifest.version / "后勤.txt").read_text(encoding="utf-8") == OTHER


def test_a_removed_document_leaves_the_index_and_its_files_are_kept(
    small_home: Path, file: Path, encoder: Encoder
) -> None:
    add(small_home, file, encoder)
    version = remove(small_home, "small", encoder)
    assert opened(small_home, encoder).manifest.documents == ["后勤"]
    assert [*members(small_home)] == ["后勤"]
    assert (small_home / "removed" / version.manifest.version / "small.txt").read_text(encoding="utf-8") == SMALL
    with pytest.raises(DocumentError, match="'后勤' is the only document; add another one before"):
        remove(small_home, "后勤", encoder)
    with pytest.raises(NotFoundError, match="no document 'small'; there are: 后勤"):
        remove(small_home, "small", encoder)


def test_the_shipped_document_is_a_member_until_it_is_removed(
    tmp_path: Path, file: Path, encoder: Encoder, home: Path
) -> None:
    shutil.copytree(home, tmp_path / "home")
    assert remove_after_add(tmp_path / "home", file, encoder) == ["后勤"]
    assert (SHIPPED / "telecom-branch.txt").is_file()


def remove_after_add(home: Path, file: Path, encoder: Encoder) -> list[str]:
    assert add(home, file, encoder).manifest.documents == ["telecom-branch", "后勤"]
    return remove(home, "telecom-branch", encoder).manifest.documents


@pytest.mark.parametrize(
    "name", ["../up", "a/b", "a\\b", "", ".", "..", "all", "a b", "a\0b", "x" * 151, "-a", "a.txt"]
)
def test_a_name_that_is_none_is_refused(small_home: Path, file: Path, encoder: Encoder, name: str) -> None:
    before = state(small_home)
    with pytest.raises(UsageError, match="is no name for a document; allowed: letters and digits"):
        add(small_home, file, encoder, name)
    assert state(small_home) == before


def test_a_document_under_another_name_is_read_as_under_its_own(
    tmp_path: Path, small_home: Path, encoder: Encoder
) -> None:
    file = tmp_path / "03_星河宾馆_前台岗位职责.txt"
    file.write_text("1.接待访客。\n2.登记来访。\n", encoding="utf-8")
    version = add(small_home, file, encoder, "front")
    assert [(clause.id, clause.position) for clause in version.corpus.clauses][:2] == [
        ("front/前台/前台/1", "前台"),
        ("front/前台/前台/2", "前台"),
    ]
    with rebuilt(small_home, encoder) as again:
        assert again.corpus.digest == version.corpus.digest


def test_documents_of_folders_keep_their_departments_when_they_move_home(
    tmp_path: Path, file: Path, encoder: Encoder
) -> None:
    for department in ("财务部", "人事部"):
        (tmp_path / "own" / department).mkdir(parents=True)
        (tmp_path / "own" / department / "文员.txt").write_text("1.整理档案。\n", encoding="utf-8")
    home = tmp_path / "home"
    with rebuilt(home, encoder, [tmp_path / "own"]) as version:
        before = [clause.id for clause in version.corpus.clauses]
        version.publish(keep=1)
    assert before == ["人事部-文员/人事部/文员/1", "财务部-文员/财务部/文员/1"]
    after = [clause.id for clause in add(home, file, encoder).corpus.clauses]
    assert [clause_id for clause_id in after if "文员" in clause_id] == before
    assert {*members(home)} == {"人事部-文员", "财务部-文员", "后勤"}
    file = tmp_path / "own" / "财务部" / "文员.txt"
    file.write_text("1.整理账册。\n", encoding="utf-8")
    replaced = add(home, file, encoder, "财务部-文员", instead=True).corpus.clauses
    assert ("财务部-文员/财务部/文员/1", "整理账册。") in [(clause.id, clause.text) for clause in replaced]


@pytest.mark.parametrize("content", [b"", b"\0\1PK", "床前明月光".encode()], ids=["empty", "binary", "no-duty"])
def test_a_bad_document_changes_nothing(small_home: Path, tmp_path: Path, encoder: Encoder, content: bytes) -> None:
    before = state(small_home)
    (tmp_path / "坏.txt").write_bytes(content)
    with pytest.raises(DocumentError, match="坏"):
        add(small_home, tmp_path / "坏.txt", encoder)
    assert state(small_home) == before
    assert [*members(small_home)] == ["small"]


def test_nothing_changes_while_another_build_runs(small_home: Path, file: Path, encoder: Encoder) -> None:
    before = state(small_home)
    with FileLock(IndexPaths(small_home).lock):
        for change in (
            add,
            lambda home, _, encoder: remove(home, "small", encoder),
            lambda home, _, encoder: roll_back(home, encoder),
        ):
            with pytest.raises(BuildRunningError, match="another build is running"):
                change(small_home, file, encoder)
        assert [*listed(small_home)] == ["small"]
    assert state(small_home) == before


class CutShortError(BaseException):
    """Stands for the end of the process: nothing after it runs."""


def cut_short_before_settling(
    home: Path, file: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, *, published: bool
) -> None:
    """Leave a home as a kill leaves it.

    After the documents were laid out, and before or after the index was published.
    """
    current = IndexPaths(home).current.read_text(encoding="utf-8").strip()
    with monkeypatch.context() as patched:
        patched.setattr(indexer.documents, "_settle", lambda _: None)
        add(home, file, encoder)
    if not published:
        point_to(IndexPaths(home), current)


@pytest.mark.parametrize("published", [True, False])
def test_a_change_that_was_cut_short_was_made_or_was_not(
    small_home: Path, file: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, published: bool
) -> None:
    cut_short_before_settling(small_home, file, encoder, monkeypatch, published=published)
    assert [*listed(small_home)] == (["small", "后勤"] if published else ["small"])
    assert opened(small_home, encoder).manifest.documents == [*listed(small_home)]
    assert not (small_home / "corpus.next").exists()
    with rebuilt(small_home, encoder) as version:
        assert version.manifest.documents == [*listed(small_home)]


def test_a_change_is_settled_again_and_again_with_the_same_end(
    small_home: Path, file: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short at each of its own steps in turn."""
    add(small_home, file, encoder)
    file.write_text(OTHER.replace("维修电梯", "维修锅炉"), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(indexer.documents, "_settle", lambda _: None)
        remove_target = add(small_home, file, encoder, instead=True).manifest.version
    steps = 0
    while (small_home / "corpus.next").exists():
        steps += 1
        with monkeypatch.context() as patched:
            stop_at_second_step(patched)
            try:
                listed(small_home)
            except CutShortError:
                continue
    assert steps > 5
    assert (small_home / "corpus" / "后勤.txt").read_text(encoding="utf-8") == file.read_text(encoding="utf-8")
    assert (small_home / "removed" / remove_target / "后勤.txt").read_text(encoding="utf-8") == OTHER
    with rebuilt(small_home, encoder) as version:
        assert (version.manifest.documents, version.manifest.questions) == (["small", "后勤"], 1)


def stop_at_second_step(patched: pytest.MonkeyPatch) -> None:
    """Let one file be moved, and end at the next."""
    moved: list[Path] = []
    originals = {"rename": Path.rename, "replace": Path.replace}

    def stopping(name: str) -> object:
        def move(path: Path, target: Path) -> Path:
            if moved:
                raise CutShortError
            moved.append(path)
            return originals[name](path, target)

        return move

    for name in originals:
        patched.setattr(Path, name, stopping(name))


def test_documents_stay_when_the_index_goes_back(small_home: Path, file: Path, encoder: Encoder) -> None:
    first = IndexPaths(small_home).current_version()
    add(small_home, file, encoder)
    assert roll_back(small_home, encoder) == first
    assert [*members(small_home)] == ["small", "后勤"]


def test_an_index_of_other_documents_leaves_those_of_the_home(small_home: Path, file: Path, encoder: Encoder) -> None:
    add(small_home, file, encoder)
    build_index(load_corpus([file]), encoder, small_home)
    with rebuilt(small_home, encoder) as version:
        assert version.manifest.documents == ["small", "后勤"]
