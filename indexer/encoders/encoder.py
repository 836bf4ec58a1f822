"""What turns text into vectors: one protocol, two implementations, chosen by name.

The shipped model, and any folder that holds an int8 ONNX export like it, runs on onnxruntime and needs no torch; any
other model (a name or a folder) runs on sentence-transformers. Each loads its libraries only when it is asked for.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]

SHIPPED_MODEL = "shipped"
SHIPPED_FOLDER = Path(__file__).parent.parent / "model"
ONNX_WEIGHTS = Path("onnx") / "model_quantized.onnx"


class Encoder(Protocol):
    """Text -> unit vectors. `identity` names the very weights: an index is only good for the encoder that built it."""

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_question(self, text: str) -> Vectors:
        """One question as a unit vector, shape (dimension,), float32."""
        ...

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Clauses and expected questions as unit vectors, shape (len(texts), dimension), float32."""
        ...


def load_encoder(model: str = SHIPPED_MODEL) -> Encoder:
    """The encoder of a model: `shipped`, a folder, or a name. Raises ModelError when it cannot be loaded."""
    folder = SHIPPED_FOLDER if model == SHIPPED_MODEL else Path(model)
    if (folder / ONNX_WEIGHTS).is_file():
        from indexer.encoders.onnx import OnnxEncoder

        return OnnxEncoder(folder, model)
    from indexer.encoders.transformer import TransformerEncoder

    return TransformerEncoder(model)
