"""Post descriptions (岗位说明书): labels for the post and its duties, each with its value beside or below it."""

import re
from collections.abc import Sequence

from corpus.characters import simplified
from corpus.grammar.attributes import Attribute, attribute_of
from corpus.grammar.numbering import find_marker
from corpus.grammar.scan import Place
from corpus.grammar.tasks import TASK
from corpus.grammar.titles import Names, Title, read_title
from corpus.model import Post
from corpus.source import Cell
from corpus.tables.cells import (
    MAX_LABEL,
    NUMBER,
    Column,
    Grid,
    Reading,
    cells_of,
    label_of,
    name_of,
    words_of,
)

_MAX_SECTION = 20  # characters of a section's head
_ATTRIBUTE = re.compile(
    r"(直接|直属|间接|所辖)?(上级|下级|上司|下属)(岗位|职位|人数)?$|.*(任职|资格|学历|经验|技能|知识|能力|素质|年龄|性别|专业|培训|证书|薪|待遇|职级|职等|编制|定员|人数|编号"
    r"|编码|日期|版本|签字|签名|审核|批准|时间|地点|环境|条件|关系|联系|沟通|要求|考核|指标|绩效|晋升|设备|工具|备注|姓名|类别|性质|对象|序列|工作地|概述|概况|综述|目的"
    r"|权限|权力|承诺|声明|事由|代理|职称|标准|轮换|方向|分析人|撰写人|信息)[^，。；]{0,4}$"
)


_DUTIES_AND_MORE = re.compile(r"(?:岗位|工作|主要)*职责(?:及|和|与|、)[^，。；：]{2,8}$")  # 岗位职责及任职资格


def _form_label(cell: Cell | None) -> Column | None:
    """What a cell announces in a form; None for a value."""
    words = words_of(cell)
    if cell is None or not words or find_marker(cell.text) or words[-1] in "。；，":
        return None
    title = read_title(words)
    if title is not None and title.names in (Names.DUTIES, Names.NO_DUTIES):
        return Column.DUTY if title.names is Names.DUTIES and words[-1] not in "书表函" else Column.OTHER
    label = Column.DUTY if _DUTIES_AND_MORE.match(simplified(words)) else label_of(cell)
    if label in (Column.POSITION, Column.DEPARTMENT, Column.DUTY):
        return label
    if label is not None or (len(words) <= MAX_LABEL and _ATTRIBUTE.match(simplified(words))):
        return Column.OTHER
    return Column.OTHER if len(words) <= MAX_LABEL and cell.text.rstrip().endswith((":", "：")) else None


def read_form(grid: Grid) -> bool:
    """A post description: labels for the post and its duties, each with its value beside or below it."""
    labelled = [[_form_label(cell) for cell in cells_of(row)] for row in grid.rows]
    names = [row for row, labels in enumerate(labelled) if Column.POSITION in labels]
    duties = [row for row, labels in enumerate(labelled) if Column.DUTY in labels]
    beside = [row for row in labelled if len(row) > 1 and row[0] is not None and None in row[1:]]
    named = any(name not in duties and any(duty > name for duty in duties) for name in names)
    mostly = len(beside) >= 2 and len(beside) >= 0.5 * len(labelled) and any(row[0] is Column.DUTY for row in beside)
    if not duties or not (named or mostly):
        return False
    form, owner, seen_duty = 0, Post("", None), False
    forms: list[tuple[int, Cell, Column | None, Column | None]] = []  # form, cell, kind of its value, kind as a label
    announced: dict[int, str] = {}  # the words of the label of each value
    words = ""
    owners: dict[int, Post] = {}
    current: Column | None = None
    placed: set[int] = set()
    for row in grid.rows:
        for cell in cells_of(row):
            if cell.start in placed:  # a merged label goes on with its value
                label = _form_label(cell)
                vague = label in (None, Column.OTHER) or _DUTIES_AND_MORE.match(simplified(words_of(cell)))
                current, words = (current, words) if vague else (label, words_of(cell))
                continue
            placed.add(cell.start)
            label = _form_label(cell) or _section_label(cell, row)
            if label is Column.POSITION and seen_duty:
                form, owner, seen_duty = form + 1, Post("", None), False
            if label is not None:
                seen_duty = seen_duty or label is Column.DUTY
                current, words = label, words_of(cell)
                forms.append((form, cell, None, label))
                continue
            if current is Column.POSITION and owner.position is None:
                owner = Post(owner.department, name_of(cell))
            elif current is Column.DEPARTMENT and not owner.department:
                owner = Post(name_of(cell), owner.position)
            owners[form] = owner
            announced[cell.start] = words
            forms.append((form, cell, current, None))
    for form, cell, kind, label in forms:
        owner = owners.get(form, Post("", None))
        fact = attribute_of(announced.get(cell.start, ""), cell.text)
        _set_form_cell(grid, cell, kind, label, Place(owner, (grid.index, form, 0)), (owner, fact) if fact else None)
    return True


def _section_label(cell: Cell, row: Sequence[Cell | None]) -> Column | None:
    """Whether a short text over the whole width is the head of what is below, though no word of forms."""
    alone = len(row) > 1 and all(other is cell for other in row)
    words = simplified(words_of(cell))
    short = len(words) <= _MAX_SECTION and words[-1:] not in "。；，" and not find_marker(cell.text)
    return Column.OTHER if alone and short and not TASK.match(words) else None


def _set_form_cell(
    grid: Grid,
    cell: Cell,
    kind: Column | None,
    label_kind: Column | None,
    place: Place,
    fact: tuple[Post, Attribute] | None,
) -> None:
    title = {Column.POSITION: Names.POSITION, Column.DEPARTMENT: Names.DEPARTMENT}
    name = place.post.position if kind is Column.POSITION else place.post.department
    if kind is None and label_kind is not None:
        grid.set(cell, Reading(noise="table-label"))
    elif kind is None:
        grid.set(cell, Reading())  # a caption above all labels
    elif NUMBER.match(words_of(cell)):
        grid.set(cell, Reading(noise="table-number"))
    elif kind is Column.DUTY:
        grid.set(cell, Reading(place=place))
    elif kind in title and name == name_of(cell):
        grid.set(cell, Reading(title=Title(title[kind], name or "", True), place=place))
    else:
        grid.set(cell, Reading(noise="job-attribute", fact=fact))
