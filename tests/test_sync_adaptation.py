"""A folder indexed with the embedded model: adapted to the articles, kept, made anew, turned off, lost."""

from pathlib import Path

import pytest
from index_fixtures import LIBRARY, write_folder, write_many

from index.embedding import load_embedder
from index.errors import IndexDamaged
from index.opened import open_index
from index.ports import Embedder
from index.sync import build_index


@pytest.fixture
def model() -> Embedder:
    return load_embedder()


@pytest.fixture
def many(tmp_path: Path) -> Path:
    return write_many(tmp_path / "articles")


def test_the_model_is_adapted_to_the_articles_and_opened_as_adapted(many: Path, model: Embedder):
    place = many.parent / "index"
    report = build_index(many, place, embedder=model)
    assert report.adapted
    opened = open_index(place, embedder=model)
    assert opened.manifest.model.fingerprint == model.fingerprint
    assert opened.embedder.fingerprint == opened.manifest.model.adapted != model.fingerprint
    passage = opened.passages([3])[0]
    text = f"{opened.articles_of([3])[0].title}\n{passage.text}"
    scores, rows = opened.vectors.search(opened.embedder.embed_passages([text]), 1)
    assert (rows[0, 0], scores[0, 0]) == (3, pytest.approx(1, abs=1e-3))
    opened.close()


def test_the_adaptation_is_kept_while_little_is_new_and_made_anew_when_much_is(many: Path, model: Embedder):
    place = many.parent / "index"
    build_index(many, place, embedder=model)
    first = open_index(place, embedder=model).embedder.fingerprint
    write_folder(many, part1=f"{LIBRARY}")
    report = build_index(many, place, embedder=model)
    assert (report.adapted, report.embedded, report.reused) == (True, 1, 7)
    assert open_index(place, embedder=model).embedder.fingerprint == first
    write_folder(many, **{f"more{number}": f"More {number}\n\n{LIBRARY}" for number in range(8)})
    report = build_index(many, place, embedder=model)
    assert (report.adapted, report.reused) == (True, 0)
    assert open_index(place, embedder=model).embedder.fingerprint != first


def test_the_same_folder_is_adapted_to_in_the_same_way_each_time(many: Path, model: Embedder):
    found = []
    for place in (many.parent / "one", many.parent / "two"):
        build_index(many, place, embedder=model)
        found.append(open_index(place, embedder=model).embedder.fingerprint)
    assert found[0] == found[1]


def test_adaptation_can_be_turned_off_and_on(many: Path, model: Embedder):
    place = many.parent / "index"
    for adapt in (False, True, False):
        report = build_index(many, place, embedder=model, adapt=adapt)
        assert (report.written, report.adapted) == (True, adapt)
        assert not build_index(many, place, embedder=model, adapt=adapt).written
    opened = open_index(place, embedder=model)
    assert opened.embedder.fingerprint == model.fingerprint
    opened.close()


def test_a_lost_adaptation_is_noticed(many: Path, model: Embedder):
    place = many.parent / "index"
    build_index(many, place, embedder=model)
    next(place.rglob("adaptation.safetensors")).unlink()
    with pytest.raises(IndexDamaged, match="adaptation"):
        open_index(place, embedder=model)
