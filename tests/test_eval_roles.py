"""Roles against the labels of hand: those of our own texts."""

from collections import Counter

from corpus.grammar.roles import role_of
from eval.roles import labelled, own_clauses, read_role_labels


def test_roles_of_clauses_that_the_rules_never_saw() -> None:
    found = labelled(own_clauses(), read_role_labels())
    kept = [(label, text) for label, text in found if label.part == "test"]
    assert len(kept) == 150
    assert len({label.organisation for label, _ in kept}) >= 6
    right = Counter(label.role for label, text in kept if role_of(text) is label.role)
    assert sum(right.values()) / len(kept) >= 0.82
    assert len([1 for label, text in found if label.part == "dev" and role_of(text) is label.role]) >= 65
