"""`make bench`, or `python -m bench`: the numbers of the README and of docs/, measured anew on this machine."""

import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.latency import build_time, cold_start, warm_question


def main() -> None:
    console = Console()
    versions = ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "faiss-cpu", "bm25s", "numpy"))
    console.print(f"{platform.machine()}, Python {platform.python_version()}, {versions}")
    table = Table("what", "measured", "bound", title="medians", title_justify="left")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for measure in (build_time, cold_start, warm_question):
            for row in measure(home):
                table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
