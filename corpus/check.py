"""Findings about a whole corpus: numbering gaps, posts without duties, twins and overlaps, what nobody parsed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus.load import Corpus
from corpus.model import Clause, Document, Finding

OVERLAP = 0.6  # share of character bigrams from which two clauses count as saying nearly the same


def check(corpus: Corpus) -> dict[str, list[Finding]]:
    """Findings by document slug, in line order; orphaned expected questions are listed under ''.

    Clauses are compared across documents: what two of them share is a finding of the one that comes later.
    """
    findings: dict[str, list[Finding]] = {document.slug: [] for document in corpus.documents}
    for slug, finding in (*gaps(corpus), *_twins(corpus.clauses)):
        findings.setdefault(slug, []).append(finding)
    return {slug: sorted(found, key=lambda finding: finding.line) for slug, found in findings.items()}


def gaps(corpus: Corpus) -> Iterator[tuple[str, Finding]]:
    """What a document shows by itself, with its slug; orphaned expected questions with ''. No clauses are compared."""
    for document in corpus.documents:
        own = [*document.findings, *_empty_posts(document)]
        yield from ((document.slug, finding) for finding in sorted(own, key=lambda finding: finding.line))
    yield from (("", orphan) for orphan in corpus.orphans)


def _empty_posts(document: Document) -> Iterator[Finding]:
    owners = {clause.post for clause in document.clauses}
    for post, line in document.post_lines.items():
        if post.position is not None and post not in owners:
            yield Finding("position_without_duties", line, f"{post}: the position is named but no duty follows")
        if post.position is None and not any(other.department == post.department for other in document.positions):
            yield Finding("department_without_positions", line, f"{post}: no position is named; it owns its duties itself")


def _twins(clauses: Sequence[Clause]) -> Iterator[tuple[str, Finding]]:
    """Clauses of two posts that say the same (`twin_clauses`) or nearly the same (`overlapping_clauses`)."""
    for first, second, share in similar_clauses(clauses):
        kind = "twin_clauses" if share == 1 else "overlapping_clauses"
        place = f"line {first.lines[0]}" if first.document == second.document else f"{first.document}, line {first.lines[0]}"
        message = (
            f"{second.post} {second.number} and {first.post} {first.number} ({place}) "
            f"share {share:.0%} of their wording: {second.text}"
        )
        yield second.document, Finding(kind, second.lines[0], message)


def similar_clauses(clauses: Sequence[Clause]) -> Iterator[tuple[Clause, Clause, float]]:
    """Pairs of clauses of different posts whose character bigrams overlap (Jaccard) by OVERLAP or more.

    Only pairs that share a rare bigram are compared, so that a large corpus is not compared all with all.
    """
    grams = [bigrams(clause.text) for clause in clauses]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, own in enumerate(grams):
        for gram in own:
            holders[gram].append(index)
    for index, own in enumerate(grams):
        # Two sets with a Jaccard of OVERLAP differ in at most this many of one's members, so they share one of the rarest.
        differing = int(len(own) * (1 - OVERLAP)) + 1
        rarest = sorted(own, key=lambda gram: (len(holders[gram]), gram))[:differing]
        for other in sorted({holder for gram in rarest for holder in holders[gram] if holder > index}):
            share = jaccard(own, grams[other])
            if share >= OVERLAP and clauses[index].post != clauses[other].post:
                yield clauses[index], clauses[other], share


def bigrams(text: str) -> frozenset[str]:
    """The character pairs of a text's letters and digits; a text of one character is its own."""
    letters = "".join(character for character in text if character.isalnum())
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1)) or frozenset({letters})


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    union = len(first | second)
    return len(first & second) / union if union else 0.0
