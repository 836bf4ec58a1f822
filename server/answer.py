"""A result in words: short, extractive, each statement with its citation mark. Never a post that was not retrieved."""

import re
import uuid
from dataclasses import dataclass, replace

from corpus.grammar.roles import Role
from retriever.result import RankedPost, Result

HANDLES = {
    Role.LEAD: "负责",
    Role.APPROVE: "审批",
    Role.SUPPORT: "配合支撑",
    Role.PARTICIPATE: "参与办理",
    Role.SUPERVISE: "监督检查",
}
_END = re.compile(r"(?<=[。！？!?\n])(?!\[)")
ALSO = 0.5  # share of the first post's score from which another post is named in the sentence


@dataclass(frozen=True, slots=True)
class Answer:
    """A result with its words, as it is given once: the id is what feedback is about."""

    id: str
    result: Result
    text: str


def answered(result: Result, text: str | None = None) -> Answer:
    """A new answer, in words of its own or in those given."""
    return Answer(uuid.uuid4().hex, result, word(result) if text is None else text)


def given_again(answer: Answer, milliseconds: float) -> Answer:
    """A remembered answer, given once more in so much time."""
    return Answer(uuid.uuid4().hex, replace(answer.result, timings_ms={"total": milliseconds}), answer.text)


def word(result: Result) -> str:
    """The answer as a sentence or two of Chinese."""
    if result.abstained:
        return _word_abstention(result)
    first, *others = result.posts
    sentences = [_word_first(first, result)]
    also = [f"{post.name}{_mark(post)}" for post in others if post.score >= ALSO * first.score]
    if also:
        sentences.append(f"也可能与{'、'.join(also)}有关。")
    if result.clarify is not None:
        sentences.append(result.clarify.question)
    return "".join(sentences)


def _word_first(first: RankedPost, result: Result) -> str:
    """Who handles it; where that is not sure, that it is not."""
    handled = f"由{first.name}{HANDLES[first.role]}{_mark(first)}"
    if result.sure:
        return f"{handled}：{first.citations[0].quote}。"
    unwritten = "" if result.literal else "，文档没有直接写"
    return f"可能{handled}{unwritten}：{first.citations[0].quote}。"


def _word_abstention(result: Result) -> str:
    if not result.nearest:
        return "职责文档里没有写这件事归谁管。"
    nearest = "、".join(f"{post.name}{_mark(post)}" for post in result.nearest)
    return f"职责文档里没有写这件事归谁管。最接近的是{nearest}，请向他们确认。"


def _mark(ranked: RankedPost) -> str:
    return f"[{ranked.citations[0].ref}]"


def split_sentences(text: str, *, keep_rest: bool = False) -> list[str]:
    """The sentences of a text, joined they give it back.

    With `keep_rest` the last entry is what no full stop ends, maybe empty.

    >>> split_sentences("由市场部负责[1]。请确认")
    ['由市场部负责[1]。', '请确认']
    """
    parts = _END.split(text)
    return parts if keep_rest else [part for part in parts if part]
