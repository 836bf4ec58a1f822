"""The duties of other organisations that a question is held against."""

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import IndexDamagedError
from indexer.background import FILE, load_background, read_bank, write_background
from indexer.encoders.encoder import Encoder
from tests.encoders import BigramEncoder


def test_the_vectors_that_ship_are_of_the_model_and_the_bank_that_ship(encoder: Encoder, tmp_path: Path) -> None:
    """They would be encoded anew for every index otherwise: run python -m indexer.background."""
    write_background(encoder, tmp_path, None)
    assert not (tmp_path / FILE).exists()
    bank = list(read_bank())
    vectors = load_background(tmp_path, encoder).duties
    assert vectors.shape == (len(bank), encoder.dimension)
    own = encoder.encode_passages([bank[7].text])[0]
    assert float(own @ vectors[7]) > 0.97


def test_another_encoder_sees_them_once(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    write_background(BigramEncoder(), first, None)
    kept = load_background(first, BigramEncoder())
    assert np.allclose(
        kept.duties[:3], BigramEncoder().encode_passages([duty.text for duty in read_bank()][:3]), atol=0.01
    )

    class Unused(BigramEncoder):
        def encode_passages(self, texts: object, progress: object = None) -> np.ndarray:
            raise AssertionError("encoded again")

    write_background(Unused(), second, first)
    assert load_background(second, Unused()).chatter.tobytes() == kept.chatter.tobytes()


def test_a_damaged_or_missing_file_says_so(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(IndexDamagedError, match="is missing; rebuild it with: duty index"):
        load_background(tmp_path, BigramEncoder())
    (tmp_path / FILE).write_bytes(b"no numbers")
    with pytest.raises(IndexDamagedError, match="rebuild it with: duty index"):
        load_background(tmp_path, encoder)


def test_every_duty_of_the_bank_has_a_clause_and_questions() -> None:
    bank = list(read_bank())
    assert len(bank) > 5000
    assert len({duty.organisation for duty in bank}) > 500
    assert all(duty.clause and duty.questions for duty in bank)
