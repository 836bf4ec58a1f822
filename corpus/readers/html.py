"""Web pages through selectolax: the main block's lines, lists and tables; menus, footers and notices as boilerplate."""

import re
from collections.abc import Iterator
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.errors import DocumentError
from corpus.readers import limits
from corpus.readers.archive import guarded
from corpus.readers.decode import decode
from corpus.source import Fact, RawCell, Source, SourceBuilder

_DROPPED = {
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "head",
    "select",
    "button",
    "input",
    "textarea",
    "-comment",
}
_NOISE_TAGS = {"nav", "footer", "aside"}
_NOISE_NAMES = re.compile(
    r"(^|[-_\s])(nav|navbar|menu|breadcrumbs?|crumbs?|foot|footer|sidebar|copyright|share|comments?|related"
    r"|recommend|ads?|advert|pager|pagination|toolbar|login|search)([-_\s]|$)",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "nav",
        "aside",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "tr",
        "td",
        "th",
        "blockquote",
        "pre",
        "br",
        "hr",
        "form",
        "center",
        "address",
        "figure",
        "body",
        "html",
        "tbody",
        "thead",
        "tfoot",
        "caption",
        "fieldset",
        "details",
        "summary",
    ]
)
_LISTS = {"ul", "ol"}
_WITHDRAWN = {"del", "s", "strike"}
_KEEPS_LINES = re.compile(r"white-space\s{0,9}:\s{0,9}(?:pre|break-spaces)", re.IGNORECASE)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MAX_DEPTH = 150
_MAIN_SHARE = 0.5  # a block inside must hold so much of its parent's text to be the main one instead of it
_TABS_SHARE = 0.3
_LEAST_TABS = 200  # Chinese characters
_OTHERS = 0.25  # what another character counts: the filler of a template is Latin, a document of duties is not
_NOISE_SHARE = 0.5  # what holds so much of the page's own text is no menu, whatever its class says
_CHARSET = re.compile(rb"""charset\s{0,5}=\s{0,5}["']?([\w-]{1,40})""", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_SPACES = re.compile(r"[ \t\r\n\f\u3000\xa0]+")


def read(path: Path, encoding: str | None = None) -> Source:
    """`encoding` is what something beside the page says of it."""
    return guarded(path, lambda: _Reader(path, encoding).read())


def _weight(text: str) -> float:
    chinese = len(_CHINESE.findall(text))
    return chinese + _OTHERS * (len(text) - chinese)


class _Reader:
    def __init__(self, path: Path, encoding: str | None) -> None:
        self.name = path.name
        text = decode(path, encoding or _declared_encoding(path))
        if "<" not in text or "\0" in text:
            raise DocumentError(f"{path.name}: not a web page (no tags). Save it as {path.suffix} again")
        tree = LexborHTMLParser(text)
        if tree.body is None:
            raise DocumentError(f"{path.name}: a web page without a body. Save it as {path.suffix} again")
        self.body = tree.body
        self.noise: dict[int, str] = {}  # elements that are no part of the text, and why
        self.lengths = self._measure()
        most = _NOISE_SHARE * self._own(self.body)
        named = {node.mem_id: (_noise_name(node), self._own(node)) for node in self.body.traverse()}
        hidden = sum(own for name, own in named.values() if name == "hidden")
        tabs = hidden > _TABS_SHARE * self._own(self.body) and hidden > _LEAST_TABS  # a script shows them one by one
        self.noise = {
            key: name for key, (name, own) in named.items() if name and (not tabs if name == "hidden" else own <= most)
        }
        self.lengths = self._measure()
        self.main = self._main_block()
        self.builder = SourceBuilder(path.stem.removesuffix(".php"), wrapped=False)
        self.line: list[str] = []
        self.withdrawn: list[str] = []
        self.fact = Fact()
        self.numbers: list[int | None] = []  # of the open lists: the next number, None of bullets
        self.pending = ""

    def read(self) -> Source:
        self._walk(self.body, inside=False, noise="", keeps_lines=False)
        self._flush()
        return self.builder.build()

    # -- which block is the document -----------------------------------------------------------------------------

    def _measure(self) -> dict[int, tuple[float, float]]:
        """For each element, how much text it holds, and how much of that is links' or noise."""
        lengths: dict[int, tuple[float, float]] = {}
        stack: list[tuple[LexborNode, int, bool, bool]] = [(self.body, 0, False, False)]
        while stack:
            node, depth, linked, done = stack.pop()
            limits.check_limit(self.name, "levels of nested elements", depth, _MAX_DEPTH)
            tag = node.tag or ""
            if done:
                children = [lengths.get(child.mem_id, (0, 0)) for child in node.iter(include_text=True)]
                lengths[node.mem_id] = (sum(all_ for all_, _ in children), sum(link for _, link in children))
            elif tag == "-text":
                size = _weight(_SPACES.sub("", node.text_content or ""))
                lengths[node.mem_id] = (size, size if linked else 0)
            elif tag not in _DROPPED:
                linked = linked or tag == "a" or node.mem_id in self.noise
                stack.append((node, depth, linked, True))
                stack.extend((child, depth + 1, linked, False) for child in node.iter(include_text=True))
        return lengths

    def _main_block(self) -> int:
        """The smallest element that holds most of the page's own words: those outside links and menus."""
        node = self.body
        while True:
            own = self._own(node)
            best = max((child for child in node.iter() if (child.tag or "") in _BLOCKS), key=self._own, default=None)
            if (
                best is None
                or best.tag in ("table", "ul", "ol", "p", "li", *_HEADINGS)
                or self._own(best) < _MAIN_SHARE * own
                or not own
            ):
                return node.mem_id
            rest = [child for child in node.iter() if child.mem_id != best.mem_id and child.tag in _HEADINGS]
            if rest:
                return node.mem_id
            node = best

    def _own(self, node: LexborNode) -> float:
        size, linked = self.lengths.get(node.mem_id, (0, 0))
        return size - linked

    # -- lines ---------------------------------------------------------------------------------------------------

    def _walk(self, node: LexborNode, *, inside: bool, noise: str, keeps_lines: bool) -> None:
        tag = node.tag or ""
        if tag in _DROPPED:
            return
        if tag == "-text":
            self._text(node.text_content or "", keeps_lines=keeps_lines)
            return
        if tag in _WITHDRAWN:
            self.withdrawn.append(_SPACES.sub(" ", node.text() or "").strip())
            return
        inside = inside or node.mem_id == self.main
        noise = noise or self.noise.get(node.mem_id, "")
        keeps_lines = keeps_lines or tag == "pre" or bool(_KEEPS_LINES.search(node.attributes.get("style") or ""))
        if tag == "table" and not noise and _is_data(node):
            self._flush()
            self.builder.table(self._grid(node))
            return
        block = tag in _BLOCKS
        if block:
            self._flush()
            self._enter(node, tag, "outside-main-text" if not inside and not noise else noise)
        for child in node.iter(include_text=True):
            self._walk(child, inside=inside, noise=noise, keeps_lines=keeps_lines)
            if block and (child.tag or "") in _BLOCKS:
                self.fact = self._fact(tag, "outside-main-text" if not inside and not noise else noise)
        if block:
            self._flush()
            if tag in _LISTS:
                self.numbers.pop()
            self.fact = Fact(noise="" if inside else "outside-main-text")

    def _text(self, text: str, *, keeps_lines: bool) -> None:
        first, *more = text.splitlines() or [""] if keeps_lines else [text]
        self.line.append(_SPACES.sub(" ", first))
        for line in more:
            self._flush()
            self.line.append(_SPACES.sub(" ", line))
        if keeps_lines and text.endswith("\n"):
            self._flush()

    def _enter(self, node: LexborNode, tag: str, noise: str) -> None:
        if tag in _LISTS:
            start = node.attributes.get("start") or "1"
            self.numbers.append((int(start) if start.isdigit() else 1) if tag == "ol" else None)
        elif tag == "li":
            number = self.numbers[-1] if self.numbers else None
            self.pending = "• " if number is None else f"{number}. "
            if number is not None:
                self.numbers[-1] = number + 1
        self.fact = self._fact(tag, noise)

    def _fact(self, tag: str, noise: str) -> Fact:
        return Fact(_HEADINGS.get(tag, 0), len(self.numbers), noise)

    def _flush(self) -> None:
        text = _SPACES.sub(" ", "".join(self.line)).strip()
        self.line = []
        if text:
            marked = _NUMBERED.match(text) is not None  # a list item that was numbered by hand as well
            self.builder.line(("" if marked else self.pending) + text, self.fact)
            self.pending = ""
        for withdrawn in filter(None, self.withdrawn):
            self.builder.line(withdrawn, Fact(noise="struck-out"))
        self.withdrawn = []

    # -- tables --------------------------------------------------------------------------------------------------

    def _grid(self, table: LexborNode) -> list[list[RawCell | None]]:
        grid: list[list[RawCell | None]] = []
        below: dict[int, tuple[RawCell, int]] = {}  # column -> a cell that goes on, and for how many rows
        for row in _rows(table):
            limits.check_limit(self.name, "table rows", len(grid) + 1, limits.MAX_ROWS)
            line: list[RawCell | None] = []
            for cell in (child for child in row.iter() if child.tag in ("td", "th")):
                _fill(line, below)
                raw = RawCell("\n".join(_cell_lines(cell)))
                columns, rows = _span(cell, "colspan", limits.MAX_COLUMNS), _span(cell, "rowspan", limits.MAX_ROWS)
                if rows > 1:
                    below.update({len(line) + offset: (raw, rows - 1) for offset in range(columns)})
                    line += [raw] * columns
                else:
                    line += [raw] * columns
                limits.check_limit(self.name, "columns", len(line), limits.MAX_COLUMNS)
            _fill(line, below)
            grid.append(line)
            below = {column: (raw, left) for column, (raw, left) in below.items() if left > 0}
        return grid


_NUMBERED = re.compile(r"[（(]?[\d一二三四五六七八九十①-⑳a-zA-Z]{1,3}[)）.、．]")


def _declared_encoding(path: Path) -> str | None:
    """The encoding that a page names in its head."""
    with path.open("rb") as file:
        match = _CHARSET.search(file.read(4096))
    return match[1].decode("ascii") if match else None


def _fill(line: list[RawCell | None], below: dict[int, tuple[RawCell, int]]) -> None:
    """Put the cells that go on from rows above into the places that come next."""
    while (entry := below.get(len(line))) is not None and entry[1] > 0:
        below[len(line)] = (entry[0], entry[1] - 1)
        line.append(entry[0])


def _noise_name(node: LexborNode) -> str:
    """What an element that is no part of the text seems to be; '' for others."""
    if node.tag is None or node.tag == "body" or node.tag.startswith("-"):
        return ""
    names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
    style = (node.attributes.get("style") or "").replace(" ", "")
    if "hidden" in node.attributes or "display:none" in style:
        return "hidden"
    return "navigation" if node.tag in _NOISE_TAGS or _NOISE_NAMES.search(names) else ""


def _is_data(table: LexborNode) -> bool:
    """Whether a table is one, and not the layout of a page."""
    return not table.css("table table") and any(len(list(row.iter())) > 1 for row in _rows(table))


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    for child in table.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child.iter() if row.tag == "tr")


def _span(cell: LexborNode, name: str, most: int) -> int:
    value = cell.attributes.get(name) or "1"
    return max(1, min(int(value), most)) if value.isdigit() and len(value) < 8 else 1


def _cell_lines(cell: LexborNode) -> list[str]:
    """A cell's lines: one for each block inside it."""
    lines = [""]
    stack = [cell]
    while stack:
        node = stack.pop()
        if node.tag == "-text":
            lines[-1] += _SPACES.sub(" ", node.text_content or "")
        elif node.tag not in _DROPPED and node.tag not in _WITHDRAWN:
            if node.tag in _BLOCKS and lines[-1].strip():
                lines.append("")
            if node.tag == "li":
                lines[-1] += "• "
            stack.extend(reversed(list(node.iter(include_text=True))))
    return [line.strip() for line in lines if line.strip()]
