"""What the encoder is trained on, and a very small training run, end to end."""

import itertools
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.load import Corpus
from eval.gold import read_gold
from eval.leaks import leaks
from indexer.background import read_bank
from indexer.encoders.encoder import ONNX_WEIGHTS, SHIPPED_FOLDER, Encoder, load_encoder
from indexer.training.triples import (
    BATCH,
    MOST,
    TO_CLAUSE,
    TOGETHER,
    Duty,
    Triple,
    batches,
    hardest_negatives,
    read_duties,
    triples,
)
from tests.encoders import BigramEncoder

GOLD = Path(__file__).parent.parent / "eval" / "gold"


@pytest.fixture(scope="module")
def duties() -> list[Duty]:
    return list(read_duties())


def few(duties: list[Duty], count: int) -> list[Duty]:
    """The first ones of the shipped document, each with four of its questions."""
    own = [duty for duty in duties if duty.organisation == "telecom-branch"][:count]
    return [replace(duty, questions=duty.questions[:4]) for duty in own]


def test_the_record_is_of_the_shipped_model_and_of_no_more_data_than_there_is(duties: list[Duty]) -> None:
    # Questions are added more often than the model is trained: its record may be of fewer than there are now.
    record = json.loads((SHIPPED_FOLDER / "training.json").read_text(encoding="utf-8"))
    assert (len(duties), sum(len(duty.questions) for duty in duties)) >= (record["clauses"], record["questions"])
    assert len({duty.organisation for duty in duties}) == record["organisations"]
    assert load_encoder().identity == record["sha256"]


def test_no_gold_question_is_a_near_copy_of_a_training_question(corpus: Corpus) -> None:
    gold = [*read_gold(GOLD / "dev.jsonl"), *read_gold(GOLD / "test.jsonl")]
    given = [*corpus.asked_as.values(), *(duty.questions for duty in read_bank())]
    assert list(leaks(gold, itertools.chain.from_iterable(given))) == []


def test_triples_pair_each_question_with_its_own_and_a_wrong_clause(duties: list[Duty], encoder: Encoder) -> None:
    own = few(duties, 40)
    made = triples(own, hardest_negatives(own, encoder), random.Random(1))
    asked = {question: place for place, duty in enumerate(own) for question in duty.questions}
    assert sorted(triple.anchor for triple in made) == sorted(asked)
    for triple in made:
        right, wrong = own[triple.right], own[triple.wrong]
        assert asked[triple.anchor] == triple.right
        assert triple.positive == right.text or asked[triple.positive] == triple.right
        assert triple.negative == wrong.text or asked[triple.negative] == triple.wrong
        assert (triple.positive == right.text) is (triple.negative == wrong.text)
        assert wrong.post != right.post
        assert triple.anchor != triple.positive
    like_clause = sum(triple.positive == own[triple.right].text for triple in made) / len(made)
    assert like_clause == pytest.approx(TO_CLAUSE, abs=0.15)


def test_a_clause_of_many_questions_gives_a_part_of_them_in_each_epoch(duties: list[Duty], encoder: Encoder) -> None:
    own = [duty for duty in duties if duty.organisation == "telecom-branch"][:12]
    hardest = hardest_negatives(own, encoder)
    epochs = [{triple.anchor for triple in triples(own, hardest, random.Random(seed))} for seed in range(8)]
    assert all(len(epoch) == MOST * len(own) for epoch in epochs)
    assert len(set.union(*epochs)) > 2 * MOST * len(own)


def test_the_same_seed_gives_the_same_triples(duties: list[Duty]) -> None:
    """With an encoder that adds up whole numbers: whether the shipped one repeats itself is asked in its own test."""
    hardest = hardest_negatives(duties[:20], BigramEncoder())
    assert hardest == hardest_negatives(duties[:20], BigramEncoder())
    made = triples(duties[:20], hardest, random.Random(1))
    assert made == triples(duties[:20], hardest, random.Random(1)) != triples(duties[:20], hardest, random.Random(2))


def test_an_organisation_of_one_post_gives_no_triples() -> None:
    alone = [Duty("o", "甲·会计", "甲会计：登记账簿。", ("记账找谁", "谁来记账"))]
    pair = [
        Duty("p", f"乙·{name}", f"乙{name}：{duty}", (f"{duty}找谁",))
        for name, duty in (("会计", "报税"), ("出纳", "付款"))
    ]
    made = triples([*alone, *pair], hardest_negatives([*alone, *pair], BigramEncoder()), random.Random(1))
    assert [(triple.anchor, triple.right, triple.wrong) for triple in made] == [
        ("报税找谁", 1, 2),
        ("付款找谁", 2, 1),
    ]


def test_twins_are_no_negatives(encoder: Encoder) -> None:
    twins = [
        Duty("o", "甲·会计", "甲会计：登记账簿。", ("记账找谁",)),
        Duty("o", "乙·会计", "乙会计：登记账簿。", ("谁来记账",)),
        Duty("o", "乙·出纳", "乙出纳：保管现金。", ("现金放谁那",)),
    ]
    assert hardest_negatives(twins, encoder)[0, "记账找谁"] == [2]


def made_up(organisation: str, first: int, clauses: int, questions: int) -> list[Triple]:
    return [
        Triple(organisation, f"{clause}?{question}", "", "", clause, clause + 1)
        for clause in range(first, first + clauses)
        for question in range(questions)
    ]


def test_a_batch_has_groups_of_an_organisation_each_of_other_clauses() -> None:
    examples = [triple for place in range(20) for triple in made_up(f"o{place}", 100 * place, TOGETHER, 5)]
    made = list(batches(examples, random.Random(1)))
    in_order = list(itertools.chain.from_iterable(made))
    assert sorted(in_order) == sorted(examples)
    assert [len(batch) for batch in made[:-1]] == [BATCH] * (len(made) - 1)
    groups = [in_order[start : start + TOGETHER] for start in range(0, len(in_order), TOGETHER)]
    assert all(len({triple.organisation for triple in group}) == 1 for group in groups)
    assert all(len({triple.right for triple in group}) == TOGETHER for group in groups)
    assert made == list(batches(examples, random.Random(1))) != list(batches(examples, random.Random(2)))


def small_run(own: list[Duty], folder: Path, monkeypatch: pytest.MonkeyPatch, epochs: int) -> dict[str, Any]:
    from indexer.training import train as training  # torch: some seconds, for these tests only

    monkeypatch.setattr(training, "read_duties", lambda: iter(own))
    training.train(SHIPPED_FOLDER, folder / "out", folder / "work", share=1.0, epochs=epochs)
    record: dict[str, Any] = json.loads((folder / "out" / "training.json").read_text(encoding="utf-8"))
    return record


@pytest.mark.torch
def test_a_small_run_is_recorded_and_exported(
    duties: list[Duty], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = small_run(few(duties, 10), tmp_path, monkeypatch, epochs=4)
    assert record["int8_agrees_with_float"] > 0.7
    assert record["base_sha256"] == load_encoder().identity != record["sha256"]
    assert (tmp_path / "work" / "exported" / ONNX_WEIGHTS).read_bytes() == (
        tmp_path / "out" / ONNX_WEIGHTS
    ).read_bytes()


@pytest.mark.torch
def test_a_small_run_brings_questions_nearer_to_their_clauses(
    duties: list[Duty], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions are given to the next clause: the shipped model knows already which is theirs."""
    real = few(duties, 10)
    own = [replace(duty, questions=real[place - 1].questions) for place, duty in enumerate(real)]
    small_run(own, tmp_path, monkeypatch, epochs=30)
    gains = [
        float(encoder.encode_question(duty.questions[0]) @ encoder.encode_passages([duty.text])[0])
        - float(encoder.encode_question(duty.questions[0]) @ encoder.encode_passages([own[i - 5].text])[0])
        for encoder in (load_encoder(), load_encoder(str(tmp_path / "work" / "exported")))
        for i, duty in enumerate(own)
    ]
    assert sum(gains[len(own) :]) > sum(gains[: len(own)]) + 0.5


def test_training_organisations_are_not_those_of_the_other_domain_sets() -> None:
    gold = read_gold(GOLD / "dev.jsonl")[0]
    held_out = [
        json.loads(line)["text"]
        for name in ("hospital", "city")
        for line in (GOLD.parent / "other" / name / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    asked = [replace(gold, id=str(place), question=text) for place, text in enumerate(held_out)]
    assert list(leaks(asked, (duty.clause for duty in read_bank()))) == []
