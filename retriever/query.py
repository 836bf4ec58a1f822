"""What is asked: a question's text, checked, and the posts it may be answered from."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypedDict

import numpy as np

from corpus.errors import QuestionError, UnknownNameError
from indexer.hits import Mask
from indexer.index import Index
from indexer.normalise import normalise
from indexer.topic import topic_of
from retriever.documents import documents_named

MAX_QUESTION = 500
MAX_FOLLOW_UP = 20
MOSTLY_TALK = 0.5  # share of its text below which a topic is searched for instead
_ADDRESS = re.compile(r"(?:\w+://|www\.)\S+")
_REPEATED = re.compile(r"(\w)(?:\W*\1){2,}|(\w{2,4})(?:\W*\2)+")
_FOLLOW_UP = re.compile(
    r"^(那|要是|如果|还有|再|这|也|其他|之后|然后|以后)|呢[？?。]?$|也(是|找|归|由)|[他她它]们?|^.{1,6}$"
)


class Turn(TypedDict):
    """An earlier message of the conversation; `role` is `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Query:
    """A checked question.

    `documents` are the slugs of those that it names; all that follows is without their names, which say where to look.
    `own` is the question normalised, `text` the same, and for a follow-up with what it goes on from. `topic` is what
    the text is about, or all of it if it only asks, `searched` what is searched for: the text, unless it is mostly
    talk. `allowed` marks the clause ordinals that may answer it (None: all). `asks` is false for what is no question
    about anything: a greeting, digits, an address.
    """

    question: str
    own: str
    text: str
    topic: str
    allowed: Mask | None
    asks: bool
    documents: frozenset[str] = frozenset()

    @property
    def searched(self) -> str:
        return self.topic if len(self.topic) < MOSTLY_TALK * len(self.text) else self.text


def read_query(
    question: str,
    index: Index,
    department: str | None = None,
    position: str | None = None,
    history: Sequence[Turn] = (),
    document: str | None = None,
    names: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Query:
    """Check a question and its scope, and complete a follow-up; `names` are those of documents.

    Raises QuestionError or UnknownNameError.
    """
    question = check_question(question)
    own = normalise(question)
    documents, rest = documents_named(own, names)
    before, text = documents_named(_complete(own, history), names)
    topic = topic_of(text)
    allowed = _scope(index, department, position, document)
    # A follow-up's own document counts before that of the question it goes on from.
    return Query(question, rest, text, topic or text, allowed, _asks(topic, own), documents or before)


def check_question(question: str) -> str:
    """The question without surrounding space: 1 to 500 characters of text."""
    question = question.strip()
    if not question:
        raise _refused(f"is empty; allowed: 1 to {MAX_QUESTION} characters. Ask for example: 佣金怎么结算，找谁")
    if len(question) > MAX_QUESTION:
        raise _refused(f"has {len(question)} characters; allowed: 1 to {MAX_QUESTION}. Shorten it")
    if bad := next(filter(_is_no_text, question), None):
        raise _refused(f"holds the character {bad!a}; allowed: letters, digits, punctuation, spaces. Remove it")
    return question


def _refused(why: str) -> QuestionError:
    return QuestionError(f"the question {why}", field="question")


def _is_no_text(character: str) -> bool:
    """Control characters, and halves of a surrogate pair that no encoder can take."""
    return unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\r\n"


def _asks(topic: str, text: str) -> bool:
    """Whether a topic has words: a letter and another one or a digit, no address, nothing that only repeats itself."""
    characters = {character for character in topic if character.isalnum()}
    return (
        len(characters) > 1
        and any(map(str.isalpha, characters))
        and not _ADDRESS.fullmatch(text)
        and not _REPEATED.fullmatch(topic)
    )


def _complete(question: str, history: Sequence[Turn]) -> str:
    """A follow-up (那公众客户呢？) with the last question before it; any other question as it is.

    It is normalised, like `question`.
    """
    asked = [turn["content"] for turn in history if turn["role"] == "user" and turn["content"].strip()]
    if not asked or len(question) > MAX_FOLLOW_UP or not _FOLLOW_UP.search(question):
        return question
    return f"{question} {normalise(asked[-1].strip())}"[:MAX_QUESTION]


def _scope(index: Index, department: str | None, position: str | None, document: str | None) -> Mask | None:
    if department is None and position is None and document is None:
        return None
    if department is not None and department not in index.departments:
        raise UnknownNameError(_unknown("department", department, index.departments), field="department")
    inside = [department in (None, post.department) for post in index.posts]
    names = dict.fromkeys(
        post.position for post, there in zip(index.posts, inside, strict=True) if there and post.position
    )
    if position is not None and position not in names:
        raise UnknownNameError(_unknown("position", position, tuple(names)), field="position")
    chosen = [there and position in (None, post.position) for post, there in zip(index.posts, inside, strict=True)]
    allowed: Mask = np.array(chosen, dtype=np.bool_)[index.owners]
    return allowed if document is None else allowed & _of_document(index, document)


def _of_document(index: Index, document: str) -> Mask:
    slugs = index.manifest.documents
    if document not in slugs:
        raise UnknownNameError(_unknown("document", document, slugs), field="document")
    return index.clauses_of_documents([document])


def _unknown(kind: str, name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"unknown {kind} {name!r}; {hint}Allowed: {'、'.join(known) or 'none'}"
