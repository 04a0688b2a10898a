"""Blocks at a file's edges in, issue and date out: masthead before the first article, imprint after the last."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Block

_LABEL = re.compile(
    r"(?:主办|主管|承办|协办|编印|顾问|(?:联系|咨询|热线)?电话|传真|(?:联系|通讯|编辑部)?地址|(?:责任)?主编|副主编|总编辑?|执行主编|责任编辑"
    r"|责编|编辑|编委|美编|版式|校对|制图|联系人|邮编|邮政编码|(?:电子)?邮箱|E-?mail|网址|官网|印刷|出版|发行|刊号|国内统一|国际标准|ISSN|CN\s?\d"
    r"|定价|投稿|来稿|准印证|内部资料|版权|Editor|Publisher|Address|Tel|Copyright|©)",
    re.IGNORECASE,
)
_ISSUE = re.compile(
    r"第\s*([0-9一二三四五六七八九十百]{1,5})\s*期|[Vv]ol(?:ume|\.)?\s*\d+|[Ii]ssue\s*\d+|[Nn]o\.\s*\d+"
)
_TOTAL = re.compile(r"总\s*第?\s*(\d{1,5})\s*期")
_YEAR_MONTH = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:年\s*(?:(\d{1,2})\s*月\s*(?:(\d{1,2})\s*日)?)?|[-./](\d{1,2})(?:[-./](\d{1,2}))?(?!\d))"
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ENGLISH_DATE = re.compile(rf"({'|'.join(_MONTHS)})\s+(?:(\d{{1,2}}),?\s+)?((?:19|20)\d\d)")
_PUBLISHER = re.compile("(?:院|所|社|会|部|中心|大学|公司|局|编印|主办|Press|Institute|University)$")
_PAPER_DAY = re.compile(r"年.{1,6}日.{0,3}星期[一二三四五六日天]|第\s*[A-Z]?\d{1,3}\s*版")
_EDGE = 8  # lines of a masthead at most


@dataclass(frozen=True, slots=True)
class Edition:
    """What a masthead or imprint says of the whole file: `刊名 2025年第7期（总第150期）`, `2025-07`."""

    issue: str | None = None
    date: str | None = None


def masthead(blocks: Sequence[Block], first: int) -> range:
    """Return the blocks of the masthead before block `first`: short lines that name journal, issue, publisher, date.

    A date alone makes no masthead: it stands under the title of many an article.
    """
    head = blocks[: min(first, _EDGE)]
    begin = next((i for i, block in enumerate(head) if _says_issue(block.text)), None)
    if begin is None or begin > 2 or any(len(block.text) > 60 for block in head[:begin]):
        return range(0)
    stop = begin + 1
    for i in range(stop, len(head)):
        if _says_edition(head[i].text):
            stop = i + 1
        elif i > stop or not _PUBLISHER.search(head[i].text):
            break
    return range(stop)


def imprint(blocks: Sequence[Block]) -> int:
    """Return where the imprint at the end of the file begins; `len(blocks)` when there is none."""
    start = len(blocks)
    for i in range(len(blocks) - 1, max(0, len(blocks) - 25), -1):
        if is_imprint_line(blocks[i].text):
            start = i
        elif start - i > 1 or len(blocks[i].text) > 60:
            break
    found = [block for block in blocks[start:] if is_imprint_line(block.text)]
    return start if len(found) >= 2 or (found and re.match("责任?编", found[0].text)) else len(blocks)


def is_imprint_line(text: str) -> bool:
    """Tell whether a line belongs to an imprint: publisher, editor, address, telephone, postcode."""
    return len(text) <= 80 and bool(_LABEL.match(re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", text)))


def edition(texts: Sequence[str]) -> Edition:
    """Return issue and date as short lines give them; what they don't give is None."""
    short = [text for text in texts if len(text) <= 80]
    date = max(filter(None, map(iso_date, short)), key=len, default=None)
    number = next((text for text in short if _ISSUE.search(text)), None)
    if number is None:
        return Edition(None, date)
    return Edition(_issue(number, _journal(short, number), date), date)


def iso_date(text: str) -> str | None:
    """Return the first date in a text as `2025`, `2025-07` or `2025-07-03`, None when there is none.

    A bare year counts only with its 年, so that `2035` in a title is no date.
    """
    match = _YEAR_MONTH.search(text)
    if match:
        month, day = match[2] or match[4], match[3] or match[5]
        return "-".join([match[1], *(f"{int(part):02}" for part in (month, day) if part)])
    match = _ENGLISH_DATE.search(text)
    if match:
        day = [f"{int(match[2]):02}"] if match[2] else []
        return "-".join([match[3], f"{_MONTHS.index(match[1]) + 1:02}", *day])
    return None


def without_date(text: str) -> str:
    """Return a line without the dates in it, for what else it says."""
    return _ENGLISH_DATE.sub("", _YEAR_MONTH.sub("", text)).strip(" ·|,，、/（）()—-:：")


def _issue(number: str, journal: str, date: str | None) -> str:
    """Return the issue in one form: `刊名 2025年第7期（总第150期）`."""
    match, total = re.search(r"第\s*(\d+)\s*期", _TOTAL.sub("", number)), _TOTAL.search(number)
    if match is None and total:
        return f"{journal} 总第{total[1]}期".strip()
    if match is None:
        return " ".join(filter(None, [journal, number])).strip()
    year = f"{date[:4]}年" if date else ""
    return f"{journal} {year}第{match[1]}期{f'（总第{total[1]}期）' if total else ''}".strip()


def _journal(texts: Sequence[str], number: str) -> str:
    """Return the journal's name: the line before the issue, or what stands before the number in the same line."""
    before = re.split(r"(?:19|20)\d\d\s*年|第\s*\d|[（(]?总|[Vv]ol|[Ii]ssue|[Nn]o\.", number)[0].strip(" （(·|-")
    if len(before) >= 2:
        return before
    place = list(texts).index(number)
    return texts[place - 1] if place and not _says_edition(texts[place - 1]) else ""


def _says_issue(text: str) -> bool:
    """Tell whether a line gives the number of an issue, the day and page of a newspaper, or belongs to an imprint."""
    return len(text) <= 60 and (bool(_ISSUE.search(text) or _PAPER_DAY.search(text)) or is_imprint_line(text))


def _says_edition(text: str) -> bool:
    """Tell whether a line gives an issue or a date and little else, or belongs to an imprint."""
    return _says_issue(text) or (len(text) <= 30 and iso_date(text) is not None)
