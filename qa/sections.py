"""An article in, its headings by the one that stands over them out: what a part is made of."""

from collections.abc import Iterator

from index.types import Article, Heading

Siblings = tuple[Heading | None, tuple[Heading, ...]]


def sections(article: Article) -> Iterator[Siblings]:
    """Yield the headings of one level that stand under the same heading, two and more, after that one."""
    for at, parent in enumerate((None, *article.headings)):
        below = list(_below(article.headings, at, parent.level if parent else 0))
        level = min((each.level for each in below), default=0)
        children = tuple(each for each in below if each.level == level)
        if len(children) > 1:
            yield parent, children


def _below(headings: tuple[Heading, ...], first: int, level: int) -> Iterator[Heading]:
    for at in range(first, len(headings)):
        if headings[at].level <= level:
            return
        yield headings[at]
