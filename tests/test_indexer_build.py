"""Building, publishing and opening index versions; what damage is found, and that the old version survives."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from corpus.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, IndexUnavailableError, NotFoundError
from corpus.load import Corpus, load_corpus
from corpus.model import Post
from indexer.build import build_index
from indexer.encoders.encoder import Encoder, Progress, Vectors
from indexer.index import Index, open_index
from indexer.store import Store, write_store
from indexer.versions import FORMAT, IndexPaths, Manifest, created, point_to, prune, rollback
from tests.conftest import SMALL


class FailingEncoder:
    """The shipped encoder, out of breath after the first batch."""

    def __init__(self, inner: Encoder) -> None:
        self.name, self.identity, self.dimension = inner.name, inner.identity, inner.dimension
        self.encode_question = inner.encode_question

    def encode_passages(self, texts: object, progress: Progress | None = None) -> Vectors:
        raise MemoryError("no room for the batch")


def current(home: Path) -> Path:
    paths = IndexPaths(home)
    name = paths.current_version()
    assert name is not None
    return paths.version(name)


def test_manifest_of_the_shipped_corpus(index: Index, corpus: Corpus, encoder: Encoder) -> None:
    manifest = index.manifest
    assert (manifest.format, manifest.model, manifest.model_identity) == (FORMAT, "shipped", encoder.identity)
    assert (manifest.clauses, manifest.questions, manifest.dimension) == (240, 6461, 512)
    assert manifest.documents == ["telecom-branch"]
    assert manifest.corpus_sha256 == corpus.digest
    assert {"store.sqlite", "dictionary.json", "clauses/vectors.faiss", "lexical/vocab.index.json"} <= set(
        manifest.files
    )


def test_the_store_keeps_what_was_read_from_a_picture(corpus: Corpus, tmp_path: Path) -> None:
    (document,) = corpus.documents
    clauses = tuple(replace(clause, ocr=place % 2 == 0) for place, clause in enumerate(document.clauses))
    write_store(tmp_path / "store.sqlite", replace(corpus, documents=(replace(document, clauses=clauses),)))
    store = Store(tmp_path / "store.sqlite")
    assert list(store.clauses()) == list(clauses)
    store.close()


def test_the_index_holds_every_clause_and_post(index: Index, corpus: Corpus) -> None:
    assert [index.store.clause(ordinal) for ordinal in range(240)] == list(corpus.clauses)
    assert [index.posts[owner] for owner in index.owners] == [clause.post for clause in corpus.clauses]
    assert index.departments == ("市场部", "政企客户部", "公众客户部", "客户服务部", "10000号运营中心")
    assert index.store.source("telecom-branch") == corpus.documents[0].text
    assert len(index.store.clauses_of(Post("市场部", "互联互通"))) == 5
    assert len(index.store.clauses_of(Post("客户服务部", None))) == 28


def test_the_index_holds_every_expected_question_and_what_its_documents_show(index: Index, corpus: Corpus) -> None:
    expected = [(ordinal, text) for ordinal, clause in enumerate(corpus.clauses) for text in corpus.asked_as[clause.id]]
    assert [*index.store.questions()] == expected
    assert [(slug, finding.kind, finding.line) for slug, finding in index.store.findings()] == [
        ("telecom-branch", "numbering_gap", 302),
        ("telecom-branch", "department_without_positions", 307),
    ]
    assert index.store.clauses_of(Post("市场部", "火箭手")) == []


def test_no_index_yet(tmp_path: Path, encoder: Encoder) -> None:
    assert IndexPaths(tmp_path).current_version() is None
    with pytest.raises(IndexMissingError, match=r"no index in .*; build one with: duty index"):
        open_index(tmp_path, encoder)


def test_each_build_is_a_new_version_and_the_last_one_is_current(
    small_home: Path, small_document: Path, encoder: Encoder
) -> None:
    first = current(small_home).name
    second = build_index(load_corpus([small_document]), encoder, small_home).version
    assert [*IndexPaths(small_home).published()] == sorted([first, second])
    assert open_index(small_home, encoder).version == second


def test_a_reader_keeps_the_version_that_it_opened(small_home: Path, small_document: Path, encoder: Encoder) -> None:
    opened = open_index(small_home, encoder)
    small_document.write_text(
        small_document.read_text(encoding="utf-8").replace("编制年度预算", "制定采购计划"), encoding="utf-8"
    )
    build_index(load_corpus([small_document]), encoder, small_home)
    assert opened.store.clause(1).text == "编制年度预算。"
    assert open_index(small_home, encoder).store.clause(1).text == "制定采购计划。"


def test_old_versions_are_kept_as_many_as_asked_for(small_home: Path, small_document: Path, encoder: Encoder) -> None:
    opened = open_index(small_home, encoder)
    corpus = load_corpus([small_document])
    names = [opened.version, *(build_index(corpus, encoder, small_home, keep=2).version for _ in range(3))]
    assert [*IndexPaths(small_home).published()] == names[1:]
    assert opened.store.clause(1).text == "编制年度预算。"  # who opened the version that is gone goes on reading it
    assert list(IndexPaths(small_home).versions.glob(".*")) == []


def test_rollback_goes_back_one_version_at_a_time_and_forward_by_name(
    small_home: Path, small_document: Path, encoder: Encoder
) -> None:
    paths = IndexPaths(small_home)
    names = [
        *paths.published(),
        *(build_index(load_corpus([small_document]), encoder, small_home).version for _ in range(2)),
    ]
    assert rollback(paths, encoder) == names[1]
    assert open_index(small_home, encoder).version == names[1]
    assert rollback(paths, encoder) == names[0]
    with pytest.raises(NotFoundError, match="no version was published before the current one"):
        rollback(paths, encoder)
    assert rollback(paths, encoder, names[2]) == names[2]
    assert paths.current_version() == names[2]


def test_pruning_never_takes_the_current_version(small_home: Path, small_document: Path, encoder: Encoder) -> None:
    first = current(small_home).name
    for _ in range(2):
        build_index(load_corpus([small_document]), encoder, small_home)
    rollback(IndexPaths(small_home), encoder, first)
    prune(IndexPaths(small_home), 0)
    assert [*IndexPaths(small_home).published()] == [first]


@pytest.mark.parametrize("name", ["20000101T000000000000Z", "../../elsewhere", ".building-x", ""])
def test_rollback_to_what_is_no_version_is_refused(small_home: Path, encoder: Encoder, name: str) -> None:
    with pytest.raises(NotFoundError, match=r"no index version '.*'; there are: 2"):
        rollback(IndexPaths(small_home), encoder, name)


def test_rollback_to_a_damaged_version_is_refused(small_home: Path, small_document: Path, encoder: Encoder) -> None:
    first = current(small_home)
    second = build_index(load_corpus([small_document]), encoder, small_home).version
    (first / "store.sqlite").write_bytes(b"x")
    with pytest.raises(IndexDamagedError, match=r"store\.sqlite is damaged"):
        rollback(IndexPaths(small_home), encoder)
    assert current(small_home).name == second


def test_a_version_knows_when_it_was_made(small_home: Path) -> None:
    assert abs((datetime.now(UTC) - created(current(small_home).name)).total_seconds()) < 600


def test_bytes_are_on_the_disk_before_the_names_that_lead_to_them(
    small_home: Path, small_document: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power cut may leave.

    A name is only given to what was synced, and what was named is synced in its folder.
    """
    done: list[str] = []
    fsync, rename, replace = os.fsync, Path.rename, Path.replace

    def note(path: object) -> str:
        return str(path).replace(str(IndexPaths(small_home).root), "index")

    def watched_sync(descriptor: int) -> None:
        fsync(descriptor)
        done.append(f"sync {note(Path(f'/proc/self/fd/{descriptor}').readlink())}")

    def watched_rename(path: Path, target: Path) -> Path:
        done.append(f"name {note(target)}")
        return rename(path, target)

    def watched_replace(path: Path, target: Path) -> Path:
        done.append(f"name {note(target)}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(Path, "rename", watched_rename)
    monkeypatch.setattr(Path, "replace", watched_replace)
    manifest = build_index(load_corpus([small_document]), encoder, small_home)
    aside, final = f"index/versions/.building-{manifest.version}", f"index/versions/{manifest.version}"
    named = done.index(f"name {final}")
    assert {f"sync {aside}/{name}" for name in [*manifest.files, "manifest.json"]} <= set(done[:named])
    assert f"sync {aside}" in done[:named]
    order = [f"name {final}", "sync index/versions", "sync index/CURRENT.new", "name index/CURRENT", "sync index"]
    assert [step for step in done[named:] if step in order] == order


def test_progress_is_told_by_stage(tmp_path: Path, small_document: Path, encoder: Encoder) -> None:
    told: list[tuple[str, int, int]] = []
    build_index(load_corpus([small_document]), encoder, tmp_path / "home", lambda *step: told.append(step))
    assert told[:8] == [("tokenise", done, 8) for done in range(1, 9)]
    assert told[-1] == ("embed", 8, 8)


def forget_a_column(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "store.sqlite")) as connection:
        connection.execute("ALTER TABLE clause DROP COLUMN ocr")
    content = (folder / "store.sqlite").read_bytes()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["store.sqlite"] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    edit_manifest(folder, files=manifest["files"])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "store.sqlite").unlink(), r"store\.sqlite is missing"),
        (
            lambda folder: (folder / "clauses/vectors.faiss").write_bytes(b"x"),
            r"vectors\.faiss is damaged \(1 bytes, not \d+\)",
        ),
        (
            lambda folder: flip_a_byte(folder / "clauses/vectors.faiss"),
            r"vectors\.faiss is damaged \(its checksum differs\)",
        ),
        (lambda folder: flip_a_byte(folder / "lexical/data.csc.index.npy"), r"data\.csc\.index\.npy is damaged"),
        (lambda folder: (folder / "manifest.json").write_text("{"), r"manifest\.json is missing or unreadable"),
        (lambda folder: (folder / "manifest.json").unlink(), r"manifest\.json is missing or unreadable"),
        (lambda folder: edit_manifest(folder, passages=9), r"holds 8 clause vectors, its manifest says 9"),
        (lambda folder: edit_manifest(folder, corpus_sha256="0" * 64), r"corpus hash"),
        (forget_a_column, r"store\.sqlite cannot be read \(no such column: ocr\)"),
    ],
    ids=[
        "missing",
        "truncated",
        "flipped",
        "flipped-lexical",
        "bad-manifest",
        "no-manifest",
        "row-count",
        "corpus-hash",
        "other-schema",
    ],
)
def test_damage_is_found_and_named(
    small_home: Path, encoder: Encoder, damage: Callable[[Path], object], message: str
) -> None:
    damage(current(small_home))
    with pytest.raises(IndexDamagedError, match=message + r".*duty index"):
        open_index(small_home, encoder)


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def edit_manifest(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | changes), encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 99}, r"index format 99, but this dutyfinder reads format 8; rebuild it with: duty index"),
        (
            {"model": "BAAI/bge-m3", "model_identity": "f" * 64},
            r"built with model BAAI/bge-m3 .*set DUTY_MODEL=BAAI/bge-m3 or rebuild",
        ),
        ({"dimension": 768}, r"dimension 768\), but DUTY_MODEL is shipped"),
    ],
    ids=["format", "model", "dimension"],
)
def test_a_mismatch_is_refused(small_home: Path, encoder: Encoder, changes: dict[str, object], message: str) -> None:
    edit_manifest(current(small_home), **changes)
    with pytest.raises(IndexMismatchError, match=message):
        open_index(small_home, encoder)


def test_a_dangling_or_lost_pointer_is_an_error_not_a_first_run(small_home: Path, encoder: Encoder) -> None:
    paths = IndexPaths(small_home)
    point_to(paths, "20000101T000000000000Z")
    with pytest.raises(IndexMissingError, match=r"'20000101T000000000000Z' is not in .*duty index"):
        open_index(small_home, encoder)
    paths.current.unlink()
    with pytest.raises(IndexMissingError, match=r"CURRENT is missing"):
        open_index(small_home, encoder)


def test_a_failed_build_leaves_the_old_version_and_no_rubbish(
    small_home: Path, small_document: Path, encoder: Encoder
) -> None:
    before = current(small_home)
    small_document.write_text(SMALL.replace("编制年度预算", "制定采购计划"), encoding="utf-8")
    with pytest.raises(MemoryError):
        build_index(load_corpus([small_document]), FailingEncoder(encoder), small_home)
    assert [path.name for path in before.parent.iterdir()] == [before.name]
    assert open_index(small_home, encoder).version == before.name


def test_leftovers_of_a_killed_build_are_removed_by_the_next(
    small_home: Path, small_document: Path, encoder: Encoder
) -> None:
    leftover = IndexPaths(small_home).versions / ".building-20000101T000000000000Z"
    shutil.copytree(current(small_home), leftover)
    assert leftover.name not in IndexPaths(small_home).published()
    build_index(load_corpus([small_document]), encoder, small_home)
    assert not leftover.exists()


def test_two_builds_at_once(small_home: Path, small_document: Path, encoder: Encoder) -> None:
    with FileLock(IndexPaths(small_home).lock), pytest.raises(IndexUnavailableError, match="another build is running"):
        build_index(load_corpus([small_document]), encoder, small_home)
    assert open_index(small_home, encoder).manifest.clauses == 8


def test_a_home_that_cannot_be_written(tmp_path: Path, small_document: Path, encoder: Encoder) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(IndexUnavailableError, match=r"cannot be written .*another --home"):
        build_index(load_corpus([small_document]), encoder, tmp_path / "file")


def test_twins_are_two_clauses(small_home: Path, encoder: Encoder) -> None:
    store = open_index(small_home, encoder).store
    ids = {"small/财务部/出纳/1", "small/人事部/招聘专员/2"}
    assert {store.clause_by_id(clause_id).text for clause_id in ids} == {"办理现金收付。"}


def test_manifest_survives_saving(tmp_path: Path, index: Index) -> None:
    index.manifest.save(tmp_path)
    assert Manifest.load(tmp_path) == index.manifest
