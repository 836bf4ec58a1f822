"""int8 ONNX weights <-> float32 ones. `python -m indexer.training.weights FOLDER` writes the shipped model for torch.

The export stores each weight as integers with a scale and a zero point: MatMul weights transposed, as int8 with a scale
a column; embeddings as uint8 with one scale. The graph computes with `(integer - zero point) * scale`, so both
directions keep it as it is and touch its initialisers only. The base weights came in 7 bits, which processors without
VNNI cannot overflow. Tuned weights rounded to 7 bits lose right answers, so they are written in 8 (docs/decisions.md).
"""

import argparse
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file

from indexer.encoders.encoder import ONNX_WEIGHTS, SHIPPED_FOLDER

Weights = dict[str, NDArray[np.float32]]
FLOAT_WEIGHTS = "model.safetensors"
LARGEST = 127


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the sentence-transformers folder goes; must not exist")
    write_float_model(parser.parse_args().folder)


def write_float_model(target: Path, source: Path = SHIPPED_FOLDER) -> None:
    """Write a sentence-transformers folder with the float32 weights of an int8 one. Raises FileExistsError."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("onnx"))
    save_float_model(float_weights(source / ONNX_WEIGHTS), target)


def save_float_model(weights: Weights, folder: Path) -> None:
    """Write or replace the float32 weights of a sentence-transformers folder."""
    save_file(weights, folder / FLOAT_WEIGHTS, metadata={"format": "pt"})


def write_int8_model(weights: Mapping[str, NDArray[np.float32]], template: Path, target: Path) -> None:
    """Write the int8 graph of the folder `template` with other weights into the folder `target`.

    Embeddings keep their integers: training leaves them alone.
    """
    model = onnx.load(template / ONNX_WEIGHTS)
    replaced = _requantised(model.graph, weights)
    for tensor in model.graph.initializer:
        if tensor.name in replaced:
            tensor.CopyFrom(numpy_helper.from_array(replaced[tensor.name], tensor.name))
    (target / ONNX_WEIGHTS).parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, target / ONNX_WEIGHTS)


def read_float_model(folder: Path) -> Weights:
    """The weights of a sentence-transformers folder of a BERT encoder."""
    return load_file(folder / FLOAT_WEIGHTS)


def average(first: Weights, second: Weights, share: float) -> Weights:
    """`share` of the second model's weights and the rest of the first's.

    WiSE-FT (Wortsman et al. 2022) and LM-Cocktail (Xiao et al. 2023): most of the gain stays, most of the harm
    elsewhere goes.
    """
    return {name: ((1 - share) * first[name] + share * second[name]).astype(np.float32) for name in first}


def float_weights(model: Path) -> Weights:
    """The weights of a BERT encoder by their torch names."""
    graph = onnx.load(model).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights: Weights = {name: stored[name] for name in stored if _is_plain(name)}
    for name in stored:
        if name.startswith("embeddings.") and name.endswith("_quantized"):
            weights[name.removesuffix("_quantized")] = _dequantise(stored, name)
    for name, base in _matrices(graph).items():
        weights[name] = np.ascontiguousarray(_dequantise(stored, f"{base}_quantized").T)
    size = weights["embeddings.LayerNorm.bias"].size
    # The export left the unused pooler out; without one, loading would make a random one.
    return weights | {
        "pooler.dense.weight": np.zeros((size, size), np.float32),
        "pooler.dense.bias": np.zeros(size, np.float32),
    }


def _requantised(graph: onnx.GraphProto, weights: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.generic]]:
    """Initialisers by their ONNX names."""
    replaced: dict[str, NDArray[np.generic]] = {
        tensor.name: weights[tensor.name] for tensor in graph.initializer if _is_plain(tensor.name)
    }
    for name, base in _matrices(graph).items():
        columns = weights[name].T
        scale = (np.abs(columns).max(axis=0) / LARGEST).astype(np.float32)
        replaced[f"{base}_scale"] = scale
        replaced[f"{base}_quantized"] = np.clip(np.round(columns / scale), -LARGEST, LARGEST).astype(np.int8)
    return replaced


def _matrices(graph: onnx.GraphProto) -> dict[str, str]:
    """torch name -> the ONNX name that its integers, scale and zero point start with."""
    return {
        node.name.strip("/").removesuffix("/MatMul_quant").replace("/", ".") + ".weight": node.input[1].removesuffix(
            "_quantized"
        )
        for node in graph.node
        if node.op_type == "MatMulInteger"  # such as /encoder/layer.0/attention/self/query/MatMul_quant
    }


def _is_plain(name: str) -> bool:
    """Biases and norms, which are stored as they are, under their torch names."""
    return re.fullmatch(r"(embeddings|encoder)\..*\.(weight|bias)", name) is not None


def _dequantise(stored: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.float32]:
    base = name.removesuffix("_quantized")
    integers, zero, scale = (stored[key].astype(np.float32) for key in (name, f"{base}_zero_point", f"{base}_scale"))
    return ((integers - zero) * scale).astype(np.float32)


if __name__ == "__main__":
    main()
