"""A Chinese sentence and a text in, out: the names in the sentence that the text does not know.

A dictionary does not know every name, and takes some for other words. But what a sentence says of a text it says in
the text's own nouns: one that is new there, unknown or standing where a name stands, is a name from elsewhere.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.lexicon import load_lexicon
from qa.query_names import GROUPS

TELLING = 200
"""Characters from which on a text's silence about a noun tells something: a bare quote leaves out what it is about."""

_HAN = re.compile(r"[\u3400-\u9fff]+")
_FUNCTION = frozenset(
    "的了在是和与及等或也就都而被把将对从为以于其之这那有个着过吗呢吧啊呀么们我你他她它不要会可能到由所此该各每两几多"
    "因需还只才又再很最更且但并如果使让给向往曾已未均称叫指属日月年时米条根号中上下里外前后内间人件次名位家项种类所"
)
"""Characters that a segmenter glues to their neighbours: function words, measures and sides."""
_TALK = frozenset(
    (
        "前者", "后者", "二者", "两者", "目的", "原因", "理由", "结果", "其中", "资料", "材料", "文章", "作者",
        "段落", "内容", "问题", "答案", "方面", "情况", "总体", "整体", "本文", "报道", "全文", "关键", "重点",
        "方式", "做法", "措施", "条件", "含义", "本质", "时间", "地点", "对象", "规模", "数量", "数额", "金额",
        "比例", "总量", "总额", "总数", "价格", "面积", "长度", "高度", "产值", "收入", "成本", "日期", "年份",
        "名称", "人数", "期限", "利率", "增速", "占比", "比重", "速度", "全国", "各地", "当地", "用途", "特点",
        "优势", "不足", "好处", "坏处", "作用", "影响", "意义", "目标", "任务", "成员", "主体", "单位", "机构",
        "企业", "公司", "部门", "人员", "人们", "用户", "居民", "政府", "国家", "地方",
    )
)  # fmt: skip
"""Nouns that say what sort of thing is told, and name nothing: a summary may bring them along."""
_BEFORE_NAMES = frozenset(("对", "与", "在", "由", "从", "向", "被", "据", "和", "同", "跟", "于", "至", "给", "来自"))
_BODY = re.compile(
    r"(?:集团|公司|银行|大学|学院|研究院|研究所|医院|协会|学会|商会|基金会|联盟|出版社|交易所|委员会|法院|总局|实验室"
    r"|汽车|科技|医药|医疗|电子|智能|国际|证券|保险|控股|股份|生物|时代)$"
)
_NAME_TAGS = ("nr", "ns", "nt", "nz")
_SUFFIX = re.compile(r"(?<=..)(?:[省市区县镇乡村]|新区|自治区)$")
_SHORT_FORMS = re.compile(f"[{''.join(each for names in GROUPS for each in names if len(each) == 1)}]{{2,}}")
_OFFICE = re.compile(r"..[部委署厅州岛港湾]$|...[局院所社]$")
_ASKING = frozenset("一什哪几此这")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    tag: str
    new: bool

    @property
    def proper(self) -> bool:
        """Whether the segmenter's dictionary, or its guess, has it for a name."""
        tagged = self.tag.startswith(_NAME_TAGS) or any(self.text in names for names in GROUPS)
        return tagged and len(self.text) > 1 and _HAN.search(self.text) is not None

    @property
    def noun(self) -> bool:
        """Whether it is a noun of two characters or more."""
        return self.tag[0] in "njs" and len(self.text) > 1


def absent_names(sentence: str, bare: str) -> list[str]:
    """Return the names in a folded sentence that `bare`, a folded text without signs, does not know.

    >>> absent_names("理想汽车靠贷款在绍兴起家。", "梨花集团靠6万元贷款在台州起家" * 10)
    ['绍兴', '理想汽车']
    """
    words = _words(sentence, bare)
    tagged = [word.text for word in words if word.proper and not _named(word.text, bare)]
    absent = [] if len(tagged) > 1 and _drawn_together(tagged, bare) else tagged
    if len(bare) < TELLING:
        return absent
    guessed = [name for before, run in _new_runs(words) for name in _names_of(before, run, bare)]
    return absent + [name for name in guessed if not any(name in known or known in name for known in tagged)]


def _named(name: str, bare: str) -> bool:
    """Tell whether a text has a name, with or without what sort of place it is, or another name for the same."""
    if _SUFFIX.sub("", name) in bare:
        return True
    short = {character for run in _SHORT_FORMS.findall(bare) for character in run}
    return any(each in short or (len(each) > 1 and each in bare) for each in _other_names(name))


def _drawn_together(names: Sequence[str], bare: str) -> bool:
    """Tell whether a text has a character of each name in their order, as 苏锡常 for 苏州、无锡、常州."""
    return re.search("".join(f"[{name}]" for name in names), bare) is not None


def _other_names(name: str) -> set[str]:
    return {each for names in GROUPS if name in names for each in names}


def _words(sentence: str, bare: str) -> list[_Word]:
    import rjieba

    known = _known(sentence, bare)
    words, at = [], 0
    for text, tag in rjieba.tag(sentence):
        at = sentence.index(text, at)
        end = at + len(text)
        novel = text not in bare if _OFFICE.search(text) else not any(known[at:end])
        word = _Word(text, tag, novel and _HAN.fullmatch(text) is not None and text not in _FUNCTION)
        words.append(replace(word, new=False) if word.new and word.proper and _named(text, bare) else word)
        at = end
    return words


def _known(sentence: str, bare: str) -> list[bool]:
    """Return which characters stand in the text together with a neighbour."""
    pairs = [sentence[i : i + 2] in bare for i in range(len(sentence) - 1)]
    return [left or right for left, right in zip([False, *pairs], [*pairs, False], strict=True)]


def _new_runs(words: Sequence[_Word]) -> Iterator[tuple[_Word | None, list[_Word]]]:
    """Yield runs of new words, each with the word before it."""
    before, run = None, list[_Word]()
    for word in words:
        if word.new:
            run.append(word)
            continue
        if run:
            yield before, run
        before, run = word, []
    if run:
        yield before, run


def _names_of(before: _Word | None, run: Sequence[_Word], bare: str) -> Iterator[str]:
    stuck = "".join(word.text for word in run)
    nouns = [word for word in run if word.noun and word.text not in _TALK]
    in_place = _stands_as_name(before)
    if abbreviates(stuck, bare) or all(_stands_for(each, bare) for each in stuck):
        return
    a_body = bool(nouns) and _BODY.search(stuck) is not None and (len(run) > 1 or (before is not None and before.noun))
    compound = in_place and len(nouns) == len(run) > 1
    if a_body or compound or _in_pieces(run):
        yield stuck
    else:
        yield from (word.text for word in run if _unknown(word, in_place) and not abbreviates(word.text, bare))


def _in_pieces(run: Sequence[_Word]) -> bool:
    """Tell whether the segmenter left a noun of one character: it knows no word there."""
    single = any(len(word.text) == 1 and word.tag[0] in "nja" for word in run)
    return len(run) > 1 and single and not set(run[0].text) & _ASKING


def _stands_as_name(before: _Word | None) -> bool:
    """Tell whether a word behind `before` opens a clause or hangs on a preposition."""
    return before is None or not _HAN.search(before.text) or before.tag == "t" or before.text in _BEFORE_NAMES


def _unknown(word: _Word, in_place: bool) -> bool:
    """Tell whether no dictionary has the word: as a word at all, or as a noun that can be translated."""
    import rjieba

    if len(word.text) < 2 or word.text in _TALK or set(word.text) & _ASKING:
        return False
    if not rjieba.has_word(word.text):
        return (in_place or word.tag[0] in "nj") and not set(word.text) & _FUNCTION
    return word.tag[0] in "njf" and (bool(_OFFICE.search(word.text)) or not load_lexicon().translations(word.text))


def abbreviates(word: str, bare: str) -> bool:
    """Tell whether the characters of a word stand in the text in their order and close by, as 民企 in 民营企业."""
    found = re.search("[\u3400-\u9fff]{0,3}?".join(map(re.escape, word)), bare)
    return found is not None and found.start() in _word_starts(bare)


def _word_starts(bare: str) -> set[int]:
    import rjieba

    return {start for _, start, _ in rjieba.tokenize(bare)}


def _stands_for(character: str, bare: str) -> bool:
    """Tell whether a character is short for a place that the text names, as 沪 for 上海."""
    return any(character in names and any(name in bare for name in names if len(name) > 1) for names in GROUPS)
