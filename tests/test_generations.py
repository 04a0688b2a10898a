"""The index on disk: the switch, the lock, damage that is noticed, and what a kill or a full disk leaves behind."""

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from index_fixtures import HARBOUR, LIBRARY, BigramEmbedder, write_folder

from index.errors import IndexDamaged, IndexLocked, IndexMismatch, IndexWriteFailed, NoIndex
from index.generations import current_generation, folder_of, roll_back
from index.opened import open_index
from index.sync import build_index

STAGES = ["read", "embed", "write", "verify", "switch"]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "articles", harbour=HARBOUR)


@pytest.fixture
def index(tmp_path: Path, articles: Path) -> Path:
    place = tmp_path / "index"
    build_index(articles, place, embedder=BigramEmbedder(), adapt=False)
    return place


def titles(index: Path) -> list[str]:
    opened = open_index(index, embedder=BigramEmbedder())
    found, _ = opened.list_articles()
    assert opened.vectors.search(BigramEmbedder().embed_queries(["岸电的价格"]), 1)[1][0, 0] >= 0
    opened.close()
    return [article.title for article in found]


def generations(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "generations").iterdir())


def test_where_nothing_was_built_there_is_no_index(tmp_path: Path):
    with pytest.raises(NoIndex, match="wenju index"):
        current_generation(tmp_path)
    with pytest.raises(NoIndex, match="wenju index"):
        open_index(tmp_path / "nowhere", embedder=BigramEmbedder())


def test_each_build_is_a_new_generation_and_the_last_good_one_is_kept(index: Path, articles: Path):
    for number, name in enumerate(["one", "two", "three"], 2):
        write_folder(articles, **{name: f"{name}\n\n{LIBRARY}"})
        build_index(articles, index, embedder=BigramEmbedder(), adapt=False)
        assert current_generation(index) == number
        assert generations(index) == [str(number - 1), str(number)]


def test_an_open_index_goes_on_when_its_generation_is_gone(index: Path, articles: Path):
    opened = open_index(index, embedder=BigramEmbedder())
    for name in ("one", "two"):
        write_folder(articles, **{name: LIBRARY})
        build_index(articles, index, embedder=BigramEmbedder(), adapt=False)
    assert "1" not in generations(index)
    assert opened.passages([0])[0].text
    assert opened.article(opened.passages([0])[0].article_id) is not None
    assert opened.windows.spans(0)
    opened.close()


def test_roll_back_goes_to_the_generation_before_and_no_further(index: Path, articles: Path):
    write_folder(articles, library=LIBRARY)
    build_index(articles, index, embedder=BigramEmbedder(), adapt=False)
    assert titles(index) == ["港口的新航线", "The night library"]
    assert roll_back(index) == 1
    assert titles(index) == ["港口的新航线"]
    with pytest.raises(NoIndex, match="no earlier generation"):
        roll_back(index)
    assert current_generation(index) == 1


def test_after_a_roll_back_the_next_build_starts_from_there(index: Path, articles: Path):
    write_folder(articles, library=LIBRARY)
    build_index(articles, index, embedder=BigramEmbedder(), adapt=False)
    roll_back(index)
    report = build_index(articles, index, embedder=BigramEmbedder(), adapt=False)
    assert report.generation == 3
    assert report.plan.added == ("library.txt",)
    assert generations(index) == ["1", "3"]


def test_two_builds_at_once_are_refused(index: Path, articles: Path):
    with (index / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked, match="Another process"):
            build_index(articles, index, embedder=BigramEmbedder(), adapt=False)
        assert titles(index) == ["港口的新航线"]


@pytest.mark.parametrize("name", ["vectors.faiss", "catalog.sqlite", "windows/codes.npy", "lexical/rows.npy"])
@pytest.mark.parametrize("damage", ["cut", "gone", "changed"])
def test_a_damaged_file_is_refused_by_name(index: Path, name: str, damage: str):
    path = folder_of(index, 1) / name
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-10])
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"\x77")
    with pytest.raises(IndexDamaged, match=Path(name).name):
        open_index(index, embedder=BigramEmbedder())


@pytest.mark.parametrize("text", ["", "seven\n", "\x00\xff"])
def test_a_damaged_pointer_is_refused(index: Path, text: str):
    (index / "current").write_text(text, encoding="latin-1")
    with pytest.raises(IndexDamaged, match="wenju index"):
        open_index(index, embedder=BigramEmbedder())


def test_a_damaged_index_is_built_anew(index: Path, articles: Path):
    (folder_of(index, 1) / "vectors.faiss").unlink()
    report = build_index(articles, index, embedder=BigramEmbedder(), adapt=False)
    assert report.written
    assert report.embedded > 0
    assert titles(index) == ["港口的新航线"]


def test_another_model_or_format_is_refused_with_the_command_that_mends_it(index: Path):
    with pytest.raises(IndexMismatch, match=r"'bigrams'.*'other'.*wenju index.*WENJU_EMBEDDING_MODEL"):
        open_index(index, embedder=BigramEmbedder(name="other"))
    path = folder_of(index, 1) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
    with pytest.raises(IndexMismatch, match=r"format 99.*wenju index"):
        open_index(index, embedder=BigramEmbedder())
    path.write_text(json.dumps({"format": 99, "other": 1}), encoding="utf-8")
    with pytest.raises(IndexMismatch, match="wenju index"):
        open_index(index, embedder=BigramEmbedder())
    path.write_text("{", encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"manifest\.json"):
        open_index(index, embedder=BigramEmbedder())


PAUSING_BUILD = """
import sys, time
from pathlib import Path
from index_fixtures import BigramEmbedder
from index.sync import build_index

class PauseAt:
    def stage(self, name, total):
        if name == sys.argv[3]:
            print("here", flush=True)
            time.sleep(60)
    def advance(self, count):
        pass

build_index(Path(sys.argv[1]), Path(sys.argv[2]), embedder=BigramEmbedder(), adapt=False, progress=PauseAt())
"""


def start(code: str, *arguments: object, **options: object) -> "subprocess.Popen[str]":
    here = Path(__file__).parent
    environ = os.environ | {"PYTHONPATH": f"{here}{os.pathsep}{here.parent}"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize("stage", STAGES)
def test_a_kill_at_any_stage_leaves_the_old_index_and_the_next_build_clears_up(index: Path, articles: Path, stage: str):
    write_folder(articles, library=LIBRARY)
    with start(PAUSING_BUILD, articles, index, stage) as build:
        assert build.stdout is not None
        assert build.stdout.readline() == "here\n"
        build.send_signal(signal.SIGKILL)
        build.wait()
    assert current_generation(index) == 1
    assert titles(index) == ["港口的新航线"]
    report = build_index(articles, index, embedder=BigramEmbedder(), adapt=False)
    assert titles(index) == ["港口的新航线", "The night library"]
    kept = {"1", str(report.generation)}
    assert set(generations(index)) == kept


LIMITED_BUILD = """
import sys
from pathlib import Path
from index_fixtures import BigramEmbedder
from index.errors import IndexFloorError
from index.sync import build_index

try:
    build_index(Path(sys.argv[1]), Path(sys.argv[2]), embedder=BigramEmbedder(), adapt=False)
except IndexFloorError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("largest", [0, 100, 1_000, 4_000, 20_000, 40_000])
def test_a_disk_that_takes_no_more_leaves_the_old_index_unharmed(index: Path, articles: Path, largest: int):
    for number in range(40):
        write_folder(articles, **{f"library{number}": f"Part {number}\n\n{LIBRARY * 5}"})

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    with start(LIMITED_BUILD, articles, index, preexec_fn=limit) as build:
        out, complaint = build.communicate()
    assert out.startswith("IndexWriteFailed "), complaint
    assert "unharmed" in out
    assert generations(index) == ["1"]
    assert titles(index) == ["港口的新航线"]


def test_a_place_that_is_a_file_cannot_hold_an_index(articles: Path, tmp_path: Path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(IndexWriteFailed, match="cannot be written"):
        build_index(articles, tmp_path / "taken", embedder=BigramEmbedder(), adapt=False)
