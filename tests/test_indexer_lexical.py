"""BM25 against the formula, written out."""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.hits import best
from indexer.lexical import LexicalIndex

DOCUMENTS = [["佣金", "结算", "审核"], ["网间", "结算"], ["佣金", "佣金", "考核", "渠道", "代理"], ["投诉"]]


def bm25(documents: list[list[str]], tokens: list[str], k1: float = 1.5, b: float = 0.75) -> list[float]:
    """Lucene's BM25 as a share of its bound, straight from the definition."""
    average = sum(map(len, documents)) / len(documents)
    held = {token: sum(token in document for document in documents) for token in tokens}
    idf = {token: math.log(1 + (len(documents) - count + 0.5) / (count + 0.5)) for token, count in held.items()}
    scores = []
    for document in documents:
        counts = Counter(document)
        score = 0.0
        for token in set(tokens):
            score += idf[token] * counts[token] / (counts[token] + k1 * (1 - b + b * len(document) / average))
        scores.append(score / sum(idf.values()))
    return scores


@pytest.mark.parametrize(
    "tokens", [["结算"], ["佣金", "结算"], ["投诉", "渠道", "投诉"], ["火箭", "结算"]], ids=" ".join
)
def test_scores_follow_the_formula(tokens: list[str]) -> None:
    hits = LexicalIndex.build(DOCUMENTS).search(tokens, 10)
    expected = bm25(DOCUMENTS, tokens)
    found = dict(zip(hits.ordinals.tolist(), hits.scores.tolist(), strict=True))
    assert found == pytest.approx({i: score for i, score in enumerate(expected) if score > 0}, rel=1e-4)
    assert hits.scores.tolist() == sorted(hits.scores.tolist(), reverse=True)


def test_scores_are_those_of_the_library() -> None:
    index = LexicalIndex.build(DOCUMENTS)
    ids = [index._bm25.vocab_dict[token] for token in ("佣金", "结算", "渠道")]
    assert index._scores(ids) == pytest.approx(index._bm25.get_scores_from_ids(ids))


def test_unknown_tokens_find_nothing() -> None:
    assert LexicalIndex.build(DOCUMENTS).search(["火箭"], 3).ordinals.tolist() == []


def test_filter_and_limit() -> None:
    index = LexicalIndex.build(DOCUMENTS)
    allowed = np.array([False, True, True, True])
    assert index.search(["结算", "佣金"], 5, allowed).ordinals.tolist() == [1, 2]
    assert index.search(["结算", "佣金"], 1).ordinals.tolist() == [0]


def test_common_and_known_tokens() -> None:
    index = LexicalIndex.build(DOCUMENTS)
    assert (index.common(0.5), index.common(0.6)) == (frozenset({"结算", "佣金"}), frozenset())
    assert (index.common(0.1, 2), index.common(0.1, 3)) == (frozenset({"结算", "佣金"}), frozenset())
    assert (index.knows("投诉"), index.knows("火箭")) == (True, False)


def test_saved_and_loaded_alike(tmp_path: Path) -> None:
    built = LexicalIndex.build(DOCUMENTS)
    built.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert loaded.count == 4
    assert loaded.search(["佣金", "结算"], 9).ordinals.tolist() == [0, 1, 2]
    assert loaded.search(["佣金"], 9).scores.tolist() == built.search(["佣金"], 9).scores.tolist()


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=30),
    st.integers(1, 40),
    st.data(),
)
def test_best_is_a_stable_sort_of_what_is_allowed(scores: list[float], limit: int, data: st.DataObject) -> None:
    allowed = data.draw(st.none() | st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)).map(np.array))
    hits = best(np.array(scores, dtype=np.float32), limit, allowed)
    candidates = [i for i, score in enumerate(scores) if score > 0 and (allowed is None or allowed[i])]
    assert hits.ordinals.tolist() == sorted(candidates, key=lambda i: (-scores[i], i))[:limit]
    assert hits.scores.tolist() == [scores[i] for i in hits.ordinals.tolist()]
