"""The shipped int8 ONNX weights as float32 safetensors, which torch can load and train: `python -m indexer.dequantise FOLDER`.

Dynamic quantisation stored each weight as an integer with a scale and a zero point, so `(integer - zero point) * scale` gives the
weight that the ONNX graph computes with. MatMul weights are stored transposed.
"""

import argparse
import re
import shutil
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.numpy import save_file

from indexer.encoder import SHIPPED_FOLDER

Weights = dict[str, NDArray[np.float32]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the sentence-transformers folder goes; must not exist")
    write_float_model(parser.parse_args().folder)


def write_float_model(target: Path, source: Path = SHIPPED_FOLDER) -> None:
    """Write a sentence-transformers folder with the float32 weights of an int8 one. Raises FileExistsError."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("onnx"))
    save_file(float_weights(source / "onnx" / "model_quantized.onnx"), target / "model.safetensors", metadata={"format": "pt"})


def float_weights(model: Path) -> Weights:
    """The weights of a BERT encoder by their torch names."""
    graph = onnx.load(model).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights: Weights = {
        name: value for name, value in stored.items() if re.fullmatch(r"(embeddings|encoder)\..*\.(weight|bias)", name)
    }
    for name in stored:
        if name.startswith("embeddings.") and name.endswith("_quantized"):
            weights[name.removesuffix("_quantized")] = _dequantise(stored, name)
    for node in graph.node:
        if node.op_type == "MatMulInteger":  # /encoder/layer.0/attention/self/query/MatMul_quant
            name = node.name.strip("/").removesuffix("/MatMul_quant").replace("/", ".") + ".weight"
            weights[name] = np.ascontiguousarray(_dequantise(stored, node.input[1]).T)
    size = weights["embeddings.LayerNorm.bias"].size
    # The export left the unused pooler out; without one, loading would make a random one.
    return weights | {"pooler.dense.weight": np.zeros((size, size), np.float32), "pooler.dense.bias": np.zeros(size, np.float32)}


def _dequantise(stored: dict[str, NDArray[np.generic]], name: str) -> NDArray[np.float32]:
    base = name.removesuffix("_quantized")
    integers, zero, scale = stored[name], stored[f"{base}_zero_point"], stored[f"{base}_scale"]
    return ((integers.astype(np.float32) - zero.astype(np.float32)) * scale.astype(np.float32)).astype(np.float32)


if __name__ == "__main__":
    main()
