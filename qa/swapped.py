"""Answerable gold questions in, the same questions with another name in place of one of theirs out: none is answered.

A question about a name that the corpus does not hold looks answerable in every other word, and development gold has
none of them. A swapped name stands nowhere in the corpus, or elsewhere than in the article that answers.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.lexical import BM25Index
from index.scripts import fold
from index.words import latin_words
from qa.names import quoted
from qa.training_data import Example
from qa.unknown_names import Name, names_of
from qa.word_vectors import HAN, tagged

Sort = tuple[str, str]
"""Language, and place, person, body or product."""

_SORTS = {"ns": "place", "nr": "person", "nt": "body", "nz": "product"}
_NAMES: Mapping[Sort, str] = {
    ("zh", "place"): (
        "苏黎世 乌鲁木齐 秘鲁 多伦多 柏林 赫尔辛基 拉萨 银川 漠河 冰岛 火星 月球 木星 拜占庭帝国 亚特兰蒂斯 "
        "玛雅王国 桃源县 雾隐镇 云栖岛 曼谷 开罗 内罗毕 维也纳 布拉格 华沙 里斯本 雅典 奥斯陆 智利 古巴 乌拉圭 "
        "肯尼亚 蒙古国 尼泊尔 不丹 喀什 敦煌 三亚 桂林 丽江 呼伦贝尔 张家界 赤峰 攀枝花 林芝 日喀则 南极洲 "
        "格陵兰 夏威夷 温哥华 墨尔本 卢森堡 摩纳哥 斯洛文尼亚 爱沙尼亚 马达加斯加 圣马力诺 楼兰古国 大理国 "
        "白鹿原 青丘国"
    ),
    ("zh", "person"): (
        "王小明 李铁柱 张翠山 赵慕白 诸葛青云 欧阳长风 司徒明月 陈半夏 林语溪 周鹤年 吴望舒 郑重九 孙悟空 贾宝玉 "
        "林黛玉 宋江 武松 韦小宝 令狐冲 郭靖 黄蓉 杨过 莎士比亚 贝多芬 拿破仑 达芬奇 牛顿 居里夫人 梵高 托尔斯泰 "
        "苏格拉底 亚里士多德 柏拉图 莫扎特 伽利略 哥白尼 李清照 辛弃疾 苏东坡 白居易 曹雪芹 蒲松龄 徐霞客 郑板桥 "
        "唐伯虎 罗大山 何晚舟 梁秋白 许问渠 谢知非 韩远山 冯之桓 邓青禾 彭小满 曾念慈 萧鼎臣 田守义 董寒梅 "
        "范子期 石破天"
    ),
    ("zh", "body"): (
        "蓝鲸集团 青瓦科技 澜迪科技 玛氏公司 雪印乳业 星屿航天 鹿鸣书院 霜降基金会 赤松银行 墨竹证券 北冥重工 "
        "南柯药业 雀巢公司 欧莱雅 爱马仕 麦当劳 可口可乐 肯德基 劳斯莱斯 法拉利 皇家马德里 曼联 剑桥大学 "
        "早稻田大学 莫斯科大学 悉尼大学 兰州大学 云南大学 贵州茅台 五粮液 蜜雪冰城 海底捞 老干妈 瑞幸咖啡 全聚德 "
        "同仁堂 狗不理 娃哈哈 红十字会 绿色和平 国际奥委会 国际足联 梵蒂冈教廷 丐帮 少林寺 昆仑派 镖局公会 "
        "三菱重工 任天堂 索尼 丰田 本田 现代重工 宜家 诺基亚 爱立信 波音公司 空中客车 洛克希德 雷神公司"
    ),
    ("zh", "product"): (
        "红楼梦 三国演义 西游记 哈利波特 指环王 魂斗罗 俄罗斯方块 王者荣耀 原神 黑神话 植物大战僵尸 愤怒的小鸟 "
        "变形金刚 阿司匹林 布洛芬 板蓝根 速效救心丸 云南白药 六味地黄丸 青霉素 阿莫西林 茅台酒 龙井茶 普洱茶 "
        "臭豆腐 螺蛳粉 霓裳一号 雷霆七型 追风者 北斗星君 紫薇引擎 玄武甲 凤凰芯 麒麟臂 灵犀锁 飞鹰眼 月光宝盒 "
        "金箍棒 倚天剑 屠龙刀 坎巴拉 奥德赛 特洛伊木马 蒙娜丽莎 向日葵画 清明上河图 兰亭序 富春山居图 千里江山图 "
        "永乐大典 四库全书 本草纲目 天工开物 梦溪笔谈 水经注 山海经 聊斋志异 儒林外史 牡丹亭 桃花扇 窦娥冤"
    ),
    ("en", "place"): (
        "Peru|Toronto|Zurich|Reykjavik|Helsinki|Oslo|Lima|Nairobi|Cairo|Prague|Warsaw|Lisbon|Athens|Chile|Cuba|Uruguay"
        "|Kenya|Nepal|Bhutan|Iceland|Mars|Jupiter|Atlantis|Wakanda|Elmford|Narnia|Vancouver|Melbourne|Luxembourg|Monaco"
        "|Slovenia|Estonia|Madagascar|Hawaii|Greenland|Antarctica|Urumqi|Lhasa|Yinchuan|Kashgar|Dunhuang|Guilin|Lijiang"
        "|Bogota|Havana|Casablanca|Dakar|Tbilisi|Baku|Riga|Vilnius|Kyiv|Minsk|Belgrade|Zagreb|Sarajevo|Tirana|Valletta"
        "|Edinburgh|Glasgow"
    ),
    ("en", "person"): (
        "Wang Xiaoming|Zhao Mubai|Ouyang Changfeng|Sherlock Holmes|Ada Lovelace|Isaac Newton|Leo Tolstoy|Jane Austen"
        "|Harry Potter|Charles Darwin|Mark Twain|Oscar Wilde|Emily Dickinson|Walt Whitman|Virginia Woolf|Franz Kafka"
        "|Marcel Proust|Victor Hugo|Emile Zola|Gustav Mahler|Johann Bach|Clara Schumann|Frida Kahlo|Pablo Picasso"
        "|Vincent Gogh|Claude Monet|Marie Curie|Niels Bohr|Enrico Fermi|Alan Turing|Grace Hopper|Rosa Parks|Sun Wukong"
        "|Lin Daiyu|Jia Baoyu|Wei Xiaobao|Linghu Chong|Guo Jing|Tom Sawyer|Oliver Twist|Emma Bovary|Anna Karenina"
        "|Moby Ahab|Peter Pan|Robin Hood|Bilbo Baggins|Luke Skywalker|Homer Simpson|Clark Kent|Bruce Wayne"
    ),
    ("en", "body"): (
        "Nestle|Hermes|Ferrari|Nintendo|Toyota|Ikea|Nokia|Ericsson|Boeing|Lockheed|Raytheon|Heineken|Carlsberg|Volvo"
        "|Maersk|Statoil|Petrobras|Gazprom|Aramco|Telefonica|Vodafone|Barclays|Lloyds|Santander|Unicredit|Commerzbank"
        "|Interpol|Greenpeace|Oxfam|Unicef|Fifa|Uefa|Harvard|Yale|Princeton|Cornell|Heidelberg|Sorbonne|Bologna"
        "|Zyntar|Quorvex|Brightmoor|Halloway|Penumbra|Glasswing|Ironbark|Larkspur|Thornfield|Vellichor|Wexcombe|Ostara"
        "|Acme|Initech|Cyberdyne|Weyland|Tyrell|Umbrella|Hooli|Dunder Mifflin"
    ),
}
"""Names to put in place of another one of the same sort, real and invented; those that a corpus holds are left out."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A name in a question that another one may take the place of."""

    text: str
    sort: Sort


def swapped(found: Sequence[Example], lexical: BM25Index, *, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield for each answerable question one about a name that no passage holds, and one about a name from elsewhere.

    They are as gold: `swapped` is `absent` or `elsewhere`; the article that they belong to, and their fold, stays.
    """
    draw = random.Random(seed)
    absent = {sort: _absent(sort, lexical) for sort in _NAMES}
    places = {at: _places(each.gold, lexical) for at, each in enumerate(found) if each.answerable}
    for at, own in places.items():
        telling = _telling(found[at])
        others = {
            sort: [p.text for i in places for p in places[i] if p.sort == sort and fold(p.text) not in telling]
            for sort in absent
        }
        for where, names in (("absent", absent), ("elsewhere", others)):
            fitting = [place for place in own if names[place.sort]]
            if fitting and telling:
                place = draw.choice(fitting)
                yield _asked_of(found[at].gold, place, draw.choice(names[place.sort]), where)


def _asked_of(gold: dict[str, Any], place: _Place, name: str, where: str) -> dict[str, Any]:
    nothing = {"answers": [], "evidence": [], "near": True, "kind": "unanswerable", "swapped": where}
    return {**gold, **nothing, "question": gold["question"].replace(place.text, name)}


def _absent(sort: Sort, lexical: BM25Index) -> list[str]:
    """Return the names of a sort of which no passage holds more than a word."""
    listed = _NAMES[sort].split("|") if sort[0] == "en" else _NAMES[sort].split()
    return [name for name in listed if not lexical.holds(" ".join(latin_words(fold(name))) or fold(name))]


def _places(gold: dict[str, Any], lexical: BM25Index) -> list[_Place]:
    question = gold["question"]
    lang = gold["lang"]
    names = (name for name in names_of(question, lexical) if name.known and not _is_part(name, question))
    named = [_Place(name.text, (lang, _sort(name))) for name in names]
    titles = [_Place(text, ("zh", "product")) for text in quoted(question) if lang == "zh" and HAN.search(text)]
    return [place for place in (*named, *titles) if place.sort in _NAMES and place.text in question]


def _is_part(name: Name, question: str) -> bool:
    """Tell whether a name is part of a longer one: of Latin words or with a hyphen, or behind a character alone."""
    before, after = question[: name.start], question[name.end :]
    if not name.tag:
        return bool(re.search(r"[A-Z]\S* $|\S$", before) or re.match(r"-| [A-Z]", after))
    return bool(re.search(r"(?<![\u3400-\u9fff])[\u3400-\u9fff]$", before)) and name.tag != "ns"


def _sort(name: Name) -> str:
    """Return what sort of name it is, an English one by the Chinese form of it."""
    han = next((form for form in name.forms if HAN.match(form)), "")
    tags = [name.tag] if name.tag else [tag for _, tag in tagged(han)]
    return _SORTS.get(tags[0][:2], "body") if len(tags) == 1 else "body"


def _telling(example: Example) -> str:
    """Return the texts of the articles that hold the evidence, folded; "" where none was found."""
    holding = zip(example.reading.candidates, example.right, strict=True)
    telling = {candidate.hit.article.id: candidate.hit.article for candidate, right in holding if right}
    return fold("\n".join(f"{article.title}\n{article.text}" for article in telling.values()))
