"""The benchmark measures each system in a process of its own and prints how they compare."""

import json
import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from typer.testing import CliRunner

from eval.bench import Benchmark, Figures, bench, ratios
from eval.bench_corpus import texts_of, write_corpus
from eval.bench_systems import SYSTEMS, missing_package
from eval.bench_views import ratio_lines
from eval.errors import RunError
from eval.gold import load_gold
from eval.report import bench_html
from qa.__main__ import app
from qa.settings import Settings
from tests.eval_fixtures import write_documents, write_gold

TEXTS = ["灯塔建于1907年。守塔人每晚八点点灯，风雨无阻。", "The ferry runs every 20 minutes. A ride is 2 pounds."]


def figures(system: str, *, seconds: float, ms: float) -> Figures:
    return Figures(
        system=system,
        size=1,
        characters=1000,
        passages=10,
        index_seconds=seconds,
        index_stages={"embed": seconds},
        index_peak_mb=100.0,
        disk_mb=2.0,
        open_seconds=0.5,
        resident_mb=80.0,
        query_ms={"search": (ms, ms * 2), "total": (ms, ms * 2)},
        quality={"all@1/zh": 0.5},
    )


def test_a_larger_corpus_holds_the_texts_and_shuffled_sentences_of_them(tmp_path: Path) -> None:
    characters = write_corpus(TEXTS, 300, tmp_path / "big")
    files = sorted((tmp_path / "big").iterdir())
    texts = [path.read_text(encoding="utf-8") for path in files]
    assert TEXTS[0] in texts
    assert characters == sum(map(len, texts))
    assert characters >= 300 * sum(map(len, TEXTS))
    # sentences are kept but for their figures, so that no passage is the copy of another
    added = re.sub(r"\d", "0", texts[0])
    assert "灯塔建于0000年。" in added
    assert len(set(texts)) == len(texts)


def test_size_one_is_the_corpus_itself_and_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    assert write_corpus(TEXTS, 1, tmp_path / "one") == sum(map(len, TEXTS))
    for name in ("a", "b"):
        write_corpus(TEXTS, 200, tmp_path / name, seed=3)
    assert texts_of(tmp_path / "a") == texts_of(tmp_path / "b")


def test_ratios_say_how_many_times_as_much_as_wenju() -> None:
    found = Benchmark([figures("wenju", seconds=2, ms=4), figures("other", seconds=6, ms=1)], 5, {}, [])
    ((name, size, times),) = ratios(found)
    assert (name, size) == ("other", 1)
    assert (times["index time"], times["search p50"], times["disk"]) == (3, 0.25, 1)
    assert "other at size 1 takes, times wenju: index time 3.00, search p50 0.25" in ratio_lines(found)[0]


def test_a_benchmark_page_has_a_chart_for_each_thing_measured() -> None:
    machine = {"processor": "<b>", "cores": 2, "memory_gib": 8}
    small, large = figures("wenju", seconds=2, ms=4), figures("other", seconds=6, ms=1)
    page = LexborHTMLParser(bench_html(Benchmark([small, large], 5, machine, ["third: pip install third"])))
    assert [h2.text() for h2 in page.css("h2")][2:6] == [
        "Search, median",
        "Indexing, process start included",
        "Memory while answering",
        "Size on disk",
    ]
    assert len(page.css("svg")) == 4
    assert "left out: third: pip install third" in page.body.text()
    assert page.css_first("p b") is None


@pytest.mark.slow
def test_wenju_is_measured_by_stage_with_memory_disk_and_quality(tmp_path: Path) -> None:
    cases = load_gold([write_gold(tmp_path / "gold.jsonl")])
    installed = [name for name in SYSTEMS if missing_package(name) is None]
    articles = write_documents(tmp_path / "docs")
    found = bench(articles, cases, Settings(), sizes=[1], systems=installed)
    assert [f.system for f in found.figures] == installed
    for f in found.figures:
        assert f.passages >= 4
        assert f.index_seconds > sum(f.index_stages.values()) > 0
        assert 20 < f.resident_mb < 2000
        assert f.disk_mb > 0
        assert f.query_ms["search"][0] <= f.query_ms["search"][1]
        assert 0 <= f.quality["all@1/zh"] <= 1
    ours = found.figures[0]
    assert {"search", "answer", "total"} <= ours.query_ms.keys()
    assert ours.quality["all@1/en"] == 1


def test_what_cannot_be_measured_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="nothing to read"):
        bench(tmp_path, [], Settings(), sizes=[1])
    for arguments in (["--sizes", "0"], ["--sizes", "many"], ["--systems", "abacus"]):
        result = CliRunner().invoke(app, ["bench", str(tmp_path), *arguments])
        assert result.exit_code == 2
        assert result.stderr.startswith("wenju: ")


def test_a_system_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    cases = load_gold([write_gold(tmp_path / "gold.jsonl")])
    (tmp_path / "broken").mkdir()
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / "broken" / name).write_bytes(b"{}")
    broken = Settings(embedding_model=str(tmp_path / "broken"))
    with pytest.raises(RunError, match=r"wenju could not be measured \(build\): .*broken"):
        bench(write_documents(tmp_path / "docs"), cases, broken, sizes=[1], systems=["wenju"])


@pytest.mark.slow
def test_json_alone_goes_to_stdout(tmp_path: Path) -> None:
    gold = write_gold(tmp_path / "gold.jsonl")
    result = CliRunner().invoke(
        app,
        [
            "bench",
            str(write_documents(tmp_path / "docs")),
            "--gold",
            str(gold),
            *("--sizes", "1", "--systems", "wenju", "--json", "-"),
        ],
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["figures"][0]["system"] == "wenju"
