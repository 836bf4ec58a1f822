"""What a clause says that it does not cover: 不包括手术室保洁, 医疗废物除外, 除…以外."""

import re

_WHAT = r"[^，。；;、（）()]{2,30}"
_SAID = (
    r"(?:但|，|、|且|并)*(?:不包括|不包含|不含|不负责|不承担|不涉及|不受理|不办理)(?P<after>[^，。；;（）()]{2,40})",
    r"[（(](?P<in>[^（）()]{2,30})除外[）)]",
    rf"[，、；](?P<before>{_WHAT})除外",
    # 除…外，还… adds, it does not exclude
    rf"除(?:了)?(?P<but>{_WHAT}?)(?:以外|之外|外)(?!，?(?:还|也|另|并|同时|仍|亦|应|要|均|其他|其它))(?:的|，)?",
)
_EXCLUDES = re.compile("|".join(f"(?:{said})" for said in _SAID))
_EMPTY = re.compile(r"[（(]\s*[）)]|[，、；](?=[。；]|$)")


def exclusions(text: str) -> tuple[str, ...]:
    """What a clause excludes, in its words.

    >>> exclusions("负责垃圾清运，医疗废物除外。")
    ('医疗废物',)
    """
    found = _EXCLUDES.finditer(text)
    return tuple(next(part for part in match.groups() if part) for match in found)


def without_exclusions(text: str) -> str:
    """A clause without what it excludes: what it is found by. All of it where it says nothing else.

    >>> without_exclusions("负责门诊楼保洁，不包括手术室保洁。")
    '负责门诊楼保洁。'
    """
    rest, count = _EXCLUDES.subn("", text)
    if not count:
        return text
    rest = _EMPTY.sub("", rest)
    return rest if len(rest.strip("，。；; ")) > 1 else text
