"""Dense search against a brute-force oracle in numpy."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.errors import IndexDamagedError
from indexer.dense import FAISS_FILE, DenseIndex

DIMENSION = 64


def unit_vectors(count: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def oracle(
    vectors: NDArray[np.float32],
    rows: NDArray[np.int64],
    question: NDArray[np.float32],
    allowed: NDArray[np.bool_] | None,
) -> dict[int, float]:
    """The best cosine of each clause."""
    best: dict[int, float] = {}
    for row, score in zip(rows.tolist(), (vectors @ question).tolist(), strict=True):
        if allowed is None or allowed[row]:
            best[row] = max(score, best.get(row, -2.0))
    return best


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_search_agrees_with_brute_force(data: st.DataObject) -> None:
    clauses = data.draw(st.integers(1, 12))
    rows = np.array(data.draw(st.lists(st.integers(0, clauses - 1), max_size=40)), dtype=np.int64)
    vectors = unit_vectors(len(rows), data.draw(st.integers(0, 99)))
    allowed = data.draw(st.none() | st.lists(st.booleans(), min_size=clauses, max_size=clauses).map(np.array))
    limit = data.draw(st.integers(1, 15))
    question = unit_vectors(1, 1234)[0]
    hits = DenseIndex.build(vectors.reshape(-1, DIMENSION), rows).search(question, limit, allowed)
    expected = oracle(vectors, rows, question, allowed)
    assert len(hits.ordinals) == min(limit, len(expected))
    assert len(set(hits.ordinals.tolist())) == len(hits.ordinals)
    assert hits.scores.tolist() == pytest.approx(sorted(expected.values(), reverse=True)[:limit], abs=5e-3)
    assert hits.scores.tolist() == pytest.approx([expected[ordinal] for ordinal in hits.ordinals.tolist()], abs=5e-3)


def test_a_clause_with_many_near_vectors_does_not_crowd_the_others_out() -> None:
    near, far = unit_vectors(2, 3)
    vectors = np.vstack([near] * 50 + [far]).astype(np.float32)
    index = DenseIndex.build(vectors, np.array([0] * 50 + [1]))
    assert index.search(near, 2).ordinals.tolist() == [0, 1]


def test_the_vectors_of_a_clause_are_its_own_in_order() -> None:
    vectors = unit_vectors(6, seed=4)
    index = DenseIndex.build(vectors, np.array([0, 1, 1, 1, 3, 4]))
    assert np.allclose(index.of(1), vectors[1:4], atol=0.01)
    assert np.allclose(index.of(4), vectors[5:], atol=0.01)
    assert index.of(2).shape == (0, DIMENSION)


def test_wrong_dimension_is_named() -> None:
    index = DenseIndex.build(unit_vectors(3, 0), np.arange(3))
    with pytest.raises(ValueError, match=r"shape \(5,\); expected \(64,\)"):
        index.search(np.zeros(5, np.float32), 1)


def test_saved_and_loaded_alike(tmp_path: Path) -> None:
    index = DenseIndex.build(unit_vectors(20, 1), np.arange(20) // 2)
    index.save(tmp_path / "vectors")
    loaded = DenseIndex.load(tmp_path / "vectors")
    question = unit_vectors(1, 9)[0]
    assert loaded.search(question, 5).ordinals.tolist() == index.search(question, 5).ordinals.tolist()
    assert (loaded.count, loaded.dimension) == (20, DIMENSION)


def test_unreadable_file_is_named(tmp_path: Path) -> None:
    DenseIndex.build(unit_vectors(3, 0), np.arange(3)).save(tmp_path / "vectors")
    (tmp_path / "vectors" / FAISS_FILE).write_bytes(b"no index")
    with pytest.raises(IndexDamagedError, match=r"vectors\.faiss cannot be read .*duty index"):
        DenseIndex.load(tmp_path / "vectors")
