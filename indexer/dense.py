"""Nearest vectors by cosine. The only module that imports faiss.

A clause may have several vectors, as it has several expected questions. A search scores it by the best of them.
"""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamagedError
from indexer.encoders.encoder import Vectors
from indexer.hits import NO_HITS, Hits, Mask

# A question is one thread's work: a server answers many at once, and the encoder's threads have the cores.
faiss.omp_set_num_threads(1)

FAISS_FILE = "vectors.faiss"
ROWS_FILE = "rows.npz"
STEPS = 127  # whole numbers to either side of zero
FIRST_TRY = 4  # times `limit` vectors are searched at first: near ones crowd on few clauses, but mostly not that much


class DenseIndex:
    """Exhaustive inner product over unit vectors in signed bytes; `rows[i]` is the clause ordinal of vector i.

    Reading the vectors is what a search waits for, and a quarter of the bytes are read sooner; whole numbers are also
    multiplied faster. A byte stands for `scale` times its value. A cosine is off by about 0.001.
    """

    def __init__(self, index: faiss.Index, rows: NDArray[np.int64], scale: float) -> None:
        self._index, self._rows, self.scale = index, rows, scale
        self._clauses = int(rows.max(initial=-1)) + 1
        self._per_clause = int(np.bincount(rows).max(initial=1))

    @classmethod
    def build(cls, vectors: Vectors, rows: NDArray[np.int64]) -> "DenseIndex":
        steps, scale = _whole(vectors)
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        index = faiss.IndexScalarQuantizer(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        index.add(steps)
        return cls(index, rows, scale)

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def rows(self) -> NDArray[np.int64]:
        """For each vector, the ordinal of its clause; shape (vectors,)."""
        return self._rows

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
            return NO_HITS
        steps, scale = _whole(vector[np.newaxis])  # faiss cuts fractions of the question off
        scores, found = self._index.search(steps, wanted, params=parameters)
        scores *= np.float32(scale * self.scale)
        real = found[0] >= 0  # faiss pads with -1
        ordinals = self._rows[found[0][real]]
        if self._per_clause == 1:  # no clause has two vectors
            return Hits(ordinals, scores[0][real])
        places = np.arange(len(ordinals))
        first_place = np.empty(self._clauses, dtype=np.int64)
        first_place[ordinals[::-1]] = places[::-1]  # of several writes to one clause the last stays: its best vector's
        first = np.flatnonzero(first_place[ordinals] == places)[:limit]
        return Hits(ordinals[first], scores[0][real][first])

    def of(self, ordinal: int) -> Vectors:
        """The vectors of a clause as they are kept, in order; shape (vectors, dimension). `rows` must rise."""
        first, end = np.searchsorted(self._rows, (ordinal, ordinal + 1)).tolist()
        steps: Vectors = self._index.reconstruct_n(first, end - first)
        return steps * np.float32(self.scale)

    def vectors(self) -> Vectors:
        """All vectors as they are kept, in order: built from these, another index has the same bytes and scale."""
        steps: Vectors = self._index.reconstruct_n(0, self.count)
        return (steps * np.float64(self.scale)).astype(np.float32)  # float32 would miss the very largest by a rounding

    def save(self, folder: Path) -> None:
        """Raises OSError."""
        folder.mkdir()
        try:
            faiss.write_index(self._index, str(folder / FAISS_FILE))
        except RuntimeError as error:  # a full disk, for one
            raise OSError(f"{folder / FAISS_FILE}: {error}") from error
        np.savez(folder / ROWS_FILE, rows=self._rows, scale=self.scale)

    @classmethod
    def load(cls, folder: Path) -> "DenseIndex":
        try:
            with np.load(folder / ROWS_FILE) as kept:
                return cls(faiss.read_index(str(folder / FAISS_FILE)), kept["rows"], float(kept["scale"]))
        except (RuntimeError, ValueError, OSError, KeyError) as error:
            raise IndexDamagedError(
                f"{folder / FAISS_FILE} cannot be read ({error}); rebuild it with: duty index"
            ) from error


def _whole(vectors: Vectors) -> tuple[Vectors, float]:
    """Vectors as whole numbers of -STEPS to STEPS, and what one step is worth."""
    scale = float(np.abs(vectors).max(initial=0)) / STEPS or 1.0
    return np.rint(vectors / np.float32(scale)), scale
