"""The shipped model on onnxruntime and tokenizers: loads in a fraction of a second, without torch."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from corpus.errors import ModelError
from indexer.cores import usable_cores
from indexer.encoders.encoder import ONNX_WEIGHTS, Progress, Vectors

MAX_TOKENS = 512
BATCH = 32


class OnnxEncoder:
    """A BERT encoder with CLS pooling, exported to ONNX, in a sentence-transformers folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        weights = folder / ONNX_WEIGHTS
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(4, usable_cores())
        # Waiting threads leave the cores to others.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self.identity = hashlib.sha256(weights.read_bytes()).hexdigest()
            self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # onnxruntime and tokenizers raise bare classes of their own
            raise ModelError(
                f"the model in {folder} cannot be loaded ({error}); "
                "reinstall dutyfinder, or set DUTY_MODEL to another model"
            ) from error
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self.dimension = int(self._session.get_outputs()[0].shape[-1])

    def encode_question(self, text: str) -> Vectors:
        vector: Vectors = self._forward([text])[0]
        return vector

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Batches of like length: padding is work, and it blurs the int8 scales of its whole batch.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._forward([texts[i] for i in batch])
            if progress is not None:
                progress(start + len(batch), len(texts))
        return vectors

    def _forward(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(texts)
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        first_tokens: Vectors = self._session.run(None, feeds)[0][:, 0]
        unit: Vectors = first_tokens / np.linalg.norm(first_tokens, axis=1, keepdims=True)
        return unit
