"""A raw line in, the same line in one spelling out: widths, invisible characters, letter-spacing, odd blanks.

Nothing changes here but what NFKC or white space would make equal, and what is logged: quotes still match.
"""

import re
import unicodedata

from index.types import Line, Repair

CJK = r"\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff"
CJK_SIGN = CJK + r"\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\u2018-\u201d\u2014\u2026\u22ef"
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]+")
_BLANKS = re.compile(r"[^\S\t\n]+")
# Letters, digits, % + = of full width; half-width katakana signs; radicals and look-alikes that PDF fonts leave.
_ODD = re.compile(
    r"[\uff05\uff0b\uff0d-\uff0f\uff10-\uff19\uff1c-\uff1e\uff21-\uff3a\uff41-\uff5a\uff61-\uff9f\ufe50-\ufe6b"
    r"\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]+"
)
_SUBSCRIPT = re.compile(r"(?<=[A-Za-z])_\{(\d+(?:\.\d+)?)\}")
# Few lines hold any of them: one search in place of three (a line 6 -> 2 us).
_SUSPECT = re.compile(f"{_INVISIBLE.pattern}|{_ODD.pattern}|_{{")
# A pattern that begins with its blank is looked for where there is one, not at every sign (a line 8 -> 2 us).
_BETWEEN_CJK = re.compile(rf" (?<=[{CJK_SIGN}] ) *(?=[{CJK_SIGN}])")
_CJK_ONLY = CJK + r"\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"  # without the quotes that Latin text uses too
_BESIDE_CJK = re.compile(rf" (?:(?<=[{_CJK_ONLY}] ) *(?=[!-~])|(?<=[!-~] ) *(?=[{_CJK_ONLY}]))")
_AFTER_SIGN = re.compile(rf" (?<=[、，。：；！？] ) *(?=[{CJK}])")
_ENGLISH_WORD = re.compile(rf" (?<=[{_CJK_ONLY}] )([a-z]{{2,}}(?: [a-z]+)*) (?=[{_CJK_ONLY}])")
_LETTERS = re.compile(r"[A-Za-z]+")
_HAN = re.compile(f"[{CJK}]+")
_SPACED = re.compile(rf"(?:^|(?<=[ :：]))[{CJK}](?: [{CJK_SIGN}])+(?=$|[ :：])")
_RUN_OF_SINGLES = re.compile(rf"(?:[{CJK_SIGN}] ){{3,}}")


def normalize(line: Line) -> tuple[str, list[Repair]]:
    """Return the line's text in one spelling, blanks at its ends gone, and what was changed."""
    text, repairs = line.text, list[Repair]()
    for pattern in (_INVISIBLE, _ODD, _SUBSCRIPT) if _SUSPECT.search(text) else ():
        text, change = _replace(pattern, text, line.number)
        repairs += change
    return _BLANKS.sub(" ", text).strip(" \r"), repairs


def unspace(text: str, number: int) -> tuple[str, list[Repair]]:
    """Return running text without the blanks inside Chinese; short lines keep theirs unless letter-spaced.

    `支 持 实 体 经 济` is closed up; the blank between two names or the halves of a title stays.
    """
    if "\t" in text:
        return "\t".join(unspace(cell.strip(), number)[0] for cell in text.split("\t")), []
    if " " not in text or not is_chinese(text):
        return text, []
    tail = closing_bracket(text)
    if text.startswith(("（", "(")) and tail is None:  # a signature that a page break cut
        tail = 0
    if tail is None:
        closed = _close_up(text)
    else:  # names in a signature are parted by blanks, also where it is glued to its paragraph
        closed = _close_up(text[:tail]).rstrip() + _close_up(text[tail:], running=False)
    return closed, [Repair("unspaced", number, text, closed)] if _is_spaced(text) else []


def is_chinese(text: str) -> bool:
    """Tell whether Chinese characters carry this text, counting a word of three letters as one of them."""
    letters = sum(map(len, _LETTERS.findall(text)))
    if not letters:
        return _HAN.search(text) is not None
    han = sum(map(len, _HAN.findall(text)))
    return han > 0 and han * 3 >= letters


def closing_bracket(text: str) -> int | None:
    """Return where the bracket opens that closes at the end of the text, None when there is none.

    `正文。（作者：甲（某院））` gives 3.
    """
    stripped = text.rstrip()
    if not stripped.endswith(("）", ")")):
        return None
    depth = 0
    for at in range(len(stripped) - 1, -1, -1):
        if stripped[at] in "）)":
            depth += 1
        elif stripped[at] in "（(":
            depth -= 1
            if depth == 0:
                return at
    return None


def _close_up(text: str, *, running: bool = True) -> str:
    """Return Chinese text without the blanks that letter-spacing and extraction put into it."""
    kept = _ENGLISH_WORD.sub(lambda match: f"\xa0{match.group(1)}\xa0", text)
    closed = _AFTER_SIGN.sub("", _BESIDE_CJK.sub("", kept))
    if _is_spaced(closed) or (running and _is_running(closed)):
        closed = _BETWEEN_CJK.sub("", closed)
    else:
        closed = _SPACED.sub(lambda match: match.group().replace(" ", ""), closed)
    return closed.replace("\xa0", " ")


def _replace(pattern: re.Pattern[str], text: str, number: int) -> tuple[str, list[Repair]]:
    """Return the text with every match in its plain spelling, and the changes."""
    repairs = []

    def plain(match: re.Match[str]) -> str:
        before = match.group()
        after = _plain(before)
        if before != after:
            repairs.append(Repair("normalized", number, before, after))
        return after

    return pattern.sub(plain, text), repairs


def _plain(run: str) -> str:
    """Return what a run of odd characters stands for."""
    if run.startswith("_{"):
        return run[2:-1]
    return "" if _INVISIBLE.fullmatch(run) else unicodedata.normalize("NFKC", run)


def _is_spaced(text: str) -> bool:
    """Tell whether a text holds three single signs with a blank behind each."""
    return text.count(" ") >= 3 and _RUN_OF_SINGLES.search(text) is not None


def _is_running(text: str) -> bool:
    """Tell whether a line is running text, not a heading or a list of names."""
    return len(text) > 45 or bool(re.search(r"[。｡；]", text))
