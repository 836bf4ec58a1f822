"""Ask every gold question and keep what each metric needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from corpus.errors import DocumentError
from corpus.load import Corpus
from corpus.model import Clause, Post
from eval.gold import GoldQuestion
from eval.metrics import hit_at, ndcg_at, recall_at, reciprocal_rank_at
from indexer.encoders.encoder import Progress
from indexer.index import Index
from retriever.result import Citation, RankedPost
from retriever.retriever import Retriever

TOP_POSTS = 10
TOP_CLAUSES = 10


@dataclass(frozen=True)
class Outcome:
    """What came of one gold question. `posts` is empty after an abstention; `nearest` then holds what was closest."""

    gold: GoldQuestion
    posts: tuple[str, ...]
    nearest: tuple[str, ...]
    clauses: tuple[str, ...]
    relevant_clauses: Mapping[str, int]
    confidence: float
    first_right: bool
    citations: int
    exact_citations: int
    milliseconds: float

    @property
    def abstained(self) -> bool:
        return not self.posts

    @cached_property
    def scores(self) -> dict[str, float]:
        """Every metric that is a mean over questions, by name. Ranking metrics exist for answerable questions only."""
        exact = {"citation exactness": self.exact_citations / self.citations} if self.citations else {}
        if not self.gold.relevant:
            return {"refused when unanswerable": float(self.abstained), **exact}
        relevant = {str(post): grade for post, grade in self.gold.posts.items()}
        return {
            "hit@1": hit_at(self.posts, relevant, 1),
            "hit@3": hit_at(self.posts, relevant, 3),
            "MRR@10": reciprocal_rank_at(self.posts, relevant, 10),
            "nDCG@5": ndcg_at(self.posts, relevant, 5),
            "clause recall@5": recall_at(self.clauses, self.relevant_clauses, 5),
            "clause recall@10": recall_at(self.clauses, self.relevant_clauses, 10),
            "answered when answerable": float(not self.abstained),
            **exact,
        }


def run_gold(
    gold: Sequence[GoldQuestion], retriever: Retriever, corpus: Corpus, progress: Progress | None = None
) -> list[Outcome]:
    """One outcome a question. `corpus` is the one that the index was built from: citations are compared with it."""
    clauses = {clause.id: clause for clause in corpus.clauses}
    numbers = clause_ids(corpus)
    outcomes = []
    for done, question in enumerate(gold, 1):
        outcomes.append(_ask(question, retriever, clauses, numbers))
        if progress is not None:
            progress(done, len(gold))
    return outcomes


def check_gold(gold: Sequence[GoldQuestion], index: Index, name: str) -> None:
    """Raise DocumentError for the first question that marks a post or a clause that the index does not have."""
    known: dict[Post, set[str]] = {
        post: {clause.number for clause in index.store.clauses_of(post)} for post in index.posts
    }
    for question in gold:
        for relevant in question.relevant:
            if relevant.post not in known:
                raise DocumentError(
                    f"{name}:{question.line}: {question.id} marks {relevant.post}, which no document has"
                )
            if unknown := [number for number in relevant.clauses if number not in known[relevant.post]]:
                raise DocumentError(
                    f"{name}:{question.line}: {question.id} marks clause {unknown[0]} of {relevant.post}; "
                    f"it has {', '.join(sorted(known[relevant.post])) or 'none'}"
                )


def clause_ids(corpus: Corpus) -> Callable[[GoldQuestion], dict[str, int]]:
    """A function from a gold question to the ids of its right clauses, with their grades."""
    by_number: dict[tuple[Post, str], list[str]] = {}
    for clause in corpus.clauses:
        by_number.setdefault((clause.post, clause.number), []).append(clause.id)

    def ids(question: GoldQuestion) -> dict[str, int]:
        marked = ((relevant, number) for relevant in question.relevant for number in relevant.clauses)
        return {
            clause_id: relevant.grade for relevant, number in marked for clause_id in by_number[relevant.post, number]
        }

    return ids


def _ask(
    question: GoldQuestion,
    retriever: Retriever,
    clauses: Mapping[str, Clause],
    relevant: Callable[[GoldQuestion], dict[str, int]],
) -> Outcome:
    found = retriever.find(question.question, history=question.history)
    result, hits = retriever.posts(found, TOP_POSTS), retriever.clauses(found, TOP_CLAUSES)
    shown = result.posts or result.nearest
    citations = [citation for post in shown for citation in post.citations]
    return Outcome(
        gold=question,
        posts=_names(result.posts),
        nearest=_names(result.nearest),
        clauses=() if result.abstained else tuple(hit.clause.id for hit in hits),
        relevant_clauses=relevant(question),
        confidence=result.confidence,
        first_right=bool(shown) and shown[0].post in question.posts,
        citations=len(citations),
        exact_citations=sum(_is_exact(citation, clauses) for citation in citations),
        milliseconds=result.timings_ms["total"],
    )


def _names(posts: Sequence[RankedPost]) -> tuple[str, ...]:
    return tuple(str(ranked.post) for ranked in posts)


def _is_exact(citation: Citation, clauses: Mapping[str, Clause]) -> bool:
    clause = clauses.get(citation.clause.id)
    return clause is not None and (clause.text, clause.lines) == (citation.clause.text, citation.clause.lines)
