"""Named patterns of lines that belong to no duty: notices of download sites, page numbers, rulers, blank lines."""

import re

BOILERPLATE: dict[str, re.Pattern[str]] = {
    "blank": re.compile(r"\s*$"),
    "download-site-notice": re.compile(r".*(下载文档前请|不可在线预览|预览的文档|平台不提供|如文档侵犯|侵犯您的权益)"),
    "web-page-notice": re.compile(
        r"\s*[【\[]?(上一篇|下一篇|上一条|下一条|发布时间[:：]|发布日期[:：]|浏览次数|阅读次数|点击数|打印本页|关闭窗口|分享到|版权所有|当前位置[:：]|返回顶部)"
    ),
    "page-number": re.compile(
        r"\s*(第\s*\d+\s*页(\s*[,，/／]?\s*共\s*\d+\s*页)?|[-—–]\s*\d+\s*[-—–]|\d+\s*[/／]\s*\d+)\s*$"
    ),
    "ruler": re.compile(r"\s*([-=_*—─–]\s?){3,}\s*$"),
    "job-attribute": re.compile(
        r"\s*(直接|直属)?(上级|下级|上司|下属)(岗位|职位)?[:：]|\s*(汇报对象|岗位编号|岗位编码|职位编号|职级|职等|薪酬等级|定员|编制人数|任职人|生效日期"
        r"|编制日期|版本号?|审核人?|批准人?|编制人)[:：]"
    ),
    "comment": re.compile(r"\s*<!--.*-->\s*$"),
}


def boilerplate_name(line: str) -> str | None:
    """The name of the pattern that the line matches, or None."""
    for name, pattern in BOILERPLATE.items():
        if pattern.match(line):
            return name
    return None
