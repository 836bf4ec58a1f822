"""The real parts that tests share.

They are the shipped corpus, the shipped encoder, one index of the two, and a retriever on it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page

os.environ["HF_HUB_OFFLINE"] = "1"

from corpus.load import Corpus, load_corpus
from indexer.build import build_index
from indexer.encoders.encoder import Encoder, load_encoder
from indexer.index import Index, open_index
from retriever.retriever import Retriever
from tests import browser as browsers

LAST_EVALUATED = Path(__file__).parent.parent / ".duty" / "eval"


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DUTY_* variable of the machine must not change what tests see."""
    for name in [name for name in os.environ if name.startswith("DUTY_")]:
        monkeypatch.delenv(name)


@contextmanager
def reading_here() -> Iterator[None]:
    """Documents are read in this process, which has loaded what that takes, and not in one of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus.load.run_in_child", lambda _, function, *arguments: function(*arguments))
        yield


@pytest.fixture(autouse=True)
def read_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test reads documents here, but for those marked `child`: what is tested there includes the process."""
    if request.node.get_closest_marker("child"):
        yield
        return
    with reading_here():
        yield


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus, encoder: Encoder) -> Path:
    """A home with an index of the shipped corpus, one for all processes of a run. Tests must not change it.

    Its build takes over from the index of the last `make eval`, where there is one, what did not change since.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "home"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            new = tmp_path_factory.mktemp("home")
            if (LAST_EVALUATED / "index").is_dir():
                shutil.copytree(LAST_EVALUATED / "index", new / "index")
            build_index(corpus, encoder, new, keep=0)
            new.rename(folder)
    return folder


@pytest.fixture(scope="session")
def index(home: Path, encoder: Encoder) -> Iterator[Index]:
    index = open_index(home, encoder)
    yield index
    index.store.close()


@pytest.fixture(scope="session")
def retriever(index: Index, encoder: Encoder) -> Retriever:
    return Retriever(index, encoder)


SMALL = """\
一、财务部主要职责
1.负责公司资金管理。
2.编制年度预算。
（一）出纳
1.办理现金收付。
2.保管印章和支票。
（二）会计
1.登记账簿，编制报表。
二、人事部主要职责
1.负责招聘和培训。
（一）招聘专员
1.发布岗位信息，筛选简历。
2.办理现金收付。
"""


@pytest.fixture
def small_document(tmp_path: Path) -> Path:
    """A document of two departments, small enough to index in a test."""
    path = tmp_path / "small.txt"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def small_home(tmp_path: Path, small_document: Path, encoder: Encoder) -> Path:
    """A home with an index of the small document, for the test to change."""
    folder = tmp_path / "home"
    with reading_here():
        build_index(load_corpus([small_document]), encoder, folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one module: while Playwright's loop runs in this thread, nobody else's can."""
    executable = browsers.chromium()
    if executable is None:
        assert not os.environ.get(browsers.REQUIRED), "Chromium is required here; run: apt-get install chromium"
        pytest.skip("Chromium is not installed")
    with browsers.browsing(executable) as browser:
        yield browser


@pytest.fixture(scope="module")
def address(home: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on the shipped corpus, without keys."""
    with browsers.serving(home, tmp_path_factory.mktemp("database"), encoder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A desktop page; whatever it throws or says on the console as an error fails the test."""
    context = browsers.open_context(browser, address)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert [error for error in errors if "Failed to load resource" not in error] == []
