"""The bodies that the API takes and gives, as pydantic models: what /openapi.json shows."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.grammar.roles import Role
from corpus.model import Clause
from server.objects import clause_object
from server.service import Asked, asked


class TurnIn(BaseModel):
    """An earlier message of the conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: str = Field(max_length=20_000)


class AskBody(BaseModel):
    """A question, optionally within one department, position or document, and the conversation before it."""

    model_config = ConfigDict(extra="forbid")

    question: str
    department: str | None = None
    position: str | None = None
    document: str | None = None
    top_k: int = Field(default=5, ge=1, le=50)
    history: list[TurnIn] = Field(default=[], max_length=50)

    def asked(self) -> Asked:
        """Raises QuestionError."""
        history = [(turn.role, turn.content) for turn in self.history]
        return asked(self.question, self.department, self.position, self.top_k, history, self.document)


class ClauseOut(BaseModel):
    clause_id: str
    department: str
    position: str | None
    number: str
    text: str
    source_text: str
    source: str
    lines: tuple[int, int]
    ocr: bool


def clause_out(clause: Clause) -> ClauseOut:
    return ClauseOut(**clause_object(clause))


class CitationOut(BaseModel):
    ref: int
    clause_id: str
    number: str
    text: str
    source: str
    document: str
    title: str
    lines: tuple[int, int]
    ocr: bool
    score: float
    role: Role
    highlights: list[tuple[int, int]]


class HitOut(CitationOut):
    department: str
    position: str | None


class SearchOut(BaseModel):
    hits: list[HitOut]
    index_version: str


class PostOut(BaseModel):
    department: str
    position: str | None
    score: float
    role: Role
    citations: list[CitationOut]


class Option(BaseModel):
    department: str
    position: str | None


class Choice(Option):
    document: str
    title: str


class ClarifyOut(BaseModel):
    question: str
    options: list[Choice]


class AnswerOut(BaseModel):
    id: str
    question: str
    answer: str
    abstained: bool
    confidence: float
    sure: bool
    posts: list[PostOut]
    clarify: ClarifyOut | None
    nearest: list[PostOut]
    index_version: str
    timings_ms: dict[str, float]


class PositionOut(BaseModel):
    position: str
    clauses: list[ClauseOut]


class DepartmentOut(BaseModel):
    department: str
    clauses: list[ClauseOut]
    positions: list[PositionOut]


class TreeOut(BaseModel):
    departments: list[DepartmentOut]
    index_version: str


class LineOut(BaseModel):
    line: int
    text: str


class NamedDocument(BaseModel):
    document: str
    title: str


class DocumentNamesOut(BaseModel):
    documents: list[NamedDocument]
    index_version: str


class DocumentOut(BaseModel):
    document: str
    lines: list[LineOut]


class ErrorDetail(BaseModel):
    code: str
    message: str
    field: str | None = None


class ErrorOut(BaseModel):
    error: ErrorDetail


class StatusOut(BaseModel):
    status: str
    index_version: str | None


class FeedbackBody(BaseModel):
    """A verdict on an answer.

    `department` and `position` say who is right; `question` is kept only when sent or audited.
    """

    model_config = ConfigDict(extra="forbid")

    answer_id: str = Field(max_length=64)
    verdict: Literal["right", "wrong"]
    department: str | None = None
    position: str | None = None
    comment: str | None = Field(default=None, max_length=2000)
    question: str | None = None


class KeptOut(BaseModel):
    status: Literal["kept"]


class SignInBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str = Field(max_length=200)


class SessionOut(BaseModel):
    """Who is signed in, and what they may do."""

    caller: str
    scopes: list[str]


class ShortClauseOut(BaseModel):
    clause_id: str
    department: str
    position: str | None
    number: str
    text: str


class ClausePair(BaseModel):
    """A clause as it was and as it is."""

    before: ShortClauseOut = Field(alias="from")
    after: ShortClauseOut = Field(alias="to")


class OwnerOut(BaseModel):
    """A saved question whose answer names another post first; null is an abstention."""

    question: str
    before: Option | None = Field(alias="from")
    after: Option | None = Field(alias="to")


class ClauseChangesOut(BaseModel):
    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")
    added: list[ShortClauseOut]
    removed: list[ShortClauseOut]
    moved: list[ClausePair]
    reworded: list[ClausePair]


class DifferenceOut(ClauseChangesOut):
    owners: list[OwnerOut]


class KeptVersion(BaseModel):
    version: str
    created: str
    documents: list[str]
    clauses: int
    current: bool


class VersionsOut(BaseModel):
    versions: list[KeptVersion]


class VersionOut(BaseModel):
    """The version that is current now."""

    version: str


class RollbackBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str | None = Field(default=None, max_length=64)


class SummaryOut(BaseModel):
    slug: str
    departments: int
    positions: int
    clauses: int
    findings: int


class DocumentsOut(BaseModel):
    documents: list[SummaryOut]


class ReadClauseOut(ShortClauseOut):
    source_text: str
    lines: tuple[int, int]


class FindingOut(BaseModel):
    kind: str
    line: int
    message: str


class PreviewOut(BaseModel):
    preview: str
    document: str
    clauses: list[ReadClauseOut]
    findings: list[FindingOut]
    diff: ClauseChangesOut | None
