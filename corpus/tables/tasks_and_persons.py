"""A table without a header: tasks, and beside each the persons who do it (`界面设计 | 刘明炜、符诗章`)."""

import re
from collections.abc import Sequence

from corpus.grammar.scan import Place
from corpus.grammar.titles import Names, Title, is_person
from corpus.model import Post
from corpus.source import Cell
from corpus.tables.cells import Grid, Reading, cells_of, share_named

_BETWEEN = re.compile(r"[\s、，,；;/／]+")
_REMARK = re.compile(r"[（(][^（）()]{0,20}[)）]")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_MOSTLY = 0.8  # of the cells of a column are persons' names
_FEWEST = 3
_POSTS = 0.5  # of the cells beside them are names of posts: these are who holds them, and not what they do


def read_tasks_and_persons(grid: Grid) -> bool:
    """The column of persons, and as tasks what stands before it."""
    for column in range(1, grid.width()):
        persons = grid.column(column)
        named = sum(bool(_persons(cell)) for cell in persons)
        if len(persons) < _FEWEST or named < _MOSTLY * len(persons):
            continue
        tasks = [_task(row, column) for row in grid.rows]
        if share_named(tasks, grid.known) >= _POSTS:
            return False
        for row, task in zip(grid.rows, tasks, strict=True):
            _read_row(grid, task, row[column])
        return True
    return False


def _task(row: Sequence[Cell | None], column: int) -> Cell | None:
    """The nearest cell before the column that holds something."""
    return next((cell for cell in reversed(row[:column]) if cell is not None and cell.text.strip()), None)


def _read_row(grid: Grid, task: Cell | None, who: Cell | None) -> None:
    names = _persons(who) if who is not None and task is not who else []
    for cell in cells_of((task, who)) if not names else ():
        grid.set(cell, Reading(noise="table-topic"))
    if not names or task is None or who is None:
        return
    first, *others = (Post("", name) for name in names)
    place = Place(first, (grid.index, who.start))
    title = Title(Names.POSITION, first.position or "", True)
    is_post = share_named([task], grid.known) > 0  # 产品负责人 | 王旻安
    grid.set(who, Reading(noise="table-remark") if is_post else Reading(title=title, place=place))
    grid.set(task, Reading(noise="table-remark") if is_post else Reading(place=place, also=tuple(others)))


def _persons(cell: Cell) -> list[str]:
    """The persons that a cell names; none where it says anything else."""
    names = [name for name in _BETWEEN.split(_REMARK.sub(" ", cell.text)) if name]
    known = sum(map(is_person, names))
    return list(dict.fromkeys(names)) if all(map(_NAME.fullmatch, names)) and known > len(names) / 2 else []
