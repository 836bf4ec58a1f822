"""Named patterns of lines that belong to no duty: notices of web pages, page numbers, a document's own fields, dates.

Each takes time linear in the line; those that look for words look at its beginning only.
"""

import re

from corpus.characters import simplified

COMING_INTO_FORCE = "coming-into-force"
_LOOKED_AT = 200  # characters of a line
_SIGNS = "√✓✔☑■●★◆▣◉▲◎▼△○〇◯☆◇□▽"
_MONTH = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_PEOPLE = r"(?:部门|单位|人员|人|者|机构|日期|时间|意见)?"

BOILERPLATE: dict[str, re.Pattern[str]] = {
    "blank": re.compile(r"\s*$"),
    "download-site-notice": re.compile(
        r"[^\r\n]{0,100}(?:下载文档前请|不可在线预览|预览的文档|平台不提供|如文档侵犯|侵犯您的权益)"
    ),
    "web-page-notice": re.compile(
        r"\s*[【\[]?(?:上一篇|下一篇|上一条|下一条|上一页|下一页|发布时间[:：]|发布日期[:：]|浏览次数|阅读次数|点击数|打印本页|关闭窗口|分享到|版权所有|当前位置[:：]"
        r"|返回顶部|回到顶部|返回首页|设为首页|加入收藏|站内搜索|首页\s*[>›»|]|首页$|Copyright"
        r"|©|All [Rr]ights|[\u4e00-\u9fff]ICP备)"
    ),
    "page-number": re.compile(
        r"\s*(?:第\s{0,9}\d{1,5}\s{0,9}页(?:\s{0,9}[,，/／]?\s{0,9}共\s{0,9}\d{1,5}\s{0,9}页)?|[-—–]\s{0,9}\d{1,5}\s{0,9}[-—–]"
        r"|\d{1,5}\s{0,9}[/／]\s{0,9}\d{1,5})\s*$"
    ),
    "ruler": re.compile(r"\s*(?:[-=_*—─–]\s?){3,}$"),
    "job-attribute": re.compile(
        r"\s*(?:(?:直接|直属|间接)?(?:上级|下级|上司|下属)(?:岗位|职位|主管|人数)?|汇报对象|汇报关系|管理对象|岗位编号|岗位编码|职位编号|职级|职等|薪酬等级|薪资范围"
        r"|定员|编制人数|任职人|任职者|岗位序列|工作地点|岗位工作地|招聘人数)[:：]"
    ),
    # ■主办 ▲协助: what the marks of a matrix mean.
    "legend": re.compile(
        rf"\s*(?:注|说明|图例|备注|标识说明)?\s{{0,3}}[:：]?\s{{0,3}}(?:[（(“\"]?[{_SIGNS}][^{_SIGNS}]{{1,16}}){{2,}}$"
    ),
    "document-attribute": re.compile(
        rf"\s*(?:(?:编制|编写|拟制|拟稿|起草|审核|审批|审定|批准|核准|校对|会签|签发|印发|发布|修订|修改|归口|归口管理|主送|抄送|抄报|报送|制表|填表|填报|解释)"
        rf"{_PEOPLE}|生效日期|实施日期|密级|版本号?|文件编号|文件名称|编号|日期|时间|联系人|联系电话|电话|手机|传真|地址|邮编|邮箱|电子邮[箱件]|E-?mail|网址|微信|QQ"
        r"|签[字名]|承诺人签字|总经理签字|姓\s{0,8}名|学\s{0,8}号|学\s{0,8}院|专\s{0,8}业|班\s{0,8}级)\s{0,4}[:：](?!\s*(?:负责|参与|协助|组织))|\s*(?:说明|备注|注)[:：]",
        re.IGNORECASE,
    ),
    "office-holder": re.compile(
        r"\s*[\u4e00-\u9fff]{0,8}(?:长|老师|教师|主任|书记|经理|主管|主编|秘书|负责人|主席|委员|编辑|顾问|专员)\s{0,5}[:：]\s{0,5}"
        r"[\u4e00-\u9fff]\s{0,3}[\u4e00-\u9fff]{1,3}(?:[（(][^（）()]{0,20}[)）])?(?:[\s、，,；;/]|$)"
    ),
    "date": re.compile(
        rf"\s*[（(]?(?:\d{{4}}|[二〇零○一三四五六七八九]{{4}})\s{{0,5}}(?:年\s{{0,5}}{_MONTH}\s{{0,5}}月(?:\s{{0,5}}(?:{_MONTH}|[二三]十[一二三四五六七八九]?)\s{{0,5}}日)?"
        r"|[-./]\d{1,2}[-./]\d{1,2}(?:\s{1,5}\d{1,2}:\d{2}(?::\d{2})?)?)[)）]?\s*$"
    ),
    COMING_INTO_FORCE: re.compile(
        r"\s*(?:第[一二三四五六七八九十百\d]{1,5}条[\s:：、]*)?(?:本|此|以上)[\u4e00-\u9fff（）()]{0,24}(?:自[^。]{1,40}起(?:正式|开始)?(?:施行|实施|执行|生效|试行)"
        r"|(?:由|归)[^。；]{1,40}(?:负责)?解释|[即之]日起?(?:施行|实施|执行|生效)|经[^。]{1,60}(?:通过|批准|核准|核定|核备)[^。]{0,20}(?:施行|实施|执行|生效))"
    ),
    "closing-word": re.compile(
        r"\s*(?:特此(?:通知|公告|通告|报告|说明|函告)|此致|敬礼|以上.{0,4}请.{0,6}(?:遵照|执行))[。！!]?\s*$"
    ),
    "attachment": re.compile(r"\s*附(?:件|表|图|录|注)?[\d一二三四五六七八九十、\-—]{0,6}\s{0,5}[:：]"),
    "comment": re.compile(r"\s*<!--[^\r\n]*-->\s*$"),
}


def boilerplate_name(line: str) -> str | None:
    """The name of the pattern that the line matches, or None."""
    if not line.strip():
        return "blank"
    start = simplified(line[:_LOOKED_AT])
    if len(line) > _LOOKED_AT and not start.lstrip().startswith("<!--"):
        start += "…"  # so that no pattern takes the cut for the end
    return next((name for name, pattern in BOILERPLATE.items() if pattern.match(start)), None)
