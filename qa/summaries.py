"""A question about an article as a whole in, what it is about and the article's opening and main points out."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.sentences import spans
from index.types import Article, Heading, Hit
from index.words import terms
from qa.candidates import facts, is_heading
from qa.citations import clip
from qa.enumerations import Enumeration, enumerations, first_of_each

ROOM, LEAD, POINT = 200, 110, 90
"""Characters of all quotes together, of the opening statement, and of a main point."""
OPENING, MOST, MOST_HEADINGS = 4, 3, 6
"""The opening statement is one of so many first sentences; so many main points, by sentence and by heading."""
SHORTEST, READ = 14, 40_000
"""Characters of a sentence that may stand for others, and how much of a long article is read for them."""
LEADS, FIRST = 0.15, 0.1
"""What a place at the head of the article and at the head of a paragraph is worth beside the likeness to the whole."""

Alike = Callable[[str, Sequence[Hit]], Sequence[Sequence[tuple[int, int, float]]]]

_PLURAL = re.compile(r"[这那]些|[几各]篇|所有|全部|\barticles\b|\bpapers\b|\breports\b", re.IGNORECASE)
_ARTICLE = re.compile(
    r"文章|[这那该]一?篇|一文|[全本]文|论文|报道|稿子|\b(?:article|paper|essay|report|piece|text)\b", re.IGNORECASE
)
_TITLE = re.compile(r"《([^》]+)》|“([^”]+)”|\"([^\"]+)\"|「([^」]+)」")
_ASKS = re.compile(
    r"(?:主要|大致|大概|都|核心)*(?:讲|说|写|谈|论述)(?:了|的是|的)?一?些?(?:什么|啥)(?:内容)?"
    r"|的?(?:主要|核心|中心|大致)*(?:内容|观点|论点|要点|大意|主旨|思想)(?:都?是|都?有|包括)?(?:什么|啥|哪些)"
    r"|(?:请|帮我|简要|简单)*(?:概括|总结|概述|归纳|简述)(?:一下|下)?|的?(?:大意|主旨|摘要)(?=[。？?]?$)"
    r"|\bwhat(?:'s| is| does| did)\b(?=.*\b(?:about|say|argue|discuss|cover)\b[ ?.]*$)|\b(?:please )?summari[sz]e\b"
    r"|\bsummary of\b|\b(?:what are )?the (?:main|key) (?:point|idea|message|argument)s?(?: of)?\b|\bgist of\b",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"关于|有关|讲(?=.*文章)|的?(?:那|这|该)?一?篇?(?:文章|论文|报道|稿子)里?|[这那该]一?篇|一文|^[的里]|请问?"
    r"|\b(?:the|this|that|an?|article|paper|essay|report|piece|text|about|on|say|argue|discuss|cover)\b|[？?。.]",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"同时|此外|为此|因此|另外|然而|但|而|其|这|该|他|她|它|[“\"]|However|This|These|It |They|He |She |But "
)
_CLOSING = re.compile(r"^(?:结语|小结|结论|引言|前言|导语|参考文献|摘要|主持人)$")


@dataclass(frozen=True, slots=True)
class Summary:
    """Where in an article its opening statement stands, and its main points; `headed`: the points are its headings."""

    lead: tuple[int, int]
    points: tuple[tuple[int, int], ...]
    headed: bool


def topic(question: str) -> str | None:
    """Return what the article is about whose contents are asked for; None where nothing of the kind is asked.

    >>> topic("关于梨园的那篇文章主要讲了什么？"), topic("梨园主要讲究什么？")
    ('梨园', None)
    """
    if not _ASKS.search(question) or _PLURAL.search(question):
        return None
    title = _TITLE.search(question)
    if title:
        return "".join(filter(None, title.groups()))
    if not _ARTICLE.search(question):
        return None
    return _FRAME.sub(" ", _ASKS.sub(" ", question)).strip(" ，,:：") or None


def subject(question: str, asked: str, hits: Sequence[Hit]) -> Article | None:
    """Return the article that is asked about: the one whose title is named, else the likeliest of the hits.

    A title in marks alone, of no article found, may be any document that the articles speak of: None.
    """
    articles = list({hit.article.id: hit.article for hit in hits}.values())
    found = next((article for article in articles if names(question, article)), None)
    if found or not articles or not _ARTICLE.search(question):
        return found
    words = set(terms(asked))
    return max(articles, key=lambda each: len(words & set(terms(each.title))) / (len(words) or 1), default=None)


def names(question: str, article: Article) -> bool:
    """Tell whether a question names an article by its title, in marks."""
    return any(_same("".join(groups), article.title) for groups in _TITLE.findall(question))


def summary(article: Article, hit: Hit, alike: Alike) -> Summary | None:
    """Return the opening statement and the main points of an article, None where it holds no sentence.

    `hit` is one of its passages; `alike` gives the cosines of the article's windows with its title.
    """
    sentences = [span for span in spans(article.text[:READ]) if _is_prose(article, span)]
    if not sentences:
        return None
    worth = dict(zip(sentences, _worth(article, sentences, hit, alike), strict=True))
    lead = max(sentences[:OPENING], key=lambda span: worth[span] - LEADS * sentences.index(span))
    room = ROOM - min(LEAD, lead[1] - lead[0])
    points = tuple(_headings(article, room))
    headed = len(points) > 1
    if not headed:
        points = tuple(_listed(article, room) or _main(article, [s for s in sentences if s > lead], worth, room))
    return Summary(clip(article.text, *lead, longest=LEAD), points, headed)


def _worth(article: Article, sentences: Sequence[tuple[int, int]], hit: Hit, alike: Alike) -> Iterator[float]:
    """Yield how much each sentence says of what the article is about, more at the head of a paragraph."""
    texts = [facts(article.text[start:end]).terms for start, end in sentences]
    counts = Counter(term for each in texts for term in each)
    most = max(counts.values())
    windows = _windows(article, hit, alike)
    for (start, end), each in zip(sentences, texts, strict=True):
        central = sum(counts[term] for term in each) / (most * (len(each) or 1))
        like = max((cosine for a, b, cosine in windows if a < end and b > start), default=0.0)
        yield like + central + FIRST * (start == 0 or article.text[start - 1] == "\n")


def _windows(article: Article, hit: Hit, alike: Alike) -> Sequence[tuple[int, int, float]]:
    whole = replace(hit.passage, start=0, end=len(article.text), text=article.text)
    return alike(article.title, [replace(hit, article=article, passage=whole)])[0]


def _listed(article: Article, room: int) -> list[tuple[int, int]]:
    """Return the beginnings of the paragraphs that make the widest enumeration of an article, if there is one."""
    found = [each for each in enumerations(article.text) if len(each.starts) > 2 and _by_paragraph(article, each)]
    widest = max(found, key=lambda each: each.starts[-1] - each.starts[0], default=None)
    return first_of_each(article, widest, room) if widest else []


def _by_paragraph(article: Article, each: Enumeration) -> bool:
    return all(start == 0 or article.text[start - 1] == "\n" for start in each.starts)


def _main(
    article: Article, sentences: Sequence[tuple[int, int]], worth: dict[tuple[int, int], float], room: int
) -> Iterator[tuple[int, int]]:
    """Yield the sentences of most worth, one a paragraph, in the order of the text."""
    chosen: list[tuple[int, int]] = []
    paragraphs: set[int] = {0}
    for span in sorted(
        (each for each in sentences if not _LEANS.match(article.text, each[0])), key=lambda s: -worth[s]
    ):
        start, end = clip(article.text, *span, longest=POINT)
        paragraph = article.text.count("\n", 0, start)
        if paragraph not in paragraphs and end - start <= room:
            room -= end - start
            paragraphs.add(paragraph)
            chosen.append((start, end))
        if len(chosen) == MOST:
            break
    yield from sorted(chosen)


def _headings(article: Article, room: int) -> Iterator[tuple[int, int]]:
    """Yield the headings of the highest level that has several, as far as there is room."""
    usable = [each for each in article.headings if _names_a_part(each)]
    levels = Counter(each.level for each in usable)
    level = next((each for each in sorted(levels) if levels[each] > 1), None)
    for heading in [each for each in usable if each.level == level][:MOST_HEADINGS]:
        if heading.end - heading.start <= room:
            room -= heading.end - heading.start
            yield heading.start, heading.end


def _names_a_part(heading: Heading) -> bool:
    return len(heading.text) > 4 and not _CLOSING.match(heading.text)


def _is_prose(article: Article, span: tuple[int, int]) -> bool:
    start, end = span
    return end - start >= SHORTEST and not is_heading(article, start)


def _same(name: str, title: str) -> bool:
    one, two = (re.sub(r"\W", "", text).casefold() for text in (name, title))
    return bool(one) and (one == two or (min(len(one), len(two)) > 3 and (one in two or two in one)))
