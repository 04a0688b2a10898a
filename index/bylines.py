"""Lines in, out whether they sign an article, and which names: on a line of their own or behind its end."""

import re

from index.imprint import without_date
from index.repair_characters import CJK, closing_bracket
from index.repair_joins import is_byline

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓"
    "郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫"
    "宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉"
    "宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃"
    "利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖覃粟佟仝揭亓仵佘幺商牟邸南"
)
_COMPOUND = re.compile(
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|端木|轩辕|南宫|独孤|长孙|宇文|申屠|太史"
)
_OFFICE = re.compile(
    "教授|研究|学院|大学|主任|书记|专家|记者|博士|硕士|讲师|学者|中心|公司|集团|理事|秘书|院长|所长|会长|处长|局长|厅长|部长|市长|区长"
    "|县长|校长|社长|总裁|总监|经理|主席|主编|编辑|委员|顾问|工程|人员|成员|单位|课题|项目|高级|首席|特邀|特约|终身|分别|[局厅委部院所校会]$"
)
_PLACE = re.compile(
    "(?:北京|上海|天津|重庆|江苏|江西|浙江|安徽|福建|广东|广西|海南|湖北|湖南|河北|河南|山东|山西|陕西|甘肃|青海|宁夏|云南|贵州|四川|西藏"
    "|新疆|吉林|辽宁|黑龙江|内蒙古|香港|澳门|台湾|苏州|杭州|南京|南通|宁波|温州|广州|武汉|成都|合肥|余姚|中国|华东|华中|华南|华北|东北|西北|西南)"
)
_LABEL = re.compile(
    r"(?:执笔|撰稿|供稿)单位|(?:本文)?作者(?:简介)?|执笔人?|撰稿人?|撰文|主持人|嘉宾|(?:本报|本刊)?(?:特约|特派)?记者|通讯员|采访|整理"
    r"|课题组(?:成员|组长)?(?=[:：])|(?<![A-Za-z一-鿿])文(?=[:：/|])"
)
_LABELLED = re.compile(
    r"[（(]\s*(?:作者|执笔|撰稿|撰文|主持人|记者|通讯员|本报记者|本文作者|文[/：:]|课题组)|[（(][^（()）]{0,12}记者\s"
)
_AFFILIATION = re.compile(r"[（(]?\s*(?:本文)?作者(?:单位|为|系|分别|是|均)")
_INSTITUTION = re.compile("大学|学院|研究|中心|公司|集团|委员会|协会|学会|[厅局部院所社校办]$|课题组|编辑部")
_INSTITUTION_LINE = re.compile(
    f"[{CJK}A-Za-z·（）()]{{2,26}}(?:研究组|课题组|调研组|编写组|编辑部|研究院|研究所|研究中心|研究会|学院|大学|委员会|协会|学会|智库|统计局"
    "|办公室|通讯社|报社|杂志社|有限公司|集团|[一-鿿]{2}组)"
)
_ENGLISH_CREDIT = re.compile(
    r"(?:By\s+)?(?:[Tt]he\s+)?(?:[A-Z][\w'’.&-]*,?\s+(?:(?:and|of|for|the|on|in)\s+)*){0,7}"
    r"(?:Group|Desk|Institute|Department|University|Cent(?:er|re)|Team|Office|Lab|Council|Unit|Bureau|Board|Society|Agency"
    r"|Ministry|Foundation|Committee)"
)
_ENGLISH_NAME = r"[A-Z][\w'’-]+(?: [A-Z]\.)*(?: [A-Z][\w'’-]+){1,2}[\d*†]{0,3}"
_ENGLISH_NAMES = re.compile(rf"{_ENGLISH_NAME}(?:(?:, (?:and )?| and | & ){_ENGLISH_NAME})+")
_ADDRESS = re.compile(
    r"[（(]?(?:\d[.．、\s]*)?.{0,60}(?:大学|学院|研究[院所]|中心|公司|University|Institute).*"
    r"(?<![A-Za-z\d])\d{6}(?!\d).{0,60}[)）]?"
)
_DATELINE = re.compile(
    rf"(?:本报|本刊|新华社|中新社|中新网|[{CJK}]{{2,4}}[报社网])[^。，（(]{{0,16}}[讯电][\s\u3000]*"
    r"(?:[（(]([^）)]{0,6}记者[^）)]{2,40})[）)])?"
)
_PROJECT = re.compile("本文|课题信息|基金项目|项目编号|[系为](?=国家|教育部|上海|省|市)")


def signature(text: str) -> int | None:
    """Return where the signature begins that ends a text: `（作者：…）`, `（执笔：…）`, bare names in brackets."""
    start = closing_bracket(text)
    if start is None:
        return None
    tail = text[start:]
    if is_labelled(tail) or _is_names_in_brackets(tail):
        return start
    return None


def is_labelled(text: str) -> bool:
    """Tell whether a bracket says that it names an author: `（作者：`, `（执笔：`, `（作者单位：`."""
    return bool(_LABELLED.match(text)) and len(text) <= 500


def is_head_byline(text: str) -> bool:
    """Tell whether a line under a title names its author: `本报记者 …`, `■ …`, `作者：…`, `By …`."""
    return len(text) <= 80 and is_byline(text) and not text.startswith(("（", "("))


def is_credit(text: str) -> bool:
    """Tell whether a line right under a title says who wrote the article or when, and nothing else.

    `某某研究组 2025年3月`, `By the Harbour Desk, March 2025`, `（2025年4月）`.
    """
    who = without_date(text)
    if len(text) > 80 or (not who and who == text.strip()):
        return False
    several = _ENGLISH_NAMES.fullmatch(who) is not None
    return not who or is_head_byline(who) or is_names(who) or is_institution(who) or several


def is_affiliation(text: str) -> bool:
    """Tell whether a line under the authors says where they work: `（1.某大学 某学院，某市 100000）`."""
    return len(text) <= 200 and bool(_ADDRESS.fullmatch(text)) and "。" not in text


def is_dateline(text: str) -> bool:
    """Tell whether a paragraph begins like a news report: `本报讯（记者 …）`, `新华社北京3月4日电`."""
    return bool(_DATELINE.match(text))


def dateline(text: str) -> str:
    """Return the reporters that a news report names in its first bracket, an empty text when there are none."""
    match = _DATELINE.match(text)
    return match[1] or "" if match else ""


def is_names(text: str) -> bool:
    """Tell whether a line holds nothing but personal names."""
    tokens = _tokens(re.sub(r"[\d*†]+(?=$|[，,、\s])", "", text)) if len(text) <= 40 else []
    return bool(tokens) and all(is_name(token) for token in tokens)


def is_institution(text: str) -> bool:
    """Tell whether a line holds nothing but the name of an institution, as under a title: `某某研究院`."""
    return len(text) <= 80 and bool(_INSTITUTION_LINE.fullmatch(text) or _ENGLISH_CREDIT.fullmatch(text))


def is_name(token: str) -> bool:
    """Tell whether a word looks like a Chinese personal name."""
    if not re.fullmatch(f"[{CJK}]{{2,4}}", token) or _OFFICE.search(token) or _PLACE.match(token):
        return False
    if _COMPOUND.match(token):
        return len(token) >= 3
    return token[0] in _SURNAMES and len(token) <= 3


def authors(byline: str) -> tuple[str, ...]:
    """Return the names in a byline, or the institution that signs; offices and affiliations are left out.

    `（作者：甲乙，某大学教授；丙丁）` gives `("甲乙", "丙丁")`.
    """
    if _AFFILIATION.match(byline):
        return ()
    byline = without_date(byline) if len(byline) <= 80 else byline
    if _ENGLISH_CREDIT.fullmatch(byline):
        return (re.sub(r"^(?:By\s+)?(?:[Tt]he\s+)?", "", byline),)
    if byline.startswith("By ") or _ENGLISH_NAMES.fullmatch(byline):
        byline = re.sub(r"[\d*†]+", "", byline).removeprefix("By ")
        return tuple(name.strip() for name in re.split(r",| and |&", byline) if name.strip())
    if is_affiliation(byline):
        return ()
    inner = re.sub(r"[\d*†]+(?=$|[，,、\s])", "", byline).strip("（()） ■□◎●◆▲　")
    inner = _PROJECT.split(inner, maxsplit=1)[0]
    named = re.match(_LABEL, inner) is not None
    found: list[str] = []
    for group in re.split(r"[；;]", _LABEL.sub("；", inner)):
        tokens = _tokens(group)
        found += [token for token in tokens if is_name(token)]
        if (
            named
            and tokens
            and not found
            and re.fullmatch(f"[{CJK}]{{2,3}}", tokens[0])
            and not _OFFICE.search(group[:3])
        ):
            found.append(tokens[0])
    return tuple(dict.fromkeys(found)) or _institution(_LABEL.sub("", inner))


def _institution(text: str) -> tuple[str, ...]:
    """Return the institution that signs in place of a person."""
    first = re.split(r"[，,、；;·|]", text.strip(" :：/|"), maxsplit=1)[0].strip()
    return (first,) if 3 <= len(first) <= 30 and _INSTITUTION.search(first) else ()


def _tokens(text: str) -> list[str]:
    return [token for token in re.split(r"[，,、\s:：/|]+", text.strip()) if token]


def _is_names_in_brackets(tail: str) -> bool:
    """Tell whether a bracket begins with a name and goes on with more names or an office."""
    tokens = _tokens(tail.strip("（()）"))
    if not tokens or not is_name(tokens[0]):
        return False
    return len(tail) >= 5 and all(
        is_name(token) or _INSTITUTION.search(token) or _OFFICE.search(token) for token in tokens[:2]
    )
