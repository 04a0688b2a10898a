"""Which sentences are quoted, how much of them, and what stands beside them; and what the choice is made from."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from qa_fixtures import settings_of, small_index

from index.embedding import load_embedder
from index.sync import build_index
from index.types import Article, Hit, Passage
from qa.answer_types import asked_about, fitness, hard_fitness, wanted
from qa.antecedents import with_antecedent
from qa.assemble import load_assistant
from qa.assistant import Assistant
from qa.candidates import FEATURES, Lens, candidates
from qa.citations import QUOTE
from qa.composition import compose
from qa.enumerations import asked_count, enumeration_at, enumerations, lists_inline
from qa.extractive import load_weights
from qa.imprints import CERTAINTY
from qa.listing import listed
from qa.parts import parts
from qa.query import understand
from qa.regression import fit_listwise, fit_logistic, folds, sigmoid
from qa.sections import sections
from qa.summaries import ROOM, topic
from qa.types import Asked, Citation


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return load_assistant(settings_of(small_index(tmp_path_factory.mktemp("extractive")), threshold=0.0))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("冷库能存放多少吨梨？", "900吨"),
        ("柴油渡船是什么时候停航的？", "2024年12月"),
        ("梨园合作社的社长是谁？", "周梨花"),
        ("渡口为什么换船？", "噪声大"),
        ("夜读角是什么？", "二十个座位"),
        ("图书馆藏书多少万册？", "4.2万册"),
        ("how often does the night tram run", "every 20 minutes"),
        ("Why was the night tram introduced?", "nurses"),
        ("夜间电车2023年运了多少乘客？", "310,000"),
    ],
)
def test_each_kind_of_question_gets_the_sentence_that_answers_it(
    assistant: Assistant, question: str, answer: str
) -> None:
    found = assistant.answer(question)
    assert answer in found.text
    assert all(c.article.text[c.start : c.end] == c.quote and len(c.quote) <= QUOTE for c in found.citations)


def test_an_answer_is_short_and_every_marker_has_its_citation(assistant: Assistant) -> None:
    answer = assistant.answer("清河县的梨园和白沙渡口各有什么变化？")
    assert len(answer.text) < 260
    for citation in answer.citations:
        assert f"[{citation.marker}]" in answer.text


def test_no_sentence_is_quoted_twice(assistant: Assistant) -> None:
    answer = assistant.answer("梨树有多少亩？梨树种了多少亩？")
    assert len({(c.article.id, c.start) for c in answer.citations}) == len(answer.citations)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("清河县种了多少亩梨树？", 1),
        ("梨园雇了多少人？冷库能存多少吨？", 2),
        ("想去梨园的人：那里雇了多少人，坐哪路车能到？", 2),
        ("江苏和安徽的梨产量各是多少？", 2),
        ("How many people work there, and what do they earn?", 2),
        ("长三角几省之间怎么合作？", 1),
    ],
)
def test_a_question_is_taken_apart_where_it_asks_more_than_once(question: str, count: int) -> None:
    assert len(parts(question)) == count


def test_the_two_sides_of_a_comparison_keep_what_is_asked_of_them() -> None:
    assert parts("江苏和安徽的梨产量各是多少？") == ["江苏的梨产量各是多少？", "安徽的梨产量各是多少？"]


@pytest.mark.parametrize(
    ("question", "good", "bad"),
    [
        ("雇了多少名果农？", "梨园雇了46名果农。", "梨园雇了不少果农。"),
        ("什么时候停航的？", "渡船在2024年12月停航。", "渡船早已停航。"),
        ("社长是谁？", "社长是王小明教授。", "社长没有来。"),
        ("在哪个城市？", "总部搬到了苏州。", "总部搬走了。"),
        ("为什么换船？", "因为噪声太大。", "换船很顺利。"),
        ("夜读角是什么？", "夜读角是指通宵座位。", "夜读角很热闹。"),
        ("有哪些水果？", "有梨、桃、杏、李。", "有水果。"),
        ("哪家公司承建的？", "由清河建设公司承建。", "承建得很快。"),
    ],
)
def test_a_sentence_that_holds_the_kind_asked_for_fits_better(question: str, good: str, bad: str) -> None:
    asked = wanted(question)
    assert fitness(asked, good) > fitness(asked, bad)


def test_figures_of_the_question_itself_are_no_answer() -> None:
    asked = wanted("2023年种了1280亩梨树，卖了多少钱？")
    assert hard_fitness(asked, ["2023年种了1280亩梨树。"]) < hard_fitness(asked, ["卖了300万元。"])


def test_what_is_asked_about_stands_around_the_asking_word() -> None:
    assert "会费" in asked_about("加入果农联盟每年要交多少会费？")
    assert asked_about("梨树开花") == "梨树开花"


DIFFICULT = "发展梨园的困难有以下几点：一是水不足，泵站少。二是人太少，培训少。三是路太窄，大车进不来。\n别的不说。"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (DIFFICULT, 3),
        ("措施如下：（一）修路。（二）打井。（三）育人。（四）建库。", 4),
        ("首先，修路。其次，打井。最后，育人。", 3),
        ("一是修路。三是育人。", None),
        ("一共有一个办法。", None),
    ],
)
def test_enumerations_are_found_in_order_and_whole(text: str, count: int | None) -> None:
    found = enumerations(text)
    assert (len(found[0].starts) if found else None) == count


def test_an_enumeration_is_used_where_as_many_things_are_asked_for_or_it_is_announced() -> None:
    article = Article("a", "a.txt", 1, 2, "梨园", DIFFICULT)
    end = DIFFICULT.index("一是")
    assert enumeration_at(article, 0, end, 3) is not None
    assert enumeration_at(article, 0, end, None) is not None
    assert enumeration_at(article, 0, end, 5) is None
    assert enumeration_at(article, DIFFICULT.index("三是"), len(DIFFICULT), None) is None


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("哪四个方面着力？", 4),
        ("两个难题是什么？", 2),
        ("哪十项举措？", 10),
        ("二十个镇怎么样？", None),
        ("Which three kinds?", 3),
        ("有哪些困难？", None),
    ],
)
def test_how_many_things_are_asked_for_is_read(question: str, count: int | None) -> None:
    assert asked_count(question) == count


PARALLEL = "镇里抓三件事。\n修好水渠。旱年也浇得上。\n修好道路。大车进得来。\n修好冷库。梨能卖到春天。\n别的不说。"


def test_paragraphs_that_begin_alike_are_an_enumeration() -> None:
    found = enumerations(PARALLEL)[-1]
    assert [PARALLEL[start : start + 4] for start in found.starts] == ["修好水渠", "修好道路", "修好冷库"]


def test_a_clause_lists_inline_where_its_items_are_as_many_as_asked_for() -> None:
    assert lists_inline("五个镇是东镇、西镇、南镇、北镇、中镇。", 5)
    assert not lists_inline("东镇、西镇修路，南镇、北镇打井。", 4)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("《梨园十年》主要讲了什么？", "梨园十年"),
        ("What is “The night tram” about?", "The night tram"),
        ("关于夜间电车的那篇文章讲了什么？", "夜间电车"),
        ("What is the article about ferries about?", "ferries"),
        ("帮我概括一下渡口换船那篇文章", "渡口换船"),
        ("这些文章主要讲了什么？", None),
        ("梨园主要讲究什么？", None),
        ("What is the night tram?", None),
    ],
)
def test_a_question_about_an_article_as_a_whole_is_told_from_others(question: str, about: str | None) -> None:
    assert topic(question) == about


def test_every_article_named_by_its_title_is_summed_up_from_itself(assistant: Assistant) -> None:
    articles, total = assistant.articles(per_page=50)
    assert total > 1
    for article in articles:
        found = assistant.answer(f"《{article.title}》主要讲了什么？")
        assert {citation.article.id for citation in found.citations} == {article.id}
        assert article.title in found.text
        assert sum(len(citation.quote) for citation in found.citations) <= ROOM
        assert found.confidence == CERTAINTY


def test_a_summary_gives_the_opening_and_the_headings_of_the_highest_level(tmp_path: Path) -> None:
    opening = "清河县用十年时间把荒滩变成了梨园。"
    text = f"# 梨乡十年\n\n{opening}\n\n## 荒滩怎样变成梨园\n\n先打井，后修路。\n\n## 梨子怎样卖到外地\n\n先建冷库。"
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_text(text, encoding="utf-8")
    build_index(tmp_path / "articles", tmp_path / "index", embedder=load_embedder(), adapt=False)
    found = load_assistant(settings_of(tmp_path / "index")).answer("《梨乡十年》主要讲了什么？")
    assert [citation.quote for citation in found.citations] == [
        opening,
        "荒滩怎样变成梨园",
        "梨子怎样卖到外地",
    ]


ORCHARD = """# 梨乡十年

清河县用十年时间把荒滩变成了梨园。

## 一、梨园的由来

荒滩原来是沙地。村里先打了井。

## 二、梨园面临的困难

困难不止一处。

### （一）水渠太少而且漏水

旱年浇不上水。

### （二）会剪枝的年轻人不多

老果农都过了六十岁。

### （三）到县城的路太窄

大车进不来。

## 三、结语

梨园还要再走十年。
"""


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("orchard")
    (folder / "articles").mkdir()
    (folder / "articles" / "a.md").write_text(ORCHARD, encoding="utf-8")
    build_index(folder / "articles", folder / "index", embedder=load_embedder(), adapt=False)
    return load_assistant(settings_of(folder / "index", threshold=0.0))


def test_headings_are_listed_under_the_one_that_says_what_is_asked(orchard: Assistant) -> None:
    found = orchard.answer("梨园面临哪些困难？")
    assert [c.quote for c in found.citations] == [
        "（一）水渠太少而且漏水",
        "（二）会剪枝的年轻人不多",
        "（三）到县城的路太窄",
    ]


def test_headings_are_grouped_under_their_parents(orchard: Assistant) -> None:
    article = orchard.article(orchard.articles()[0][0].id)
    found = {over.text if over else None: [each.text for each in below] for over, below in sections(article)}
    assert len(found[None]) == 3
    assert len(found["二、梨园面临的困难"]) == 3
    assert set(found) == {None, "二、梨园面临的困难"}


def test_no_quote_runs_from_text_into_a_heading(orchard: Assistant) -> None:
    headings = {each.text for each in orchard.article(orchard.articles()[0][0].id).headings}
    answers = [orchard.answer(each) for each in ("荒滩原来是什么？", "村里先做了什么？", "老果农多大年纪？")]
    lines = [citation.quote.split("\n") for answer in answers for citation in answer.citations]
    assert lines
    assert not any(two in headings and one not in headings for each in lines for one, two in pairwise(each))


def test_an_enumeration_elsewhere_answers_where_no_window_surely_does(assistant: Assistant) -> None:
    article = Article("a", "a.txt", 1, 2, "梨园", DIFFICULT)
    hit = Hit(Passage("p", "a", 0, len(DIFFICULT), (), DIFFICULT), article, 1.0, 1)
    found = candidates([hit])
    lens = Lens(
        understand("发展梨园有哪三个困难？", assistant.steps.answerer.lexical), assistant.steps.answerer.lexical
    )
    shares = np.full(len(found), 1 / len(found))
    window = (hit, found[-1].start, found[-1].end)
    spans = listed(lens, found, shares, window, 0.3, 210)
    assert [DIFFICULT[start : start + 2] for _, start, _ in spans] == ["一是", "二是", "三是"]
    assert listed(lens, found, shares, window, 0.95, 210) == []


def test_this_year_is_made_clear_by_the_articles_date() -> None:
    article = Article("a", "a.txt", 1, 2, "梨园", "今年还要再建一座冷库。", date="2024-03")
    citation = Citation(1, article, "p", 0, 11, article.text)
    assert compose([citation], Asked("建什么？", "建什么？", "zh")).text == "今年还要再建一座冷库。[1]（刊于2024年3月）"
    assert compose([citation], Asked("What?", "What?", "en")).text.endswith("[1] (published 2024-03)")


def test_a_quote_that_begins_with_a_pronoun_names_its_article() -> None:
    article = Article("a", "a.txt", 1, 2, "梨园", "该园今年还要再建一座冷库。", date="2024-03")
    citation = Citation(1, article, "p", 0, 13, article.text)
    assert compose([citation], Asked("？", "？", "zh")).text.endswith("[1]（见《梨园》，刊于2024年3月）")
    assert compose([citation], Asked("?", "?", "en")).text.endswith("[1] (from “梨园”, published 2024-03)")


@pytest.mark.parametrize(
    ("before", "quote", "taken"),
    [
        ("梨园在河东。", "它有46名果农。", True),
        ("梨园在河东。", "其中46名是果农。", False),
        ("梨园在河东，" + "土好水好，" * 12 + "人也好。", "它有46名果农。", False),
        ("梨园在河东。\n", "它有46名果农。", False),
        ("The orchard lies east. ", "It has 46 workers.", True),
    ],
)
def test_a_short_sentence_before_a_pronoun_is_quoted_with_it(before: str, quote: str, taken: bool) -> None:
    text = before + quote
    hit = Hit(Passage("p", "a", 0, len(text), (), text), Article("a", "a.txt", 1, 2, "梨园", text), 1.0, 1)
    start = 0 if taken else len(before)
    assert with_antecedent(hit, len(before), len(text), 190) == (hit, start, len(text))


def test_a_quote_that_is_cut_says_so_outside_the_quote() -> None:
    article = Article("a", "a.txt", 1, 2, "梨园", "梨树开花，而后结果\n完")
    draft = compose([Citation(1, article, "p", 0, 5, "梨树开花，")], Asked("？", "？", "zh"))
    assert draft.text == "梨树开花，……[1]"
    line = compose([Citation(1, article, "p", 0, 9, "梨树开花，而后结果")], Asked("？", "？", "zh"))
    assert line.text == "梨树开花，而后结果[1]"


def test_the_weights_name_every_feature_and_say_how_good_they_are() -> None:
    import qa.extractive

    stored = json.loads(qa.extractive.WEIGHTS.read_text(encoding="utf-8"))
    assert set(stored["weights"]) == set(FEATURES)
    assert stored["out_of_fold"]["evidence@3 zh"] > 0.8
    assert len(load_weights()) == len(FEATURES)


def test_a_listwise_fit_learns_what_tells_the_right_row() -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    lists = [rng.normal(size=(6, 3)) for _ in range(40)]
    right = [rows[:, 1] == rows[:, 1].max() for rows in lists]
    weights = fit_listwise(lists, right)
    assert weights[1] > 3 * abs(weights[0])
    assert weights[1] > 3 * abs(weights[2])


def test_a_logistic_fit_is_calibrated_and_folds_keep_a_key_together() -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2000, 1))
    labels = (rng.random(2000) < sigmoid(2 * rows[:, 0] - 1)).astype(float)
    slope, intercept = fit_logistic(rows, labels, ridge=0.1)
    assert slope == pytest.approx(2, abs=0.3)
    assert intercept == pytest.approx(-1, abs=0.2)
    fold = folds(["a", "b", "a", "c", "b"], count=2)
    assert fold[0] == fold[2]
    assert fold[1] == fold[4]


@pytest.mark.shared
def test_every_quote_over_the_development_gold_is_verbatim(shared: Path, tmp_path: Path) -> None:
    from index.embedding import load_embedder
    from index.sync import build_index

    build_index(shared / "corpus", tmp_path / "index", embedder=load_embedder(), adapt=False)
    assistant = load_assistant(settings_of(tmp_path / "index"))
    lines = (shared / "gold" / "corpus-dev.jsonl").read_text(encoding="utf-8").splitlines()
    quotes = [c for line in lines for c in assistant.answer(json.loads(line)["question"]).citations]
    assert len(quotes) > 150
    assert all(c.article.text[c.start : c.end] == c.quote and len(c.quote) <= QUOTE for c in quotes)
    assert all(assistant.article(c.article.id).text[c.start : c.end] == c.quote for c in quotes[::10])
