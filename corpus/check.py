"""Findings about a whole corpus: numbering gaps, posts without duties, twins and overlaps, what nobody parsed."""

from collections.abc import Iterator, Sequence

from corpus.load import Corpus
from corpus.model import Clause, Document, Finding
from corpus.similar import similar_clauses


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
            yield Finding(
                "department_without_positions", line, f"{post}: no position is named; it owns its duties itself"
            )


def _twins(clauses: Sequence[Clause]) -> Iterator[tuple[str, Finding]]:
    """Clauses of two posts that say the same (`twin_clauses`) or nearly the same (`overlapping_clauses`)."""
    for first, second, share in similar_clauses(clauses):
        kind = "twin_clauses" if share == 1 else "overlapping_clauses"
        place = (
            f"line {first.lines[0]}"
            if first.document == second.document
            else f"{first.document}, line {first.lines[0]}"
        )
        message = (
            f"{second.post} {second.number} and {first.post} {first.number} ({place}) "
            f"share {share:.0%} of their wording: {second.text}"
        )
        yield second.document, Finding(kind, second.lines[0], message)
