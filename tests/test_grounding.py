"""What the grounding check catches, sentence by sentence (how often, `test_grounding_check.py` says)."""

import pytest

from qa.grounding import check

SOURCE = "清河县在2023年种了1280亩梨树，占全县果园的百分之三十。社长周梨花在江苏学过修剪，合作社用GPS测地。"


@pytest.mark.parametrize(
    "sentence",
    [
        "2023年清河县种了1280亩梨树。",
        "梨树占全县果园的30%。",
        "社长周梨花在江苏学过修剪。",
        "合作社用GPS测地，清河县种了梨树。",
        "In 2023 the county planted 1,280 mu of pear trees.",
    ],
)
def test_what_the_source_says_is_supported_in_other_words_too(sentence: str) -> None:
    assert check(sentence, SOURCE).ok


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("2023年清河县种了1380亩梨树。", "#1380"),
        ("2022年清河县种了1280亩梨树。", "#y2022"),
        ("梨树占全县果园的40%。", "#40%"),
        ("社长周梨花在浙江学过修剪。", "浙江"),
        ("合作社用RTK测地，清河县种了梨树。", "rtk"),
        ("社长说“明年还要种桃树”，清河县种了梨树。", "明年还要种桃树"),
        ("In 2021 the county planted 1,280 mu of pear trees.", "#y2021"),
    ],
)
def test_a_changed_number_date_name_word_or_quotation_is_named(sentence: str, missing: str) -> None:
    support = check(sentence, SOURCE)
    assert not support.ok
    assert missing in support.missing


def test_a_sentence_about_something_else_is_not_supported_though_nothing_in_it_is_wrong() -> None:
    assert not check("图书馆改为晚上开放，读者很高兴。", SOURCE).ok


def test_a_sentence_in_another_language_must_be_like_some_sentence_of_the_source() -> None:
    assert check("Pears grow.", SOURCE, likeness=lambda text, others: [0.6 for _ in others]).ok
    assert not check("Trams run.", SOURCE, likeness=lambda text, others: [0.05 for _ in others]).ok


def test_small_counting_numbers_may_be_spelt_out() -> None:
    assert check("合作社有3个冷库和梨树。", "合作社有三个冷库，都放梨树的果子。").ok


LONG = (
    "清河县合作社联合社的社长周梨花说,2023年9月县里种了1280亩梨树,亩产比2022年增长12%,运费每吨降低18元。"
    "联合社由3个冷库、5个分拣中心和两条冷链组成,覆盖沪苏浙三地的批发市场,贷款来自民营企业和交通银行。"
    "2024年梨膏卖了300万元,占全县加工产值的30%,梨汁同比下降5%,新品种没有获得批准,老品种已经获得了奖牌。"
    "县里提高了收购价,县志办的《梨谱》记下了这些事,讲解员把它读给来看梨花的游客听,每年春天都有很多人来。"
    "他们住在村民的院子里，白天看花，晚上听戏，走的时候带一罐梨膏回家，第二年再把空罐子带回来换新的。"
)


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("梨膏卖了300亿元。", "#30000000000"),
        ("梨膏卖了300万美元。", "#3000000"),
        ("梨膏占全县加工产值的30个百分点。", "#30%"),
        ("运费每吨降低12元。", "#12"),
        ("联合社由5个冷库、5个分拣中心和两条冷链组成。", "#5"),
        ("2022年梨膏卖了300万元。", "#3000000"),
        ("2022年9月县里种了1280亩梨树。", "#m9"),
        ("联合社由四条冷链、5个分拣中心组成。", "#4"),
    ],
)
def test_a_figure_must_stand_with_its_unit_its_words_and_its_year(sentence: str, missing: str) -> None:
    assert missing in check(sentence, LONG).missing


@pytest.mark.parametrize(
    "sentence",
    [
        "2024年梨膏收入为300万元，占全县加工产值的三成。",
        "运费每吨便宜了18元。",
        "联合社有三个冷库、五个分拣中心。",
        "贷款来自民企和交行。",
        "覆盖上海、江苏、浙江三地的批发市场。",
        "新品种未获得批准。",
        "亩产较2022年高12%。",
    ],
)
def test_a_good_paraphrase_of_a_passage_is_not_marked(sentence: str) -> None:
    assert check(sentence, LONG).missing == ()


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("青禾智造的社长说县里种了1280亩梨树。", "青禾智造"),
        ("贷款来自民营企业和稻香集团。", "稻香集团"),
        ("覆盖京津冀三地的批发市场。", "京津冀"),
        ("社长李小麦说县里种了1280亩梨树。", "李小麦"),
        ("县志办的《桃谱》记下了这些事。", "桃谱"),
        ("梨汁卖到了东盟三地的批发市场。", "东盟"),
    ],
)
def test_a_name_that_the_passage_does_not_have_is_named_though_no_dictionary_knows_it(sentence: str, name: str) -> None:
    assert any(name in found or found in name for found in check(sentence, LONG).missing)


@pytest.mark.parametrize(
    "sentence",
    ["梨汁同比增长5%。", "新品种获得批准。", "老品种没有获得奖牌。", "县里降低了收购价。"],
)
def test_what_is_said_the_other_way_round_is_named(sentence: str) -> None:
    assert not check(sentence, LONG).ok


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("The loans came from Hangzhou.", "Hangzhou"),
        ("The market of Qinghe is run by the UNDP.", "UNDP"),
        ("Pear trees were planted in the 1860s.", "#d1860"),
    ],
)
def test_an_english_name_is_looked_for_in_chinese_text_as_it_is_translated_and_romanised(
    sentence: str, missing: str
) -> None:
    assert missing in check(sentence, LONG).missing


@pytest.mark.parametrize("sentence", ["Qinghe planted 1,280 mu of pear trees.", "It sells in Shanghai and Jiangsu."])
def test_an_english_sentence_with_the_names_of_the_chinese_text_is_not_marked(sentence: str) -> None:
    assert check(sentence, LONG).missing == ()


def test_last_year_means_the_year_before_the_date_of_the_passage() -> None:
    passage = "梨事 2024-05 去年8月，合作社建成了冷库。"
    assert check("2023年8月，合作社建成了冷库。", passage).ok
    assert not check("2021年8月，合作社建成了冷库。", passage).ok


def test_a_sentence_of_figures_and_names_alone_needs_no_likeness() -> None:
    assert check("In Shanghai and Jiangsu.", LONG, likeness=lambda text, others: [0.0 for _ in others]).ok


def test_a_bare_quote_is_not_asked_for_the_nouns_around_it() -> None:
    assert check("厂房建在院子里，占用了晒场。", "建在院子里，占用了晒场。").missing == ()
