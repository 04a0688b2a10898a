"""The retriever over a real index on disk: both languages, filters, traces, LangChain, the real corpus."""

import json
import re
import unicodedata

import numpy as np
import pytest

from index.embedding import load_embedder
from index.opened import open_index
from index.sync import build_index
from index.types import Filters
from qa.langchain_retriever import WenjuRetriever
from qa.rerank import NAMES
from qa.retriever import Retriever

TEXTS = {
    "ferry": "# 东岸渡轮\n\n渡轮每天早上六点从东岸开出，票价三元。\n\n去年一共运送了四万二千名乘客，其中三成是学生。",
    "pear": "# 清河梨园\n\n梨园去年雇了四十二名果农，收入3800万元。\n\n果农说，今年雨水少，梨比去年甜。",
    "alloy": "# 博威合金\n\n宁波的博威公司在2015年收购了一家德国企业。\n\n公司的研发投入占营业收入的百分之五。",
    "lighthouse": "# The lighthouse\n\nThe old lighthouse on the cape was repaired in 2019 by forty volunteers.\n\n"
    "Its lamp can be seen from twenty miles away.",
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("articles")
    for name, text in TEXTS.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    place = tmp_path_factory.mktemp("index")
    build_index(folder, place, embedder=load_embedder())
    return open_index(place)


@pytest.fixture(scope="module")
def retriever(opened):
    return Retriever(opened)


def first(retriever, question, **options):
    hits = retriever.search(question, k=3, **options)
    return hits[0].article.source if hits else None


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("渡轮的票价是多少？", "ferry.md"),
        ("听说梨园请了不少人，到底有几个果农呀？", "pear.md"),
        ("渡輪每天幾點從東岸開出？", "ferry.md"),
        ("How much is the ferry ticket?", "ferry.md"),
        ("Which company did Bowei of Ningbo acquire in 2015?", "alloy.md"),
        ("谁修了灯塔？", "lighthouse.md"),
        ("When was the lighthouse repaired?", "lighthouse.md"),
        ("income of 38 million yuan", "pear.md"),
    ],
)
def test_the_right_article_comes_first(retriever, question, source):
    assert first(retriever, question) == source


def test_hits_are_verbatim_ranked_and_at_most_as_many_as_asked(retriever):
    hits = retriever.search("渡轮和梨园去年的收入", k=3)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert 0 < len(hits) <= 3
    for hit in hits:
        assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_scores_fall_from_rank_to_rank(retriever):
    scores = [hit.score for hit in retriever.search("渡轮票价", k=5)]
    assert scores == sorted(scores, reverse=True)


def test_each_hit_says_what_each_leg_gave_it(retriever):
    hit = retriever.search("渡轮票价", k=1)[0]
    assert set(hit.parts) == {"bm25", "dictionary", "dense", "window", "fused", "tokens", "run", "rerank"}
    assert hit.parts["rerank"].score == pytest.approx(hit.score)
    assert hit.parts["bm25"].rank == 1


def test_what_was_found_comes_with_the_query_and_the_features(retriever):
    found = retriever.retrieve("渡轮的票价是多少？", k=2)
    assert found.query.lang == "zh"
    assert [set(row) for row in found.features] == [set(NAMES)] * len(found.hits)


def test_filters_leave_only_the_articles_that_pass(retriever):
    assert first(retriever, "梨园去年雇了多少果农，有学生吗") == "pear.md"
    assert first(retriever, "梨园去年雇了多少果农，有学生吗", filters=Filters(source="ferry.md")) == "ferry.md"
    assert first(retriever, "lighthouse", filters=Filters(lang="zh")) != "lighthouse.md"


def test_filters_that_nothing_passes_find_nothing(retriever):
    assert retriever.search("渡轮", k=3, filters=Filters(source="none.md")) == []


def test_a_question_without_any_word_finds_nothing_or_little_and_does_not_fail(retriever):
    assert len(retriever.search("？！", k=3)) <= 3


def test_the_same_question_gives_the_same_hits(retriever):
    assert retriever.search("渡轮票价", k=5) == retriever.search("渡轮票价", k=5)


def test_a_langchain_user_gets_documents_with_their_places(retriever, opened):
    documents = WenjuRetriever(retriever=retriever, k=2).invoke("渡轮的票价是多少？")
    assert 0 < len(documents) <= 2
    best = documents[0]
    article = opened.article(best.metadata["article_id"])
    assert article.text[best.metadata["start"] : best.metadata["end"]] == best.page_content
    assert best.metadata["source"] == "ferry.md"


def test_a_langchain_chain_takes_the_retriever_as_a_step(retriever):
    from langchain_core.runnables import RunnableLambda

    chain = WenjuRetriever(retriever=retriever, k=1) | RunnableLambda(lambda documents: documents[0].metadata["title"])
    assert "渡轮" in chain.invoke("渡轮几点开？")


def test_a_langchain_user_can_filter(retriever):
    documents = WenjuRetriever(retriever=retriever, filters=Filters(source="pear.md")).invoke("渡轮")
    assert {document.metadata["source"] for document in documents} <= {"pear.md"}


class ByLength:
    """A reranker that likes long texts."""

    def scores(self, question, texts):
        return np.array([len(text) for text in texts], dtype=np.float32)


def test_a_reranker_has_the_last_word_and_leaves_its_trace(opened):
    hits = Retriever(opened, reranker=ByLength()).search("渡轮和梨园", k=3)
    lengths = [hit.parts["cross"].score for hit in hits]
    assert lengths == sorted(lengths, reverse=True)
    assert [hit.score for hit in hits] == lengths


def squash(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.shared
@pytest.mark.slow
def test_most_evidence_of_the_real_gold_is_in_the_first_five_hits(shared, tmp_path):
    build_index(shared / "corpus", tmp_path, embedder=load_embedder())
    retriever = Retriever(open_index(tmp_path))
    gold = [json.loads(line) for line in (shared / "gold" / "corpus-dev.jsonl").read_text().splitlines()]
    found = {"zh": [], "en": []}
    for question in gold:
        if question["evidence"]:
            texts = [squash(hit.passage.text) for hit in retriever.search(question["question"], k=5)]
            groups = [[squash(quote["quote"]) for quote in group] for group in question["evidence"]]
            held = [any(quote in text for quote in group for text in texts) for group in groups]
            found[question["lang"]].append(all(held))
    assert sum(found["zh"]) / len(found["zh"]) > 0.85
    assert sum(found["en"]) / len(found["en"]) > 0.80
