"""Documents for the tests of reading: made of strings, and measured for characters lost or added."""

import re
from collections import Counter
from pathlib import Path

from index.articles import Reading, split
from index.repair import repair
from index.types import Article, Document, Line

BODY = "粮仓建在江边，船一到就能卸货。今年新添的三座仓都用了气调储粮，三年不用翻仓。"
MORE = "运价跟着水位走，水位低的时候船装不满，运价就高。货主因此愿意在丰水期多存一些。"


def document(text: str, source: str = "sample.txt") -> Document:
    """Return the document that a text file with this text would make."""
    lines = text.split("\n")
    return Document(source, "txt", tuple(Line(number, line) for number, line in enumerate(lines, 1)))


def reading(text: str, source: str = "sample.txt") -> Reading:
    """Return the reading of a text file with this text."""
    made = document(text, source)
    repaired = repair(made)
    return Reading(made, split(made, repaired), repaired.repairs)


def articles(text: str) -> list[Article]:
    """Return the articles of a text file with this text, leftovers aside."""
    return [article for article in reading(text).articles if article.kind == "article"]


def leftovers(text: str) -> dict[str, str]:
    """Return the leftovers of a text file with this text, by kind."""
    return {article.kind: article.text for article in reading(text).articles if article.kind != "article"}


def spaced(*lines: str) -> str:
    """Return lines with a blank one between every two, as extracted pages have them."""
    return "\n\n".join(lines) + "\n"


def written(folder: Path, name: str, data: bytes) -> Path:
    """Return the path of a new file that holds these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path


def lost(made: Reading) -> Counter[str]:
    """Return the characters of the input, white space aside, that no article, leftover or repair accounts for."""
    expected = _counted(*(line.text for line in made.document.lines))
    for done in made.repairs:
        expected.subtract(_counted(done.before))
        expected.update(_counted(done.after))
    expected.subtract(_kept(made))
    return +expected


def added(made: Reading) -> Counter[str]:
    """Return the characters that articles and leftovers hold and the input does not, derived titles aside."""
    surplus = _kept(made)
    surplus.subtract(_counted(*(line.text for line in made.document.lines)))
    for done in made.repairs:
        surplus.update(_counted(done.before))
        surplus.subtract(_counted(done.after))
    for article in made.articles:
        surplus.subtract(_counted(article.title))
    return +surplus


def _kept(made: Reading) -> Counter[str]:
    kept: Counter[str] = Counter()
    for article in made.articles:
        kept.update(_counted(article.text))
        if article.kind == "article":
            kept.update(_counted(article.title, article.subtitle or "", article.byline or ""))
    return kept


def _counted(*texts: str) -> Counter[str]:
    return Counter(re.sub(r"\s", "", "".join(texts)))
