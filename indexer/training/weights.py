"""int8 ONNX weights <-> float32 ones. `python -m indexer.training.weights FOLDER` writes the shipped model for torch.

The export stores each weight as integers with a scale and a zero point: MatMul weights transposed, as int8 with a scale
a column; embeddings as uint8 with one scale. The graph computes with `(integer - zero point) * scale`, so both
directions keep it as it is and touch its initialisers only. The base weights came in 7 bits, which processors without
VNNI cannot overflow. Tuned weights rounded to 7 bits lose right answers, so they are written in 8 (docs/decisions.md).

The graph rounds what goes into a MatMul with one scale for all of it, which a few channels set that are far wider than
the rest. So these are divided by a factor a channel before, and the weights multiplied by it (SmoothQuant: Xiao et al.
2023, "Accurate and Efficient Post-Training Quantization for Large Language Models"): a Mul before each rounding.
"""

import argparse
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from safetensors.numpy import load_file, save_file

from indexer.encoders.encoder import ONNX_WEIGHTS, SHIPPED_FOLDER

Weights = dict[str, NDArray[np.float32]]
Ranges = Mapping[str, NDArray[np.float32]]  # matrix -> the largest absolute value of each channel that goes into it
FLOAT_WEIGHTS = "model.safetensors"
LARGEST = 127
STRENGTH = 0.75  # how much of a channel's range goes from what is rounded into the weights, 0 to 1
_SMOOTH = "_smooth"  # what the name of a factor ends in; that of what was divided by it in _SMOOTHED
_SMOOTHED = "_smoothed"


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


def write_int8_model(weights: Weights, template: Path, target: Path, ranges: Ranges | None = None) -> None:
    """Write the int8 graph of the folder `template` with other weights into the folder `target`.

    Embeddings keep their integers: training leaves them alone. With `ranges` of all matrices it is smoothed.
    """
    model = onnx.load(template / ONNX_WEIGHTS)
    _take_smoothing_away(model.graph)
    if ranges is not None:
        weights = _smooth(model.graph, weights, ranges)
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
    """`share` of the second model's weights and the rest of the first's, which has them all.

    WiSE-FT (Wortsman et al. 2022) and LM-Cocktail (Xiao et al. 2023): most of the gain stays, most of the harm
    elsewhere goes.
    """
    return {name: ((1 - share) * first[name] + share * weights).astype(np.float32) for name, weights in second.items()}


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
    for rounding, names in _roundings(graph):
        if rounding.input[0].endswith(_SMOOTHED):
            for name in names:
                weights[name] = weights[name] * stored[f"{rounding.input[0].removesuffix(_SMOOTHED)}{_SMOOTH}"]
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


def _smooth(graph: onnx.GraphProto, weights: Weights, ranges: Ranges) -> Weights:
    """Divide what is rounded by a factor a channel, in the graph; the weights, multiplied by it."""
    weights = dict(weights)
    for rounding, names in list(_roundings(graph)):
        columns = np.concatenate([weights[name] for name in names])
        factors = _factors(ranges[names[0]], np.abs(columns).max(axis=0))
        for name in names:
            weights[name] = weights[name] * factors
        before = rounding.input[0]
        graph.initializer.append(numpy_helper.from_array(1 / factors, f"{before}{_SMOOTH}"))
        smoothed = helper.make_node("Mul", [before, f"{before}{_SMOOTH}"], [f"{before}{_SMOOTHED}"])
        rounding.input[0] = f"{before}{_SMOOTHED}"
        graph.node.insert(list(graph.node).index(rounding), smoothed)
    return weights


def _factors(into: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """One a channel, from the largest absolute values of what goes in and of the weights; 1 in the geometric mean."""
    tiny = np.float32(1e-5)
    logarithms = STRENGTH * np.log(np.maximum(into, tiny)) - (1 - STRENGTH) * np.log(np.maximum(weights, tiny))
    factors: NDArray[np.float32] = np.exp(logarithms - logarithms.mean()).astype(np.float32)
    return factors


def _take_smoothing_away(graph: onnx.GraphProto) -> None:
    for rounding, _ in _roundings(graph):
        rounding.input[0] = rounding.input[0].removesuffix(_SMOOTHED)
    for node in [node for node in graph.node if node.output[0].endswith(_SMOOTHED)]:
        graph.node.remove(node)
    for tensor in [tensor for tensor in graph.initializer if tensor.name.endswith(_SMOOTH)]:
        graph.initializer.remove(tensor)


def _roundings(graph: onnx.GraphProto) -> Iterator[tuple[onnx.NodeProto, list[str]]]:
    """Each node that rounds what goes into matrices, and the torch names of these."""
    names = {f"{base}_quantized": name for name, base in _matrices(graph).items()}
    for rounding in graph.node:
        if rounding.op_type == "DynamicQuantizeLinear":
            fed = [node for node in graph.node if rounding.output[0] in node.input and node.op_type == "MatMulInteger"]
            yield rounding, [names[node.input[1]] for node in fed]


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
