"""Any sentence-transformers model, by name or folder. The only module that imports sentence_transformers."""

import hashlib
import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import ModelError
from indexer.encoders.encoder import Progress, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

INSTALL = "pip install torch==2.13.0 && pip install 'dutyfinder[models]'"
BATCH = 32


class TransformerEncoder:
    """Uses the model's own prompts for questions and passages, where it has them."""

    def __init__(self, model: str) -> None:
        self.name = model
        self._model = _load(model)
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ModelError(
                f"DUTY_MODEL={model}: not an embedding model (no output dimension); name one that embeds text"
            )
        self.dimension = dimension
        self.identity = _weights_digest(self._model)

    def encode_question(self, text: str) -> Vectors:
        vector: Vectors = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return vector.astype(np.float32)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._model.encode_document(
                [texts[i] for i in batch], normalize_embeddings=True, show_progress_bar=False
            )
            if progress is not None:
                progress(start + len(batch), len(texts))
        return vectors


def _load(model: str) -> "SentenceTransformer":
    if importlib.util.find_spec("sentence_transformers") is None:
        raise ModelError(f"DUTY_MODEL={model} needs sentence-transformers, which is not installed; run: {INSTALL}")
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(model, device="cpu")
    except Exception as error:  # hub, file and format errors of several libraries
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(
            f"DUTY_MODEL={model} cannot be loaded ({reason}); "
            "allowed: a sentence-transformers folder, a model name that is "
            "already downloaded or reachable, or 'shipped'"
        ) from error


def _weights_digest(model: "SentenceTransformer") -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().float().cpu().numpy().tobytes())
    return digest.hexdigest()
