"""Hints: what a person says about a document that its text cannot settle, kept as `NAME.hints.yaml` beside it.

    departments: [库房]              # headings with these words name departments,
    positions: [市场规划]            # or positions
    headings: [12]                  # these lines are headings,
    items: [40-44]                  # items of their own,
    noise: [1-3, 90]                # or nothing
    name: 03_某校_前台工作职责        # read it as if its file were called this
    owners:                         # these lines belong to this post
      - {lines: 20-35, department: 财务部, position: 会计}

Every part may be left out. Lines are those of the extracted text, from 1, as `duty corpus parse` shows them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from corpus.errors import DocumentError
from corpus.grammar.scan import Place, Settled, Unit
from corpus.grammar.titles import Names
from corpus.model import Post
from corpus.readers.decode import decode

SUFFIX = ".hints.yaml"
_LISTS = ("headings", "items", "noise")
_NAMES = ("departments", "positions")
_ALLOWED = (*_NAMES, *_LISTS, "name", "owners")
_RANGE = re.compile(r"(\d{1,7})(?:\s*-\s*(\d{1,7}))?")


@dataclass(frozen=True, slots=True)
class Owner:
    """The post of the lines from `first` to `last`."""

    first: int
    last: int
    post: Post


@dataclass(frozen=True, slots=True)
class Hints:
    """`names` are those of departments and positions, `lines` what single lines are, `file` is for messages.

    `name` stands for that of the document's file, which may say whose duties it holds; empty where the file's own does.
    """

    file: str
    names: Mapping[str, Names]
    lines: Mapping[int, Settled]
    owners: tuple[Owner, ...]
    name: str = ""

    def check(self, lines: int) -> None:
        """Refuse hints about lines that the document does not have. Raises DocumentError."""
        last = max([*self.lines, *(owner.last for owner in self.owners)], default=0)
        if last > lines:
            raise DocumentError(f"{self.file}: line {last} is not in the document, which has {lines}. Correct the hint")

    def settle(self, units: Iterable[Unit]) -> list[Unit]:
        """The units with what the hints decide about them."""
        return [self._settle(unit) for unit in units]

    def _settle(self, unit: Unit) -> Unit:
        settled = self.lines.get(unit.number)
        if settled is not None:
            noise = "hinted-noise" if settled is Settled.NOISE else ""
            unit = replace(unit, settled=settled, noise=noise)
        for row, owner in enumerate(self.owners):
            if owner.first <= unit.number <= owner.last:
                return replace(unit, place=Place(owner.post, (-1, row)))
        return unit


NO_HINTS = Hints("", {}, {}, ())


def hints_path(document: Path) -> Path:
    return document.with_name(document.stem + SUFFIX)


def read_hints(path: Path) -> Hints:
    """The hints of a file; none when there is no file. Raises DocumentError on anything but the form above."""
    if not path.exists():
        return NO_HINTS
    try:
        content = yaml.safe_load(decode(path))
    except (yaml.YAMLError, RecursionError) as error:
        raise DocumentError(f"{path.name}: not YAML ({' '.join(str(error).split())}). Mend the file") from None
    content = {} if content is None else content
    if not isinstance(content, dict) or (unknown := [str(key) for key in content if key not in _ALLOWED]):
        found = ", ".join(unknown) if isinstance(content, dict) else type(content).__name__
        raise DocumentError(
            f"{path.name}: {found} is not a hint; allowed: {', '.join(_ALLOWED)}. See docs/documents.md"
        )
    kinds = dict(zip(_LISTS, (Settled.HEADING, Settled.ITEM, Settled.NOISE), strict=True))
    names = dict(zip(_NAMES, (Names.DEPARTMENT, Names.POSITION), strict=True))
    return Hints(
        path.name,
        {str(name): kind for key, kind in names.items() for name in _list(path, content, key)},
        {
            line: kind
            for key, kind in kinds.items()
            for entry in _list(path, content, key)
            for line in range(*_span(path, key, entry))
        },
        tuple(_owner(path, entry) for entry in _list(path, content, "owners")),
        str(content.get("name") or ""),
    )


def with_name(text: str, name: str) -> str:
    """The text of a hints file with a `name`, which it has not.

    Its comments are kept where it is of one hint a line.
    """
    appended = f"{text}\nname: {json.dumps(name, ensure_ascii=False)}\n"
    try:
        yaml.safe_load(appended)
    except yaml.YAMLError:  # `{noise: [4]}`: what is behind it is outside
        return yaml.safe_dump({**yaml.safe_load(text), "name": name}, allow_unicode=True)
    return appended


def _list(path: Path, content: Mapping[str, Any], key: str) -> list[Any]:
    value = content.get(key) or []
    if not isinstance(value, list):
        raise DocumentError(f"{path.name}: {key} is {value!r}; expected a list. See docs/documents.md")
    return value


def _span(path: Path, key: str, entry: object) -> tuple[int, int]:
    """The first line and the one after the last of `12` or `12-20`."""
    match = _RANGE.fullmatch(str(entry).strip())
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last:
        raise DocumentError(
            f"{path.name}: {key}: {entry!r} are no lines; expected 12 or 12-20, from 1. Correct the hint"
        )
    return first, last + 1


def _owner(path: Path, entry: object) -> Owner:
    if not isinstance(entry, dict) or not set(entry) <= {"lines", "department", "position"} or "lines" not in entry:
        raise DocumentError(
            f"{path.name}: owners: {entry!r}; expected lines, and department or position. Correct the hint"
        )
    department, position = (str(entry.get(key) or "").strip() for key in ("department", "position"))
    if not department and not position:
        raise DocumentError(f"{path.name}: owners: {entry!r} names neither department nor position. Correct the hint")
    first, after = _span(path, "owners", entry["lines"])
    return Owner(first, after - 1, Post(department, position or None))
