"""Named patterns of lines that belong to no duty: notices of download sites, page numbers, rulers, blank lines."""

import re

BOILERPLATE: dict[str, re.Pattern[str]] = {
    "blank": re.compile(r"\s*$"),
    "download-site-notice": re.compile(r".*(下载文档前请|不可在线预览|预览的文档|平台不提供|如文档侵犯|侵犯您的权益)"),
    "page-number": re.compile(r"\s*(第\s*\d+\s*页(\s*[,，/／]?\s*共\s*\d+\s*页)?|[-—–]\s*\d+\s*[-—–]|\d+\s*[/／]\s*\d+)\s*$"),
    "ruler": re.compile(r"\s*([-=_*—─–]\s?){3,}\s*$"),
    "comment": re.compile(r"\s*<!--.*-->\s*$"),
}


def boilerplate_name(line: str) -> str | None:
    """The name of the pattern that the line matches, or None."""
    for name, pattern in BOILERPLATE.items():
        if pattern.match(line):
            return name
    return None
