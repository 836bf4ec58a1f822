"""What a wheel holds: every package, and every file that the packages read."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
# What only a checkout needs: data to train and to measure with, and the template of a new migration.
LEFT_OUT = (
    "indexer/training/",
    "eval/other/",
    "eval/labels/",
    "eval/roles.tsv",
    "eval/frames/",
    "server/storage/migrations/script.py.mako",
)


def in_packages(pattern: str) -> set[str]:
    tops = {name.split(".")[0] for name in SETUPTOOLS["packages"]}
    paths = [path for top in tops for path in (ROOT / top).rglob(pattern) if path.is_file()]
    return {str(path.relative_to(ROOT)) for path in paths if "__pycache__" not in path.parts}


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {str(Path(path).parent).replace("/", ".") for path in in_packages("*.py")}
    assert folders == set(SETUPTOOLS["packages"])


def test_every_other_file_is_package_data() -> None:
    given = {
        str(path.relative_to(ROOT))
        for package, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        for path in (ROOT / package).glob(pattern + ("/*" if pattern.endswith("**") else ""))
        if path.is_file()
    }
    others = {path for path in in_packages("*") if not path.endswith(".py") and not path.startswith(LEFT_OUT)}
    assert others - given == set()
    assert "retriever/calibration.json" in given
