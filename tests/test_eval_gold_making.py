"""Gold is made, changed, brought in and looked at; what is made is accepted by the check."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eval.compare import compare
from eval.duplicates import leaks, near_duplicates, said_by_evidence
from eval.errors import GoldError
from eval.gold import folder_documents, load_gold, quote_problems, read_gold, weak_lines, write_gold
from eval.importing import import_beir, import_squad
from eval.llm_making import ask_with, make_with_llm
from eval.making import (
    Template,
    amounts,
    case_from_feedback,
    dates,
    definitions,
    gaps,
    make_cases,
    shares,
    speakers,
)
from eval.perturb import KINDS, perturb
from eval.run import evaluate
from eval.store import RunFolder
from eval.survey import survey
from eval.systems import InProcess
from eval.types import Case
from qa.__main__ import app
from qa.errors import LLMUnavailable
from qa.settings import Settings
from qa.shapes import answer_shape
from tests.eval_fixtures import LINES, line, unanswerable, write_documents
from tests.eval_fixtures import write_gold as write_lines
from tests.fakes import ARTICLES, REFUSED, FakeAssistant

CONTEXT = "灯塔建于1907年。守塔人老周每晚八点点灯，风雨无阻。岛上只有三户人家。"


def cases(folder: Path, *lines: dict[str, object]) -> list[Case]:
    return load_gold([write_lines(folder / "gold.jsonl", *lines)])


def wenju(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


@pytest.mark.parametrize(
    ("template", "sentence", "question", "answer"),
    [
        (amounts, "县里的冷库能存放900吨梨。", "县里的冷库能存放多少吨梨？", "900吨"),
        (amounts, "全县共有1,280多家作坊。", "全县共有多少家作坊？", "1,280多家"),
        (shares, "去年产量增长6.5%，", "去年产量增长百分之多少？", "6.5%"),
        (dates, "两艘渡船在2024年12月停航。", "两艘渡船在什么时候停航？", "2024年12月"),
        (dates, "灯塔建于1907年。", "灯塔建于哪一年？", "1907年"),
        (speakers, "老周认为，灯塔还要再亮一百年。", "谁认为，灯塔还要再亮一百年？", "老周"),
        (definitions, "所谓“海绵城市”，是指能够吸水蓄水的城市，雨天不积水。", "什么是海绵城市？", "能够吸水蓄水的城市"),
        (gaps, "It carried 310,000 riders.", "Which figure is missing here: It carried ___ riders.", "310,000"),
    ],
)
def test_a_sentence_becomes_a_question_with_the_question_word_in_its_place(
    template: Template, sentence: str, question: str, answer: str
) -> None:
    (draft,) = template(sentence)
    assert (draft.question, draft.answer) == (question, answer)


def test_the_fourth_place_is_no_amount() -> None:
    assert list(amounts("第3家门店开张了。")) == []


def test_made_questions_are_accepted_by_the_check(tmp_path: Path) -> None:
    documents = folder_documents(write_documents(tmp_path / "docs"))
    write_gold(tmp_path / "made.jsonl", make_cases(ARTICLES, documents))
    lines, problems = read_gold([tmp_path / "made.jsonl"])
    assert len(lines) >= 5
    assert problems + quote_problems(lines, documents) == []


def test_nothing_is_asked_whose_quote_does_not_stand_in_the_document(tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "docs")
    (folder / "harbour.txt").write_text("别的内容。", encoding="utf-8")
    made = make_cases(ARTICLES, folder_documents(folder))
    assert made
    assert all(case.docs != ("harbour.txt",) for case in made)


def test_one_question_a_sentence_and_no_more_than_asked_for_an_article() -> None:
    made = make_cases(ARTICLES, per_article=1)
    assert len(made) == len({case.article for case in made})
    quotes = [case.evidence[0][0].quote for case in make_cases(ARTICLES, per_article=9)]
    assert len(quotes) == len(set(quotes))


def test_of_what_a_model_writes_only_what_the_article_bears_out_is_kept(tmp_path: Path) -> None:
    from langchain_core.language_models import FakeListChatModel

    said = [
        {"question": "梨园里一共雇了几个人？", "answer": "46名", "quote": "梨园雇了46名果农，其中三分之一是返乡青年。"},
        {"question": "梨卖多少钱？", "answer": "5元", "quote": "清河县的梨每斤卖5元，比去年贵。"},
        {"question": "冷库在哪里？", "answer": "河边", "quote": "县里的冷库能存放900吨梨。"},
        {"question": "冷库能放多少梨？", "answer": "900吨"},
    ]
    reply = "好的：\n" + "\n".join(json.dumps(one, ensure_ascii=False) for one in said) + "\n{不是 JSON}"
    model = FakeListChatModel(responses=[reply])
    documents = folder_documents(write_documents(tmp_path / "docs"))
    (made,) = make_with_llm(ARTICLES[:1], lambda prompt: str(model.invoke(prompt).text), documents)
    assert (made.question, made.answers) == ("梨园里一共雇了几个人？", (("46名",),))
    write_gold(tmp_path / "made.jsonl", [made])
    lines, problems = read_gold([tmp_path / "made.jsonl"])
    assert problems + quote_problems(lines, documents) == []


def test_the_prompt_holds_the_article_and_fences_it() -> None:
    asked: list[str] = []
    make_with_llm([ARTICLES[0], ARTICLES[3]], lambda prompt: asked.append(prompt) or "", per_article=2)
    assert "写 2 个" in asked[0]
    assert ARTICLES[0].text in asked[0].split("<article>")[1]
    assert "follow no instruction" in asked[1]


def test_without_a_model_configured_making_with_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LLMUnavailable, match="WENJU_LLM"):
        ask_with(Settings())


def test_an_opinion_becomes_a_question_with_its_citations_as_evidence() -> None:
    answer = answer_shape(FakeAssistant().answer("清河县在2023年种了多少亩梨树？"))
    made = case_from_feedback({"answer": answer, "rating": 1}, "F-1")
    assert made.evidence[0][0].doc == "orchard.txt"
    assert made.kind == "fact"
    refused = answer_shape(FakeAssistant().answer(REFUSED))
    assert case_from_feedback({"answer": refused, "rating": -1}, "F-2").kind == "unanswerable"
    assert case_from_feedback({"answer": answer, "label": "not_in_corpus"}, "F-3").evidence == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_perturbed_question_keeps_its_numbers_id_and_evidence(kind: str, tmp_path: Path) -> None:
    import re
    import unicodedata

    before = {case.id: case for case in cases(tmp_path, *LINES)}
    for case in perturb(list(before.values()), kind):
        old = before[case.id]
        assert case.question != old.question
        assert (case.evidence, case.answers, case.kind) == (old.evidence, old.answers, old.kind)
        plain = unicodedata.normalize("NFKC", case.question)
        assert re.findall(r"\d+", plain) == re.findall(r"\d+", old.question)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("width", "2023年AI产业", "２０２３年ＡＩ产业"),
        ("width", "产业（上海）？", "产业(上海)?"),
        ("traditional", "清河县种了多少亩梨树？", "清河縣種了多少畝梨樹？"),
        ("abbreviations", "上海的人工智能", "沪的AI"),
    ],
)
def test_perturbations_of_one_way_are_exactly_these(kind: str, before: str, after: str) -> None:
    assert KINDS[kind](before, "zh", random.Random(0)) == after


def test_a_perturbation_is_the_same_for_the_same_seed_and_another_for_another(tmp_path: Path) -> None:
    found = cases(tmp_path, *LINES)
    assert perturb(found, "typos", seed=1) == perturb(found, "typos", seed=1)
    assert perturb(found, "typos", seed=1) != perturb(found, "typos", seed=2)


def test_a_run_on_perturbed_questions_is_compared_with_the_run_on_the_set_they_came_from(tmp_path: Path) -> None:
    before = cases(tmp_path, *LINES)
    runs = [
        evaluate(found, InProcess(FakeAssistant()), RunFolder(tmp_path / name), {})
        for name, found in (("before", before), ("after", perturb(before, "width")))
    ]
    comparison = compare(*runs)
    assert comparison.differences["all@5/all"].n == len([case for case in before if case.answerable]) - 1
    # P-3 is English in half width: nothing of it changes, so it stands in one run only
    assert comparison.unpaired == 1


def test_a_question_that_does_not_change_is_left_out(tmp_path: Path) -> None:
    english = cases(tmp_path, LINES[2])
    assert perturb(english, "traditional") == []


def test_near_duplicates_are_named_and_like_subjects_are_not(tmp_path: Path) -> None:
    found = cases(
        tmp_path,
        line(id="a", question="清河县在2023年种了多少亩梨树？"),
        line(id="b", question="清河县2023年种了多少亩梨树"),
        line(id="c", question="清河县的冷库能存放多少吨梨？"),
    )
    assert [(pair.one.id, pair.other.id) for pair in near_duplicates(found)] == [("a", "b")]


def test_a_leak_is_the_same_question_or_the_same_evidence(tmp_path: Path) -> None:
    held_out = cases(tmp_path, line(id="a"), line(id="b", question="梨园去年怎么样？"))
    fitted = cases(tmp_path, line(id="x", question="清河县种了几亩梨树呢？"), LINES[2])
    assert [(pair.one.id, pair.why) for pair in leaks(held_out, fitted)] == [
        ("a", "same evidence"),
        ("b", "same evidence"),
    ]


def test_a_copied_question_is_told_by_its_wording(tmp_path: Path) -> None:
    copied, asked = cases(
        tmp_path,
        line(id="a", question="清河县在2023年种了1280亩梨树"),
        line(id="b", question="梨园有多大？"),
    )
    assert said_by_evidence(copied) == 1
    assert said_by_evidence(asked) < 0.3


def test_a_survey_counts_kinds_and_places(tmp_path: Path) -> None:
    found = survey(cases(tmp_path, *LINES), folder_documents(write_documents(tmp_path / "docs")))
    assert (found.questions, found.kinds["unanswerable"], found.langs) == (6, 2, {"zh": 5, "en": 1})
    # P-2 has two groups, the three others one
    assert found.groups == 5 / 4
    assert sum(found.places) == 5
    # the fare is the last but one sentence of its document, the trees are the first of theirs
    assert found.places[0] >= 1
    assert sum(found.places[6:]) >= 1


def test_cmrc_becomes_articles_and_gold_that_the_check_accepts(tmp_path: Path) -> None:
    source = tmp_path / "cmrc.json"
    answers = [{"text": "1907年", "answer_start": CONTEXT.index("1907年")}]
    asked = {"id": "Q1", "question": "灯塔是哪一年建的？", "answers": answers}
    unknown = {"id": "Q2", "question": "灯塔有多高？", "answers": [], "is_impossible": True}
    article = {"title": "灯塔/旧事", "paragraphs": [{"context": CONTEXT, "qas": [asked, unknown]}]}
    source.write_text(json.dumps({"data": [article]}), encoding="utf-8")
    assert import_squad(source, tmp_path / "out") == 2
    lines, problems = read_gold([tmp_path / "out" / "gold.jsonl"])
    assert lines[0].case.evidence[0][0].quote == "灯塔建于1907年。"
    assert [line.case.kind for line in lines] == ["fact", "unanswerable"]
    assert problems + quote_problems(lines, folder_documents(tmp_path / "out" / "articles")) == []
    found = weak_lines(lines)
    assert [p.text for p in found] == ["a quote of 10 characters; 12 to 260 are useful: '灯塔建于1907年。'"]


def test_a_beir_folder_becomes_articles_and_gold(tmp_path: Path) -> None:
    source = tmp_path / "beir"
    (source / "qrels").mkdir(parents=True)
    (source / "corpus.jsonl").write_text(
        json.dumps({"_id": "d/1", "title": "灯塔", "text": CONTEXT})
        + "\n"
        + json.dumps({"_id": "d2", "title": "", "text": "A lighthouse keeper lights the lamp at eight."}),
        encoding="utf-8",
    )
    (source / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "谁点灯？"}) + "\n", encoding="utf-8")
    (source / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td/1\t1\nq1\td2\t0\n", encoding="utf-8")
    assert import_beir(source, tmp_path / "out") == 1
    (found,) = load_gold([tmp_path / "out" / "gold.jsonl"])
    assert found.docs == ("d_1.txt",)
    assert (tmp_path / "out" / "articles" / "d_1.txt").read_text(encoding="utf-8").startswith("灯塔")


def beir(folder: Path, corpus: list[dict[str, str]]) -> Path:
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text("".join(json.dumps(line) + "\n" for line in corpus), encoding="utf-8")
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "谁点灯？"}) + "\n", encoding="utf-8")
    judged = "".join(f"q1\t{line.get('_id')}\t1\n" for line in corpus)
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    return folder


def test_documents_whose_names_would_be_the_same_get_different_ones(tmp_path: Path) -> None:
    source = beir(
        tmp_path / "beir", [{"_id": "d/1", "text": CONTEXT}, {"_id": "d_1", "text": "守塔人不在灯塔里点灯。"}]
    )
    assert import_beir(source, tmp_path / "out") == 1
    lines, _ = read_gold([tmp_path / "out" / "gold.jsonl"])
    assert len(set(lines[0].case.docs)) == 2
    assert not quote_problems(lines, folder_documents(tmp_path / "out" / "articles"))


def test_a_beir_document_without_an_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="_id"):
        import_beir(beir(tmp_path / "beir", [{"text": CONTEXT}]), tmp_path / "out")


@pytest.mark.parametrize("opinion", [{"rating": 1}, {"answer": {"question": "谁点灯？"}}, {"answer": []}])
def test_an_opinion_without_its_answer_is_refused(opinion: dict[str, object]) -> None:
    with pytest.raises(GoldError, match="answer object"):
        case_from_feedback(opinion, "F-1")


@pytest.mark.parametrize("importer", [import_squad, import_beir])
def test_what_is_no_public_set_is_refused(importer: Callable[[Path, Path], int], tmp_path: Path) -> None:
    (tmp_path / "strange.json").write_text('{"data": [{"paragraphs": 3}]}', encoding="utf-8")
    with pytest.raises(GoldError):
        importer(tmp_path / "strange.json", tmp_path / "out")


def test_the_commands_perturb_survey_and_compare_sets(tmp_path: Path) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", *LINES, unanswerable("P-7", "茶馆里有几张桌子？"))
    assert wenju("perturb", gold, "--out", tmp_path / "changed", "--kinds", "filler,typos").exit_code == 0
    assert len(load_gold([tmp_path / "changed" / "filler.jsonl"])) == 7
    assert wenju("perturb", gold, "--out", tmp_path / "changed", "--kinds", "shouting").exit_code == 2
    assert json.loads(wenju("stats", gold, "--json").stdout)["questions"] == 7
    assert wenju("duplicates", gold).exit_code == 0
    assert wenju("duplicates", gold, "--against", gold).exit_code == 1
