"""The steps between query and answer: fuse, rank, roles, highlights, confidence, citation check."""

import dataclasses
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from corpus.errors import IndexDamagedError
from corpus.model import Post
from indexer.hits import Hits
from indexer.index import Index
from retriever.citations import verify
from retriever.confidence import (
    Beside,
    Calibration,
    Features,
    Logistic,
    best_cosines,
    features,
    load_calibration,
    save_calibration,
)
from retriever.fuse import ASKED_WEIGHT, LEXICAL_WEIGHT, Views, fuse
from retriever.highlight import highlights
from retriever.rank import ScoredPost, rank
from retriever.result import RankedPost
from retriever.retriever import Retriever


def hits(**scores: float) -> Hits:
    """Hits from `c3=0.5`: clause ordinal 3 with score 0.5."""
    best_first = sorted(((int(name[1:]), score) for name, score in scores.items()), key=lambda item: -item[1])
    return Hits(
        np.array([i for i, _ in best_first], np.int64), np.array([score for _, score in best_first], np.float32)
    )


NOTHING = hits()
NO_BONUS = np.zeros(8, np.float32)


def test_fused_score_is_the_weighted_cosine_plus_what_the_words_explain() -> None:
    fused = fuse(
        Views(clauses=hits(c0=0.6, c1=0.4), questions=hits(c0=0.2, c1=0.8), lexical=hits(c1=0.3, c0=0.1)), NO_BONUS
    )
    assert fused.ordinals.tolist() == [1, 0]
    dense = [(1 - ASKED_WEIGHT) * 0.4 + ASKED_WEIGHT * 0.8, (1 - ASKED_WEIGHT) * 0.6 + ASKED_WEIGHT * 0.2]
    assert fused.scores.tolist() == pytest.approx([dense[0] + LEXICAL_WEIGHT * 0.3, dense[1] + LEXICAL_WEIGHT * 0.1])


def test_without_expected_questions_the_clause_speaks_for_itself() -> None:
    assert fuse(Views(hits(c4=0.7), NOTHING, NOTHING), NO_BONUS).scores.tolist() == pytest.approx([0.7])


def test_a_clause_that_only_bm25_found_has_the_lowest_cosine() -> None:
    fused = fuse(Views(hits(c0=0.6, c1=0.5), NOTHING, hits(c7=0.4)), NO_BONUS)
    assert dict(zip(fused.ordinals.tolist(), fused.scores.tolist(), strict=True)) == pytest.approx(
        {0: 0.6, 1: 0.5, 7: 0.5 + 0.4 * LEXICAL_WEIGHT}
    )


def test_a_bonus_reorders() -> None:
    fused = fuse(Views(hits(c0=0.6, c2=0.5, c1=0.3), NOTHING, NOTHING), np.array([-0.2, 0.0, 0.0], np.float32))
    assert fused.ordinals.tolist() == [2, 0, 1]
    assert fused.scores.tolist() == pytest.approx([0.5, 0.4, 0.3])


def test_nothing_found() -> None:
    fused = fuse(Views(NOTHING, NOTHING, NOTHING), NO_BONUS)
    assert fused.ordinals.tolist() == []
    assert rank(fused, np.zeros(1, np.int64)) == []
    views, beside = Views(NOTHING, NOTHING, NOTHING), Beside(NOTHING, NOTHING, np.zeros(5, np.float32), 0.0)
    assert features(views, beside, fused, [], np.zeros(1, np.int64), 0.0, literal=False) == all_features(0)


def test_nothing_found_for_the_topic_of_a_question_whose_words_are_found() -> None:
    ranked = [ScoredPost(0, 0.4, [(0, 0.4)])]
    views, beside = Views(NOTHING, NOTHING, NOTHING), Beside(NOTHING, NOTHING, np.zeros(5, np.float32), 0.0)
    assert features(views, beside, NOTHING, ranked, np.array([0]), 0.0, literal=False) == all_features(0)


def test_three_fitting_clauses_beat_one_stray_hit() -> None:
    owners = np.array([0, 1, 1, 1, 2, 2, 2, 2])
    ranked = rank(hits(c0=0.81, c1=0.8, c2=0.78, c3=0.76, c4=0.3, c5=0.3, c6=0.3, c7=0.3), owners)
    assert [scored.holder for scored in ranked] == [1, 0]
    assert [ordinal for ordinal, _ in ranked[0].clauses] == [1, 2, 3]


def test_a_single_candidate_is_still_ranked() -> None:
    ranked = rank(hits(c0=0.5), np.array([0]))
    assert [scored.holder for scored in ranked] == [0]
    assert ranked[0].score == pytest.approx(0.25)


@given(st.lists(st.floats(0.0625, 1, width=32), min_size=1, max_size=30), st.integers(1, 6))
def test_ranks_fall_and_every_post_holds_its_clauses(scores: list[float], posts: int) -> None:
    owners = np.arange(len(scores)) % posts
    found = hits(**{f"c{i}": score for i, score in enumerate(scores)})
    ranked = rank(found, owners)
    assert ranked
    assert [scored.score for scored in ranked] == sorted((scored.score for scored in ranked), reverse=True)
    for scored in ranked:
        assert all(owners[ordinal] == scored.holder and excess > 0 for ordinal, excess in scored.clauses)


def test_highlights_merge_what_overlaps() -> None:
    text = "参与社会渠道代理考核、业务佣金结算及审核。"
    assert highlights(text, ["佣金", "金结", "结算", "火箭"]) == [(13, 17)]
    assert highlights("ＶＩＰ客户与vip通道", ["vip"]) == [(0, 3), (6, 9)]


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=3), max_size=6))
def test_highlights_are_apart_in_order_and_inside(text: str, tokens: list[str]) -> None:
    spans = highlights(text, tokens)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(first[1] < second[0] for first, second in itertools.pairwise(spans))


def all_features(value: float) -> Features:
    return Features(*[value] * len(Features._fields))


BACKGROUND = np.array([0.7, 0.6, 0.5, 0.4, 0.3], dtype=np.float32)


def test_features_of_a_question_worked_out_by_hand() -> None:
    views = Views(clauses=hits(c0=0.8, c1=0.6), questions=hits(c0=0.9, c1=0.7), lexical=hits(c1=0.2))
    ranked = [ScoredPost(0, 0.4, [(0, 0.4)]), ScoredPost(1, 0.1, [(1, 0.1)])]
    beside = Beside(asked=views.questions, outside=hits(c4=0.95, c5=0.8, c6=0.1), background=BACKGROUND, chatter=0.3)
    found = features(views, beside, hits(c0=0.9, c1=0.5), ranked, np.array([0, 1]), 0.5, literal=True)
    assert found == pytest.approx(
        Features(
            margin=0.1,
            margin_five=0.3,
            fused_margin=0.4,
            level=0.5,
            chatter=0.0,
            known_share=0.5,
            literal=1.0,
            explained=0.2,
            lead=0.75,
            agreement=2 / 3,
            has_asked=1.0,
            asked=0.4,
            asked_five=0.3,
            has_outside=1.0,
            outside=0.05,
            asked_outside=0.05,
            outside_share=0.3,
        )
    )


def test_a_document_of_nothing_but_its_text_has_nothing_beside_it() -> None:
    views = Views(hits(c0=0.8), NOTHING, NOTHING)
    ranked = [ScoredPost(0, 0.4, [(0, 0.4)])]
    beside = Beside(NOTHING, NOTHING, BACKGROUND, 0.9)
    found = features(views, beside, hits(c0=0.8), ranked, np.array([0]), 0.0, literal=False)
    assert found == pytest.approx(
        all_features(0)._replace(margin=0.1, margin_five=0.3, fused_margin=0.3, level=0.5, chatter=0.1, agreement=1.0)
    )


def test_outside_questions_count_without_expected_ones_only_where_they_are_nearer() -> None:
    ranked = [ScoredPost(0, 0.4, [(0, 0.4)])]
    for clause, outside in ((0.8, 0.0), (0.6, 0.1)):
        beside = Beside(NOTHING, hits(c0=0.7), BACKGROUND, 0.3)
        views = Views(hits(c0=clause), NOTHING, NOTHING)
        found = features(views, beside, views.clauses, ranked, np.array([0]), 0.0, literal=False)
        assert (found.outside, found.asked_outside, found.outside_share, found.has_outside) == pytest.approx(
            (outside, 0.0, 0.0, 1.0)
        )


def test_the_ten_nearest_of_both_kinds_vote() -> None:
    inside = hits(**{f"c{i}": 0.9 - i / 100 for i in range(20)})  # 0.90, 0.89, ... 0.71
    outside = hits(c0=0.895, c1=0.855, c2=0.3)  # second and seventh of all
    beside = Beside(inside, outside, BACKGROUND, 0.3)
    ranked = [ScoredPost(0, 0.4, [(0, 0.4)])]
    found = features(Views(inside, inside, NOTHING), beside, inside, ranked, np.arange(20), 0.0, literal=False)
    assert found.outside_share == pytest.approx(0.2)


@given(arrays(np.float32, st.tuples(st.integers(5, 30), st.just(4)), elements=st.floats(-1, 1, width=32)))
def test_the_background_is_that_of_the_nearest_five(background: NDArray[np.float32]) -> None:
    vector = np.array([0.5, -0.5, 0.5, 0.5], dtype=np.float32)
    every = sorted((float(duty @ vector) for duty in background), reverse=True)
    assert best_cosines(background, vector, 5).tolist() == pytest.approx(every[:5], abs=1e-5)


def test_a_probability_is_the_logistic_of_the_weighted_features() -> None:
    model = Logistic(all_features(0)._replace(level=2.0), bias=-1.0)
    assert model.probability(all_features(1)) == pytest.approx(1 / (1 + math.exp(-1)))
    assert model.probability(all_features(-1e9)) == pytest.approx(0, abs=1e-12)
    assert model.probability(all_features(1e9)) == pytest.approx(1)


def test_what_is_shown_decides_and_what_is_said_in_so_many_words_is_answered() -> None:
    calibration = Calibration(Logistic(all_features(0), bias=0.0), threshold=0.6, threshold_asked=0.4, sure=0.45)
    assert calibration.confidence(all_features(0)) == pytest.approx(0.47)
    assert not calibration.covers(all_features(0))
    assert calibration.covers(all_features(0)._replace(has_asked=1.0))
    assert calibration.covers(all_features(0)._replace(literal=1.0))
    assert calibration.is_sure(all_features(0))
    assert not dataclasses.replace(calibration, sure=0.48).is_sure(all_features(0))


def test_a_calibration_is_read_as_it_was_saved(tmp_path: Path) -> None:
    calibration = load_calibration()
    save_calibration(calibration, tmp_path / "calibration.json")
    assert load_calibration(tmp_path / "calibration.json") == calibration


def test_the_shipped_calibration_tells_a_plain_question_from_chatter(retriever: Retriever) -> None:
    plain, chatter = retriever.ask("佣金怎么结算，找谁"), retriever.ask("今天中午吃什么好呢")
    assert (plain.abstained, chatter.abstained) == (False, True)
    assert chatter.confidence < 0.2
    assert plain.confidence > 0.8


def forged(posts: tuple[RankedPost, ...], **changes: object) -> list[RankedPost]:
    citation = posts[0].citations[0]
    clause = dataclasses.replace(citation.clause, **changes)  # type: ignore[arg-type]
    return [dataclasses.replace(posts[0], citations=(dataclasses.replace(citation, clause=clause),))]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "参与社会渠道代理考核、业务佣金结算。"},
        {"id": "telecom-branch/公众客户部/社会渠道经理/5"},
        {"id": "no/such/clause"},
        {"lines": (1, 1)},
        {"position": "客户经理"},
    ],
    ids=["text", "other-id", "unknown-id", "lines", "post"],
)
def test_a_citation_that_differs_from_the_store_never_leaves(
    retriever: Retriever, index: Index, changes: dict[str, object]
) -> None:
    posts = retriever.ask("佣金怎么结算，找谁").posts
    verify(posts, index.store)
    with pytest.raises(IndexDamagedError, match="is not what the index stores"):
        verify(forged(posts, **changes), index.store)


def test_a_highlight_outside_the_text_never_leaves(retriever: Retriever, index: Index) -> None:
    first = retriever.ask("佣金怎么结算，找谁").posts[0]
    citation = dataclasses.replace(first.citations[0], highlights=[(0, 999)])
    with pytest.raises(IndexDamagedError):
        verify([dataclasses.replace(first, citations=(citation,))], index.store)


def test_a_post_reads_as_department_and_position() -> None:
    assert [str(Post("市场部", "互联互通")), str(Post("市场部", None))] == ["市场部·互联互通", "市场部"]
