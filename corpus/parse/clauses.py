"""Drafts of clauses and the segments of the source, as the walk finds them; the document that they make."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from corpus.grammar.repair import clean
from corpus.grammar.scan import Unit
from corpus.model import Clause, Document, Finding, Post, PostFact, Segment, SegmentKind
from corpus.parse.context import Context
from corpus.source import Source


@dataclass(slots=True)
class Draft:
    """A clause that may still grow, and what is known of it beforehand.

    `group` counts the lists of the document, `subject` says that its own sentence names its owner, `article` that it
    is an article of a regulation, `settled` that a table or a hint says that it is a duty, and `told` that its sentence
    says 应当 or the like of its subject.
    """

    id: str
    post: Post
    number: str
    context: Context
    group: int
    also: list["Draft"] = field(default_factory=list)  # the same duty of other owners
    subject: bool = False
    article: bool = False
    settled: bool = False
    told: bool = False
    units: list[Unit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)  # which count only if it is a duty

    @property
    def words(self) -> str:
        """The words of its first unit, without the number."""
        return self.units[0].words.strip()


class Clauses:
    """Collects drafts, posts and segments in reading order."""

    def __init__(self, slug: str, source: Source) -> None:
        self.slug = slug
        self.source = source
        self.posts: dict[Post, int] = {}
        self.sure_posts: set[Post] = set()
        self.drafts: dict[str, Draft] = {}
        self.counts: Counter[Post] = Counter()
        self.findings: list[Finding] = []
        self.facts: list[PostFact] = []
        self.segments: list[Segment] = []
        self.by_position: dict[str, list[Post]] = {}
        self._copies: Counter[str] = Counter()

    def name_post(self, unit: Unit, post: Post, *, sure: bool) -> None:
        """Note a post, and where it is named; one that is not `sure` counts only while it owns a duty."""
        for named in (Post(post.department, None), post):
            if named.position is not None and named not in self.posts:
                self.by_position.setdefault(named.position, []).append(named)
            self.posts.setdefault(named, unit.number)
            if sure:
                self.sure_posts.add(named)

    def forget_post(self, post: Post) -> None:
        """Forget that a post was named, unless something of it was read already."""
        if not self.counts[post]:
            if self.posts.pop(post, None) is not None and post.position is not None:
                self.by_position[post.position].remove(post)
            self.sure_posts.discard(post)

    def add(self, draft: Draft) -> None:
        self.drafts[draft.id] = draft
        self.counts[draft.post] += 1

    def share(self, draft: Draft, posts: Iterable[Post]) -> None:
        """Give the same duty to other owners too. The characters stay those of the first one's clause."""
        for post in posts:
            number = (
                draft.number if self.new_id(post, draft.number).endswith(draft.number) else str(self.counts[post] + 1)
            )
            other = replace(
                draft, id=self.new_id(post, number), post=post, number=number, also=[], units=[], findings=[]
            )
            draft.also.append(other)
            self.add(other)

    def go_on(self, draft: Draft, unit: Unit) -> None:
        """Make a unit a part of a clause."""
        draft.units.append(unit)
        for other in draft.also:
            other.units.append(unit)
        self.segment(unit, SegmentKind.CLAUSE, draft.id)

    def new_id(self, post: Post, number: str) -> str:
        parts = [self.slug, post.department, *([post.position] if post.position else []), number]
        plain = "/".join(part.replace("/", "／") for part in parts)
        unique = plain
        copy = 1
        while unique in self.drafts:  # two lists in one post both count from 1
            copy = max(copy + 1, self._copies[plain])
            unique = f"{plain}~{copy}"
        self._copies[plain] = copy
        return unique

    def segment(self, unit: Unit, kind: SegmentKind, name: str) -> None:
        end = unit.start + len(unit.raw)
        previous = self.segments[-1] if self.segments else None
        if previous is not None and kind is SegmentKind.CLAUSE and previous.name == name:
            self.segments[-1] = Segment(kind, name, previous.start, end)
        else:
            self.segments.append(Segment(kind, name, unit.start, end))

    def document(self, left_out: Mapping[str, str]) -> Document:
        """The document without the drafts that are left out, by id, for a reason."""
        left_out = dict(left_out)
        clauses = []
        for draft in self.drafts.values():
            clause = self._clause(draft)
            if draft.id not in left_out and clause.text:
                clauses.append(clause)
                self.findings += draft.findings
            elif draft.id not in left_out:
                left_out[draft.id] = "empty-item"
                message = f"{clause.post}: item {clause.number} has no words"
                self.findings.append(Finding("empty_item", clause.lines[0], message))
        owners = {clause.post for clause in clauses}
        owners |= {Post(post.department, None) for post in owners} | self.sure_posts
        return Document(
            slug=self.slug,
            text=self.source.text,
            post_lines={post: line for post, line in self.posts.items() if post in owners},
            clauses=tuple(clauses),
            segments=tuple(self._left_out(segment, left_out) for segment in self.segments),
            findings=tuple(sorted(self.findings, key=lambda finding: finding.line)),
            facts=tuple(fact for fact in self.facts if fact.post in owners),
        )

    def _left_out(self, segment: Segment, left_out: Mapping[str, str]) -> Segment:
        if segment.kind is SegmentKind.CLAUSE and segment.name in left_out:
            return replace(segment, kind=SegmentKind.BOILERPLATE, name=left_out[segment.name])
        return segment

    def _clause(self, draft: Draft) -> Clause:
        first, *more = draft.units
        text = first.says or clean([first.words, *(unit.body for unit in more)], wrapped=self.source.wrapped)
        lead = f"{first.lead}\t" if first.lead else ""
        lines = first.number, draft.units[-1].number
        return Clause(
            id=draft.id,
            document=self.slug,
            department=draft.post.department,
            position=draft.post.position,
            number=draft.number,
            text=f"{first.lead}：{text}" if first.lead and text and not first.says else text,
            source_text=lead + "".join(unit.raw for unit in draft.units).rstrip("\r\n"),
            lines=lines,
            ocr=not self.source.recognised.isdisjoint(range(lines[0], lines[1] + 1)),
        )
