"""Formats of other office programs -> those with a reader of their own, through LibreOffice where it is installed.

It runs inside the process that reads a file, under the same limits, with a profile that goes with it: no macros, and
nothing that a document only points to is loaded, from the network or from this machine.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from corpus.errors import DocumentError

# What each format becomes. .wps, .et and .dps are those of WPS Office.
TARGETS = MappingProxyType(
    {
        ".doc": ".docx",
        ".wps": ".docx",
        ".rtf": ".docx",
        ".odt": ".docx",
        ".et": ".xlsx",
        ".ods": ".xlsx",
        ".ppt": ".pptx",
        ".dps": ".pptx",
        ".odp": ".pptx",
    }
)
_FILTERS = {
    ".docx": "docx:MS Word 2007 XML",
    ".xlsx": "xlsx:Calc MS Excel 2007 XML",
    ".pptx": "pptx:Impress MS PowerPoint 2007 XML",
}
_NEVER, _MANUAL, _CLOSED_PORT = "2", "2", "9"
# (node, property, value) of LibreOffice's configuration. The proxy is a port where nobody listens.
_PROFILE = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", _NEVER),
    ("Office.Calc/Content/Update", "Link", _NEVER),
    ("Inet/Settings", "ooInetProxyType", _MANUAL),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", _CLOSED_PORT),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", _CLOSED_PORT),
)


@contextmanager
def converted(path: Path, target: str) -> Iterator[Path]:
    """The file in the format of the suffix `target`, under its own name, as long as the context lasts.

    Raises DocumentError when LibreOffice is not installed or cannot read the file.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise DocumentError(
            f"{path.name}: it is read through LibreOffice, which is not installed here. Save it as {target}, or "
            "install LibreOffice (Debian: libreoffice-writer-nogui, libreoffice-calc-nogui, libreoffice-impress-nogui)"
        )
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        _write_profile(profile)
        command = [program, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}"]
        command += ["--convert-to", _FILTERS[target], "--outdir", folder, str(path.absolute())]
        subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
        made = Path(folder) / f"{path.stem}{target}"
        if not made.is_file():  # its exit status is 0 all the same
            raise DocumentError(
                f"{path.name}: LibreOffice cannot open it: damaged, encrypted, or of another type. Open it in its own "
                f"program and save it as {target} without a password"
            )
        yield made


def _write_profile(folder: Path) -> None:
    items = (
        f"<item oor:path='/org.openoffice.{node}'><prop oor:name='{name}' oor:op='fuse'>"
        f"<value>{value}</value></prop></item>"
        for node, name, value in _PROFILE
    )
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        "<?xml version='1.0' encoding='UTF-8'?><oor:items xmlns:oor='http://openoffice.org/2001/registry'>"
        f"{''.join(items)}</oor:items>",
        encoding="utf-8",
    )
