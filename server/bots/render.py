"""An answer as a messenger shows it: the sentence, then each post with the clauses that say so."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from retriever.result import Citation, RankedPost
from server.answer import HANDLES
from server.bots.message import Reply

CITATIONS = 2  # of each post
_FULL_WIDTH = str.maketrans("<>*_`~#", "＜＞＊＿｀～＃")


@dataclass(frozen=True, slots=True)
class Markup:
    """How a messenger writes bold and links, and how a text goes into it that must not become either."""

    bold: Callable[[str], str]
    link: Callable[[str, str], str]
    escape: Callable[[str], str]


# WeCom and DingTalk document no escapes in their Markdown, so characters that mean something become their
# full-width forms.
MARKDOWN = Markup(
    bold=lambda text: f"**{text}**",
    link=lambda label, url: f"[{label}]({url})",
    escape=lambda text: text.translate(_FULL_WIDTH).replace("](", "］("),
)


def paragraphs(reply: Reply, markup: Markup, base: str) -> list[str]:
    """What to send, a paragraph an entry. Citations link to `base` if there is one."""
    return [markup.escape(reply.text), *(_post(post, markup, base) for post in reply.posts)]


def fit(parts: list[str], limit: int, between: str) -> str:
    """As many paragraphs as fit into `limit` bytes of UTF-8, and of the first one what fits.

    >>> fit(["部门", "岗位"], 13, "。")
    '部门'
    """
    text = parts[0].encode()[:limit].decode(errors="ignore")
    if text != parts[0]:
        return text
    for part in parts[1:]:
        longer = f"{text}{between}{part}"
        if len(longer.encode()) > limit:
            break
        text = longer
    return text


def clause_link(base: str, clause_id: str) -> str:
    return f"{base}/v1/clauses/{quote(clause_id)}"


def _post(ranked: RankedPost, markup: Markup, base: str) -> str:
    head = f"{markup.bold(markup.escape(ranked.name))}（{HANDLES[ranked.role]}）"
    return "\n".join([head, *(_citation(citation, markup, base) for citation in ranked.citations[:CITATIONS])])


def _citation(citation: Citation, markup: Markup, base: str) -> str:
    clause = citation.clause
    source = f"{citation.title} {clause.number}"
    where = markup.link(markup.escape(source), clause_link(base, clause.id)) if base else markup.escape(f"（{source}）")
    return f"{markup.escape(f'[{citation.ref}] {clause.text}')} {where}"
