"""Post descriptions (岗位说明书): labels for the post and its duties, each with its value beside or below it."""

import re
from itertools import pairwise

from corpus.grammar.scan import Place
from corpus.grammar.titles import Names, Title
from corpus.model import Post
from corpus.source import Cell
from corpus.tables.cells import (
    NUMBER,
    Column,
    Grid,
    Reading,
    cells_of,
    label_of,
    name_of,
    words_of,
)

_ATTRIBUTE = re.compile(
    r"(直接|直属|间接)?(上级|下级|上司|下属)(岗位|人数)?$|.*(任职|资格|学历|经验|技能|知识|能力|素质|年龄|性别|专业|培训|证书|薪|待遇|职级|职等|编制"
    r"|定员|人数|编号|编码|日期|版本|签字|签名|审核|批准|时间|地点|环境|条件|关系|联系|沟通|要求|考核|指标|绩效|晋升|设备|工具|备注|姓名|类别|性质)"
    r".{0,4}$"
)


def _form_label(cell: Cell | None) -> Column | None:
    label = label_of(cell)
    words = words_of(cell)
    if label in (Column.POSITION, Column.DEPARTMENT, Column.DUTY):
        return label
    return (
        Column.OTHER
        if label or (words and len(words) <= 10 and words[-1] not in "。；，" and _ATTRIBUTE.match(words))
        else None
    )


def read_form(grid: Grid) -> bool:
    """A post description: labels for the post and its duties, each with its value beside or below it."""
    labelled = [[_form_label(cell) for cell in cells_of(row)] for row in grid.rows]
    named = any(
        label is Column.POSITION and following is None for row in labelled for label, following in pairwise(row)
    )
    duties = [row for row in labelled if Column.DUTY in row]
    beside = [row for row in labelled if len(row) > 1 and row[0] is not None and None in row[1:]]
    if not duties or not (
        named
        or (len(beside) >= 2 and len(beside) >= 0.5 * len(labelled) and any(row[0] is Column.DUTY for row in beside))
    ):
        return False
    form, owner, seen_duty = 0, Post("", None), False
    forms: list[tuple[int, Cell, Column | None]] = []
    owners: dict[int, Post] = {}
    current: Column | None = None
    placed: set[int] = set()
    for row in grid.rows:
        for cell in cells_of(row):
            if cell.start in placed:  # a merged label goes on with its value
                current = _form_label(cell) or current
                continue
            placed.add(cell.start)
            label = _form_label(cell)
            if label is Column.POSITION and seen_duty:
                form, owner, seen_duty = form + 1, Post("", None), False
            if label is not None:
                seen_duty = seen_duty or label is Column.DUTY
                current = label
                forms.append((form, cell, None))
                continue
            if current is Column.POSITION and owner.position is None:
                owner = Post(owner.department, name_of(cell))
            elif current is Column.DEPARTMENT and not owner.department:
                owner = Post(name_of(cell), owner.position)
            owners[form] = owner
            forms.append((form, cell, current))
    for form, cell, kind in forms:
        _set_form_cell(grid, cell, kind, Place(owners.get(form, Post("", None)), (grid.index, form, 0)))
    return True


def _set_form_cell(grid: Grid, cell: Cell, kind: Column | None, place: Place) -> None:
    title = {Column.POSITION: Names.POSITION, Column.DEPARTMENT: Names.DEPARTMENT}
    name = place.post.position if kind is Column.POSITION else place.post.department
    if _form_label(cell) is not None:
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
        grid.set(cell, Reading(noise="job-attribute"))
