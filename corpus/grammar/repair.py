"""Named repairs of what OCR and line wrapping did to a clause's text.

Each rule is sure by its own shape, or does nothing: the untouched source stays beside the cleaned text, and a wrong
repair would put words into a citation that nobody wrote. Every rule carries an example, which a test runs.
"""

import html
import re
from dataclasses import dataclass

_HAN = r"[\u4e00-\u9fff]"
# A paragraph that may be the name of what the others say; no part of a sentence that a margin cut.
_NAME = re.compile(r"(?!负责|参与|协助|配合|完成|做好|组织)[\w（）()/-]{0,19}[^\W的和与及或并在对向从由为等将把所以]")
_TIME = "一二三四五六七八九十日月年时点号"


@dataclass(frozen=True, slots=True)
class Repair:
    """`pattern` -> `replacement`, with an example (before, after) that shows why."""

    name: str
    pattern: re.Pattern[str]
    replacement: str
    example: tuple[str, str]

    def __call__(self, text: str) -> str:
        return self.pattern.sub(self.replacement, text)


# Brackets first: they are recognised by the half-width commas that the later rules turn into full-width ones.
REPAIRS: tuple[Repair, ...] = (
    Repair(
        "bracketed-level",  # two levels of administration before what both of them have
        re.compile(r"(?<=[省州市县区盟旗]),([州市县区旗]),(?=分公司|支公司|公司|分局|支局|局)"),
        r"（\1）",
        ("负责县,市,分公司业务", "负责县（市）分公司业务"),
    ),
    Repair(
        "bracketed-hall",  # 网厅 and 掌厅, the two online shops, written as one
        re.compile(r"(?<=网),(掌),(?=厅)"),
        r"（\1）",
        ("网,掌,厅的运营推广", "网（掌）厅的运营推广"),
    ),
    Repair(
        "bracketed-examples",  # the closing comma stands before another mark, where no comma can stand
        re.compile(r",((?:如|含|包括|例如)[^,，。；]{0,200}),(?=[、，。；])"),
        r"（\1）",
        ("个人客户,如白领、学生等,、家庭客户", "个人客户（如白领、学生等）、家庭客户"),
    ),
    Repair(
        "bracketed-list-before-work",  # 工作 alone cannot follow a comma: the list between the commas is its attribute
        re.compile(r",(?=[^,，。；]{0,200}、)([^,，。；]{1,200}),(?=工作[,，。；])"),
        r"（\1）",
        ("质量监督管理,检查、整改,工作,做好回访", "质量监督管理（检查、整改）工作,做好回访"),
    ),
    Repair(
        "tilde-for-comma",  # beside a number, a letter or a time it is a range: 3~5天, A~D类, 周一~周五
        re.compile(rf"(?<={_HAN})(?<![{_TIME}])[~～](?!\d)"),
        "，",
        ("收集市场信息~制定规划", "收集市场信息，制定规划"),
    ),
    Repair(
        "half-width-comma",
        re.compile(rf"(?<=[\u4e00-\u9fff）”》]),|,(?={_HAN})"),
        "，",
        ("制定考核制度,并组织实施", "制定考核制度，并组织实施"),
    ),
    Repair("half-width-colon", re.compile(rf"(?<={_HAN}):"), "：", ("客户维系与关怀:", "客户维系与关怀：")),
    Repair("half-width-semicolon", re.compile(rf"(?<={_HAN});"), "；", ("接待来访;登记", "接待来访；登记")),
    Repair(
        "doubled-particle",  # but 目的的, 标的的, 的的确确 are words
        re.compile("(?<![目标有的])的的(?![确的])"),
        "的",
        ("互联网的的业务拓展", "互联网的业务拓展"),
    ),
    Repair(
        "space-between-characters",
        re.compile(
            r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])[ \t\u3000\u00a0\u2000-\u200b]+"
            r"(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
        ),
        "",
        ("负责 客户 服务", "负责客户服务"),
    ),
)


def clean(lines: list[str], *, wrapped: bool = True) -> str:
    """The lines of one clause, markers removed, as one repaired line of text; not `wrapped` are paragraphs."""
    if wrapped or len(lines) == 1 or not _NAME.fullmatch(lines[0].strip()):
        return repair(join_wrapped(lines))
    return f"{repair(lines[0])} {repair(join_wrapped(lines[1:]))}".strip()  # a name, and what is said of it


# Bounded, so that no line takes long.
_MARKDOWN = (
    (re.compile(r"!\[[^\]\n]{0,300}\]\([^()\n]{0,500}\)(?:\{[^{}\n]{0,100}\})?"), ""),
    (re.compile(r"!?\[([^\]\n]{0,300})\]\([^()\n]{0,500}(?:\([^()\n]{0,200}\)[^()\n]{0,200}){0,3}\)"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)(.{1,300}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"`([^`\n]{1,300})`"), r"\1"),
    (re.compile(r"^([ \t]*>)+[ \t]?"), ""),
    (re.compile(r"</?[A-Za-z][^<>]{0,300}>"), ""),
    (re.compile(r"(?<![ \t])[ \t]*\{[#.:]?[\w-]{1,40}(?:=[^{}\n]{0,60})?\}[ \t]*$"), ""),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])"), r"\1"),
)


def plain_markdown(line: str) -> str:
    """A line of Markdown without links, emphasis and code marks.

    >>> plain_markdown("- **签署** [协议](https://example.org) 后")
    '- 签署 协议 后'
    """
    for pattern, replacement in _MARKDOWN:
        line = pattern.sub(replacement, line)
    return html.unescape(line) if "&" in line else line


def join_wrapped(lines: list[str]) -> str:
    """Undo line wrapping: nothing between Chinese characters, a space between two Latin words.

    >>> join_wrapped(["编", "制费用预算", "IPTV", "运营", "the", "end"])
    '编制费用预算IPTV运营the end'
    """
    joined = ""
    for line in filter(None, (line.strip(" \t\u3000\r\n\f\x0b") for line in lines)):
        latin_seam = bool(joined) and joined[-1].isascii() and line[0].isascii() and (joined[-1] + line[0]).isalnum()
        joined += (" " if latin_seam else "") + line
    return joined


def repair(text: str) -> str:
    """Apply every rule, in order."""
    for rule in REPAIRS:
        text = rule(text)
    return text.strip()
