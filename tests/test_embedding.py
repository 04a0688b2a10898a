"""The embedders: the static model without torch, transformers through sentence-transformers, both behind one seam."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from index.embedding import MODEL_FOLDER, load_embedder
from index.embedding_transformer import BGE_ZH, family_prompts
from index.errors import EmbedderError
from index.ports import Embedder

WORDS = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", "query", "passage", ":", "tide", "mill", "turns", "潮", "汐", "磨", "坊"]
TEXTS = ["tide mill turns", "潮汐磨坊", "tide tide mill", "", "☃", "潮汐 mill"]


def word_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


@pytest.fixture(scope="module")
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A StaticEmbedding as sentence-transformers itself saves it."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    folder = tmp_path_factory.mktemp("static")
    rows = np.random.default_rng(1).standard_normal((len(WORDS), 12)).astype(np.float32)
    SentenceTransformer(modules=[StaticEmbedding(word_tokenizer(), rows)], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="module")
def transformer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer BERT with random weights, saved as a sentence-transformers folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    config.max_position_embeddings = 64
    BertModel(config).save_pretrained(folder / "plain")
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    fast = PreTrainedTokenizerFast(tokenizer_object=word_tokenizer(), model_max_length=32, **special)
    fast.save_pretrained(folder / "plain")
    transformer = Transformer(str(folder / "plain"), max_seq_length=32)
    model = SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu")
    model.save(str(folder / "e5-tiny"))
    return folder / "e5-tiny"


class TestEveryEmbedder:
    """What every implementation of the seam keeps."""

    @pytest.fixture(params=["default", "static", "transformer"])
    def embedder(self, request: pytest.FixtureRequest) -> Embedder:
        if request.param == "default":
            return load_embedder()
        return load_embedder(str(request.getfixturevalue(f"{request.param}_folder")))

    def test_gives_one_unit_vector_a_text(self, embedder: Embedder) -> None:
        vectors = embedder.embed_passages(["tide mill turns", "潮汐磨坊"])
        assert vectors.dtype == np.float32
        assert vectors.shape == (2, embedder.dimension)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)

    def test_gives_no_rows_for_no_texts(self, embedder: Embedder) -> None:
        assert embedder.embed_passages([]).shape == (0, embedder.dimension)
        assert embedder.embed_queries([]).shape == (0, embedder.dimension)

    def test_a_text_has_the_same_vector_alone_and_in_a_batch(self, embedder: Embedder) -> None:
        together = embedder.embed_passages([*TEXTS, *TEXTS[:2] * 80])
        alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
        assert together[: len(TEXTS)] == pytest.approx(alone, abs=1e-5)

    def test_empty_text_is_finite(self, embedder: Embedder) -> None:
        assert np.isfinite(embedder.embed_passages(["", " "])).all()

    def test_counts_tokens_of_anything(self, embedder: Embedder) -> None:
        assert embedder.count_tokens("") == 0
        assert embedder.count_tokens("潮汐 mill <unk> <|endoftext|>") > 0
        assert embedder.max_tokens > 0

    def test_loads_again_with_the_same_fingerprint(self, embedder: Embedder) -> None:
        assert load_embedder(embedder.name).fingerprint == embedder.fingerprint

    def test_another_prompt_is_another_fingerprint(self, embedder: Embedder) -> None:
        assert load_embedder(embedder.name, query_prompt="tide ").fingerprint != embedder.fingerprint

    def test_a_prompt_stands_before_queries_only(self, embedder: Embedder) -> None:
        prompted = load_embedder(embedder.name, query_prompt="tide ", passage_prompt="")
        plain = load_embedder(embedder.name, query_prompt="", passage_prompt="")
        assert prompted.embed_queries(["mill"]) == pytest.approx(plain.embed_passages(["tide mill"]), abs=1e-5)
        assert prompted.embed_passages(["mill"]) == pytest.approx(plain.embed_passages(["mill"]), abs=1e-5)


class TestStaticModel:
    def test_equals_sentence_transformers_on_its_own_folder(self, static_folder: Path) -> None:
        assert_same_as_sentence_transformers(static_folder, TEXTS)

    def test_the_shipped_model_equals_sentence_transformers(self) -> None:
        texts = [
            "潮汐磨坊何時轉動？",
            "When does the tide mill turn?",
            "¿Cuándo gira el molino?",
            "ＡＢＣ　２０２４年 3.5%",
        ]
        assert_same_as_sentence_transformers(MODEL_FOLDER, texts)

    def test_reads_factors_and_shared_rows(self, static_folder: Path, tmp_path: Path) -> None:
        rows = load_file(static_folder / "model.safetensors")["embedding.weight"]
        mapping = np.arange(len(WORDS), dtype=np.int32)
        mapping[WORDS.index("汐")] = WORDS.index("潮")
        factors = np.linspace(0.5, 2, len(WORDS)).astype(np.float32)
        tensors = {"embeddings": np.rint(rows * 40).astype(np.int8), "mapping": mapping, "weights": factors}
        copy_model(static_folder, tmp_path, tensors)
        assert_same_as_sentence_transformers(tmp_path, TEXTS)
        one, other = load_embedder(str(tmp_path)).embed_passages(["潮", "汐"])
        assert one == pytest.approx(other)

    def test_a_text_without_a_known_piece_is_all_zero(self) -> None:
        assert not load_embedder().embed_passages(["☃ … ☂"]).any()

    def test_traditional_and_simplified_characters_mean_the_same(self) -> None:
        simplified, traditional, other = load_embedder().embed_passages(["发展经济", "發展經濟", "河里的鱼"])
        assert simplified @ traditional > 0.99 > 0.6 > simplified @ other

    def test_a_question_in_english_finds_the_chinese_sentence(self) -> None:
        sentences = ["这座图书馆周一闭馆。", "苹果园今年的产量下降了三成。", "新法规要求企业公开财务报告。"]
        embedder = load_embedder()
        questions = ["On which day is the library closed?", "How far did the orchard's apple output fall?"]
        scores = embedder.embed_queries(questions) @ embedder.embed_passages(sentences).T
        assert scores.argmax(axis=1).tolist() == [0, 1]

    def test_never_imports_torch(self) -> None:
        code = (
            "import sys; from index.embedding import load_embedder; load_embedder().embed_queries(['潮汐']);"
            "print([n for n in ('torch', 'transformers', 'scipy', 'opencc') if n in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"

    def test_a_damaged_tokenizer_is_named(self, static_folder: Path, tmp_path: Path) -> None:
        copy_model(static_folder, tmp_path)
        (tmp_path / "tokenizer.json").write_text('{"version":', encoding="utf-8")
        with pytest.raises(EmbedderError, match="cannot be read"):
            load_embedder(str(tmp_path))

    def test_damaged_weights_are_named(self, static_folder: Path, tmp_path: Path) -> None:
        copy_model(static_folder, tmp_path)
        (tmp_path / "model.safetensors").write_bytes(b"not a table")
        with pytest.raises(EmbedderError, match="cannot be read"):
            load_embedder(str(tmp_path))

    def test_a_table_shorter_than_its_vocabulary_is_refused(self, static_folder: Path, tmp_path: Path) -> None:
        copy_model(static_folder, tmp_path, {"embedding.weight": np.ones((3, 4), np.float32)})
        with pytest.raises(EmbedderError, match="different models"):
            load_embedder(str(tmp_path))

    def test_weights_without_a_table_are_refused(self, static_folder: Path, tmp_path: Path) -> None:
        copy_model(static_folder, tmp_path, {"layer.weight": np.ones((3, 4), np.float32)})
        with pytest.raises(EmbedderError, match="no table"):
            load_embedder(str(tmp_path))


class TestTransformer:
    def test_equals_sentence_transformers_with_the_prompts_of_its_family(self, transformer_folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(transformer_folder), device="cpu")
        mine = load_embedder(str(transformer_folder))
        for embed, prompt in ((mine.embed_queries, "query: "), (mine.embed_passages, "passage: ")):
            expected = model.encode([prompt + "tide mill"], normalize_embeddings=True)
            assert embed(["tide mill"]) == pytest.approx(expected, abs=1e-5)

    def test_leaves_room_for_prompt_and_special_tokens(self, transformer_folder: Path) -> None:
        embedder = load_embedder(str(transformer_folder), passage_prompt="passage: ")
        assert embedder.max_tokens == 32 - len(["passage", ":"])
        assert embedder.count_tokens("tide mill 潮") == 3

    def test_prompts_written_into_the_model_come_first(self, transformer_folder: Path, tmp_path: Path) -> None:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(transformer_folder), device="cpu", prompts={"query": "tide ", "document": ""})
        model.save(str(tmp_path))
        mine, plain = load_embedder(str(tmp_path)), load_embedder(str(tmp_path), query_prompt="", passage_prompt="")
        assert mine.embed_queries(["mill"]) == pytest.approx(plain.embed_queries(["tide mill"]), abs=1e-5)
        assert mine.embed_passages(["mill"]) == pytest.approx(plain.embed_passages(["mill"]), abs=1e-5)

    def test_the_origin_in_the_config_tells_the_family(self, transformer_folder: Path, tmp_path: Path) -> None:
        copy_tree(transformer_folder, tmp_path / "mine")
        config = json.loads((tmp_path / "mine" / "config.json").read_text(encoding="utf-8"))
        config["_name_or_path"] = "intfloat/multilingual-e5-small"
        (tmp_path / "mine" / "config.json").write_text(json.dumps(config), encoding="utf-8")
        mine = load_embedder(str(tmp_path / "mine"))
        plain = load_embedder(str(transformer_folder), query_prompt="", passage_prompt="")
        assert mine.embed_queries(["mill"]) == pytest.approx(plain.embed_queries(["query: mill"]), abs=1e-5)


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("/models/e5-base-v2", "query: ", "passage: "),
        ("BAAI/bge-small-zh-v1.5", BGE_ZH, ""),
        ("BAAI/bge-m3", "", ""),
        ("thenlper/gte-base-zh", "", ""),
        ("Alibaba-NLP/gte-multilingual-base", "", ""),
    ],
)
def test_each_family_gets_the_prompts_of_its_model_card(name: str, query: str, passage: str) -> None:
    assert family_prompts(name) == (query, passage)


@pytest.mark.parametrize("name", ["intfloat/multilingual-e5-large-instruct", "Qwen/Qwen3-Embedding-0.6B"])
def test_instructed_families_get_a_task_before_queries_only(name: str) -> None:
    query, passage = family_prompts(name) or ("", "none")
    assert query.startswith("Instruct: ")
    assert "Query:" in query
    assert passage == ""


def test_an_unknown_family_gets_no_prompts() -> None:
    assert family_prompts("someone/paraphrase-model") is None


class TestWhatCannotBeLoaded:
    @pytest.fixture(autouse=True)
    def no_hub(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")

    def test_a_hub_id_without_network_says_so(self) -> None:
        with pytest.raises(EmbedderError, match=r"cannot be reached .* copy the model into a folder"):
            load_embedder("someone/no-such-model")

    def test_a_missing_folder_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(EmbedderError, match="not a folder with an embedding model"):
            load_embedder(str(tmp_path / "nowhere"))

    def test_an_empty_folder_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(EmbedderError, match="not a folder with an embedding model"):
            load_embedder(str(tmp_path))


def assert_same_as_sentence_transformers(folder: Path, texts: list[str]) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    expected = model.encode(texts, normalize_embeddings=True)
    assert load_embedder(str(folder)).embed_passages(texts) == pytest.approx(expected, abs=1e-4)


def copy_model(source: Path, target: Path, tensors: dict[str, np.ndarray] | None = None) -> None:
    copy_tree(source, target)
    if tensors:
        save_file(tensors, target / "model.safetensors")


def copy_tree(source: Path, target: Path) -> None:
    for folder, _, names in os.walk(source):
        place = target / Path(folder).relative_to(source)
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            (place / name).write_bytes((Path(folder) / name).read_bytes())
