"""A text in, `zh` or `en` out: the language a question is answered in."""

import re

from qa.types import Lang

_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_FUNCTION_WORD = re.compile(
    r"\b(?:an?|and|are|as|at|be|been|by|can|did|do|does|for|from|had|has|have|how|in|is|its?|least|of|on|or|that|the"
    r"|there|these|this|those|to|was|were|what|when|where|which|whose?|why|will|with|would)\b"
)


def language(text: str) -> Lang:
    """Return `zh` or `en`; English function words decide before the count of characters against words does.

    So `What is 国际科创板?` is English, and `G60走廊有多长` Chinese, as is a text of figures alone.
    """
    chinese, words = len(_CHINESE.findall(text)), len(_WORD.findall(text))
    if len(_FUNCTION_WORD.findall(text.casefold())) >= 2 and chinese < 4 * words:
        return "en"
    return "en" if words > chinese else "zh"
