"""What a document is called: the heading above everything else, where that says what kind of document it is (…章程).

Where it says no more than that (部门职责, 学校章程), or is missing, a document is called as its file is.
"""

import re
from collections.abc import Iterator

from corpus.grammar.titles import clean_name
from corpus.model import Document, SegmentKind

_KIND = re.compile(
    r"(?:章程|条例|规[定则程范]|办法|制度|细则|职责(?:说明|分工|清单|汇编|规定|要求)?|分工|介绍|说明书?|手册|方案|计划书?|治理|协议|责任书"
    r"|一览表?|清单|分配表|职权)(?:[（(][^（）()]{1,12}[)）])?$"
)
_ANY = re.compile(
    r"(?:组织|工作|岗位|部门|内设|机构|机关|科室|处室|主要|职能|职位|人员|管理|学校|公司|单位|企业|医院|协会|学会|社团|社区|项目|团队|中心|本会|联盟|各"
    r"|关于|的|及|与|和|协作|角色|招聘|[\W\d_])*"
)
_ENUMERATED = re.compile(r"\d|附[录件表]|.*[、，。；：]")
_MARKS = re.compile(r"^[\s#*>《【]+|[\s*》】]+$")
_NUMBERS = re.compile(r"^(?:[A-Za-z]?\d+[\W_]+)?[\W\d_]*|[\W\d_]+$")
_LONGEST = 40


def document_title(document: Document) -> str:
    """The title of a document: one heading, or two of which only the second says what kind of document it is."""
    first, second = (*_headings(document), "", "")[:2]
    for title in (first, f"{first}{second}"):
        if len(title) <= _LONGEST and without_kind(title) != title and not (is_any(title) or _ENUMERATED.match(title)):
            return title
    return without_numbers(document.slug)


def is_any(title: str) -> bool:
    """Whether any document of any organisation might be called so.

    >>> is_any("部门工作职责"), is_any("财务部工作职责")
    (True, False)
    """
    return _ANY.fullmatch(without_kind(title)) is not None


def without_kind(title: str) -> str:
    """A title without the word for what kind of document it is.

    >>> without_kind("城南商会章程（试行）")
    '城南商会'
    """
    return _KIND.sub("", title)


def without_numbers(name: str) -> str:
    """A file's name without the numbers and marks around it, if anything else is left.

    >>> without_numbers("03_前台工作职责(2)")
    '前台工作职责'
    """
    return _NUMBERS.sub("", name) or name


def _headings(document: Document) -> Iterator[str]:
    """The titles above the first duty."""
    for segment in document.segments:
        if segment.kind is SegmentKind.CLAUSE:
            return
        if segment.kind is SegmentKind.HEADING and segment.name == "title":
            yield clean_name(_MARKS.sub("", "".join(document.text[segment.start : segment.end].split())))
