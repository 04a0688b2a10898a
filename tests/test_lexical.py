"""The BM25 index: scores, fields, classes of terms, names in Latin letters, disk."""

import math
from collections import Counter

import numpy as np
import pytest

from index.errors import IndexDamaged
from index.lexical import Known, TermClass, build_lexical, open_lexical
from index.postings import K1, B
from index.types import Article, Passage
from index.words import terms

TEXTS = [
    "渡轮每天六点从东岸开出，票价三元。",
    "梨园去年雇了四十二名果农，收入4.72万亿元。",
    "The old ferry was sold in 2019 to a museum.",
    "梨园的果农说，今年的梨比去年甜，渡轮也多了。",
    "灯塔由博威公司修缮，宁波的工匠来了三批。",
]


def index_of(texts, *, title="", headings=()):
    articles = {"a": Article("a", "a.txt", 1, 9, title, "\n".join(texts))}
    passages = [Passage(f"p{i}", "a", 0, len(text), headings, text) for i, text in enumerate(texts)]
    return build_lexical(passages, articles)


def plain_bm25(query, texts):
    """Return the scores by the textbook formula (Robertson and Zaragoza 2009, idf as in Lucene)."""
    bags = [Counter(terms(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = [0.0] * len(bags)
    for term in query:
        holders = sum(term in bag for bag in bags)
        idf = math.log(1 + (len(bags) - holders + 0.5) / (holders + 0.5)) if holders else 0.0
        for at, bag in enumerate(bags):
            scores[at] += idf * bag[term] * (K1 + 1) / (bag[term] + K1 * (1 - B + B * bag.total() / mean))
    return scores


@pytest.mark.parametrize("question", ["梨园渡轮", "渡轮票价三元", "old ferry museum", "4.72万亿"])
def test_scores_are_those_of_the_textbook_formula(question):
    query = list(dict.fromkeys(terms(question)))
    assert index_of(TEXTS).scores(dict.fromkeys(query, 1.0)) == pytest.approx(plain_bm25(query, TEXTS), rel=1e-5)


def test_a_score_is_what_was_worked_out_by_hand():
    # two passages of one term each, of equal length: idf ln(1 + 1.5/1.5) = ln 2, saturated count 1 * 2.2 / 2.2 = 1
    scores, rows = index_of(["渡轮", "灯塔"]).search(["渡轮"], 5)
    assert rows.tolist() == [0]
    assert scores[0] == pytest.approx(math.log(2), rel=1e-6)


def test_best_passages_come_first_and_those_without_a_term_not_at_all():
    scores, rows = index_of(TEXTS).search(terms("渡轮票价"), 10)
    assert rows.tolist() == [0, 3]
    assert scores[0] > scores[1] > 0


def test_nothing_known_finds_nothing():
    scores, rows = index_of(TEXTS).search(terms("珊瑚"), 10)
    assert len(scores) == len(rows) == 0


def test_only_allowed_rows_are_found():
    _, rows = index_of(TEXTS).search(terms("梨园"), 10, allowed=np.array([3]))
    assert rows.tolist() == [3]


def test_no_more_than_asked_are_found():
    _, rows = index_of(TEXTS).search(terms("梨园渡轮"), 1)
    assert len(rows) == 1


def test_a_number_finds_its_other_spelling():
    _, rows = index_of(TEXTS).search(terms("4.72 trillion yuan"), 5)
    assert rows.tolist() == [1]


def test_titles_and_headings_are_searched_too():
    _, by_title = index_of(["无关的话。"], title="灯塔修缮记").search(terms("灯塔"), 5)
    _, by_heading = index_of(["无关的话。"], headings=("码头", "票价")).search(terms("票价"), 5)
    assert by_title.tolist() == by_heading.tolist() == [0]


def test_of_a_class_the_strongest_term_counts():
    index = index_of(TEXTS)
    both, _ = index.class_scores([TermClass((("渡轮", 1.0), ("ferri", 1.0)))])
    assert np.flatnonzero(both).tolist() == [0, 2, 3]
    weak, _ = index.class_scores([TermClass((("渡轮", 1.0), ("ferri", 0.5)))])
    assert weak[2] == pytest.approx(both[2] / 2)
    assert weak[0] == pytest.approx(both[0])


def test_a_class_that_no_passage_holds_has_no_idf_and_no_score():
    scores, idf = index_of(TEXTS).class_scores([TermClass((("珊瑚", 1.0),)), TermClass(())])
    assert not scores.any()
    assert not idf.any()


def test_a_name_in_latin_letters_finds_its_characters():
    assert "宁波" in index_of(TEXTS).named("ningbo")
    assert "博威" in index_of(TEXTS).named("bowei")
    assert index_of(TEXTS).named("nowhere") == []


def test_a_long_term_is_found_by_its_parts():
    rows, impacts = index_of(TEXTS).postings("年雇了四十二名果")
    assert rows.tolist() == [] or impacts.all()
    assert index_of(TEXTS).holds("博威公司")
    assert index_of(TEXTS).holds("old ferri")
    assert not index_of(TEXTS).holds("博威银行")


def test_what_the_exact_terms_see_of_a_question_is_a_share():
    index = index_of(TEXTS)
    assert index.visible({"渡轮": 1.0}) == pytest.approx(1.0)
    assert index.visible({"珊瑚": 1.0}) == 0.0
    assert 0 < index.visible({"渡轮": 1.0, "珊瑚": 1.0}) < 0.5
    assert index.visible({}) == 0.0


def test_an_index_saved_and_opened_says_the_same(tmp_path):
    index = index_of(TEXTS)
    index.save(tmp_path / "lexical")
    opened = open_lexical(tmp_path / "lexical")
    for question in ("渡轮票价", "ferry museum", "4.72万亿"):
        for ours, theirs in zip(index.search(terms(question), 5), opened.search(terms(question), 5), strict=True):
            assert ours.tolist() == theirs.tolist()
    assert opened.named("ningbo") == index.named("ningbo")


def test_a_missing_or_cut_index_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(IndexDamaged, match="wenju index"):
        open_lexical(tmp_path)
    index_of(TEXTS).save(tmp_path)
    (tmp_path / "rows.npy").write_bytes(b"short")
    with pytest.raises(IndexDamaged, match="wenju index"):
        open_lexical(tmp_path)


def test_an_index_without_passages_finds_nothing(tmp_path):
    index = build_lexical([], {})
    index.save(tmp_path)
    scores, _ = open_lexical(tmp_path).search(terms("渡轮"), 5)
    assert len(scores) == 0


def test_several_processes_count_as_one_does(monkeypatch, tmp_path):
    articles = {name: Article(name, f"{name}.txt", 1, 9, f"渡口{name}", "") for name in "甲乙丙"}
    passages = [Passage(f"p{at}", "甲乙丙"[at % 3], 0, len(text), ("渡轮",), text) for at, text in enumerate(TEXTS * 4)]
    build_lexical(passages, articles).save(tmp_path / "one")
    monkeypatch.setattr("index.postings.PAYS_FROM", 1)
    monkeypatch.setattr("index.postings.SHARD", 3)
    build_lexical(passages, articles, cores=2).save(tmp_path / "two")
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def saved(folder, index):
    index.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_passages_known_before_make_the_index_that_counting_all_makes(tmp_path):
    articles = {name: Article(name, f"{name}.txt", 1, 9, f"渡口{name}", "") for name in "甲乙丙"}
    every = [Passage(f"p{at}", "甲乙丙"[at % 3], 0, len(text), ("票价",), text) for at, text in enumerate(TEXTS)]
    build_lexical(every[:4], articles).save(tmp_path / "before")
    now = [every[3], every[4], every[0], every[2]]
    known = Known(open_lexical(tmp_path / "before"), np.array([3, -1, 0, 2]))
    assert saved(tmp_path / "kept", build_lexical(now, articles, known=known)) == saved(
        tmp_path / "anew", build_lexical(now, articles)
    )


def test_what_is_known_is_not_counted_again(tmp_path):
    articles = {"a": Article("a", "a.txt", 1, 9, "", "")}
    old, other = (Passage("p", "a", 0, len(text), (), text) for text in TEXTS[:2])
    known = Known(build_lexical([old], articles), np.array([0]))
    _, rows = build_lexical([other], articles, known=known).search(terms(TEXTS[0]), 5)
    assert rows.tolist() == [0]
