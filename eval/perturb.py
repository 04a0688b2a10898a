"""Gold questions in, out the same as people type them: typos, width, script, filler, short forms.

Ids, answers and evidence stay, so that `wenju eval compare` pairs a run on these with a run on the set they came from.
A question that a kind does not change is left out. Numbers are never touched: another number is another question.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from eval.types import Case

SOUND_ALIKE = {
    **{"在": "再", "再": "在", "做": "作", "作": "做", "以": "已", "已": "以", "即": "既", "既": "即", "至": "致"},
    **{"的": "得", "得": "的", "地": "的", "其": "期", "是": "事", "哪": "那", "像": "象", "账": "帐", "份": "分"},
    **{"度": "渡", "必": "毕", "记": "纪", "纪": "记", "型": "形", "形": "型", "部": "步", "园": "圆", "制": "治"},
    **{"产": "铲", "业": "叶", "区": "趋", "市": "试", "工": "公", "合": "和", "经": "京", "展": "斩", "金": "今"},
}
SHORT_FORMS = {
    **{"长江三角洲": "长三角", "人工智能": "AI", "国内生产总值": "GDP", "新能源汽车": "新能源车", "有限公司": "公司"},
    **{"研究与试验发展": "研发", "集成电路": "芯片", "高等院校": "高校", "高等学校": "高校", "中小型企业": "中小企业"},
    **{"专业技术": "专技", "科学技术": "科技", "环境保护": "环保", "生物医药": "生医", "电子商务": "电商"},
    **{"上海市": "沪", "江苏省": "苏", "浙江省": "浙", "安徽省": "皖", "北京市": "京", "广东省": "粤", "上海": "沪"},
    **{"江苏": "苏", "浙江": "浙", "安徽": "皖", "广播电视": "广电"},
    **{"Yangtze River Delta": "YRD", "artificial intelligence": "AI", "gross domestic product": "GDP"},
    **{"research and development": "R&D", "electric vehicles": "EVs", "per cent": "%", "percent": "%"},
}
FILLER = {
    "zh": (
        ("那个，请问一下，", "，谢谢啦"),
        ("你好，我想了解下", "，能说说吗"),
        ("诶就是", "来着，有人知道不"),
        ("麻烦帮我查查", "哈"),
    ),
    "en": (
        ("hi, quick question, ", " thanks!"),
        ("um so I was wondering, ", " any idea?"),
        ("hey could you tell me ", " please"),
    ),
}
EVERY = 12  # about one slip in a dozen characters is what hurried typing on a phone leaves behind


def typos(question: str, lang: str, rng: random.Random) -> str:
    """Return the question with swapped, dropped or sound-alike characters, one for every dozen."""
    letters = list(question)
    places = [i for i, c in enumerate(letters[:-1]) if _plain(c) and _plain(letters[i + 1])]
    for place in sorted(rng.sample(places, min(len(places), max(1, len(question) // EVERY))), reverse=True):
        slip = rng.random()
        if letters[place] in SOUND_ALIKE and slip < 0.6:
            letters[place] = SOUND_ALIKE[letters[place]]
        elif slip < 0.8:
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        else:
            del letters[place]
    return "".join(letters)


def _plain(character: str) -> bool:
    return character.isalpha()


def width(question: str, lang: str, rng: random.Random) -> str:
    """Return the question with Latin letters, digits and marks in the other width."""
    full = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
    half = {wide: chr(code) for code, letter in full.items() for wide in [ord(letter)]}
    return question.translate(full if lang == "zh" and re.search(r"[!-~]", question) else half)


def traditional(question: str, lang: str, rng: random.Random) -> str:
    """Return the question in traditional characters."""
    from opencc import OpenCC

    return str(OpenCC("s2t").convert(question))


def filler(question: str, lang: str, rng: random.Random) -> str:
    """Return the question with words around it that ask nothing."""
    before, after = rng.choice(FILLER["zh" if lang == "zh" else "en"])
    return f"{before}{question.rstrip('？?。. ')}{after}"


def abbreviations(question: str, lang: str, rng: random.Random) -> str:
    """Return the question with long forms in their short ones."""
    for long, short in SHORT_FORMS.items():
        question = question.replace(long, short)
    return question


KINDS: Mapping[str, Callable[[str, str, random.Random], str]] = {
    "typos": typos,
    "width": width,
    "traditional": traditional,
    "filler": filler,
    "abbreviations": abbreviations,
}


def perturb(cases: Sequence[Case], kind: str, *, seed: int = 0) -> list[Case]:
    """Return the cases whose question this kind changes, changed."""
    changed = [
        replace(case, question=KINDS[kind](case.question, case.lang, random.Random(f"{seed}:{kind}:{case.id}")))
        for case in cases
    ]
    return [new for new, old in zip(changed, cases, strict=True) if new.question != old.question]
