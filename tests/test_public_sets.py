"""The measurement on public sets: which questions are asked, which figures come of which ranks, all of it small."""

import gzip
import json
import math
import re
from pathlib import Path

import pytest

from eval import public_sets
from eval.public_sets import (
    Searched,
    bigrams,
    distinct,
    first_rank,
    limited,
    main,
    question_sets,
    translated_sets,
    unseen,
    without_titles,
    words,
)
from eval.public_tables import (
    SYSTEMS,
    Across,
    Measured,
    across_table,
    across_verdict,
    comparison_table,
    recall,
    reciprocal,
    systems_table,
    titles_table,
    together,
    verdict,
)
from index.embedding import MODEL_FOLDER
from index.lexicon import Lexicon
from index.training.sources import HeldOut, QuestionSet, read_sources
from index.types import Article
from qa import ranking_data
from qa.query import understand
from qa.ranking_data import HeldIndex, Question
from qa.retriever import Retriever

TOWNS = ("青石镇", "白沙村", "南桥乡", "北渡口", "东岭屯", "西湾港", "石门寨", "柳林铺", "竹溪坪", "梅岭坳")
GOODS = (("茶叶", "tea"), ("瓷器", "porcelain"), ("丝绸", "silk"), ("纸张", "paper"), ("食盐", "salt"))
EVENTS = (("洪水", "flood"), ("地震", "earthquake"), ("火灾", "fire"), ("旱灾", "drought"), ("台风", "typhoon"))
ARTICLES = [
    Article("tea", "x", 1, 1, "青石镇", "青石镇的茶叶远近闻名。每年春天有三千名工人上山采茶。", lang="zh"),
    Article("salt", "x", 1, 1, "白沙村", "白沙村的村民自古晒盐为生。食盐经运河卖到各地。", lang="zh"),
    Article("flood", "x", 1, 1, "南桥乡", "南桥乡在夏天遭遇洪水，学校停课两周。", lang="zh"),
]


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def lines(count: int) -> list[tuple[str, str]]:
    """Sentences of our own with their English, each about another year."""
    made = []
    for i in range(count):
        (thing, ware), (event, disaster) = GOODS[i % 5], EVENTS[i // 5 % 5]
        made.append((f"{1900 + i}年的{event}毁坏了{thing}。", f"The {disaster} of {1900 + i} destroyed the {ware}."))
    return made


def pairs(count: int, kind: str, lang_a: str = "zh", lang_b: str = "en") -> list[dict[str, object]]:
    return [{"a": a, "b": b, "lang_a": lang_a, "lang_b": lang_b, "kind": kind} for a, b in lines(count)]


def write_question_set(folder: Path, lang: str) -> None:
    """Twenty documents, two questions each: the first holds words of its document, the second the title alone."""
    corpus, queries = [], []
    for i, (chinese, english) in enumerate(lines(20)):
        title = f"{TOWNS[i % 10]}{i}" if lang == "zh" else f"Town number {i}"
        corpus.append({"id": f"p{i}", "title": title, "text": chinese if lang == "zh" else english})
        for n, text in enumerate((corpus[-1]["text"], title)):
            queries.append(
                {"id": f"q{i}-{n}", "lang": lang, "question": text, "answers": [str(1900 + i)], "positive": [f"p{i}"]}
            )
    write_rows(folder / "corpus.jsonl.gz", corpus)
    write_rows(folder / "queries.jsonl.gz", queries)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of the shape of the real one, of our own sentences."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("cc-cedict", "wordnet", "tatoeba", "python-docs", "paws-x-zh"):
        write_rows(folder / name / "pairs.jsonl.gz", pairs(3, "paraphrase"))
    write_rows(folder / "tw-law" / "pairs.jsonl.gz", pairs(60, "law"))
    retold = [{**row, "b": row["a"], "lang_b": "zh-Hant"} for row in pairs(48, "translation")]
    write_rows(folder / "ntrex" / "pairs.jsonl.gz", [*pairs(48, "translation"), *retold])
    write_rows(folder / "tico19" / "pairs.jsonl.gz", pairs(40, "translation"))
    write_rows(folder / "cn-law" / "corpus.jsonl.gz", [{"id": "1", "title": "条例", "text": "茶叶的税由镇里收取。"}])
    for name, lang in (("cmrc2018-train", "zh"), ("drcd-dev", "zh"), ("qed", "en")):
        write_question_set(folder / name, lang)
    return folder


@pytest.fixture
def few_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the fit take two questions of a set and three lines, so that some are left."""
    monkeypatch.setattr(ranking_data, "QUERIES", 2)
    monkeypatch.setattr(ranking_data, "ACROSS", 3)


@pytest.fixture(scope="module")
def searched() -> Searched:
    return Searched(ARTICLES)


def ranks_of(**changed: list[float]) -> dict[str, list[float]]:
    """Ranks of four questions: every system finds all at once but those named."""
    return {system: [1.0] * 4 for system in SYSTEMS} | {
        name.replace("_", " "): found for name, found in changed.items()
    }


def test_recall_and_reciprocal_ranks_are_those_worked_by_hand():
    ranks = [1, 2, 11, math.inf]
    assert recall(ranks, 1) == 0.25
    assert recall(ranks, 10) == 0.5
    assert reciprocal(ranks) == [1.0, 0.5, 0.0, 0.0]


def test_a_row_shows_unseen_questions_before_all():
    ranks = ranks_of(dense=[1.0, 2.0, 11.0, math.inf])
    table = systems_table(Measured("x", 9, ranks, unseen=[1, 2]))
    # unseen: ranks 2 and 11; all: 1, 2, 11 and none
    assert "| dense: passage and best window | 0.000 | 0.500 | 0.250 | 0.250 | 0.500 | 0.375 |" in table
    assert "unseen (2)" in table


def test_the_fusion_is_above_a_leg_only_with_a_small_p():
    thrice = Measured("x", 9, ranks_of(BM25=[2.0] * 4, dense=[math.inf] * 4), unseen=range(4))
    # four questions better: two of sixteen sign patterns do as much, p = 0.125
    assert verdict([thrice]).splitlines()[0] == (
        "- x: **not** above BM25 (+0.5000, p = 0.1250), **not** above dense (+1.0000, p = 0.1250); "
        "reranked **not** above BM25 (+0.5000, p = 0.1250)."
    )
    assert "- together:" in verdict([thrice])
    many = Measured(
        "x", 9, {system: [1.0] * 8 for system in SYSTEMS} | {"BM25": [2.0] * 8, "dense": [3.0] * 8}, range(8)
    )
    # eight: 2 of 256
    assert "above BM25 (+0.5000, p = 0.0078), above dense (+0.6667, p = 0.0078); reranked above" in verdict([many])


def test_sets_are_tested_one_by_one_and_together():
    one = Measured("one", 5, ranks_of(BM25=[11.0] * 4), unseen=[0, 1, 2, 3])
    two = Measured("two", 6, ranks_of(), unseen=[3])
    whole = together([one, two])
    assert (whole.count, whole.documents, whole.unseen) == (8, 11, [0, 1, 2, 3, 7])
    rows = [row for row in comparison_table([one, two]).splitlines() if "| BM25, both (ours) |" in row]
    assert rows[0] == (
        "| one | BM25, both (ours) | 0.000 | 1.000 | 0.1250 | 0.000 | 1.000 | 0.1250 | 0.000 | 1.000 | 0.1250 |"
    )
    assert rows[1].startswith("| two | BM25, both (ours) | 1.000 | 1.000 | 1.0000 |")
    assert rows[2].startswith("| together | BM25, both (ours) | 0.200 | 1.000 | 0.1250 |")


def test_titles_are_compared_measure_by_measure():
    with_title, bare = Measured("x", 9, ranks_of(), []), Measured("x", 9, ranks_of(BM25=[1.0, 1.0, 5.0, math.inf]), [])
    row = titles_table([with_title], [bare]).splitlines()[2]
    assert row == "| x | BM25, both (ours) | 0.500 | 1.000 | 0.750 | 1.000 | 0.550 | 1.000 |"


def test_another_language_is_measured_by_the_same_language():
    ranks = {"zh line": ranks_of(), "en line": ranks_of(reranked=[1.0, 1.0, 1.0, 5.0]), "zh retold": ranks_of()}
    found = Across("x", "zh", 7, ranks)
    # MRR (1 + 1 + 1 + 0.2) / 4 = 0.8; recall@1 0.75
    assert (
        "| x zh (7) | en line | 4 | 1.000 | 1.000 | 1.000 | 0.800 | 0.750 | 1.000 | 1.000 | 1.000 | 0.80 | 1.00 |"
        in across_table([found])
    )
    assert "| x zh (7) | zh-Hant line | 4 |" in across_table([found])
    assert across_verdict([found]) == (
        "- en line over x zh (7): MRR@10 **not** within 15 % (0.80), recall@10 within 15 % (1.00)."
    )


def test_a_document_counts_once_and_any_right_one_will_do():
    assert distinct(["a", "b", "a", "c"]) == ["a", "b", "c"]
    assert first_rank(["a", "b", "c"], ("c", "b")) == 2
    assert first_rank(["a"], ("b",)) == math.inf


def test_words_and_bigrams_part_a_question_between_them():
    query = understand("青石镇的茶叶1999年", HeldIndex(ARTICLES[:1]).lexical)
    assert set(words(query)) | set(bigrams(query)) == set(query.weights)
    assert set(bigrams(query)) - set(words(query))
    assert set(bigrams(query).values()) == {1.0}
    assert "#y1999" in words(query)
    assert "#y1999" in bigrams(query)


def test_every_system_finds_the_document_of_a_plain_question(searched: Searched):
    found = searched.documents("白沙村的食盐卖到哪里？")
    assert set(found) == set(SYSTEMS)
    assert {system: documents[0] for system, documents in found.items()} == dict.fromkeys(SYSTEMS, "salt")


def test_exact_terms_find_nothing_across_languages_and_the_others_do(searched: Searched):
    found = searched.documents("Where is the salt sold?")
    assert [found[system] for system in ("BM25, words", "BM25, bigrams", "BM25")] == [[], [], []]
    assert {found[system][0] for system in ("lexical", "dense", "fused", "reranked")} == {"salt"}


def test_the_reranking_is_the_one_that_users_get(searched: Searched):
    for text in ("白沙村的食盐卖到哪里？", "Where is the salt sold?", "夏天"):
        hits = Retriever(searched.index).search(text, k=10)
        assert searched.documents(text)["reranked"] == distinct([hit.article.id for hit in hits])


def test_another_term_list_is_used_where_one_is_given():
    asked = "Where is the salt sold?"
    assert Searched(ARTICLES, lexicon=Lexicon(b"")).documents(asked)["lexical"] == []


def test_ranks_come_in_the_order_of_the_questions(searched: Searched):
    questions = [Question("茶叶", "1", documents=("tea",)), Question("tea", "2", documents=("tea",))]
    assert searched.ranks(questions)["BM25"] == [1.0, math.inf]


@pytest.mark.slow
def test_nothing_is_asked_that_the_ranking_was_fitted_on(data: Path, few_fitted: None):
    held = read_sources(data)[1]
    fitted = {name: {question.text for question in found} for name, _, found in ranking_data.question_sets(data)}
    for found in question_sets(data, held):
        asked = {found.questions[place].text for place in found.unseen}
        assert asked
        assert len(fitted[found.name]) == 2
        assert asked | fitted[found.name] == {question.text for question in found.questions}
        assert not asked & fitted[found.name]


@pytest.mark.slow
def test_no_line_is_asked_that_the_ranking_was_fitted_on(data: Path, few_fitted: None):
    held = read_sources(data)[1]
    fitted = {name: years(found) for name, _, found in ranking_data.cross_lingual(held)}
    for found in translated_sets(held):
        other = "zh" if found.lang == "en" else "en"
        taken = fitted[f"{found.name} {other} over {found.lang}"]
        assert len(taken) == 3
        for questions in found.asked.values():
            assert years(questions)
            assert not years(questions) & taken


def years(questions: list[Question]) -> set[str]:
    """The years named, of which every line has its own."""
    return {year for question in questions for year in re.findall(r"\d{4}", question.text)}


def test_questions_name_every_document_of_the_same_text(data: Path):
    held = HeldOut(questions={name: QuestionSet([lines(1)[0][0]], ["哪年？"], [0]) for name in ("cmrc2018-train",)})
    first = next(iter(question_sets(data, held)))
    assert first.questions == [Question("哪年？", "0", documents=("p0",))]


def test_a_limit_keeps_unseen_questions_first():
    assert unseen(5, 5) == []
    found = limited(public_sets.PublicSet("x", [], [Question(str(i), "") for i in range(5)], [1, 3]), 3)
    assert [question.text for question in found.questions] == ["0", "1", "3"]
    assert found.unseen == [1, 2]


def test_titles_can_be_taken_away():
    bare = without_titles(public_sets.PublicSet("x", ARTICLES, [], []))
    assert {article.title for article in bare.articles} == {""}
    assert [article.text for article in bare.articles] == [article.text for article in ARTICLES]


@pytest.mark.slow
def test_the_command_measures_a_small_folder_and_writes_the_page(data: Path, tmp_path: Path, few_fitted: None):
    out = tmp_path / "PUBLIC.md"
    main(data, limit=4, out=out)
    page = out.read_text(encoding="utf-8")
    assert "### cmrc2018-train: 20 documents, 4 questions" in page
    assert "### drcd-dev: 20 documents, 4 questions" in page
    assert "### qed: 20 documents, 4 questions" in page
    # 20 titles, a tenth held out: two documents of two questions; two are fitted on, two are left. A question that is
    # its document's text finds it first by every way of searching
    assert "unseen (2)" in page
    for name in ("ntrex zh (3)", "ntrex en (3)", "tico19 zh (2)", "tw-law zh (12)"):
        assert f"| {name} |" in page


@pytest.mark.shared
def test_the_real_sets_leave_enough_questions_unseen(shared: Path):
    held = read_sources(shared / "data")[1]
    found = {
        each.name: (len(each.articles), len(each.questions), len(each.unseen))
        for each in question_sets(shared / "data", held)
    }
    assert found == {"cmrc2018-train": (2398, 1006, 506), "drcd-dev": (996, 850, 350), "qed": (8028, 867, 367)}


def test_the_model_card_says_what_the_page_says():
    card = (MODEL_FOLDER / "README.md").read_text(encoding="utf-8")
    page_ = public_sets.OUT.read_text(encoding="utf-8")
    for ours, theirs in (
        ("BM25 over words", "BM25, words"),
        ("BM25 over character bigrams", "BM25, character bigrams"),
        ("this model: passage and best window", "dense: passage and best window"),
        ("hybrid, before reranking", "**hybrid, fused**"),
        ("hybrid, reranked", "**hybrid, reranked**"),
    ):
        (row,) = [line for line in card.splitlines() if line.startswith(f"| {ours} |")]
        told = [line.split("|")[2:5] for line in page_.splitlines() if line.startswith(f"| {theirs} |")][:3]
        assert [cell.strip() for cell in row.split("|")[2:5]] == [" / ".join(part.strip() for part in t) for t in told]
