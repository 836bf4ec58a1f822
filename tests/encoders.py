"""Encoders that tests put in the place of the shipped one."""

import hashlib
import itertools
from collections.abc import Sequence

import numpy as np

from indexer.encoders.encoder import Progress, Vectors


class BigramEncoder:
    """Vectors made up from pairs of characters, a thousand texts in the time of one real one.

    For tests of size, not of sense. Each pair counts in one of 512 components; texts that share pairs are alike.
    """

    name = "bigrams"
    identity = "b" * 64
    dimension = 512

    def encode_question(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for pair in itertools.pairwise(text):
            digest = hashlib.blake2b("".join(pair).encode("utf-8", "surrogatepass"), digest_size=2).digest()
            vector[int.from_bytes(digest) % self.dimension] += 1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.array([self.encode_question(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)
        if progress is not None:
            progress(len(texts), len(texts))
        return vectors
