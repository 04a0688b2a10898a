"""Reports are one file each, need nothing from elsewhere, show what a run holds and never run what strangers wrote."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from eval.charts import Line, Mark, histogram, intervals, lines_chart, reliability_diagram, risk_curve, waterfall
from eval.compare import compare
from eval.compare_views import Contender
from eval.errors import RunError
from eval.gold import load_gold
from eval.marking import mark
from eval.refusal_metrics import Bin, Point
from eval.report import (
    board_html,
    comparison_html,
    comparison_markdown,
    escape_markdown,
    list_runs,
    run_html,
    run_markdown,
    run_page,
)
from eval.run import evaluate
from eval.store import RunFolder
from eval.summary import summarize
from eval.systems import InProcess
from eval.types import Run
from index.types import Article
from tests.eval_fixtures import LINES, line, write_gold
from tests.fakes import ARTICLES, FakeAssistant

EVIL = "<script>alert(1)</script>“清河县在2023年种了多少亩梨树？"
RECORD = {
    "created": "2025-05-01T10:00:00+00:00",
    "options": {"label": "first <b>", "target": "in process", "mode": "extractive"},
    "gold": [{"file": "gold.jsonl", "sha256": "00"}],
    "system": {"version": "0.1.0", "embedding_model": "fake"},
}


def run(folder: Path, *, known: Sequence[Article] = ARTICLES, lines: Sequence[dict[str, object]] = LINES) -> Run:
    cases = load_gold([write_gold(folder.with_suffix(".jsonl"), *lines)])
    return evaluate(cases, InProcess(FakeAssistant(known=known)), RunFolder(folder), RECORD)


def text_of(html: str) -> str:
    return " ".join((HTMLParser(html).body or HTMLParser(html)).text(separator=" ").split())


def test_a_report_is_one_page_that_asks_for_nothing(tmp_path: Path) -> None:
    html = run_html(run(tmp_path / "a"))
    page = HTMLParser(html)
    assert not page.css("script, link, img, iframe, object")
    assert not re.search(r"(?:src|href|url)\s*[=(]", html)
    assert (
        page.css_first('meta[http-equiv="Content-Security-Policy"]')
        .attributes["content"]
        .startswith("default-src 'none'")
    )


def test_a_report_says_the_main_figures_with_their_intervals(tmp_path: Path) -> None:
    page = HTMLParser(run_html(run(tmp_path / "a")))
    tiles = {tile.css("span")[0].text(): tile.css_first("b").text() for tile in page.css(".tile")}
    # of four answerable questions three are answered whole
    assert tiles["of the answerable questions get the right answer in 200 characters"] == "75%"
    assert tiles["of the unanswerable questions are answered all the same"] == "50%"
    titles = [title.text() for title in page.css("svg > title")]
    for chart in (
        "rank of first evidence",
        "reliability of the confidence",
        "risk by coverage",
        "time by stage",
        "by kind",
    ):
        assert chart in titles


def test_the_worst_cases_show_what_was_wanted_beside_what_was_found(tmp_path: Path) -> None:
    page = HTMLParser(run_html(run(tmp_path / "a")))
    cases = page.css("article.case")
    assert [case.css_first("h3").text() for case in cases][:2] == [LINES[5]["question"], LINES[1]["question"]]
    found = cases[1]
    marked = {m.text() for m in found.css("mark")}
    assert "新的电动渡船每天开26班，一次可载120人" in marked
    assert "evidence not found" in found.text()


def test_a_run_without_faults_says_so(tmp_path: Path) -> None:
    assert "No question went wrong." in text_of(run_html(run(tmp_path / "a", lines=LINES[:1])))


def test_what_strangers_wrote_is_shown_and_not_run(tmp_path: Path) -> None:
    wrong = line(question=EVIL, answers=[["<img src=x onerror=alert(1)>"]], reference="<i>ref</i>", style="<u>")
    found = run(tmp_path / "a", lines=[wrong])
    pages = [run_html(found), comparison_html(compare(found, run(tmp_path / "b", known=ARTICLES[1:], lines=[wrong])))]
    for html in pages:
        page = HTMLParser(html)
        assert not page.css("script, img, u")
        assert EVIL in [title.text() for title in page.css("h3")]
    assert "<b>" not in run_markdown(found)


def test_a_comparison_page_shows_both_answers_of_what_was_lost(tmp_path: Path) -> None:
    before, after = run(tmp_path / "a"), run(tmp_path / "b", known=ARTICLES[1:])
    html = comparison_html(compare(before, after))
    lost = HTMLParser(html).css("article.case")[0]
    assert lost.css_first("h3").text() == LINES[0]["question"]
    assert "种了1280亩梨树" in lost.css(".two dl")[0].text()
    assert "refused" in lost.css(".two dl")[1].text()
    assert "Nothing surely changed" in text_of(html)
    assert "| all@5 |" in comparison_markdown(compare(before, after))


def test_a_leaderboard_is_sorted_and_compared_with_the_first(tmp_path: Path) -> None:
    poor, good = run(tmp_path / "a", known=ARTICLES[1:]), run(tmp_path / "b")
    contenders = [
        Contender("poor", poor, summarize(poor.rows), None),
        Contender("good", good, summarize(good.rows), compare(poor, good)),
    ]
    page = HTMLParser(board_html(contenders, "two configurations"))
    assert [row.css_first("td").text() for row in page.css("table tr")[1:]] == ["good", "poor (compared with)"]


def test_a_note_for_a_pull_request_is_a_table(tmp_path: Path) -> None:
    note = run_markdown(run(tmp_path / "a"))
    assert "| correct@200 | 0.750 (" in note
    assert "**6 questions** (gold.jsonl)" in note
    assert escape_markdown("a|b\n<script> *c*") == "a\\|b &lt;script> \\*c\\*"


def test_runs_are_listed_with_their_figures_and_shown_by_id(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    run(tmp_path / "runs" / "one")
    (entry,) = list_runs(tmp_path / "runs")
    assert (entry.id, entry.label, entry.gold, entry.finished) == ("one", "first <b>", "gold.jsonl", True)
    assert entry.figures["correct@200"] == 0.75
    assert "<h1>first &lt;b&gt;</h1>" in run_page(tmp_path / "runs", "one")
    for name in ("two", "../runs", ""):
        with pytest.raises(RunError):
            run_page(tmp_path / "runs", name)


def test_a_mark_covers_what_both_texts_say_layout_and_width_aside() -> None:
    pieces = mark("据报道，清河县 在２０２３年种了\n1280亩梨树，长势好。", ["清河县在2023年种了1280亩梨树"])
    assert [piece.text for piece in pieces if piece.marked] == ["清河县 在２０２３年种了\n1280亩梨树"]
    assert "".join(piece.text for piece in pieces) == "据报道，清河县 在２０２３年种了\n1280亩梨树，长势好。"
    assert [piece.marked for piece in mark("别的事情", ["清河县"])] == [False]
    assert mark("", ["清河县"]) == []


def test_a_quote_shorter_than_a_run_is_marked_whole_or_not_at_all() -> None:
    assert [piece.text for piece in mark("票价3元起", ["3元"]) if piece.marked] == ["3元"]


def test_charts_place_values_where_they_belong() -> None:
    plot = HTMLParser(intervals("t", [Line("half", [Mark(0.5, 0.25, 0.75, "all", "tip")])]))
    dot, whisker = plot.css_first("g circle").attributes, plot.css_first("g line").attributes
    # the scale runs from 132 to 546: half is 339, a quarter 235.5
    assert (dot["cx"], whisker["x1"], whisker["x2"]) == ("339.0", "235.5", "442.5")
    assert plot.css_first("g title").text() == "tip"
    square = HTMLParser(risk_curve([Point(0.5, 0.0, 0.9), Point(1.0, 0.5, 0.1)]))
    assert square.css_first("polyline").attributes["points"] == "164.0,252.0 284.0,132.0"
    bubble = HTMLParser(reliability_diagram([Bin(0.5, 1.0, 4)])).css_first("circle.bubble").attributes
    assert (bubble["cx"], bubble["cy"], bubble["r"]) == ("164.0", "12.0", "12.0")


def test_bars_are_shares_of_their_series() -> None:
    bars = HTMLParser(histogram("t", {"zh": [3, 1], "en": [0, 0]}, ["1", "none"])).css("rect")
    # 3 of 4 of 126 pixels
    assert [bar.attributes["height"] for bar in bars] == ["94.5", "0.0", "31.5", "0.0"]


def test_a_waterfall_begins_each_stage_where_the_one_before_ends() -> None:
    bars = HTMLParser(waterfall("t", [("retrieve", 10.0, 20.0), ("answer", 10.0, 20.0)])).css("rect")
    first, second = (bar.attributes for bar in bars)
    assert float(first["x"] or 0) + float(first["width"] or 0) == pytest.approx(float(second["x"] or 0))


def test_lines_over_sizes_are_logarithmic_and_nothing_draws_nothing() -> None:
    drawn = HTMLParser(lines_chart("t", {"ours": [(100, 1), (10_000, 10)]}, x_name="passages", y_name="ms"))
    assert drawn.css_first("polyline").attributes["points"] == "60.0,200.0 430.0,16.0"
    assert lines_chart("t", {}, x_name="", y_name="") == ""
