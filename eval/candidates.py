"""Feedback -> candidates that a person reviews: nothing enters the gold or the expected questions without an accept.

`duty eval candidates FEEDBACK.jsonl` reads what `GET /v1/feedback/export` gives and writes one candidate a line with
`"accepted": false`. A person sets it to true, corrects what needs correcting, and `duty eval accept` adds those to a
gold file.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import DocumentError, NotFoundError
from corpus.model import Post
from eval.gold import GoldQuestion, Kind, read_gold, read_gold_line
from eval.leaks import leaks
from eval.run import check_gold
from indexer.index import Index


def candidates(feedback: Path, known: Iterable[GoldQuestion], index: Index) -> list[dict[str, Any]]:
    """Candidates from verdicts that name a right post, or confirm the first one; not those that gold has already.

    A feedback line has `answer_id, question, verdict, department?, position?, comment?` and, for a right verdict, the
    `posts` of the answer. Raises DocumentError with file and line.
    """
    asked = {question.question for question in known}
    found: dict[str, dict[str, Any]] = {}
    for number, row in _rows(feedback):
        where = f"{feedback.name}:{number}"
        if "question" in row and row["question"] is None:
            continue  # given without audit and without the question: a verdict that teaches nothing
        if missing := [key for key in ("answer_id", "question", "verdict") if not isinstance(row.get(key), str)]:
            raise DocumentError(f"{where}: {missing[0]} is missing or no text")
        post = _right_post(row, where, index)
        question = row["question"].strip()
        if post is None or question in asked or question in found:
            continue
        found[question] = {
            "id": f"feedback-{row['answer_id']}",
            "question": question,
            "kind": Kind.EVERYDAY.value,
            "relevant": [{"department": post.department, "position": post.position, "clauses": [], "grade": 2}],
            "provenance": {key: row.get(key) for key in ("answer_id", "verdict", "comment")},
            "accepted": False,
        }
    return list(found.values())


def accept(reviewed: Path, gold: Path, given: Sequence[str], index: Index | None = None) -> tuple[int, list[str]]:
    """Append the accepted candidates to a gold file; how many, and why others were refused.

    `given` are the questions that the system was given: a near-copy of one is refused, as is one that no clause is
    marked for, and, where an `index` is given, one that marks a post or clause that it does not have.
    """
    existing = gold.read_bytes() if gold.is_file() else b""
    taken = {question.id for question in read_gold(gold)} if existing else set()
    added, refused = [], []
    for number, row in _rows(reviewed):
        if row.get("accepted") is not True:
            continue
        where = f"{reviewed.name}:{number}"
        entry = {key: row[key] for key in ("id", "question", "kind", "history", "relevant") if key in row}
        question = read_gold_line(json.dumps(entry), where, number)
        leak = next(leaks([question], given), None)
        if question.id in taken:
            refused.append(f"{where}: id {question.id!r} is in {gold.name} already")
        elif not all(relevant.clauses for relevant in question.relevant):
            refused.append(f"{where}: no clause is marked; name the numbers that say so")
        elif leak is not None:
            refused.append(f"{where}: a near-copy ({leak.similarity:.2f}) of the expected question {leak.given!r}")
        elif index is not None and (problem := _unknown_mark(question, index, reviewed.name)):
            refused.append(problem)
        else:
            taken.add(question.id)
            added.append(json.dumps(entry, ensure_ascii=False))
    if added:
        partial = gold.with_name(gold.name + ".partial")
        ended = existing if existing.endswith(b"\n") or not existing else existing + b"\n"
        partial.write_bytes(ended + "".join(line + "\n" for line in added).encode())
        partial.replace(gold)
    return len(added), refused


def _unknown_mark(question: GoldQuestion, index: Index, name: str) -> str | None:
    """What is wrong with the posts and clauses that a question marks; None when the index has them all."""
    try:
        check_gold([question], index, name)
    except DocumentError as error:
        return error.message
    return None


def _right_post(row: Mapping[str, Any], where: str, index: Index) -> Post | None:
    """The post that a verdict says is right; None when it does not say which."""
    if row["verdict"] not in ("right", "wrong"):
        raise DocumentError(f"{where}: verdict {row['verdict']!r}; allowed: right, wrong")
    if row.get("department"):
        post = Post(row["department"], row.get("position"))
    elif row["verdict"] == "right" and row.get("posts"):
        try:
            post = Post(row["posts"][0]["department"], row["posts"][0]["position"])
        except (TypeError, KeyError, IndexError):
            raise DocumentError(f"{where}: posts must be a list of objects with department and position") from None
    else:
        return None
    if post not in index.posts:
        raise DocumentError(f"{where}: {post} is in no document of this index")
    return post


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    if not path.is_file():
        raise NotFoundError(f"no such file: {path}")
    rows = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("no object")
        except ValueError as error:
            raise DocumentError(f"{path.name}:{number}: expected a JSON object ({error})") from None
        rows.append((number, row))
    return rows
