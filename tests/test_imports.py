"""The arrows between packages, and which libraries each module may import."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "corpus": set(),
    "indexer": {"corpus"},
    "retriever": {"corpus", "indexer"},
    "server": {"corpus", "indexer", "retriever"},
    "eval": {"corpus", "indexer", "retriever"},
}
# Inside a package: what the modules of a folder never import.
NEVER = {
    "corpus/grammar": ("corpus.readers", "corpus.tables", "corpus.beside", "corpus.parse"),
    "corpus/tables": ("corpus.readers", "corpus.beside", "corpus.parse"),
    "corpus/readers": ("corpus.tables", "corpus.beside", "corpus.parse"),
    "indexer/encoders": ("indexer.build", "indexer.training"),
    "server/layers": ("server.app", "server.routes", "server.fronts", "server.bots"),
    "server/routes": ("server.app", "server.fronts", "server.bots"),
    "server/fronts": ("server.app", "server.routes", "server.bots"),
    "server/bots": ("server.app", "server.routes", "server.fronts"),
}
ONLY_IN = {
    "faiss": "indexer/dense.py",
    "jieba": "indexer/tokenise.py",
    "bm25s": "indexer/lexical.py",
    "sentence_transformers": "indexer/encoders/transformer.py",
    "onnxruntime": "indexer/encoders/onnx.py",
    "docx": "corpus/readers/docx.py",
    "openpyxl": "corpus/readers/xlsx.py",
    "pptx": "corpus/readers/pptx.py",
    "rapidocr": "corpus/readers/ocr.py",
    "cv2": "corpus/readers/ocr.py",
    "pdfplumber": "corpus/readers/ocr.py corpus/readers/pdf.py",
    "selectolax": "corpus/readers/html.py",
    "xlrd": "corpus/readers/xls.py",
    "yaml": "corpus/beside/hints.py",
    "sqlite3": "indexer/store.py",
    "uvicorn": "server/run.py",
    "openai": "server/wording.py",
    "pybreaker": "server/wording.py",
    "mcp": "server/fronts/mcp_tools.py",
    "limits": "server/layers/guard.py",
    "prometheus_client": "server/metrics.py",
    "httpx2": "server/bots/calls.py",
    "tenacity": "server/bots/calls.py",
    "cryptography": "server/bots/crypto.py",
    "defusedxml": "server/bots/wecom.py",
    "lark_oapi": "server/bots/feishu_stream.py",
    "dingtalk_stream": "server/bots/dingtalk_stream.py",
}
STORAGE = ("sqlalchemy", "alembic")


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def imported_modules(path: Path) -> Iterator[str]:
    """What a module imports, anywhere in it; of `from a import b` both a and a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(path: Path) -> Iterator[str]:
    """The top-level names of these."""
    return (name.split(".")[0] for name in imported_modules(path))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_one_way(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0]
    assert {name for name in imported(path) if name in {*PACKAGES, "duty", "bench"}} - {own} <= PACKAGES[own]


@pytest.mark.parametrize("folder", NEVER)
def test_arrows_inside_a_package_point_one_way(folder: str) -> None:
    paths = [*(ROOT / folder).rglob("*.py")]
    assert len(paths) > 1
    for path in paths:
        up = [name for name in imported_modules(path) for above in NEVER[folder] if f"{name}.".startswith(f"{above}.")]
        assert up == [], path


@pytest.mark.parametrize(("library", "module"), ONLY_IN.items())
def test_one_module_imports_a_library(library: str, module: str) -> None:
    assert [str(path.relative_to(ROOT)) for path in modules() if library in imported(path)] == module.split()


@pytest.mark.parametrize("library", STORAGE)
def test_one_package_imports_the_database_libraries(library: str) -> None:
    outside = [path for path in modules() if not path.is_relative_to(ROOT / "server" / "storage")]
    assert [path for path in outside if library in imported(path)] == []


def test_a_question_on_the_command_line_loads_nothing_of_the_service(home: Path) -> None:
    code = (
        "import sys, duty.main\n"
        "try: duty.main.commands(['ask', '佣金', '--home', sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "print(sorted({'sqlalchemy', 'alembic', 'openai', 'mcp', 'fastapi', 'pydantic', 'limits'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code, home], check=True, capture_output=True, text=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_serving_loads_no_client_of_an_llm_without_one() -> None:
    code = "import sys, server.app, server.bots.run; print(sorted({'openai', 'pybreaker'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize("entry", ["duty.main", "server.app", "retriever.retriever", "indexer.build"])
def test_serving_never_loads_torch(entry: str) -> None:
    code = (
        f"import sys, {entry}; print(sorted({{'torch', 'transformers', 'sentence_transformers'}} & set(sys.modules)))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip() == "[]"
    )
