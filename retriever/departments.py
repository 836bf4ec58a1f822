"""Which departments a question names.

One is named in full or in short (客户服务部: 客户服务, 客服部, 客服).

What is named is preferred, not required: people also name the department that a matter comes from.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from indexer.normalise import normalise

_UNIT = re.compile(r"(运营中心|服务中心|管理中心|中心|办公室|分公司|公司|委员会|部|处|科|室|局|办)$")
_CUSTOMERS = re.compile(r"客户$")
# 不是问10000号那头, 家庭那边不用管: named to be left out.
_LEFT_OUT_BEFORE = re.compile(r"(不是问?|不问|不找|不用管|别找|别给|除了|不归)[^，。,；、]{0,3}$")
_LEFT_OUT_AFTER = re.compile(r"^(那边|那头|那里|的)?(我知道|不用管|先不管|除外|只是)")
# A name without 部 or the like is also a word, and part of longer ones. It names a department unless it ends one
# (菜市场, VIP客户服务: what may stand before a noun is known) or begins one (公众号, 市场化: so are the characters that
# only end a word).
_BEFORE_A_NOUN = re.compile(
    r"(^|[^\w]|[请问找去在到给归由对从是除了的让叫往向把被为及或和与跟同我们咱您你想烦说那下各聘调报考进转])$"
)
_ENDS_A_WORD = re.compile(r"[号网性化力价率额员师生法学帽带量值度股]")
MIN_ALIAS = 2


def names_of(departments: Collection[str]) -> dict[str, str]:
    """Every name, full or short, normalised, the longest first -> its department.

    A short name that fits two departments is nobody's.
    """
    short: dict[str, set[str]] = {}
    for department in departments:
        for name in _short_names(department):
            short.setdefault(name, set()).add(department)
    unique = {name: owners.pop() for name, owners in short.items() if len(owners) == 1}
    every = {**unique, **{name: name for name in departments if name}}
    return {normalise(name): every[name] for name in sorted(every, key=len, reverse=True)}


def _short_names(department: str) -> Iterable[str]:
    stem = _UNIT.sub("", department)
    kind = department[len(stem) :]
    names = [stem, _CUSTOMERS.sub("", stem)]
    if len(stem) == 4 and stem.isalpha():  # 客户服务部 -> 客服部, 客服
        names += [stem[0] + stem[2] + kind, stem[0] + stem[2]]
    return (name for name in names if len(name) >= MIN_ALIAS)


def named(text: str, names: Mapping[str, str]) -> frozenset[str]:
    """The departments that a normalised text names, by the `names` of `names_of`.

    A longer name hides a shorter one in it.
    """
    found = set()
    for name in names:
        if name not in text:  # most are not, of thousands: no pattern is compiled for them
            continue
        places = [(text[: place.start()], text[place.end() :]) for place in re.finditer(re.escape(name), text)]
        if any(_is_named(name, before, after) for before, after in places):
            found.add(names[name])
        text = text.replace(name, "，" * len(name))
    return frozenset(found)


def _is_named(name: str, before: str, after: str) -> bool:
    """Whether a name between these texts names its department, and is not named to be left out."""
    if not _UNIT.search(name) and (not _BEFORE_A_NOUN.search(before) or _ENDS_A_WORD.match(after)):
        return False
    return not _LEFT_OUT_BEFORE.search(before) and not _LEFT_OUT_AFTER.search(after)
