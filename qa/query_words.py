"""A question in, the question without its question words out, and whether it asks how things stand now."""

import re

_LATEST = re.compile(
    r"最新|最近|目前|现在|如今|眼下|当前|现今|今年|本年度"
    r"|\b(?:latest|newest|current(?:ly)?|most recent|now|today|nowadays|at present|this year)\b",
    re.IGNORECASE,
)

_QUESTION_WORDS = re.compile(
    "请问|请教|听说|来着|说说|讲讲|谈谈|到底|究竟|一共|分别|各自|各是|是不是|有没有|能不能|会不会|为什么|为啥|为何|什么样|什么|哪些|哪几"
    "|哪个|哪家|哪年|哪月|哪位|哪里|哪儿|哪|多少|多大|多久|几成|几家|几个|几项|几座|几|怎么样|怎么|怎样|如何|啥|咋样|咋|[吗呢吧呀啊嘛]"
    "|要是|我们家|我们|咱们|告诉我|想知道|帮我|一下"
)

QUESTION_STOP_WORDS = frozenset(
    (
        "according", "also", "apart", "any", "both", "called", "cited", "does", "each", "far", "given", "kind", "kinds",
        "large", "many", "much", "name", "named", "often", "other", "per", "please", "roughly", "said", "say", "says",
        "should", "still", "tell", "total", "used", "you", "your", "me", "my", "we", "our", "s", "t", "about", "long",
        "big", "out", "one", "two", "three", "four", "five",
    )
)  # fmt: skip
"""Words that English questions are made of; not dropped from texts, only from questions."""


def asks_latest(question: str) -> bool:
    """Tell whether the question is about how things stand now."""
    return _LATEST.search(question) is not None


def without_question_words(folded: str) -> str:
    """Return a folded question without the words that make it one: `南京有多少企业呢` becomes `南京有 企业`."""
    return _QUESTION_WORDS.sub(" ", folded).strip() or folded
