"""The tokeniser: search-mode words, bigrams, and the small dictionary that an index carries."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.load import Corpus
from indexer.build import lexical_text
from indexer.tokenise import Tokeniser


@pytest.fixture(scope="module")
def full(corpus: Corpus) -> Tokeniser:
    return Tokeniser.full(corpus.words)


@pytest.fixture(scope="module")
def restricted(full: Tokeniser, corpus: Corpus) -> Tokeniser:
    return full.restricted_to(lexical_text(clause, corpus.asked_as.get(clause.id, ())) for clause in corpus.clauses)


def test_words_of_every_length_and_bigrams(full: Tokeniser) -> None:
    assert full.tokens("佣金结算") == ["佣金", "结算", "佣金结算", "佣金", "金结", "结算"]


def test_user_words_are_not_cut_apart() -> None:
    assert "互联互通" in Tokeniser.full(["互联互通"]).tokens("做好互联互通运营分析")


def test_user_words_are_of_their_own_tokeniser_only() -> None:
    assert "网掌厅" in Tokeniser.full(["网掌厅"]).tokens("负责网掌厅运营")
    assert "网掌厅" not in Tokeniser.full().tokens("负责网掌厅运营")


def test_case_width_and_punctuation_do_not_matter(full: Tokeniser) -> None:
    assert full.tokens("ＶＩＰ客户！") == full.tokens("vip客户") == ["vip", "客户", "客户"]


def test_no_token_from_punctuation(full: Tokeniser) -> None:
    assert full.tokens("，。？ \n…") == []


def test_restricted_dictionary_cuts_the_indexed_texts_alike(
    full: Tokeniser, restricted: Tokeniser, corpus: Corpus
) -> None:
    for clause in corpus.clauses:
        text = lexical_text(clause, corpus.asked_as[clause.id])
        assert restricted.tokens(text) == full.tokens(text)


def test_restricted_dictionary_survives_saving(restricted: Tokeniser, tmp_path: Path) -> None:
    restricted.save(tmp_path / "dictionary.json")
    loaded = Tokeniser.load(tmp_path / "dictionary.json")
    assert loaded.tokens("代理商的佣金怎么结算") == restricted.tokens("代理商的佣金怎么结算")


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_tokens_without_spaces(full: Tokeniser, text: str) -> None:
    assert all(token and not token.isspace() and token == token.lower() for token in full.tokens(text))
