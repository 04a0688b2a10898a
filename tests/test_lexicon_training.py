"""The bilingual term list is learnt from dictionaries and translations; the ranking from lists with right rows."""

import gzip
import json

import numpy as np

from index.lexicon import load_lexicon
from index.lexicon_training import SOURCES, is_held_out, main
from qa.ranking_training import GOLD_COPIES, Ranked, fit, out_of_fold
from qa.rerank import NAMES

DICTIONARY = [
    ("渡轮", "ferry; to ferry across"),
    ("灯塔", "lighthouse"),
    ("梨园", "pear orchard; (bound form) Peking opera circles"),
    ("东岸", "east bank"),
    ("银川", "Yinchuan, city in the north west"),
]
SENTENCES = [
    ("渡轮靠近灯塔", "The ferry nears the lighthouse"),
    ("灯塔在东岸", "The lighthouse stands on the east bank"),
    ("渡轮离开东岸", "The ferry leaves the east bank"),
]


def pair(chinese, english, kind):
    return json.dumps({"a": chinese, "b": english, "lang_a": "zh", "lang_b": "en", "kind": kind}, ensure_ascii=False)


def trained(folder, *, hold_out=False):
    for source in SOURCES:
        (folder / source).mkdir(parents=True, exist_ok=True)
        rows = DICTIONARY if source == "cc-cedict" else SENTENCES if source == "tatoeba" else []
        kind = "dictionary" if source == "cc-cedict" else "translation"
        text = "".join(pair(*row, kind) + "\n" for row in rows)
        (folder / source / "pairs.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    main(folder, folder / "lexicon.gz", hold_out=hold_out)
    load_lexicon.cache_clear()
    return load_lexicon(folder / "lexicon.gz")


def test_words_are_learnt_from_glosses_and_sentences(tmp_path):
    lexicon = trained(tmp_path)
    assert lexicon.translations("ferri")[0][0] == "渡轮"
    assert lexicon.translations("lighthous")[0][0] == "灯塔"
    assert lexicon.translations("灯塔")[0][0] == "lighthous"


def test_whole_glosses_of_several_words_are_phrases(tmp_path):
    lexicon = trained(tmp_path)
    assert lexicon.translations("pear orchard") == [("梨园", 1.0)]
    assert lexicon.translations("east bank") == [("东岸", 1.0)]


def test_of_a_name_with_an_explanation_the_name_alone_is_learnt(tmp_path):
    lexicon = trained(tmp_path)
    assert lexicon.translations("yinchuan") == [("银川", 1.0)]
    assert lexicon.translations("citi") == []


def test_the_same_data_give_the_same_file(tmp_path):
    trained(tmp_path / "one")
    trained(tmp_path / "two")
    assert (tmp_path / "one" / "lexicon.gz").read_bytes() == (tmp_path / "two" / "lexicon.gz").read_bytes()


def test_lines_for_measuring_are_told_by_their_place():
    assert is_held_out("ntrex", 1995)
    assert not is_held_out("ntrex", 0)
    assert is_held_out("tw-law", 49)
    assert not is_held_out("tw-law", 50)
    assert not is_held_out("tatoeba", 0)


def example(right, key):
    rows = np.zeros((3, len(NAMES)))
    rows[right, NAMES.index("pair")] = 1.0
    rows[:, NAMES.index("bm25")] = [3.0, 2.0, 1.0]
    return Ranked(rows, np.arange(3) == right, rows[:, NAMES.index("bm25")], key)


def test_the_feature_that_marks_the_right_row_gets_the_weight():
    examples = [example(at % 3, str(at)) for at in range(60)]
    weights = dict(zip(NAMES, fit(examples[: len(examples) // GOLD_COPIES], examples), strict=True))
    assert weights["pair"] > 10 * abs(weights["bm25"])


def test_figures_out_of_fold_compare_the_fusion_with_the_ranking():
    sets = {"gold": [example(at % 3, str(at)) for at in range(30)], "other": [example(1, str(at)) for at in range(30)]}
    figures = out_of_fold(sets)
    assert figures["other"] == (0.0, 1.0)
    assert figures["gold"][1] == 1.0
