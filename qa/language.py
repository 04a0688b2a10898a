"""A text in, `zh` or `en` out: the language a question is answered in."""

import re

from qa.types import Lang

_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")


def language(text: str) -> Lang:
    """Return `zh` where Chinese characters outnumber Latin words, as in `G60走廊有多长`.

    A text of neither (only figures) counts as Chinese.
    """
    chinese, words = len(_CHINESE.findall(text)), len(_WORD.findall(text))
    return "en" if words > chinese else "zh"
