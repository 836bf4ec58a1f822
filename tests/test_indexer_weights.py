"""int8 <-> float32 weights, and averaging."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from indexer.encoders.encoder import ONNX_WEIGHTS, SHIPPED_FOLDER, load_encoder
from indexer.training.weights import (
    Weights,
    average,
    float_weights,
    read_float_model,
    write_float_model,
    write_int8_model,
)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return float_weights(SHIPPED_FOLDER / ONNX_WEIGHTS)


def test_every_weight_of_a_four_layer_bert_is_there(weights: Weights) -> None:
    assert len(weights) == 71
    assert weights["embeddings.word_embeddings.weight"].shape == (21128, 512)
    assert weights["encoder.layer.3.intermediate.dense.weight"].shape == (2048, 512)


def test_writing_back_gives_the_same_integers(weights: Weights, tmp_path: Path) -> None:
    write_int8_model(weights, SHIPPED_FOLDER, tmp_path / "plain")
    write_int8_model(float_weights(tmp_path / "plain" / ONNX_WEIGHTS), SHIPPED_FOLDER, tmp_path / "again")
    before, after = (
        {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(folder / ONNX_WEIGHTS).graph.initializer}
        for folder in (tmp_path / "plain", tmp_path / "again")
    )
    assert before.keys() == after.keys()
    for name, value in before.items():
        if name.endswith("_quantized"):
            assert (value == after[name]).all(), name
        else:
            assert value == pytest.approx(after[name], rel=1e-6), name


def test_other_weights_give_another_model_that_runs(weights: Weights, tmp_path: Path) -> None:
    changed = dict(weights)
    name = "encoder.layer.0.output.dense.weight"
    changed[name] = weights[name] * 1.5
    shutil.copytree(SHIPPED_FOLDER, tmp_path / "model", ignore=shutil.ignore_patterns("onnx"))
    write_int8_model(changed, SHIPPED_FOLDER, tmp_path / "model")
    assert float_weights(tmp_path / "model" / ONNX_WEIGHTS)[name] == pytest.approx(
        changed[name], abs=float(np.abs(changed[name]).max()) / 127
    )
    other, shipped = load_encoder(str(tmp_path / "model")), load_encoder()
    assert other.identity != shipped.identity
    assert other.encode_question("佣金") @ shipped.encode_question("佣金") < 0.999


def test_a_smoothed_model_has_the_same_weights_and_says_the_same(weights: Weights, tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    matrices = [name for name in weights if name.startswith("encoder") and weights[name].ndim > 1]
    ranges = {name: np.asarray(generator.random(weights[name].shape[1]), np.float32) * 2 + 1 for name in matrices}
    for folder, given in (("plain", None), ("smooth", ranges)):
        shutil.copytree(SHIPPED_FOLDER, tmp_path / folder, ignore=shutil.ignore_patterns("onnx"))
        write_int8_model(weights, SHIPPED_FOLDER, tmp_path / folder, given)
    plain, smooth = (onnx.load(tmp_path / folder / ONNX_WEIGHTS).graph.node for folder in ("plain", "smooth"))
    assert len(smooth) - len(plain) == sum(node.op_type == "DynamicQuantizeLinear" for node in plain) == 16
    kept = float_weights(tmp_path / "smooth" / ONNX_WEIGHTS)
    for name in matrices:
        assert np.abs(kept[name] - weights[name]).max() < np.abs(weights[name]).max() / 50, name
    texts = ["佣金怎么结算", "负责客户投诉的接待和处理"]
    vectors = [load_encoder(str(tmp_path / folder)).encode_passages(texts) for folder in ("plain", "smooth")]
    assert (vectors[0] * vectors[1]).sum(axis=1).min() > 0.97


def test_smoothing_divides_wide_channels(weights: Weights, tmp_path: Path) -> None:
    name = "encoder.layer.0.intermediate.dense.weight"
    ranges = {matrix: np.ones(value.shape[1], np.float32) for matrix, value in weights.items() if value.ndim > 1}
    ranges[name][7] = 100
    write_int8_model(weights, SHIPPED_FOLDER, tmp_path, ranges)
    stored = {tensor.name: tensor for tensor in onnx.load(tmp_path / ONNX_WEIGHTS).graph.initializer}
    [factors] = [
        numpy_helper.to_array(stored[key])
        for key in stored
        if key.endswith("_smooth") and "layer.0/attention/output/LayerNorm" in key
    ]
    assert factors.argmin() == 7
    assert factors[7] < 0.1 * np.median(factors)


def test_the_average_lies_between(weights: Weights) -> None:
    doubled = {name: 2 * value for name, value in weights.items()}
    averaged = average(weights, doubled, 0.25)
    name = "encoder.layer.1.attention.self.query.weight"
    assert averaged[name] == pytest.approx(1.25 * weights[name], rel=1e-5)


def test_the_float_folder_holds_the_same_weights(weights: Weights, tmp_path: Path) -> None:
    write_float_model(tmp_path / "float")
    assert (
        read_float_model(tmp_path / "float")["encoder.layer.2.output.dense.weight"]
        == weights["encoder.layer.2.output.dense.weight"]
    ).all()
