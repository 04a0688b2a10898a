"""Everything that is fitted, fitted anew without the articles that are asked about, over the sample articles."""

from pathlib import Path

import pytest

from eval import out_of_fold
from eval.gold import load_gold
from eval.out_of_fold import Known, page, rows
from eval.types import Case
from index.embedding import load_embedder
from index.opened import open_index
from index.sync import build_index
from qa.ranking_training import gold_examples
from qa.training_data import read_gold

SAMPLE = Path(__file__).parents[1] / "eval" / "sample"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    place = tmp_path_factory.mktemp("index")
    build_index(SAMPLE / "articles", place, embedder=load_embedder())
    opened, gold = open_index(place), read_gold([SAMPLE / "gold.jsonl"])
    return Known(opened, [], list(gold_examples(gold, opened)), gold, [])


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return load_gold([SAMPLE / "gold.jsonl"])


def test_nothing_is_fitted_on_an_article_that_is_left_out(known: Known) -> None:
    left_out = {known.gold[0]["article_key"]}
    rest = known.without(left_out)
    assert len(rest.gold) < len(known.gold)
    assert not left_out & {each.key for each in rest.ranked}
    assert not left_out & {each["article_key"] for each in rest.gold}


def test_every_question_is_asked_once_of_an_assistant_that_never_saw_its_article(
    known: Known, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[str]] = []
    fitted = out_of_fold.fitted

    def watched(part: Known) -> object:
        seen.append({each["article_key"] for each in part.gold})
        return fitted(part)

    monkeypatch.setattr(out_of_fold, "fitted", watched)
    found = list(rows(known, cases))
    assert sorted(row.id for row in found) == sorted(case.id for case in cases)
    assert len(seen) == 5
    for key in {case.article_key for case in cases}:
        assert sum(key not in known_keys for known_keys in seen) == 1
    table = page(found)
    assert f"over {len(cases)} questions" in table
    assert "| verbatim | 1.000" in table
    right = [row.measures["all@5"] for row in found if "all@5" in row.measures]
    assert sum(right) / len(right) > 0.8
