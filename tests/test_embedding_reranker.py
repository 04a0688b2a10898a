"""A cross-encoder of sentence-transformers, by its folder."""

import json

import numpy as np
import pytest

from index.embedding_reranker import load_reranker
from index.errors import EmbedderError

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "渡", "轮", "梨", "园", "票", "价"]


def cross_encoder(folder, *, labels):
    """Save a two-layer BERT with random weights that gives `labels` values a pair."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        num_labels=labels, initializer_range=1.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


@pytest.mark.slow
def test_each_text_gets_one_score_that_depends_on_the_question(tmp_path):
    reranker = load_reranker(cross_encoder(tmp_path, labels=1))
    one = reranker.scores("渡轮", ["票价", "梨园", "渡轮票价"])
    other = reranker.scores("梨园", ["票价", "梨园", "渡轮票价"])
    assert one.shape == (3,)
    assert one.dtype == np.float32
    assert not np.allclose(one, other)
    assert len(reranker.scores("渡轮", [])) == 0


@pytest.mark.slow
def test_a_model_that_gives_several_values_is_refused(tmp_path):
    with pytest.raises(EmbedderError, match="gives one"):
        load_reranker(cross_encoder(tmp_path, labels=3))


@pytest.mark.slow
def test_a_folder_that_holds_no_model_is_refused_by_name(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(EmbedderError, match="WENJU_RERANKER"):
        load_reranker(str(tmp_path))
