"""What is searched for: question words dropped, terms across languages, names, quantities."""

import gzip

import pytest

from index.lexical import build_lexical
from index.lexicon import Lexicon, load_lexicon
from index.types import Article, Passage
from qa.query import BIGRAM_WEIGHT, understand
from qa.query_words import asks_latest, without_question_words

TEXTS = (
    "宁波的博威公司去年收购了一家德国合金厂，耗资3.88万亿元。",
    "长三角的渡轮公司有四十二艘船，走廊两边是码头。",
    "The corridor is guarded by the old lighthouse.",
)
LEXICON = Lexicon(
    "".join(
        sorted(
            f"{line}\n"
            for line in ("corridor\t走廊:60 过道:40", "alloy\t合金:100", "ferri\t渡轮:90", "灯塔\tlighthous:100")
        )
    ).encode()
)


@pytest.fixture(scope="module")
def lexical():
    articles = {"a": Article("a", "a.txt", 1, 9, "", "\n".join(TEXTS))}
    passages = [Passage(str(i), "a", 0, len(text), (), text) for i, text in enumerate(TEXTS)]
    return build_lexical(passages, articles)


def asked(question, lexical):
    return understand(question, lexical, LEXICON)


def class_of(term, query):
    return next((dict(each.terms) for each in query.classes if term in dict(each.terms)), None)


def test_question_words_and_filler_are_no_terms(lexical):
    query = asked("请问长三角到底有多少艘渡轮呢？", lexical)
    assert {"长三角", "渡轮"} <= set(query.weights)
    assert not {"请问", "到底", "多少"} & set(query.weights)


def test_a_question_of_question_words_alone_is_kept():
    assert without_question_words("什么") == "什么"


def test_bigrams_that_are_no_words_weigh_less(lexical):
    weights = asked("渡轮公司", lexical).weights
    assert weights["渡轮"] == 1.0
    assert weights["轮公"] == BIGRAM_WEIGHT


def test_english_words_bring_the_chinese_ones_that_the_index_holds(lexical):
    assert class_of("走廊", asked("Where is the corridor?", lexical)) == {"corridor": 1.0, "走廊": 1.0}


def test_chinese_words_bring_the_english_ones(lexical):
    assert "lighthous" in class_of("lighthous", asked("灯塔在哪里", lexical))


def test_names_in_latin_letters_are_read_as_chinese(lexical):
    query = asked("Which alloy plant did Bowei of Ningbo buy?", lexical)
    assert class_of("博威", query)
    assert class_of("宁波", query)


def test_abbreviations_stand_for_full_names_in_both_languages(lexical):
    assert class_of("长三角", asked("ferries of the Yangtze River Delta", lexical))
    assert class_of("长三角", asked("沪苏浙皖的渡轮", lexical))


def test_numbers_are_the_same_in_both_languages(lexical):
    assert asked("What cost 3.88 trillion yuan?", lexical).quantities == asked("什么花了3.88万亿", lexical).quantities


def test_a_word_that_nothing_stands_for_keeps_an_empty_class(lexical):
    query = asked("How many zeppelins?", lexical)
    assert [each.terms for each in query.classes] == [()]


def test_english_stop_words_are_no_class(lexical):
    assert asked("How many are there of them?", lexical).classes == ()


def test_quoted_strings_are_found(lexical):
    assert asked("“博威公司”是做什么的", lexical).quoted == ("博威公司",)


@pytest.mark.parametrize(
    ("question", "latest"), [("最新的票价是多少", True), ("What is the current fare?", True), ("2019年的票价", False)]
)
def test_asking_for_the_latest_is_seen(question, latest):
    assert asked_latest(question) is latest


def asked_latest(question):
    return asks_latest(question)


def test_a_phrase_of_the_list_is_looked_up_whole():
    lexicon = Lexicon("far\t远:70\nfar east\t远东:100\n".encode())
    assert lexicon.translations("far east") == [("远东", 1.0)]
    assert lexicon.translations("far") == [("远", 0.7)]
    assert lexicon.translations("farther") == []


def test_a_lexicon_that_is_not_there_is_empty(tmp_path):
    assert len(load_lexicon(tmp_path / "none.gz")) == 0
    assert load_lexicon(tmp_path / "none.gz").translations("far") == []


def test_every_key_of_the_shipped_list_is_found_by_search(root):
    path = root / "index" / "model" / "lexicon.gz"
    lexicon = load_lexicon(path)
    keys = [line.split(b"\t")[0].decode() for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert len(keys) == len(lexicon) > 100_000
    assert all(lexicon.translations(key) for key in keys[::997])
    assert dict(lexicon.translations("corridor"))["走廊"] > 0.3
