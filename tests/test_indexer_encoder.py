"""The two encoders: the shipped one on onnxruntime, any other on sentence-transformers, and that both mean the same."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from corpus.load import Corpus
from indexer.encoders.encoder import SHIPPED_FOLDER, Encoder, load_encoder
from indexer.training.weights import write_float_model

QUESTIONS = ["佣金怎么结算，找谁", "VIP客户归谁", "机场贵宾厅谁在管", "渠道 " * 500]


def test_the_shipped_weights_are_those_of_the_model_card(encoder: Encoder) -> None:
    digest = hashlib.sha256((SHIPPED_FOLDER / "onnx" / "model_quantized.onnx").read_bytes()).hexdigest()
    assert encoder.identity == digest
    assert digest in (SHIPPED_FOLDER / "README.md").read_text(encoding="utf-8")


def test_vectors_are_unit_length_and_repeatable(encoder: Encoder, corpus: Corpus) -> None:
    vectors = np.array([encoder.encode_question(question) for question in QUESTIONS])
    assert vectors.shape == (4, encoder.dimension) == (4, 512)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert encoder.encode_question(QUESTIONS[0]).tolist() == vectors[0].tolist()
    texts = [clause.text for clause in corpus.clauses]
    assert encoder.encode_passages(texts).tobytes() == encoder.encode_passages(texts).tobytes()


def test_passages_come_back_in_order_with_progress(encoder: Encoder, corpus: Corpus) -> None:
    texts = [clause.text for clause in corpus.clauses[:70]]
    told: list[tuple[int, int]] = []
    vectors = encoder.encode_passages(texts, lambda done, total: told.append((done, total)))
    alone = np.array([encoder.encode_question(text) for text in texts])
    # int8 scales are those of the whole batch, so a batch moves a vector a little; it must stay nearest to itself.
    assert (vectors * alone).sum(axis=1).min() > 0.98
    assert (vectors @ alone.T).argmax(axis=1).tolist() == [texts.index(text) for text in texts]
    assert told == [(32, 70), (64, 70), (70, 70)]


def test_case_does_not_matter(encoder: Encoder) -> None:
    assert encoder.encode_question("ICT项目").tolist() == encoder.encode_question("ict项目").tolist()
    assert encoder.encode_question("ICT项目") @ encoder.encode_question("IPTV项目") < 0.99


def test_no_passages(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, 512)


def test_the_right_clause_is_nearer_than_a_wrong_one(encoder: Encoder) -> None:
    question = encoder.encode_question("佣金怎么结算")
    right, wrong = encoder.encode_passages(
        ["参与社会渠道代理考核、业务佣金结算及审核。", "做好卡类的印制与库存管理工作。"]
    )
    assert question @ right > question @ wrong + 0.1


def test_a_broken_model_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model_quantized.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"cannot be loaded .* reinstall dutyfinder"):
        load_encoder(str(tmp_path))


@pytest.mark.torch
def test_an_unknown_model_name_is_an_error_that_says_what_is_allowed() -> None:
    with pytest.raises(
        ModelError, match=r"DUTY_MODEL=no/such-model cannot be loaded .*allowed: a sentence-transformers folder"
    ):
        load_encoder("no/such-model")


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"run: pip install torch==2\.13\.0 && pip install 'dutyfinder\[models\]'"):
        load_encoder("BAAI/bge-m3")


@pytest.fixture(scope="module")
def float_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "float"
    write_float_model(folder)
    return folder


@pytest.mark.torch
def test_both_encoders_give_the_same_vectors(encoder: Encoder, float_model: Path, corpus: Corpus) -> None:
    """The shipped int8 weights on onnxruntime against the same weights as float32 on torch."""
    other = load_encoder(str(float_model))
    texts = [clause.text for clause in corpus.clauses[:40]]
    assert (encoder.encode_passages(texts) * other.encode_passages(texts)).sum(axis=1).min() > 0.99
    for question in QUESTIONS:
        assert encoder.encode_question(question) @ other.encode_question(question) > 0.99
    assert other.name == str(float_model)
    assert other.dimension == 512


@pytest.mark.torch
def test_identity_follows_the_weights(float_model: Path) -> None:
    assert load_encoder(str(float_model)).identity == load_encoder(str(float_model)).identity
