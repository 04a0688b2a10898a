"""Articles in, the names that stand in them out: people, places, organisations, quoted strings, Latin words.

Found without the tagger that the grounding check itself uses: by bylines, by who says something, by lists of places and
firms that anybody knows, and by the words that organisations end with. So the check is not asked what it knows already.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from index.types import Article

_PLACES = (
    "上海 北京 天津 重庆 江苏 浙江 安徽 广东 福建 山东 山西 河南 河北 湖南 湖北 四川 云南 贵州 江西 海南 "
    "陕西 甘肃 青海 辽宁 吉林 黑龙江 内蒙古 新疆 西藏 广西 宁夏 香港 澳门 台湾 南京 苏州 无锡 常州 南通 "
    "扬州 镇江 泰州 盐城 淮安 徐州 宿迁 连云港 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 "
    "余姚 慈溪 海宁 德清 嘉善 合肥 芜湖 蚌埠 马鞍山 滁州 安庆 黄山 阜阳 宣城 铜陵 淮南 六安 昆山 太仓 江阴 "
    "张家港 常熟 广州 深圳 珠海 佛山 东莞 武汉 长沙 成都 西安 郑州 济南 青岛 厦门 福州 南昌 大连 沈阳 长春 "
    "哈尔滨 昆明 贵阳 兰州 鄂尔多斯 浦东 黄浦 徐汇 长宁 静安 普陀 虹口 杨浦 闵行 宝山 嘉定 松江 青浦 奉贤 "
    "金山 崇明 张江 临港 虹桥 前滩 漕河泾 中国 美国 英国 法国 德国 日本 韩国 印度 俄罗斯 新加坡 马来西亚 "
    "泰国 越南 印尼 澳大利亚 新西兰 加拿大 墨西哥 巴西 智利 荷兰 比利时 瑞士 瑞典 挪威 芬兰 丹麦 西班牙 "
    "意大利 希腊 土耳其 以色列 阿联酋 沙特 埃及 南非 纽约 伦敦 东京 巴黎 首尔 柏林 汉堡 旧金山 硅谷 波士顿 "
    "洛杉矶 长滩 西雅图 鹿特丹 大阪 长三角 珠三角 京津冀 粤港澳大湾区 东盟 欧盟 东北 横琴 前海"
)
PLACES = tuple(_PLACES.split())
_FIRMS = (
    "华为 腾讯 百度 阿里巴巴 阿里云 字节跳动 京东 美团 小米 比亚迪 蔚来 理想汽车 小鹏汽车 吉利 上汽 特斯拉 "
    "宁德时代 智元 傅利叶 宇树科技 优必选 科大讯飞 商汤科技 中芯国际 华虹 商飞 宝武 药明康德 恒瑞医药 "
    "联影医疗 大疆 海尔 美的 格力 联想 中兴 浪潮 海康威视 舜宇 安森美 英伟达 英特尔 微软 谷歌 苹果公司 "
    "亚马逊 西门子 博世 巴斯夫 辉瑞 罗氏 强生 麦肯锡 普华永道 德勤 交通银行 建设银行 工商银行 农业银行 "
    "招商银行 浦发银行 世界银行 国际货币基金组织 科技部 工信部 商务部 财政部 国家发改委 国家统计局 "
    "市场监管总局 中科院 中国信通院"
)
FIRMS = tuple(_FIRMS.split())
_SPOKE = re.compile(
    r"(?:^|[，。；：、“”\s])(?:[\u4e00-\u9fff]{1,14}?(?:长|授|员|任|家|席|人|监|师|裁))?"
    r"([王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚权]"
    r"[\u4e00-\u9fff]{1,2})(?:表示|认为|指出|介绍|告诉|强调|建议|坦言|说[：，。“])"
)
_BODY = re.compile(
    rf"(?:{'|'.join(PLACES)}|复旦|同济|国家|国际)[\u4e00-\u9fff]{{0,8}}?"
    "(?:大学|学院|研究院|研究所|研究会|集团|公司|银行|协会|学会|联合会|基金会|联盟|委员会|交易所|交易中心|医院|实验室|船级社)"
)
_GLUE = re.compile(
    r"[的了在和与及由对为从向有等或把被到并也将让以可需已]|依托|借助|通过|推动|推进|建立|支持|性|跨国|中小"
)
_QUOTED = re.compile(r"(?<=[“「《])[^“”「」《》]{2,20}(?=[”」》])")
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z]{1,9}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Names:
    """Names by kind, each once; longer ones first."""

    by_kind: Mapping[str, Sequence[str]]

    def found_in(self, text: str, kind: str) -> list[re.Match[str]]:
        """Return where names of a kind stand in a text; of two that overlap, the longer one."""
        names = self.by_kind[kind]
        return list(_any_of(tuple(names)).finditer(text)) if names else []


@cache
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, names)))


def corpus_names(articles: Sequence[Article]) -> Names:
    """Return the names of a corpus by kind."""
    text = "\n".join(article.text for article in articles)
    people = {
        author for article in articles for author in article.authors if re.fullmatch("[\u4e00-\u9fff]{2,3}", author)
    }
    bodies = {name for name in _BODY.findall(text) if not _GLUE.search(name[2:]) and sum(map(name.count, PLACES)) < 2}
    by_kind = {
        "person": people | set(_SPOKE.findall(text)),
        "place": {place for place in PLACES if place in text},
        "organisation": {firm for firm in FIRMS if firm in text} | bodies,
        "quotation": set(_QUOTED.findall(text)),
        "Latin word": set(_LATIN.findall(text)),
    }
    return Names({kind: sorted(names, key=lambda name: (-len(name), name)) for kind, names in by_kind.items()})
