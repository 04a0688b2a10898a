"""Text in, its length in tokens out: exact where tiktoken's ranks lie at hand, else a documented estimate.

Nothing is ever fetched: tiktoken would ask the network for its ranks without a time limit.
"""

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qa.settings import Settings

PATTERN = (
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"""
    r"""|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"""
    r"""|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
)
"""The word pattern of o200k_base; a file of other ranks counts a little differently with it."""

CACHED = {
    "o200k_base": "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken",
    "cl100k_base": "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken",
}
"""What tiktoken's own cache folder may hold, by the address that its file names are hashed from."""

WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
WIDE_TOKENS, NARROW_TOKENS = 1.3, 0.35
"""Tokens a wide and a narrow character in the estimate.

Measured on 171k characters of Chinese policy text: 0.877 characters a token of cl100k_base, 1.409 of o200k_base,
so 1.3 a wide character errs towards too many; English comes to about 4 characters a token, 0.35 errs likewise.
"""


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts tokens; `problem` says why an asked-for ranks file is not used."""

    name: str
    count: Callable[[str], int]
    problem: str | None = None


def load_counter(settings: Settings, environ: Mapping[str, str]) -> Counter:
    """Return the counter of the configured ranks file, else of tiktoken's cache folder, else the estimate."""
    if settings.tokenizer_file is not None:
        return _from_file(settings.tokenizer_file, settings.tokenizer_file.stem)
    folder = environ.get("TIKTOKEN_CACHE_DIR") or environ.get("DATA_GYM_CACHE_DIR")
    for name, address in CACHED.items():
        path = Path(folder, hashlib.sha1(address.encode()).hexdigest()) if folder else None
        if path is not None and path.is_file():
            return _from_file(path, name)
    return Counter("estimate by characters (no ranks file: set WENJU_TOKENIZER_FILE for exact counts)", estimate)


def estimate(text: str) -> int:
    """Return about how many tokens a text has, rather too many than too few."""
    wide = len(WIDE.findall(text))
    return int(wide * WIDE_TOKENS + (len(text) - wide) * NARROW_TOKENS + 0.999)


def _from_file(path: Path, name: str) -> Counter:
    import tiktoken
    from tiktoken.load import load_tiktoken_bpe

    try:
        ranks = load_tiktoken_bpe(os.fspath(path.resolve()))
        encoding = tiktoken.Encoding(name, pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})
    except (OSError, ValueError) as error:
        return Counter(
            "estimate by characters", estimate, f"{path} holds no tiktoken ranks ({error}); counts are estimated."
        )
    return Counter(f"tiktoken, {name}", lambda text: len(encoding.encode_ordinary(text)))
