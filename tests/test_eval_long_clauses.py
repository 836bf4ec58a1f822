"""Duties joined into paragraphs, department by department."""

from eval.beir import read_data_set
from eval.long_clauses import joined
from eval.organisations import OTHER


def test_paragraphs_hold_all_duties_of_a_department() -> None:
    corpus = read_data_set(OTHER / "hospital").corpus
    departments = dict.fromkeys(clause.department for clause in corpus.clauses)
    paragraphs = joined(corpus, 1000).clauses
    assert [paragraph.department for paragraph in paragraphs] == list(departments)
    for clause in corpus.clauses:
        (own,) = [paragraph for paragraph in paragraphs if paragraph.department == clause.department]
        assert clause.text.rstrip("。；") in own.text
    assert len(joined(corpus, 4).clauses) > len(paragraphs)
