"""Nearest vectors by cosine. The only module that imports faiss.

A clause may have several vectors, as it has several expected questions. A search scores it by the best of them.
"""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamagedError
from indexer.encoder import Vectors
from indexer.hits import Hits, Mask

# A question is one thread's work: a server answers many at once, and the encoder's threads have the cores.
faiss.omp_set_num_threads(1)

FAISS_FILE = "vectors.faiss"
ROWS_FILE = "rows.npy"
FIRST_TRY = 4  # times `limit` vectors are searched at first: near ones crowd on few clauses, but mostly not that much


class DenseIndex:
    """Exhaustive inner product over unit vectors in half precision; `rows[i]` is the clause ordinal that vector i belongs to.

    Reading the vectors is what a search waits for, and half the bytes are read sooner; cosines are off by less than 0.001.
    """

    def __init__(self, index: faiss.Index, rows: NDArray[np.int64]) -> None:
        self._index, self._rows = index, rows
        self._clauses = int(rows.max(initial=-1)) + 1
        self._per_clause = int(np.bincount(rows).max(initial=1))

    @classmethod
    def build(cls, vectors: Vectors, rows: NDArray[np.int64]) -> "DenseIndex":
        index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        index.add(vectors)
        return cls(index, rows)

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def search(self, vector: Vectors, limit: int, allowed: Mask | None = None) -> Hits:
        """The `limit` clauses nearest to a unit vector of shape (dimension,); scores are cosines."""
        if vector.shape != (self.dimension,):  # faiss itself raises an AssertionError without a word
            raise ValueError(f"vector of shape {vector.shape}; expected ({self.dimension},)")
        parameters = None
        available = self.count
        if allowed is not None:
            members = np.flatnonzero(allowed[self._rows])
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(members))  # type: ignore[call-arg]
            available = len(members)
        wanted = limit * min(self._per_clause, FIRST_TRY)
        while True:
            wanted = min(wanted, available)
            hits = self._search_rows(vector, wanted, limit, parameters)
            if len(hits.ordinals) == limit or wanted == available:
                return hits
            wanted *= 4  # the nearest vectors crowd on few clauses

    def _search_rows(self, vector: Vectors, wanted: int, limit: int, parameters: faiss.SearchParameters | None) -> Hits:
        """The clauses, at most `limit`, of the `wanted` nearest vectors."""
        if wanted == 0:
            return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
        scores, found = self._index.search(vector[np.newaxis], wanted, params=parameters)
        real = found[0] >= 0  # faiss pads with -1
        ordinals = self._rows[found[0][real]]
        if self._per_clause == 1:  # no clause has two vectors
            return Hits(ordinals, scores[0][real])
        places = np.arange(len(ordinals))
        first_place = np.empty(self._clauses, dtype=np.int64)
        first_place[ordinals[::-1]] = places[::-1]  # of several writes to one clause the last stays: its best vector's
        first = np.flatnonzero(first_place[ordinals] == places)[:limit]
        return Hits(ordinals[first], scores[0][real][first])

    def save(self, folder: Path) -> None:
        folder.mkdir()
        faiss.write_index(self._index, str(folder / FAISS_FILE))
        np.save(folder / ROWS_FILE, self._rows)

    @classmethod
    def load(cls, folder: Path) -> "DenseIndex":
        try:
            return cls(faiss.read_index(str(folder / FAISS_FILE)), np.load(folder / ROWS_FILE))
        except (RuntimeError, ValueError, OSError) as error:
            raise IndexDamagedError(f"{folder / FAISS_FILE} cannot be read ({error}); rebuild it with: duty index") from error
