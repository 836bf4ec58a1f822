"""Builds that are killed, run out of disk, may not write, or meet each other.

The last version is served, the next succeeds.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.kills import killed
from corpus.errors import IndexUnavailableError
from corpus.load import load_corpus
from indexer.build import build_index
from indexer.documents import add, members
from indexer.encoders.encoder import Encoder
from indexer.index import open_index
from indexer.versions import IndexPaths
from tests.command import DUTY, duty, refused

OTHER = "后勤部主要职责\n1.管理食堂。\n2.维修电梯。\n"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "后勤.txt"
    path.write_text(OTHER, encoding="utf-8")
    return path


def assert_whole(home: Path, encoder: Encoder, version: str | None) -> None:
    """The version is served, its documents are the home's, and nothing unfinished lies about."""
    index = open_index(home, encoder)
    index.store.close()
    assert index.version == version
    assert index.manifest.documents == [*members(home)]
    assert not (home / "corpus.next").exists()
    assert [*IndexPaths(home).versions.glob(".*")] == []


def test_nothing_is_lost_by_kills_at_random_moments(tmp_path: Path) -> None:
    """`make kills` does the same 200 times."""
    assert len([*killed(tmp_path / "home", kills=8, seed=int.from_bytes(os.urandom(2)))]) == 8


# Sizes at which different files of a version are the first that does not fit: the store, tokens, vectors, the
# dictionary.
@pytest.mark.parametrize("largest", [0, 1_000, 5_000, 20_000])
def test_a_file_that_cannot_grow_is_an_error_and_nothing_changes(
    small_home: Path, other: Path, encoder: Encoder, largest: int
) -> None:
    version = IndexPaths(small_home).current_version()
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from indexer.documents import add; from indexer.encoders.encoder import load_encoder\n"
        "from corpus.errors import IndexUnavailableError\n"
        "encoder = load_encoder(); limit = int(sys.argv[3]); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "try: add(Path(sys.argv[1]), Path(sys.argv[2]), encoder)\n"
        "except IndexUnavailableError as error: print(error.message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, small_home, other, str(largest)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "the index cannot be written to" in done.stdout
    assert_whole(small_home, encoder, version)
    add(small_home, other, encoder)
    assert members(small_home).keys() == {"small", "后勤"}


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of half a megabyte."""
    folder = Path(tempfile.mkdtemp())
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip("only root may mount a small disk; files that cannot grow are tested above")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()


def test_a_full_disk_is_an_error_and_nothing_changes(
    small_disk: Path, other: Path, tmp_path: Path, encoder: Encoder
) -> None:
    home = small_disk / "home"
    build_index(load_corpus([other]), encoder, home)
    version = IndexPaths(home).current_version()
    large = tmp_path / "large.txt"
    large.write_text("工程部职责\n" + "\n".join(f"{n}.检修第{n}号设备。" for n in range(1, 600)), encoding="utf-8")
    message = refused(duty("corpus", "add", large, "--home", home), 1)
    assert "the index cannot be written to" in message
    assert_whole(home, encoder, version)
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(2**20))
    assert "cannot be written" in refused(duty("index", "--home", home), 1)
    filler.unlink()
    assert duty("index", "--home", home).returncode == 0


def test_a_folder_that_may_not_be_written_is_an_error_and_goes_on_being_served(other: Path, encoder: Encoder) -> None:
    """As another user than root, whom no rights hold back.

    That user may have no right to start this Python: documents must be read here.
    """
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    home, other = folder / "home", Path(shutil.copy(other, folder))
    build_index(load_corpus([other]), encoder, home)
    version = IndexPaths(home).current_version()
    if os.geteuid() == 0:
        os.seteuid(65534)
    else:
        for path in (home, *home.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        for change in (
            lambda: build_index(load_corpus([other]), encoder, home),
            lambda: add(home, other, encoder, "b"),
        ):
            with pytest.raises(IndexUnavailableError, match=r"cannot be written .*check its rights"):
                change()
        assert_whole(home, encoder, version)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        for path in (home, *home.rglob("*")):
            path.chmod(0o755)
    build_index(load_corpus([other]), encoder, home)
    shutil.rmtree(folder)


def test_of_two_builds_at_once_one_wins_and_the_other_says_so(
    home: Path, other: Path, tmp_path: Path, encoder: Encoder
) -> None:
    own = tmp_path / "own"
    shutil.copytree(home, own)
    command = [str(DUTY), "corpus", "add", str(other), "--home", str(own)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    loser = next(text for text, process in zip(said, both, strict=True) if process.returncode)
    assert "another build is running" in loser or "is taken by another document" in loser
    assert "Traceback" not in loser
    assert_whole(own, encoder, IndexPaths(own).current_version())
    assert members(own).keys() == {"telecom-branch", "后勤"}
