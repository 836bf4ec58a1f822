"""A training run of a very small model: it learns, and goes on where it was stopped."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.encoders.encoder import SHIPPED_FOLDER
from indexer.training.triples import Duty
from indexer.training.weights import Weights, read_float_model

pytestmark = pytest.mark.torch

MATTERS = ["登记账簿", "保管现金", "维修电梯", "组织培训", "采购办公用品", "接待来访", "管理宿舍", "审核合同"]
DUTIES = [
    Duty("某公司", f"部门{place}", f"部门{place}：{matter}。", tuple(f"{matter}找谁{again}" for again in range(12)))
    for place, matter in enumerate(MATTERS)
]
HARDEST = {
    (place, question): [(place + 1) % len(DUTIES)] for place, duty in enumerate(DUTIES) for question in duty.questions
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer that knows nothing yet, with the tokeniser of the shipped one."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("model") / "small"
    shutil.copytree(SHIPPED_FOLDER, folder, ignore=shutil.ignore_patterns("onnx", "config.json"))
    config = BertConfig(
        vocab_size=21128, hidden_size=64, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def tuned(small: Path, work: Path) -> Weights:
    from indexer.training.tune import fine_tune

    work.mkdir(exist_ok=True)
    return fine_tune(small, DUTIES, HARDEST, work, epochs=4, seed=3)


def test_a_run_that_was_stopped_ends_with_the_same_weights(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from indexer.training import tune

    monkeypatch.setattr(tune, "KEPT_EVERY", 2)
    whole = tuned(small, tmp_path / "whole")
    save, times = torch.save, []

    def save_and_stop(*arguments: Any) -> None:
        save(*arguments)
        times.append(1)
        if len(times) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        tuned(small, tmp_path / "stopped")
    monkeypatch.setattr(torch, "save", save)
    resumed = tuned(small, tmp_path / "stopped")
    assert whole.keys() == resumed.keys()
    assert all(np.array_equal(matrix, resumed[name]) for name, matrix in whole.items())


def test_it_learns_but_leaves_the_embeddings_alone(small: Path, tmp_path: Path) -> None:
    before, after = read_float_model(small), tuned(small, tmp_path / "run")
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert changed == {name for name in before if not name.startswith("embeddings.")}
