"""What is understood of a document, for its owner: who has which duties, what is left out and why, what is unsure."""

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpus.model import Clause, Document, FactKind, Finding, Post, SegmentKind

# Why text is left out.
_REASONS = {
    "no-duties": "任职条件、权限等，不是职责",
    "rule": "章程、制度的规则，没有交给谁的任务",
    "no-owner": "没有写由谁负责",
    "qualifications": "任职条件",
    "remark": "说明性文字",
    "name": "只有名称或人名",
    "unparsed": "不属于任何岗位",
    "empty-item": "只有编号，没有内容",
    "hinted-noise": "提示文件要求略去",
    "table": "表格没有看懂",
    "table-remark": "表格中的其他栏目",
    "table-of-contents": "目录",
    "job-attribute": "岗位的基本情况",
    "document-attribute": "文件的编制信息",
    "office-holder": "任职人姓名",
    "legend": "图例",
    "date": "日期",
    "signature": "落款",
    "coming-into-force": "施行与解释",
    "closing-word": "结束语",
    "attachment": "附件",
    "page-number": "页码",
    "page-header": "页眉页脚",
    "watermark": "水印或斜排文字",
    "hidden": "隐藏文字",
    "hidden-row": "隐藏的行",
    "hidden-column": "隐藏的列",
    "struck-out": "已划掉的文字",
    "speaker-notes": "演讲者备注",
    "navigation": "网页导航",
    "outside-main-text": "网页正文之外",
    "web-page-notice": "网页提示",
    "download-site-notice": "下载网站的声明",
    "front-matter": "文件头",
    "code-fence": "代码块",
    "code": "代码",
    "comment": "注释",
}
_FINDINGS = {
    "numbering_gap": "编号不连续",
    "unnumbered_duty": "没有编号的职责",
    "undecided_heading": "不能确定是岗位还是事项，当作事项",
    "unparsed_line": "不属于任何岗位",
    "empty_item": "只有编号，没有内容",
    "table_not_understood": "表格没有看懂",
    "not_shown": "有隐藏或划掉的文字，已略去",
    "formula_without_value": "公式没有保存结果",
    "unsure_recognition": "图片识别，可能有错字",
    "pictures_not_read": "有的页是图片，没有读",
}
_FACTS = {FactKind.SUPERIOR: "上级", FactKind.SUBORDINATES: "下级", FactKind.HEADCOUNT: "人数"}
_SHOWN = 60  # characters of what is left out


def print_understood(document: Document, console: Console) -> None:
    """A tree of departments, posts and duties; then what is left out, the findings, and a score."""
    for department in document.departments:
        console.print(Text(department, style="bold cyan"))
        _print_clauses(document, Post(department, None), 2, console)
        for post in document.positions:
            if post.department == department:
                console.print(Text(f"  {post.position}", style="cyan"))
                for fact in document.facts:
                    if fact.post == post:
                        console.print(Text(f"    {_FACTS[fact.kind]}：{fact.value}", style="dim"))
                _print_clauses(document, post, 4, console)
    left_out = list(document.left_out())
    if left_out:
        console.print(Text("\n未列为职责", style="bold"))
        rows = ((_place(part.lines), _REASONS.get(part.reason, part.reason), _start(part.text)) for part in left_out)
        console.print(_table(rows))
    if document.findings:
        lines = list(document.lines())
        console.print(Text("\n需要确认", style="bold"))
        console.print(_table(_finding_row(finding, lines) for finding in document.findings))
    console.print()
    console.print(_score(document))


def _print_clauses(document: Document, post: Post, indent: int, console: Console) -> None:
    for clause in document.clauses:
        if clause.post == post:
            line = Text.assemble(f"{clause.number}  {clause.text}  ", (_place(clause.lines), "dim"))
            console.print(Padding(line, (0, 0, 0, indent), expand=False))


def _finding_row(finding: Finding, lines: list[str]) -> tuple[str, str, str]:
    return (
        _place((finding.line, finding.line)),
        _FINDINGS.get(finding.kind, finding.kind),
        _start(lines[finding.line - 1]),
    )


def _table(rows: Iterable[tuple[str, str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True, style="yellow")
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _start(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


def _place(lines: tuple[int, int]) -> str:
    first, last = lines
    return f"第{first}行" if first == last else f"第{first}-{last}行"


def _score(document: Document) -> str:
    """How many duties were found, and what became of the document's characters."""
    unsure_lines = {
        finding.line for finding in document.findings if finding.kind in ("unnumbered_duty", "unparsed_line")
    }
    unsure = sum(len(line.strip()) for number, line in enumerate(document.lines(), 1) if number in unsure_lines)
    in_clauses = sum(
        len(document.text[part.start : part.end].strip())
        for part in document.segments
        if part.kind is SegmentKind.CLAUSE
    )
    left_out = sum(len(part.text) for part in document.left_out())
    duties = sum(1 for _ in groupby(sorted(document.clauses, key=_identity), key=_identity))
    return (
        f"{len(document.departments)} 个部门，{len(document.positions)} 个岗位，{len(document.clauses)} 条职责"
        + (f"（{duties} 项，其余为共同负责）" if duties < len(document.clauses) else "")
        + f"；职责 {in_clauses} 字，未列为职责 {left_out} 字，其中需要确认 {unsure} 字"
    )


def _identity(clause: Clause) -> tuple[tuple[int, int], str]:
    """What the clauses of one duty of several owners have in common."""
    return clause.lines, clause.source_text
