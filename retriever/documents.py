"""Which documents a question names: by title, by name, or by the organisation that the title is of.

云州市城南商会章程 is named by 城南商会 too. What any document might be called names none (部门职责, 学校章程), nor does
the matter that one is about (财务报销制度: 财务报销): whoever asks about it may mean any document.
"""

import re
from collections.abc import Iterator, Mapping

from corpus.grammar.document_title import is_any, without_kind, without_numbers
from corpus.grammar.titles import is_organisation
from indexer.normalise import normalise

_SHORTEST = 3  # characters of a name
_NOT_BY_CHANCE = 7  # characters from which a document's whole name, whatever it is, stands in no other question
_TAIL = re.compile(r"(?:组织|工作|岗位|部门|内设|机构|科室|处室|主要|职能|职位|招聘|角色|目标)+$")
_ALSO_AN_ORGANISATION = re.compile(r"(?:团|工会|社区|中学|小学|法院|检察院|事务所|分校|医联体)$")
_PLACE = re.compile(r"^(?:[^省市区县]{2,7}?(?:省|自治区))?(?:[^省市区县]{2,4}?市)?(?:[^省市区县]{1,4}?[区县])?(?=.{4})")
_BEFORE_A_NAME = r"[《“\"]?"
_AFTER_A_NAME = r"[》”\"]?(?:里面?|当?中|内|这边|那边)?(?:的|[，,：:])?"


def names_of_documents(titles: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Every name of a document, normalised, the longest first -> the slugs of those that it may name.

    `titles` has the title of each by its slug.
    """
    called: dict[str, set[str]] = {}
    for slug, title in titles.items():
        for name in map(normalise, _names(slug, title)):
            if len(name) >= _SHORTEST and not is_any(name):
                called.setdefault(name, set()).add(slug)
    return {name: frozenset(called[name]) for name in sorted(called, key=len, reverse=True)}


def _names(slug: str, title: str) -> Iterator[str]:
    for name in (*re.split(r"[_\s]+", without_numbers(slug)), title):
        if without_kind(name) != name or len(name) >= _NOT_BY_CHANCE:
            yield name
        whole = _TAIL.sub("", without_kind(name))
        for organisation in (whole, _PLACE.sub("", whole)):
            if is_organisation(organisation) or _ALSO_AN_ORGANISATION.search(organisation):
                yield organisation


def documents_named(text: str, names: Mapping[str, frozenset[str]]) -> tuple[frozenset[str], str]:
    """The slugs of the documents that a normalised text names, and the text without their names.

    A longer name hides a shorter one in it. A name says where to look, not for what; a text that is nothing but names
    stays.
    """
    found: set[str] = set()
    rest = text
    for name, slugs in names.items():
        if name in rest:
            found |= slugs
            rest = re.sub(f"{_BEFORE_A_NAME}{re.escape(name)}{_AFTER_A_NAME}", " ", rest)
    rest = rest.strip()
    return frozenset(found), rest if any(map(str.isalnum, rest)) else text
