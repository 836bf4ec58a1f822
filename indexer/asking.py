"""Words that only ask: greetings, politeness, who is speaking, thanks, and the asking itself (请问…, …归哪个岗位管).

What asks is taken off a part's end and beginning, fillers off both ends, and a part made of nothing but words of
conversation is dropped. Alternatives do not overlap without need and quantifiers over word lists are possessive where
they may be: no text takes longer than its length. The words are in asking.txt.
"""

import re
from collections.abc import Iterable
from pathlib import Path


def _any(words: Iterable[str]) -> str:
    """A pattern for any of these patterns, longest first."""
    return "(?:" + "|".join(sorted(set(words), key=lambda word: (-len(word), word))) + ")"


def _read(path: Path) -> dict[str, list[str]]:
    """The words below each `# heading`."""
    sections: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            words = sections.setdefault(line[2:], [])
        else:
            words += line.split()
    return sections


_WORDS = _read(Path(__file__).with_name("asking.txt"))


_PARTICLES = _any(_WORDS["particles"])
_UNIT = (
    r"(?:部门|岗位|科室|处室|单位|机构|岗|职位|职务|地方|地儿|人员|人|同事|同志|领导|窗口|办公室|科|处|组|室|部|老师|师傅|负责人|主管"
    r"|同学|干部|口子?|角色|旮旯|旮沓|位爷)"
)
_WHO = (
    rf"(?:(?:哪一?(?:个|位|些|家|块|几个|几位)|边个|边位|啥子?|什么|何|么子|哪)(?:具体)?{_UNIT}"
    r"|哪一?(?:个|位|家|头)|哪(?:里|儿|边|方面)|边(?:个|位|度)|谁(?:人|个)?(?!都|也)|啥人|何处|哪)"
)
_MATTER = (
    r"(?:(?:这个|这种|这类|这样|这些|那个|那种|这|那|此|该|上述|以上|下面)(?:一)?(?:件|个|种|类|些|桩|档子?|码|摊子?|块|项|方面)?"
    r"(?:事儿|事情|事项|事宜|事|问题|情况|业务|活儿|活|东西|方面|玩意儿?|情形)?)"
)
_CARRIER = _any(_WORDS["before who"])
_DOES = _any(_WORDS["does"])
_AROUND = _any(_WORDS["after who"])
# 这件事该找谁处理呢, 归哪个岗位管: at the end of a part; 谁负责, 哪个部门管: at its beginning
_ASKED_LAST = re.compile(
    rf"(?:关于)?{_MATTER}?(?:{_CARRIER})*+{_WHO}(?:{_DOES}|{_AROUND}|{_CARRIER})*+(?:{_PARTICLES})*+$"
    rf"|(?:{_CARRIER})*+(?:怎么|怎样|如何|咋个?|点样?)(?:才能|去|来|个)?(?:办|处理|解决|弄|搞|整|操作|联系)(?:才好|才行|好|法|呢|啊|呀)?$"
    rf"|{_MATTER}(?:{_CARRIER})*+(?:{_DOES})*+(?:{_PARTICLES})*+$"
)
_ASKED_FIRST = re.compile(rf"^(?:{_CARRIER})*+{_WHO}(?:{_CARRIER}|来|负责){{0,5}}?(?:{_DOES})(?:{_AROUND})*+(?=.)")

# Taken off the beginning of a part, as often as they stand there.
_OPENERS = _any(_WORDS["openers"])
_CLOSERS = _any(_WORDS["closers"])
_OPENING = re.compile(rf"^(?:(?:{_OPENERS}|我(?!是|的|们)){_PARTICLES}*+)+")
_ENDING = _any(_WORDS["ending particles"])
_CLOSING = re.compile(rf"(?:{_CLOSERS}|{_ENDING})++$")

# Words of which a whole part may be made and be about nothing.
_CONVERSATION = re.compile("(?:" + _any(_WORDS["conversation"]) + "|" + _PARTICLES + ")++")
_SURNAMES = "".join(_WORDS["surnames"])
# 我是行政的小王, 我叫张三: whose name it is does not matter; 我是租户 does
_SPEAKER = re.compile(
    r"^(?:我|这里|这边|本人|俺|咱)(?:是|叫|姓|系)(?:.{0,8}的|.{0,4})?"
    rf"(?:(?:小|老|阿|大)[{_SURNAMES}]"
    rf"|[{_SURNAMES}](?:[\u4e00-\u9fff]{{1,2}}|某+|工|总|姐|哥|师傅|老师|同学|先生|女士|阿姨|大爷|大妈|经理|主任)?)$"
)


def only_asks(text: str) -> bool:
    """Whether a text is made of nothing but words of conversation."""
    return bool(_CONVERSATION.fullmatch(text))


def bare(part: str) -> str:
    """A part without what asks and fills it; empty if nothing is left but conversation."""
    if _CONVERSATION.fullmatch(part) or _SPEAKER.match(part):
        return ""
    part = _CLOSING.sub("", _OPENING.sub("", part))
    part = _ASKED_LAST.sub("", _ASKED_FIRST.sub("", part))
    part = _CLOSING.sub("", _OPENING.sub("", part))
    return "" if _CONVERSATION.fullmatch(part) else part
