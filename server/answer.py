"""A result in words: short, extractive, each statement with its citation mark. Never a post that was not retrieved."""

from typing import Any

from retriever.result import RankedPost, Result
from retriever.roles import Role

_HANDLES = {Role.LEAD: "负责", Role.SUPPORT: "配合支撑", Role.PARTICIPATE: "参与办理", Role.SUPERVISE: "监督检查"}
ALSO = 0.5  # share of the first post's score from which another post is named in the sentence


def word(result: Result) -> str:
    """The answer as a sentence or two of Chinese."""
    if result.abstained:
        return _word_abstention(result)
    first, *others = result.posts
    sentences = [f"由{_name(first)}{_HANDLES[first.role]}{_mark(first)}：{first.citations[0].clause.text.rstrip('。；;')}。"]
    also = [f"{_name(post)}{_mark(post)}" for post in others if post.score >= ALSO * first.score]
    if also:
        sentences.append(f"也可能与{'、'.join(also)}有关。")
    if result.clarify is not None:
        sentences.append(result.clarify.question)
    return "".join(sentences)


def answer(result: Result) -> dict[str, Any]:
    """The answer object that the command line prints and the API sends."""
    fields = result.as_dict()
    return {"id": fields.pop("id"), "question": fields.pop("question"), "answer": word(result), **fields}


def _word_abstention(result: Result) -> str:
    if not result.nearest:
        return "职责文档里没有写这件事归谁管。"
    nearest = "、".join(f"{_name(post)}{_mark(post)}" for post in result.nearest)
    return f"职责文档里没有写这件事归谁管。最接近的是{nearest}，请向他们确认。"


def _name(ranked: RankedPost) -> str:
    return str(ranked.post)


def _mark(ranked: RankedPost) -> str:
    return f"[{ranked.citations[0].ref}]"
