"""`wenju eval` over a served assistant: rows, failures, resuming, comparing, and the shared scorer's figures."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eval.store import load_run
from qa.__main__ import app
from qa.tokens import estimate
from tests.eval_fixtures import LINES, line, served, write_documents, write_gold
from tests.fakes import FakeAssistant


@dataclass
class Bench:
    """A folder with gold and documents, a served assistant, and the command line over both."""

    folder: Path
    gold: Path
    assistant: FakeAssistant
    url: str

    def eval(self, *arguments: object) -> Result:
        return CliRunner().invoke(app, ["eval", *map(str, arguments)], env={"WENJU_DATA": str(self.folder / "data")})

    def run(self, *arguments: object) -> Result:
        return self.eval("run", self.gold, "--url", self.url, *arguments)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    assistant = FakeAssistant()
    with served(assistant) as url:
        write_documents(tmp_path / "docs")
        yield Bench(tmp_path, write_gold(tmp_path / "gold.jsonl"), assistant, url)


def test_a_run_prints_its_table_and_writes_its_json(bench: Bench) -> None:
    result = bench.run("--json", bench.folder / "run.json", "--articles", bench.folder / "docs")
    assert result.exit_code == 0, result.output
    assert "correct@200" in result.output
    shape = json.loads((bench.folder / "run.json").read_text(encoding="utf-8"))
    # 1280亩 and every 20 minutes are said; one of two answers of P-2 is; P-4 is said too
    assert shape["summary"]["correct@200/all"] == 0.75
    assert shape["summary"]["correct@200/en"] == 1
    assert shape["summary"]["false answer far/all"] == 0
    assert [row["id"] for row in shape["rows"]] == [x["id"] for x in LINES]
    assert shape["record"]["gold"][0]["file"] == "gold.jsonl"
    assert shape["record"]["system"]["embedding_model"] == "fake"
    assert {"python", "numpy"} <= shape["record"]["versions"].keys()


def test_a_run_tells_what_a_question_costs_in_tokens(bench: Bench) -> None:
    result = bench.run("--json", bench.folder / "costs.json")
    assert "tokens read: p50" in result.output
    for row in json.loads((bench.folder / "costs.json").read_text(encoding="utf-8"))["rows"]:
        reply = row["reply"]
        # a refusal is written too; what is read are the passages found, never fewer tokens than a quarter of their text
        assert reply["tokens"]["written"] == estimate(reply["answer"])
        assert reply["tokens"]["read"] >= sum(len(found["text"]) for found in reply["found"]) / 4


def test_json_to_stdout_is_only_json(bench: Bench) -> None:
    result = bench.run("--json", "-")
    assert json.loads(result.stdout)["summary"]["questions/all"] == len(LINES)


def test_a_question_that_fails_is_a_row_that_counts_as_wrong(bench: Bench) -> None:
    with served(FakeAssistant(), fails_on="图书馆") as broken:
        result = bench.eval("run", bench.gold, "--url", broken, "--json", bench.folder / "run.json")
    assert result.exit_code == 1
    shape = json.loads((bench.folder / "run.json").read_text(encoding="utf-8"))
    failed = next(row for row in shape["rows"] if row["id"] == "P-4")
    assert "500" in failed["error"]
    assert failed["measures"]["correct@200"] == failed["measures"]["all@5"] == 0
    assert failed["measures"]["false refusal"] == 1
    assert shape["summary"]["failed/all"] == 1
    assert shape["summary"]["correct@200/all"] == 0.5


@pytest.mark.shared
def test_every_shared_measure_agrees_with_the_shared_scorer(bench: Bench, shared: Path) -> None:
    with served(FakeAssistant(), fails_on="图书馆") as broken:
        theirs, ours = bench.folder / "theirs.json", bench.folder / "ours.json"
        script = [sys.executable, str(shared / "score" / "score_server.py"), broken, str(bench.gold)]
        subprocess.run([*script, "--json", str(theirs)], capture_output=True, check=False)
        bench.eval("run", bench.gold, "--url", broken, "--json", ours)
    expected = json.loads(theirs.read_text(encoding="utf-8"))["summary"]
    found = json.loads(ours.read_text(encoding="utf-8"))["summary"]
    assert len(expected) > 50
    assert {name: found.get(name) for name in expected} == pytest.approx(expected, abs=0.001)


def test_a_server_that_does_not_answer_is_said_in_one_sentence(bench: Bench) -> None:
    result = bench.eval("run", bench.gold, "--url", "http://127.0.0.1:9")
    assert result.exit_code == 2
    assert result.stderr.startswith("wenju: http://127.0.0.1:9 does not answer")


def test_gold_about_other_documents_is_refused_with_its_line(bench: Bench) -> None:
    write_gold(bench.gold, line(), line(id="P-2", evidence=[[{"doc": "orchard.txt", "quote": "这里从来没有过苹果树"}]]))
    result = bench.run("--articles", bench.folder / "docs")
    assert result.exit_code == 2
    assert "gold.jsonl:2: the quote does not stand in orchard.txt" in result.stderr
    assert bench.assistant.asked == []


def test_a_stopped_run_goes_on_where_it_was(bench: Bench) -> None:
    out = bench.folder / "out"
    assert bench.run("--out", out).exit_code == 0
    rows = (out / "rows.jsonl").read_text(encoding="utf-8").split("\n")
    # stopped after two questions, in the middle of writing the third
    (out / "rows.jsonl").write_text("\n".join(rows[:2]) + "\n" + rows[2][:30], encoding="utf-8")
    bench.assistant.asked.clear()
    assert bench.run("--out", out, "--resume").exit_code == 0
    assert len(bench.assistant.asked) == len(LINES) - 2
    assert {row.id for row in load_run(out).rows} == {x["id"] for x in LINES}


def test_a_run_among_the_runs_is_found_again_by_what_it_was_made_with(bench: Bench) -> None:
    bench.run()
    (place,) = (bench.folder / "data" / "runs").iterdir()
    rows = (place / "rows.jsonl").read_text(encoding="utf-8").split("\n")
    (place / "rows.jsonl").write_text("\n".join(rows[:2]) + "\n", encoding="utf-8")
    record = json.loads((place / "run.json").read_text(encoding="utf-8"))
    (place / "run.json").write_text(json.dumps(record | {"finished": False}), encoding="utf-8")
    bench.assistant.asked.clear()
    assert bench.run("--resume", "--limit", 5).exit_code == 0  # another limit: another run
    assert len(bench.assistant.asked) == 5
    bench.assistant.asked.clear()
    assert bench.run("--resume").exit_code == 0
    assert len(bench.assistant.asked) == len(LINES) - 2
    assert load_run(place).record["finished"] is True


def test_a_failed_question_is_asked_again_when_a_run_goes_on(bench: Bench) -> None:
    out = bench.folder / "out"
    bench.run("--out", out)
    rows = [json.loads(text) for text in (out / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    rows[0] |= {"error": "SystemFailed: busy", "reply": None}
    (out / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    bench.assistant.asked.clear()
    assert bench.run("--out", out, "--resume").exit_code == 0
    assert bench.assistant.asked == [rows[0]["question"]]


@pytest.mark.parametrize(
    "reply",
    [
        "{'answer': 'a', 'abstained': False}",
        "{'answer': 'a', 'abstained': False, 'citations': [], 'confidence': float('nan')}",
        "{'answer': 'a', 'abstained': False, 'citations': [{'quote': 3}]}",
        "['not an object']",
        "1 / 0",
    ],
)
def test_a_system_that_answers_rubbish_fails_its_questions_and_not_the_run(bench: Bench, reply: str) -> None:
    adapter = bench.folder / "other.py"
    adapter.write_text(
        "class Other:\n"
        "    def info(self): return {}\n"
        "    def search(self, question, k): return {'passages': []}\n"
        f"    def answer(self, question, mode): return {reply}\n"
        "    def article_text(self, article_id): return ''\n"
        "def connect(url): return Other()\n",
        encoding="utf-8",
    )
    result = bench.eval("run", bench.gold, "--url", "x", "--adapter", adapter, "--json", bench.folder / "run.json")
    assert result.exit_code == 1
    summary = json.loads((bench.folder / "run.json").read_text(encoding="utf-8"))["summary"]
    assert summary["failed/all"] == len(LINES)
    assert summary["correct@200/all"] == 0
    assert summary["false answer/all"] == 1


def test_without_resume_a_run_begins_anew_and_other_gold_cannot_be_resumed(bench: Bench) -> None:
    out = bench.folder / "out"
    bench.run("--out", out)
    bench.assistant.asked.clear()
    bench.run("--out", out)
    assert len(bench.assistant.asked) == len(LINES)
    write_gold(bench.gold, line())
    result = bench.run("--out", out, "--resume")
    assert result.exit_code == 2
    assert "holds a run of other gold, settings or index" in result.stderr


def test_runs_are_kept_and_listed_newest_first(bench: Bench) -> None:
    assert "There are no runs yet" in bench.eval("runs").output
    bench.run("--label", "first")
    bench.run("--label", "second", "--limit", 2)
    listed = bench.eval("runs").output
    assert listed.index("second") < listed.index("first")


def test_the_same_run_twice_differs_in_nothing(bench: Bench) -> None:
    for name in ("a", "b"):
        bench.run("--json", bench.folder / f"{name}.json")
    result = bench.eval("compare", bench.folder / "a.json", bench.folder / "b.json")
    assert result.exit_code == 0
    assert "0 questions came out better" in result.output
    assert "0 questions came out worse" in result.output


def test_a_comparison_shows_the_questions_won_and_lost_with_both_answers(bench: Bench) -> None:
    bench.run("--json", bench.folder / "a.json")
    with served(FakeAssistant(known=bench.assistant.known[1:])) as poorer:
        bench.eval("run", bench.gold, "--url", poorer, "--json", bench.folder / "b.json")
    result = bench.eval("compare", bench.folder / "a.json", bench.folder / "b.json", "--json", bench.folder / "c.json")
    assert "P-1 [fact, zh]" in result.output
    assert "A: 清河县在2023年种了1280亩梨树。[1]" in result.output
    shape = json.loads((bench.folder / "c.json").read_text(encoding="utf-8"))
    assert "P-1" in [change["id"] for change in shape["worse"]]
    # one of four answerable questions lost, none won: the sign of one difference says nothing
    assert shape["differences"]["all@5/all"]["value"] == -0.25
    assert shape["differences"]["all@5/all"]["p"] == 1


def test_the_gate_stops_a_broken_system_and_says_how_sure_it_is(bench: Bench) -> None:
    many = [line(id=f"Q-{n}", question=f"清河县在2023年种了多少亩梨树？（{n}）") for n in range(12)]
    write_gold(bench.gold, *many)
    assert bench.run("--out", bench.folder / "before", "--gate", "all@5 >= 0.95").exit_code == 0
    with served(FakeAssistant(known=bench.assistant.known[1:])) as broken:
        result = bench.eval(
            *("run", bench.gold, "--url", broken, "--baseline", bench.folder / "before"),
            *("--gate", "all@5/zh >= 0.95; correct drop <= 0.01 at p < 0.05"),
        )
    assert result.exit_code == 1
    assert "gate FAILED: all@5/zh is 0.000" in result.stderr
    assert "0.950 off the >= 0.95; surely" in result.stderr
    # twelve losses of twelve: 2 / 2**12 = 0.0005
    assert "gate FAILED: correct@200/all fell by 1.000 from 1.000 to 0.000" in result.stderr
    assert "p = 0.0005" in result.stderr


def test_a_comparison_has_a_gate_and_pages_too(bench: Bench) -> None:
    bench.run("--json", bench.folder / "a.json")
    with served(FakeAssistant(known=bench.assistant.known[1:])) as poorer:
        bench.eval("run", bench.gold, "--url", poorer, "--json", bench.folder / "b.json")
    page, note = bench.folder / "page.html", bench.folder / "note.md"
    result = bench.eval(
        *("compare", bench.folder / "a.json", bench.folder / "b.json", "--html", page, "--markdown", note),
        *("--gate", "all@5 drop <= 0.2; correct rise <= 0"),
    )
    assert result.exit_code == 1
    assert "gate FAILED: all@5/all fell by 0.250" in result.stderr
    assert "gate passed: correct@200/all fell by" in result.stdout
    assert "清河县在2023年种了多少亩梨树" in page.read_text(encoding="utf-8")
    assert "| all@5 |" in note.read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["no-such-run", "gold.jsonl", "empty.json"])
def test_what_is_no_run_cannot_be_compared(bench: Bench, place: str) -> None:
    (bench.folder / "empty.json").write_text("{}", encoding="utf-8")
    bench.run("--json", bench.folder / "a.json")
    result = bench.eval("compare", bench.folder / "a.json", bench.folder / place)
    assert result.exit_code == 2
    assert result.stderr.startswith("wenju: ")


def test_a_rule_of_change_without_a_baseline_is_refused_before_anything_is_asked(bench: Bench) -> None:
    result = bench.run("--gate", "correct drop <= 0.01")
    assert result.exit_code == 2
    assert "--baseline" in result.stderr
    assert bench.assistant.asked == []


def test_an_adapter_makes_another_system_speak_the_contract(bench: Bench) -> None:
    adapter = bench.folder / "other.py"
    adapter.write_text(
        "class Other:\n"
        "    def info(self): return {'version': 'other'}\n"
        "    def search(self, question, k): return {'passages': [{'text': '清河县在2023年种了1280亩梨树'}]}\n"
        "    def answer(self, question, mode):\n"
        "        return {'answer': '1280亩', 'abstained': False, 'citations': []}\n"
        "    def article_text(self, article_id): return ''\n"
        "def connect(url): return Other()\n",
        encoding="utf-8",
    )
    result = bench.eval(
        *("run", bench.gold, "--url", "other://", "--adapter", adapter, "--json", bench.folder / "run.json")
    )
    assert result.exit_code == 0, result.output
    summary = json.loads((bench.folder / "run.json").read_text(encoding="utf-8"))["summary"]
    assert summary["all@1/fact"] == 0.5
    assert summary["correct@200/zh"] == pytest.approx(1 / 3)
    assert "auroc/all" not in summary


def test_check_names_every_bad_line_and_exits_with_two(bench: Bench) -> None:
    good = bench.eval("check", bench.gold, "--articles", bench.folder / "docs")
    assert (good.exit_code, "0 problem(s)" in good.output) == (0, True)
    write_gold(bench.gold, line(), line(kind="riddle"))
    bad = bench.eval("check", bench.gold, "--articles", bench.folder / "docs")
    assert bad.exit_code == 2
    assert "gold.jsonl:2: kind:" in bad.stderr
