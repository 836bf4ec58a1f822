"""The path of a question, one step after another."""

import itertools
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.grammar.roles import Role, role_of
from indexer.encoders.encoder import Encoder, Vectors
from indexer.hits import NO_HITS, Hits
from indexer.index import Index
from retriever.citations import verify
from retriever.confidence import (
    BACKGROUND,
    NEIGHBOURS,
    Beside,
    Calibration,
    Features,
    best_cosines,
    features,
    load_calibration,
)
from retriever.departments import named, names_of
from retriever.documents import names_of_documents
from retriever.fuse import MAX_FUSED, Views, fuse
from retriever.highlight import answering_sentence, highlights
from retriever.literal import excludes, says
from retriever.query import Query, Turn, read_query
from retriever.rank import ScoredPost, rank
from retriever.result import Citation, Clarify, RankedPost, Result
from retriever.roles import asked_role

CANDIDATES = 60  # clauses that each view may bring up
CITATIONS = 3  # clauses cited for a post
NAMED = np.float32(0.2)  # bonus of the clauses of a department that the question names
NAMED_DOCUMENT = np.float32(0.4)  # and of a document: seldom is another one meant
ASKED = np.float32(0.2)  # bonus of the clauses in which a post plays the role that the question asks for
JOINS_IN = np.float32(0.2)  # what a clause costs whose post only joins in what another one leads
NOT_LEADING = np.float32(0.01)  # and any other in which it does not lead: of two that fit equally the lead comes first
EXCLUDES = np.float32(1)  # what a clause costs that says that it does not cover what is asked
FITTING = 0.6  # share of a post's best clause from which another one is cited beside it
NEAREST = 3  # posts named on an abstention
EQUAL = 0.98  # share of the first score from which a post of another department answers equally well
COMMON = 0.2  # share of all clauses from which a word that they hold is not worth highlighting,
COMMON_CLAUSES = 3  # where they are so many at least


class _Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage] = self._laps.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now

    def timings(self) -> dict[str, float]:
        return {**self._laps, "total": (self._last - self._start) * 1000}


class Sought(NamedTuple):
    """What the lists bring up for a text, and its clauses by their fused scores."""

    text: str
    tokens: Sequence[str]
    vector: Vectors
    views: Views
    fused: Hits


class Found(NamedTuple):
    """What was found for a question, for the whole of it and for its topic alone.

    Posts and hits are those of the whole; how sure they are is read from the topic, so that talk around a matter does
    not count. Where a question is mostly talk, both are the topic's.
    """

    query: Query
    departments: frozenset[str]  # that the question names
    whole: Sought
    topic: Sought
    clock: _Clock


class Retriever:
    """Answers questions from one opened index version. Safe to share between threads."""

    def __init__(self, index: Index, encoder: Encoder, calibration: Calibration | None = None) -> None:
        self.index = index
        self.encoder = encoder
        self._calibration = calibration or load_calibration()
        self._names = names_of(index.departments)
        self._several = len(index.manifest.documents) > 1
        self._documents = names_of_documents(index.titles) if self._several else {}
        self._common = index.lexical.common(COMMON, COMMON_CLAUSES)
        self._leading = np.where(index.clauses_of_role(Role.LEAD), np.float32(0), -NOT_LEADING)
        self._leading[index.led_elsewhere] = -JOINS_IN

    def ask(
        self,
        question: str,
        department: str | None = None,
        position: str | None = None,
        top_k: int = 5,
        history: Sequence[Turn] = (),
        document: str | None = None,
    ) -> Result:
        """The posts that handle a question, at most `top_k`, best first; none when the corpus does not cover it.

        `department`, `position` and `document` (its slug) narrow what may answer. `history` holds the turns before a
        follow-up question, oldest first.
        Raises QuestionError, UnknownNameError (both the caller's), IndexDamagedError.
        """
        return self.posts(self.find(question, department, position, history, document=document), top_k)

    def search(
        self,
        question: str,
        department: str | None = None,
        position: str | None = None,
        top_k: int = 10,
        history: Sequence[Turn] = (),
        document: str | None = None,
    ) -> list[Citation]:
        """The clauses that fit a question best, whoever's they are, at most `top_k`; errors as for `ask`."""
        limit = max(top_k, CANDIDATES)
        return self.clauses(self.find(question, department, position, history, limit, document), top_k)

    def find(
        self,
        question: str,
        department: str | None = None,
        position: str | None = None,
        history: Sequence[Turn] = (),
        limit: int = CANDIDATES,
        document: str | None = None,
    ) -> Found:
        """What the lists bring up for a question, at most `limit` clauses each; errors as for `ask`."""
        clock = _Clock()
        query = read_query(question, self.index, department, position, history, document, self._documents)
        # A follow-up's own department counts before that of the question it goes on from.
        departments = named(query.own, self._names) or named(query.text, self._names)
        bonus = self._bonus(departments, query.documents, asked_role(query.own))
        clock.lap("read")
        whole = self._seek(query.searched, query, bonus, limit, clock)
        same = query.topic in (query.searched, query.searched.rstrip("？?。！!"))
        topic = whole if same else self._seek(query.topic, query, bonus, limit, clock)
        return Found(query, departments, whole, topic, clock)

    def _seek(self, text: str, query: Query, bonus: NDArray[np.float32], limit: int, clock: _Clock) -> Sought:
        tokens = self.index.tokeniser.tokens(text)
        clock.lap("tokenise")
        vector = self.encoder.encode_question(text)
        clock.lap("encode")
        views, fused = self._fused(query, tokens, vector, bonus, limit)
        if query.documents and len(fused.ordinals):
            named = self.index.clauses_of_documents(query.documents)
            if named[fused.ordinals[0]]:  # then nothing else is meant
                inside = replace(query, allowed=named if query.allowed is None else named & query.allowed)
                views, fused = self._fused(inside, tokens, vector, bonus, limit)
        clock.lap("search")
        return Sought(text, tokens, vector, views, fused)

    def _fused(
        self, query: Query, tokens: Sequence[str], vector: Vectors, bonus: NDArray[np.float32], limit: int
    ) -> tuple[Views, Hits]:
        views = self.views(query, tokens, vector, limit)
        return views, fuse(views, self._without_excluding(bonus, views, query.topic))

    def posts(self, found: Found, top_k: int = 5) -> Result:
        """The posts of what was found, or an abstention. Raises IndexDamagedError."""
        ranked = rank(found.whole.fused, self.index.holders)
        observed = self._features(found, ranked)
        asks = bool(ranked) and found.query.asks
        confidence = self._calibration.confidence(observed) if asks else 0.0
        covered = bool(ranked) and self._calibration.covers(observed, asks=asks)
        found.clock.lap("rank")
        shown = self._cite(ranked[: top_k if covered else NEAREST], confidence, found)
        verify(shown, self.index.store)
        found.clock.lap("cite")
        return Result(
            question=found.query.question,
            features=observed,
            confidence=confidence,
            sure=covered and self._calibration.is_sure(observed),
            posts=shown if covered else (),
            nearest=() if covered or not asks else shown,
            clarify=_clarify(shown, found.departments, found.query.documents) if covered else None,
            index_version=self.index.version,
            timings_ms=found.clock.timings(),
        )

    def clauses(self, found: Found, top_k: int = 10) -> list[Citation]:
        """The clauses of what was found, best first."""
        whole = found.whole
        telling = self._telling(whole.tokens)
        hits = zip(whole.fused.ordinals[:top_k].tolist(), whole.fused.scores[:top_k].tolist(), strict=True)
        return [
            self._citation(ref, ordinal, min(1.0, max(0.0, score / MAX_FUSED)), telling, whole.vector)
            for ref, (ordinal, score) in enumerate(hits, 1)
        ]

    def _features(self, found: Found, ranked: list[ScoredPost]) -> Features:
        topic = found.topic
        known = sum(map(self.index.lexical.knows, topic.tokens)) / max(1, len(topic.tokens))
        best = None if not len(topic.fused.ordinals) else self.index.store.clause(int(topic.fused.ordinals[0]))
        literal = best is not None and says(self.index.tokeniser.words(topic.text), best.text)
        return features(
            topic.views, self._beside(topic), topic.fused, ranked, self.index.holders, known, literal=literal
        )

    def _bonus(self, departments: frozenset[str], documents: Collection[str], role: Role | None) -> NDArray[np.float32]:
        """For each clause: those of the departments and documents that the question names, and of the role it asks for.

        A question that asks for no role wants to know who leads.
        """
        bonus = self._leading
        if role is not None:
            bonus = np.where(self.index.clauses_of_role(role), ASKED, np.float32(0))
        if departments:
            bonus = bonus + np.where(self.index.clauses_of_departments(departments), NAMED, np.float32(0))
        if documents:
            bonus = bonus + np.where(self.index.clauses_of_documents(documents), NAMED_DOCUMENT, np.float32(0))
        return bonus

    def _without_excluding(self, bonus: NDArray[np.float32], views: Views, topic: str) -> NDArray[np.float32]:
        """The bonus, less for clauses that were found but say that they do not cover it."""
        exclusions = self.index.exclusions
        found = {ordinal for hits in views for ordinal in hits.ordinals.tolist() if ordinal in exclusions}
        if excluding := [ordinal for ordinal in found if excludes(exclusions[ordinal], topic)]:
            bonus = bonus.copy()
            bonus[excluding] -= EXCLUDES
        return bonus

    def views(self, query: Query, tokens: Sequence[str], vector: Vectors, limit: int) -> Views:
        """What each list brings up, at most `limit` clauses each."""
        return Views(
            clauses=self.index.clause_vectors.search(vector, limit, query.allowed),
            questions=self.index.question_vectors.search(vector, limit, query.allowed),
            lexical=self.index.lexical.search(tokens, limit, query.allowed),
        )

    def _beside(self, sought: Sought) -> Beside:
        """What the best clause's document has beside it. What it is known not to cover another may well cover."""
        asked, outside = NO_HITS, NO_HITS
        if len(sought.fused.ordinals):
            document = self.index.documents[sought.fused.ordinals[0]]
            if self.index.asked_documents[document]:
                asked = sought.views.questions
            owners = self.index.outside_documents
            only = owners == document if self._several else None
            outside = self.index.outside_vectors.search(sought.vector, NEIGHBOURS, only)
        background = best_cosines(self.index.background, sought.vector, BACKGROUND)
        chatter = float(best_cosines(self.index.chatter, sought.vector, 1)[0])
        return Beside(asked, outside, background, chatter)

    def _cite(self, ranked: Sequence[ScoredPost], confidence: float, found: Found) -> tuple[RankedPost, ...]:
        """Posts with their clauses.

        The first one's score is the confidence; the others' fall from it as their scores do.
        """
        telling = self._telling(found.whole.tokens)
        refs = itertools.count(1)
        posts = []
        for scored in ranked:
            score = confidence * (scored.score / ranked[0].score)
            best = scored.clauses[0][1]
            fitting = [
                (ordinal, excess / best) for ordinal, excess in scored.clauses[:CITATIONS] if excess >= FITTING * best
            ]
            citations = [
                self._citation(next(refs), ordinal, score * share, telling, found.whole.vector)
                for ordinal, share in fitting
            ]
            first = citations[0]
            title = first.title if self._several else None
            posts.append(RankedPost(first.clause.post, score, tuple(citations), title))
        return tuple(posts)

    def _telling(self, tokens: Sequence[str]) -> list[str]:
        """The tokens worth highlighting: of two or more characters, and not what every other clause holds."""
        knows = self.index.lexical.knows
        return [
            token for token in dict.fromkeys(tokens) if len(token) > 1 and knows(token) and token not in self._common
        ]

    def _citation(self, ref: int, ordinal: int, score: float, telling: Sequence[str], vector: Vectors) -> Citation:
        clause = self.index.store.clause(ordinal)
        sentence = answering_sentence(clause.text, self.index.clause_vectors.of(ordinal), vector)
        whole = sentence == (0, len(clause.text))
        marked = highlights(clause.text, telling) if whole else [sentence]
        role = role_of(clause.text[slice(*sentence)])
        return Citation(ref, clause, self.index.titles[clause.document], score, role, sentence, marked)


def _clarify(posts: Sequence[RankedPost], departments: Collection[str], documents: Collection[str]) -> Clarify | None:
    """Ask back when posts of different departments, or of different documents, hold the same duty or fit equally well.

    The best one of each is an option. It does not ask when `departments` or `documents`, which the question names, tell
    them apart.
    """
    first = posts[0]
    options: dict[tuple[str, str], RankedPost] = {}
    for ranked in posts:
        same_duty = ranked.citations[0].clause.text == first.citations[0].clause.text
        if same_duty or ranked.score >= EQUAL * first.score:
            options.setdefault((ranked.document, ranked.post.department), ranked)
    sources = {document for document, _ in options}
    if len(sources) > 1 and first.document not in documents:
        which = "哪一份文件里的"
    elif len(options) > len(sources) and first.post.department not in departments:
        which = "哪个部门的"
    else:
        return None
    names = [ranked.post.department if ranked.title is None else ranked.name for ranked in options.values()]
    return Clarify(f"{'、'.join(names)}都有这项职责，您问的是{which}？", tuple(options.values()))
