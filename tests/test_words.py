"""Search terms: words, bigrams, Latin stems, quantities in one form, scripts and widths folded."""

import pytest

from index.numbers import quantities
from index.scripts import fold, simplify
from index.words import terms


def found(text):
    return [quantity.term for quantity in quantities(fold(text))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4.72 万亿元", "47200亿元"),
        ("3.88 trillion yuan", "3.88 万亿元"),
        ("380 billion", "3800亿"),
        ("20%", "百分之二十"),
        ("20 percent", "２０％"),
        ("百分之十二点五", "12.5%"),
        ("三成半", "35 per cent"),
        ("一百二十三", "123"),
        ("五十万", "500,000"),
        ("1,234.5 million", "1234500000"),
        ("20世纪60年代", "1960s"),
        ("二〇二四年", "2024年"),
        ("September", "9月"),
        ("2025年一季度", "Q1 2025"),
    ],
)
def test_equal_quantities_have_equal_terms(one, other):
    assert sorted(found(one)) == sorted(found(other)) != []


@pytest.mark.parametrize("text", ["十四五规划", "千百年来", "一成立就", "G60走廊", "CO2", "A1样机"])
def test_what_only_looks_like_a_number_is_none(text):
    assert found(text) == []


def test_a_year_is_a_date_and_a_count_is_none():
    year, count = quantities(fold("2024年种了3600棵"))
    assert year.is_date
    assert not count.is_date


def test_a_quantity_says_where_it_stands():
    text = fold("梨园去年增收28.3%，大家都高兴")
    (share,) = quantities(text)
    assert text[share.start : share.end] == "28.3%"


def test_a_year_at_the_end_of_a_sentence_is_a_year():
    assert found("It opened in 2024.") == ["#y2024"]


def test_segmented_words_and_bigrams_are_terms_once_each():
    assert sorted(terms("渡轮停航")) == sorted(set(terms("渡轮停航")))
    assert {"渡轮", "停航", "轮停"} <= set(terms("渡轮停航"))


def test_function_characters_give_no_terms():
    assert not any("的" in term for term in terms("梨园的渡轮"))


def test_traditional_and_wide_text_has_the_terms_of_simplified_and_narrow_text():
    assert sorted(terms("產業園區ＡＩ應用")) == sorted(terms("产业园区AI应用"))


def test_latin_words_are_stemmed_and_stop_words_dropped():
    assert sorted(terms("The ferries were running")) == ["ferri", "run"]


def test_letters_and_digits_together_are_one_word():
    assert "g60" in terms("G60走廊")


def test_nothing_gives_no_terms():
    assert terms("") == terms("，。！") == []


def test_simplifying_keeps_the_length():
    text = "歐洲後來發現了乾燥的麵條"
    assert len(simplify(text)) == len(text)
    assert simplify(text)[0] == "欧"
