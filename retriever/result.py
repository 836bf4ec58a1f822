"""What the retriever found for a question."""

from dataclasses import dataclass

from corpus.grammar.roles import Role
from corpus.model import Clause, Post
from retriever.confidence import Features
from retriever.highlight import Span


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause that speaks for a post. `ref` counts from 1 over all posts of an answer; `score` is 0 to 1.

    `title` is what its document is called. `sentence` is the span of its text that answers: all of it unless it is
    long. `highlights` are what to mark: that sentence of a long clause, the question's words in any other.
    """

    ref: int
    clause: Clause
    title: str
    score: float
    role: Role
    sentence: Span
    highlights: list[Span]

    @property
    def quote(self) -> str:
        """The sentence, without what ends it."""
        start, end = self.sentence
        return self.clause.text[start:end].strip().rstrip("。；;")


@dataclass(frozen=True, slots=True)
class RankedPost:
    """A post of one document with its clauses that say so, best first.

    `score` is 0 to 1 and falls along an answer's posts. `title` is the document's, where an answer is from several.
    """

    post: Post
    score: float
    citations: tuple[Citation, ...]
    title: str | None = None

    @property
    def document(self) -> str:
        return self.citations[0].clause.document

    @property
    def name(self) -> str:
        """The post, and where there are several documents, which one's."""
        return str(self.post) if self.title is None else f"{self.post}（《{self.title}》）"

    @property
    def role(self) -> Role:
        """The role in the clause that fits the question best."""
        return self.citations[0].role


@dataclass(frozen=True, slots=True)
class Clarify:
    """A question back, when posts of different departments or documents answer equally well."""

    question: str
    options: tuple[RankedPost, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Ranked posts, or an abstention with the nearest ones.

    An answer that is not `sure` says so in its words. `timings_ms` has milliseconds by stage.
    """

    question: str
    features: Features
    confidence: float
    sure: bool
    posts: tuple[RankedPost, ...]
    nearest: tuple[RankedPost, ...]
    clarify: Clarify | None
    index_version: str
    timings_ms: dict[str, float]

    @property
    def abstained(self) -> bool:
        return not self.posts

    @property
    def literal(self) -> bool:
        """Whether a clause says in so many words what is asked for."""
        return bool(self.features.literal)

    @property
    def shown(self) -> tuple[RankedPost, ...]:
        """The posts that it names: those that handle the matter, or the nearest ones."""
        return self.posts or self.nearest
