"""The last check before an answer leaves: every citation says exactly what the index stores."""

from collections.abc import Iterable

from corpus.errors import IndexDamagedError
from corpus.model import text_digest
from indexer.store import Store
from indexer.versions import REBUILD
from retriever.result import Citation, RankedPost


def verify(posts: Iterable[RankedPost], store: Store) -> None:
    """Raise IndexDamagedError when a citation differs from its stored clause, or speaks for another post."""
    for ranked in posts:
        for citation in ranked.citations:
            if citation.clause.post != ranked.post or not _exact(citation, store):
                raise IndexDamagedError(f"the citation of {citation.clause.id} is not what the index stores; {REBUILD}")


def _exact(citation: Citation, store: Store) -> bool:
    clause = citation.clause
    inside = all(0 <= start < end <= len(clause.text) for start, end in citation.highlights)
    return inside and store.fingerprint(clause.id) == (text_digest(clause.text), clause.lines)
