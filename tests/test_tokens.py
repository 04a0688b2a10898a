"""Tokens are counted with ranks on this machine or estimated; the network is never asked."""

import base64
import hashlib
import socket
from pathlib import Path

import pytest

from index.types import Article, Hit, Passage
from qa.context import OVERHEAD, numbered
from qa.settings import Settings
from qa.tokens import CACHED, estimate, load_counter


def write_ranks(path: Path) -> Path:
    """Write byte ranks and one merge, as a .tiktoken file has them."""
    pieces = [bytes([value]) for value in range(256)] + [b"pe", b"ar", b"pear"]
    lines = [f"{base64.b64encode(piece).decode()} {rank}" for rank, piece in enumerate(pieces)]
    path.write_text("\n".join(lines), encoding="ascii")
    return path


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_a_ranks_file_gives_exact_counts(tmp_path: Path) -> None:
    counter = load_counter(Settings(tokenizer_file=write_ranks(tmp_path / "own.tiktoken")), {})
    assert counter.problem is None
    assert counter.count("pear") == 1
    assert counter.count("梨") == 3


def test_special_tokens_in_a_text_are_plain_text(tmp_path: Path) -> None:
    counter = load_counter(Settings(tokenizer_file=write_ranks(tmp_path / "own.tiktoken")), {})
    assert counter.count("<|endoftext|>") > 3


def test_ranks_in_tiktokens_own_cache_are_used(tmp_path: Path) -> None:
    name = hashlib.sha1(CACHED["cl100k_base"].encode()).hexdigest()
    write_ranks(tmp_path / name)
    counter = load_counter(Settings(), {"TIKTOKEN_CACHE_DIR": str(tmp_path)})
    assert counter.name == "tiktoken, cl100k_base"
    assert counter.count("pear pear") == 3


@pytest.mark.parametrize("content", [None, "not ranks at all"])
def test_a_missing_or_broken_file_is_said_and_counts_are_estimated(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "broken.tiktoken"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    counter = load_counter(Settings(tokenizer_file=path), {})
    assert counter.problem is not None
    assert str(path) in counter.problem
    assert counter.count("梨树") == estimate("梨树")


def test_the_estimate_errs_towards_too_many() -> None:
    # cl100k_base takes 1.14 tokens a Chinese character and 0.25 an English one
    assert estimate("梨" * 100) >= 114
    assert estimate("pear tree " * 10) >= 25
    assert estimate("") == 0


def hits_of(*texts: str) -> list[Hit]:
    """Return hits on one article each."""
    found = []
    for i, text in enumerate(texts):
        article = Article(f"a{i}", f"a{i}.txt", 1, 1, "梨", text)
        found.append(Hit(Passage(f"p{i}", article.id, 0, len(text), (), text), article, 1.0, i + 1))
    return found


def test_passages_are_taken_best_first_until_the_budget_is_spent() -> None:
    hits = hits_of("梨" * 50 + "。", "树" * 50 + "。", "花" * 50 + "。")
    assert len(numbered(hits, 2 * (51 + OVERHEAD), len)) == 2
    assert numbered(hits, 10, len) == []


def test_the_last_passage_is_cut_at_a_sentence_and_stays_verbatim() -> None:
    (cut,) = numbered(hits_of("种了梨树。" * 20), OVERHEAD + 33, len)
    assert cut.passage.text == "种了梨树。" * 6
    assert cut.article.text[cut.passage.start : cut.passage.end] == cut.passage.text


def test_neighbours_are_joined_and_repeats_are_dropped() -> None:
    text = "种了梨树。建了冷库。雇了果农。"
    article = Article("a", "a.txt", 1, 1, "梨", text)

    def hit(start: int, end: int, rank: int) -> Hit:
        return Hit(Passage(f"p{start}", "a", start, end, (), text[start:end]), article, 1.0, rank)

    joined = numbered([hit(5, 10, 1), hit(0, 5, 2), hit(5, 10, 3)], 1000, len)
    assert [each.passage.text for each in joined] == ["种了梨树。建了冷库。"]
    apart = numbered([hit(0, 5, 1), hit(10, 15, 2)], 1000, len)
    assert len(apart) == 2
