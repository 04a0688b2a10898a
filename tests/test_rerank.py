"""The second stage: where a query stands in a passage, features, the linear order, joined neighbours, copies."""

import json

import numpy as np
import pytest

from index.embedding import load_embedder
from index.late_interaction import LateInteraction
from index.lexical import TermClass, build_lexical
from index.types import Article, Hit, Passage
from qa.fusion import standardised
from qa.joining import WIDEST, copies_last, joined, ranked
from qa.matching import Matcher, view
from qa.query import understand
from qa.ranking_model import DEFAULT_PATH, RankingModel, load_ranking
from qa.rerank import LEGS, NAMES, Candidates, features

TEXT = "渡轮每天六点开。票价三元，2019年起没有变。\nThe old ferries were sold.\n梨园去年收了三成。"
INTERACTION = LateInteraction(load_embedder())
ARTICLE = Article("a", "a.txt", 1, 9, "东岸渡轮", TEXT, authors=("码头办",), date="2024-05")


def passage_of(text, start=0, *, article="a", name="p"):
    return Passage(f"{name}{start}", article, start, start + len(text), (), text)


def present(*terms_):
    seen = view(passage_of(TEXT), ARTICLE)
    return Matcher([TermClass(((term, 1.0),)) for term in terms_]).by_sentence(seen)


def test_terms_are_found_in_the_sentences_where_they_stand():
    assert present("渡轮", "票价").tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]


def test_quantities_are_found_in_any_spelling():
    assert present("#y2019", "#30%").tolist() == [[0, 1, 0, 0], [0, 0, 0, 1]]


def test_latin_stems_are_found_at_the_beginning_of_words_only():
    assert present("ferri", "old ferri", "erri").tolist() == [[0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]]


def test_the_title_and_the_authors_are_matched_apart():
    matcher = Matcher([TermClass((("码头", 1.0), ("渡口", 0.5))), TermClass((("票价", 1.0),))])
    assert matcher.in_title(view(passage_of(TEXT), ARTICLE).title).tolist() == [1.0, 0.0]


def table(question, texts, articles=None):
    articles = articles or [ARTICLE] * len(texts)
    passages = [passage_of(text, 100 * at) for at, text in enumerate(texts)]
    lexical = build_lexical(passages, {article.id: article for article in articles})
    query = understand(question, lexical)
    across, idf = lexical.class_scores(query.classes)
    zeros = np.zeros(len(texts), dtype=np.float32)
    legs = dict(zip(LEGS, (lexical.scores(query.weights), across, zeros, zeros), strict=True))
    found = Candidates(
        rows=np.arange(len(texts)),
        legs=legs,
        standard={name: standardised(scores) for name, scores in legs.items()},
        idf=idf,
        seen=lexical.visible(query.weights),
        passages=passages,
        articles=articles,
        views=[view(*pair) for pair in zip(passages, articles, strict=True)],
        pieces=INTERACTION.pieces(texts),
    )
    met = INTERACTION.met(question, found.pieces)
    return dict(zip(NAMES, features(query, found, met).T, strict=True))


def test_words_of_another_language_are_met_by_meaning():
    found = table("ferry ticket price", ["渡轮票价三元。", "梨园去年收了三成。"])
    assert found["tokens"][0] > found["tokens"][1]
    assert found["run_blind"][0] > found["run_blind"][1]


def test_words_close_together_make_a_better_pair_than_words_far_apart():
    close = "梨园的灯塔修好了。天气不错。风也不大。"
    apart = "梨园开门了。天气不错。风也不大。灯塔修好了。"
    found = table("梨园的灯塔", [close, apart])
    assert found["pair"][0] > found["pair"][1]


def test_the_kind_of_answer_asked_for_tells_passages_apart():
    found = table("渡轮一年运多少人", ["渡轮一年运四万人，即40000人。", "渡轮一年到头都有人坐。"])
    assert found["fit"][0] > found["fit"][1]


def test_newness_counts_only_where_it_is_asked_for():
    new, old = ARTICLE, Article("b", "b.txt", 1, 9, "旧闻", TEXT, date="2019")
    texts = ["渡轮票价三元。", "渡轮票价两元。"]
    assert table("最新的渡轮票价", texts, [new, old])["late"].tolist() == [1.0, 0.5]
    assert table("渡轮票价", texts, [new, old])["late"].tolist() == [0.0, 0.0]


def test_every_feature_is_a_number_even_where_nothing_matches():
    found = table("zeppelin", ["渡轮票价三元。", "灯塔。"])
    assert all(np.isfinite(column).all() for column in found.values())


def test_a_model_is_a_weighted_sum_and_unknown_features_are_left_out():
    rows = np.zeros((2, len(NAMES)), dtype=np.float32)
    rows[1, NAMES.index("pair")] = 1.0
    assert RankingModel({"pair": 2.0, "gone": 9.0}).scores(rows).tolist() == [0.0, 2.0]


def test_the_shipped_weights_name_features_that_exist():
    assert set(load_ranking().weights) == set(NAMES)
    assert set(json.loads(DEFAULT_PATH.read_text(encoding="utf-8"))) >= {"weights", "first_right_out_of_fold"}


def hits_of(*passages, article=ARTICLE):
    return ranked(Hit(passage, article, 1.0 - at / 10, 0) for at, passage in enumerate(passages))


def part(start, end):
    return Passage(f"p{start}", "a", start, end, (), TEXT[start:end])


def test_neighbours_become_one_hit_at_the_better_ones_place():
    hits = hits_of(part(8, 23), part(0, 8))
    (whole,) = joined(hits)
    assert whole.passage.text == TEXT[0:23]
    assert (whole.passage.id, whole.score, whole.passage.start) == ("p8", 1.0, 0)


def test_passages_with_others_between_stay_apart():
    assert len(joined(hits_of(part(0, 8), part(24, 50)))) == 2


def test_passages_of_different_articles_stay_apart():
    other = Article("b", "b.txt", 1, 9, "", TEXT)
    hits = [*hits_of(part(0, 8)), *hits_of(Passage("q", "b", 8, 23, (), TEXT[8:23]), article=other)]
    assert len(joined(hits)) == 2


def test_a_hit_does_not_become_too_wide():
    text = "梨" * (WIDEST + 10)
    article = Article("a", "a.txt", 1, 9, "", text)
    halves = [Passage("1", "a", 0, WIDEST // 2, (), text[: WIDEST // 2])]
    halves.append(Passage("2", "a", WIDEST // 2, len(text), (), text[WIDEST // 2 :]))
    assert len(joined(hits_of(*halves, article=article))) == 2


def test_a_near_copy_falls_behind_what_says_something_else():
    said = passage_of("渡轮从东岸开往西岸，每天早上六点和晚上八点各一班。", 0, name="first")
    again = passage_of("渡轮从东岸开往西岸，每天早上六点和晚上八点各一班！", 1, name="again")
    other = passage_of("梨园今年请了四十二名果农，收成比去年多了不少。", 2, name="other")
    assert [hit.passage.id for hit in copies_last(hits_of(said, again, other))] == ["first0", "other2", "again1"]


def test_ranks_are_counted_from_one():
    assert [hit.rank for hit in hits_of(part(0, 8), part(24, 50))] == [1, 2]


@pytest.mark.parametrize("hits", [[], hits_of(part(0, 8))])
def test_few_hits_stay_as_they_are(hits):
    assert ranked(copies_last(joined(hits))) == hits
