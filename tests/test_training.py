"""The training: sources read and held out, spellings sharing rows, the slope of the loss, one model for one seed."""

import gzip
import json
import random
from pathlib import Path

import numpy as np
import pytest

from index.embedding import load_embedder
from index.training.__main__ import main
from index.training.contrastive import Fitter, Recipe, contrast, read_runs
from index.training.export import export_model, quantize
from index.training.glosses import gloss_sentences
from index.training.measure import keywords, question
from index.training.pieces import Counts, Sizes, build_tokenizer
from index.training.sources import read_sources, split_sentences

THINGS = [
    *(("潮汐", "tide"), ("磨坊", "mill"), ("灯塔", "lighthouse"), ("果园", "orchard"), ("面包", "bread")),
    *(("图书馆", "library"), ("桥梁", "bridge"), ("渔船", "boat"), ("钟楼", "belfry"), ("花园", "garden")),
]
DEEDS = [("转动", "turns"), ("关闭", "closes"), ("开放", "opens"), ("倒塌", "collapses"), ("出售", "sells")]
PLACES = [("河边", "by the river"), ("山上", "on the hill"), ("海岸", "at the coast"), ("城里", "in town")]
SMALL = Sizes(rows=900, chinese=400, characters=200, letters=60, endings=50, english_least=1)


def sentence_pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Chinese sentences of our own with their English, made of the words above."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        (thing, a), (deed, b), (place, c) = rng.choice(THINGS), rng.choice(DEEDS), rng.choice(PLACES)
        year = rng.randrange(1900, 2030)
        made.append((f"{place}的{thing}在{year}年{deed}了。", f"In {year} the {a} {c} {b}."))
    return made


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def translated(count: int, seed: int, lang_a: str = "zh", lang_b: str = "en", kind: str = "translation") -> list:
    pairs = sentence_pairs(count, seed)
    return [
        {"a": b if lang_a == "en" else a, "b": a if lang_b == "zh" else b, "lang_a": lang_a, "lang_b": lang_b}
        | {"kind": kind}
        for a, b in pairs
    ]


def write_question_set(folder: Path, lang: str, seed: int) -> None:
    side = 0 if lang == "zh" else 1
    texts = [sentence_pairs(4, seed + i) for i in range(20)]
    corpus = [
        {"id": f"p{i}", "title": f"{THINGS[i % 10][side]} {i}", "text": " ".join(pair[side] for pair in found)}
        for i, found in enumerate(texts)
    ]
    queries = [
        {"id": f"q{i}", "lang": lang, "question": found[0][side][:12], "answers": [found[0][side][2:8]]}
        | {"positive": [f"p{i}"]}
        for i, found in enumerate(texts)
    ]
    write_rows(folder / "corpus.jsonl.gz", corpus)
    write_rows(folder / "queries.jsonl.gz", queries)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of the shape of the real one, of our own sentences."""
    folder = tmp_path_factory.mktemp("data")
    words = [{"a": a, "b": f"{b}; to be {b}", "lang_a": "zh", "lang_b": "en", "kind": "x"} for a, b in THINGS + DEEDS]
    write_rows(folder / "cc-cedict" / "pairs.jsonl.gz", words)
    write_rows(folder / "wordnet" / "pairs.jsonl.gz", [*words, {**words[0], "b": "潮水", "lang_b": "zh"}])
    write_rows(folder / "tw-law" / "pairs.jsonl.gz", translated(120, 1, kind="law"))
    write_rows(folder / "tw-law" / "pairs_hant.jsonl.gz", translated(5, 2, "zh-Hant"))
    write_rows(folder / "tatoeba" / "pairs.jsonl.gz", [*translated(40, 3), *translated(20, 4, "en", "es")])
    by_language = [translated(24, 5, "zh", lang) for lang in ("en", "es", "zh-Hant")]
    write_rows(folder / "ntrex" / "pairs.jsonl.gz", [row for rows in by_language for row in rows])
    write_rows(folder / "tico19" / "pairs.jsonl.gz", [*translated(20, 6), *translated(20, 6, "es", "en")])
    write_rows(folder / "python-docs" / "pairs.jsonl.gz", translated(70, 7))
    write_rows(folder / "paws-x-zh" / "pairs.jsonl.gz", translated(10, 8, kind="paraphrase"))
    laws = [
        {"id": str(i), "title": f"{THINGS[i % 10][0]}条例", "text": "".join(a for a, _ in sentence_pairs(5, 50 + i))}
        for i in range(30)
    ]
    write_rows(folder / "cn-law" / "corpus.jsonl.gz", laws)
    for name, lang, seed in (("cmrc2018-train", "zh", 100), ("drcd-dev", "zh", 200), ("qed", "en", 300)):
        write_question_set(folder / name, lang, seed)
    return folder


def counted(*texts: tuple[str, str]) -> Counts:
    counts = Counts()
    counts.add([*texts] * 5, 1)
    return counts


def test_the_command_makes_a_model_that_crosses_languages_and_the_same_one_again(data: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        main(data, tmp_path / name, seed=3, steps=250)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "two")]
    assert weights[0] == weights[1]
    embedder = load_embedder(str(tmp_path / "one"))
    asked = embedder.embed_queries([english for _, english in THINGS])
    scores = asked @ embedder.embed_passages([chinese for chinese, _ in THINGS]).T
    assert (scores.argmax(axis=1) == np.arange(len(THINGS))).mean() >= 0.9
    figures = json.loads((tmp_path / "one" / "figures.json").read_text(encoding="utf-8"))
    assert {"cmrc2018-train", "qed", "ntrex es to zh", "tw-law en question to zh"} <= {row["name"] for row in figures}


def test_nothing_held_out_is_trained_on(data: Path) -> None:
    pairs, held = read_sources(data)
    assert len(held.law) == 50
    assert len(pairs["law"]) == 70
    assert len(held.ntrex["en"]) == 6
    assert len(pairs["ntrex_en"]) == 18
    apart = set(held.questions["cmrc2018-train"].paragraphs)
    assert apart
    assert not apart & {b for _, b in pairs["title_wiki"]}


def test_doubtful_sources_are_never_read(data: Path, tmp_path: Path) -> None:
    for name in ("csl", "openaxo-news"):
        write_rows(data / name / "pairs.jsonl.gz", [{"a": "禁止", "b": "禁止", "lang_a": "zh", "lang_b": "zh"}])
    pairs, _ = read_sources(data)
    assert "禁止" not in {text for found in pairs.values() for pair in found for text in pair}


@pytest.mark.shared
def test_the_real_sources_are_read(shared: Path) -> None:
    pairs, held = read_sources(shared / "data")
    assert len(pairs["dictionary"]) > 150_000
    assert len(pairs["law"]) > 90_000
    assert set(held.questions) == {"cmrc2018-train", "drcd-dev", "qed"}
    assert len(held.ntrex) == 15


def test_spellings_of_one_word_share_a_row() -> None:
    texts = [("发展经济", "zh"), ("companies organized colours", "en"), ("company organize color", "en")]
    tokenizer, mapping = build_tokenizer(counted(*texts), SMALL)

    def rows(text: str) -> list[int]:
        return [mapping[piece] for piece in tokenizer.encode(text).ids]

    assert rows("經濟") == rows("经济")
    assert rows("COMPANIES") == rows("company")
    assert rows("organised") == rows("organize") == rows("ＯＲＧＡＮＩＳＥ")
    assert rows("colours") == rows("color")
    assert rows("company") != rows("经济")


def test_the_table_keeps_to_its_size() -> None:
    texts = [(a, "zh") for a, _ in sentence_pairs(200, 9)] + [(b, "en") for _, b in sentence_pairs(200, 9)]
    for rows in (420, 500, 900):
        sizes = Sizes(rows=rows, chinese=60, characters=40, letters=40, endings=20, english_least=1)
        assert max(build_tokenizer(counted(*texts), sizes)[1]) < rows


def test_punctuation_and_spaces_leave_no_piece() -> None:
    tokenizer, _ = build_tokenizer(counted(("潮汐 磨坊", "zh"), ("tide mill", "en")), SMALL)
    assert tokenizer.encode("tide，mill！ （潮汐）").tokens == ["▁tide", "▁mill", "潮汐"]


def test_the_loss_slopes_as_its_differences_do() -> None:
    pooled = np.random.default_rng(0).standard_normal((8, 5))
    _, slope = contrast(pooled, 5.0)
    step = np.zeros_like(pooled)
    step[3, 2] = 1e-5
    change = (contrast(pooled + step, 5.0)[0] - contrast(pooled - step, 5.0)[0]) / 2e-5
    assert slope[3, 2] == pytest.approx(change, rel=1e-3)


def test_fitting_brings_partners_together() -> None:
    pairs = {"dictionary": [*THINGS, *DEEDS] * 8}
    tokenizer, mapping = build_tokenizer(
        counted(*[(a, "zh") for a, _ in THINGS], *[(b, "en") for _, b in THINGS]), SMALL
    )
    fitter = Fitter(max(mapping) + 1, Recipe(dimension=16, steps=60, batch=64), seed=1)
    runs = read_runs(tokenizer, mapping, pairs)
    table = fitter.fit(runs)
    tide, word, other = (
        table[runs["dictionary"][side].take(np.array([place]))[0]].sum(0) for side, place in ((0, 0), (1, 0), (1, 1))
    )
    assert tide @ word > tide @ other


def test_int8_keeps_every_number_within_half_a_step() -> None:
    table = np.random.default_rng(2).standard_normal((30, 8)).astype(np.float32)
    table[0] = 0
    rows, factors = quantize(table)
    assert np.abs(rows * factors[:, None] - table).max() <= factors.max() / 2 + 1e-7


def test_an_exported_model_is_readable_by_all(tmp_path: Path) -> None:
    tokenizer, mapping = build_tokenizer(counted(("潮汐", "zh")), SMALL)
    table = np.ones((max(mapping) + 1, 4), np.float32)
    export_model(tokenizer, mapping, table, tmp_path / "made")
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "made").iterdir()} == {0o644}
    assert not (tmp_path / "made.new").exists()


def test_glosses_put_words_of_a_sentence_into_english() -> None:
    glosses = {"潮汐": ["tide"], "磨坊": ["mill"], "转动": ["turn", "rotate"]}
    ((query, sentence),) = gloss_sentences(["潮汐使磨坊转动"], glosses, random.Random(0))
    assert set(query.split()) in ({"tide", "mill", "turn"}, {"tide", "mill", "rotate"})
    assert sentence == "潮汐使磨坊转动"
    assert gloss_sentences(["未知的句子"], glosses, random.Random(0)) == []


def test_made_up_questions_are_words_of_the_line_in_a_row() -> None:
    line = "The old mill by the river turns with every tide and grinds the grain of nine villages."
    assert keywords(line, random.Random(1)) in " ".join(
        word for word in line.rstrip(".").split() if word.lower() not in {"the", "by", "with", "and", "of"}
    )
    asked = question(line, random.Random(1))
    assert asked.endswith("?")
    assert " ".join(asked.rstrip("?").split()[-8:]) in line


def test_sentences_are_split_in_both_scripts() -> None:
    assert split_sentences("潮水推动磨坊。面包由此而来！短。", "zh") == ["潮水推动磨坊。", "面包由此而来！"]
    english = "The tide drives the old mill. Bread comes of it every morning."
    assert split_sentences(english, "en") == ["The tide drives the old mill.", "Bread comes of it every morning."]
