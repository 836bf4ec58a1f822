"""LibreOffice as the tests need it: to write the formats that it reads for us."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

REQUIRED = "REQUIRE_LIBREOFFICE"  # set by .ci/run: then a missing LibreOffice fails

needs_libreoffice = pytest.mark.skipif(
    shutil.which("soffice") is None and REQUIRED not in os.environ, reason="LibreOffice is not installed"
)


def save_as(path: Path, target: str) -> Path:
    """The file in another format, beside itself."""
    profile = path.parent / "profile"
    command = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", target]
    subprocess.run([*command, "--outdir", str(path.parent), str(path)], check=True, capture_output=True)
    made = path.with_suffix(f".{target.split(':', maxsplit=1)[0]}")
    assert made.is_file()
    return made
