"""BM25 over the tokens of clauses and their expected questions. The only module that imports bm25s."""

import math
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamagedError
from indexer.hits import NO_HITS, Hits, Mask, best

FOLDER = "lexical"


class LexicalIndex:
    """BM25 (Lucene's variant, k1 1.5, b 0.75; Lù 2024, "BM25S"). Row i is clause ordinal i."""

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25
        held = np.diff(bm25.scores["indptr"])  # clauses that hold each token
        self._idf = np.log1p((self.count - held + 0.5) / (held + 0.5))
        self._unknown_idf = math.log1p((self.count + 0.5) / 0.5)

    @classmethod
    def build(cls, documents: Sequence[list[str]]) -> "LexicalIndex":
        bm25 = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        bm25.index(documents, show_progress=False)
        return cls(bm25)

    @property
    def count(self) -> int:
        return int(self._bm25.scores["num_docs"])

    def knows(self, token: str) -> bool:
        return token in self._bm25.vocab_dict

    def common(self, share: float, least: int = 1) -> frozenset[str]:
        """The tokens that at least this share of all clauses hold, 0 to 1, and at least so many."""
        often = set(np.flatnonzero(np.diff(self._bm25.scores["indptr"]) >= max(least, share * self.count)).tolist())
        return frozenset(token for token, token_id in self._bm25.vocab_dict.items() if token_id in often)

    def search(self, tokens: Sequence[str], limit: int, allowed: Mask | None = None) -> Hits:
        """The `limit` clauses with the highest scores above zero; repeated tokens count once.

        A score is the BM25 score as a share, 0 to 1, of what a clause could reach that is full of every token asked
        for: how much of the question the words of the clause explain. Tokens that no clause holds count as the rarest.
        """
        asked = dict.fromkeys(tokens)
        vocabulary = self._bm25.vocab_dict
        ids = [vocabulary[token] for token in asked if token in vocabulary]
        if not ids:
            return NO_HITS
        # A term's share of BM25 approaches its inverse document frequency as it repeats.
        ceiling = np.float32(self._idf[ids].sum() + (len(asked) - len(ids)) * self._unknown_idf)
        return best(self._scores(ids) / ceiling, limit, allowed)

    def _scores(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """What bm25s computes in get_scores_from_ids, with one addition for all tokens instead of one for each."""
        bounds = self._bm25.scores["indptr"]
        parts = [slice(bounds[token], bounds[token + 1]) for token in ids]
        holders = np.concatenate([self._bm25.scores["indices"][part] for part in parts])
        weights = np.concatenate([self._bm25.scores["data"][part] for part in parts])
        return np.bincount(holders, weights, minlength=self.count).astype(np.float32)

    def save(self, folder: Path) -> None:
        self._bm25.save(folder / FOLDER, corpus=None)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        try:
            bm25 = bm25s.BM25.load(folder / FOLDER, mmap=True, load_corpus=False)
            # Plain arrays over the same mapped memory: each slice of a numpy.memmap costs more than adding it up.
            bm25.scores = {name: np.asarray(part) for name, part in bm25.scores.items()}
            return cls(bm25)
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamagedError(
                f"{folder / FOLDER} cannot be read ({error}); rebuild it with: duty index"
            ) from error
