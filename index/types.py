"""The nouns of the index floor: what readers, repair, articles, chunking and search hand to each other.

Imports nothing of ours. Everything is frozen; offsets are code points of `Article.text`, lines count from 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]
    """Float32 of shape (n, d), every row of unit length (or all zero where a text holds no known piece)."""

    Rows = npt.NDArray[np.int64]
    """Passage rows, 0-based: the position of a passage in its generation; FAISS and BM25 ids are rows."""

else:

    def __getattr__(name: str) -> object:
        """Return an array type; numpy (0.1 s) is imported with the first: the command line's help needs none."""
        if name not in {"Vectors", "Rows"}:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import numpy as np
        import numpy.typing as npt

        return npt.NDArray[np.float32 if name == "Vectors" else np.int64]


ArticleKind = Literal["article", "contents", "imprint", "leftover"]
BlockKind = Literal["paragraph", "heading", "table", "note"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document as its reader gave it, blank lines included.

    Numbers are those of the file where it has lines (text, Markdown), else they count what the reader gave.
    """

    number: int
    text: str
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    """Left, top, right, bottom in points from the page's top left corner (PDF only)."""
    style: str | None = None
    """What the format itself says of the line: `h1` to `h6`, `title`, `li`, `table`, `front`; None in plain text."""
    end: int | None = None
    """The last line of the file that it was made of, where it was made of several."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its path relative to the indexed folder (posix), its format and its lines."""

    source: str
    format: str
    lines: tuple[Line, ...]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that the cleaning changed, so that nothing is lost unseen.

    Kinds: `joined`, `doubled`, `furniture`, `unspaced`, `note`, `normalized`, `metadata` (a line of front matter).
    """

    kind: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Block:
    """A repaired paragraph, heading, table or note with the lines (and pages) it came from."""

    kind: BlockKind
    text: str
    start: int
    end: int
    level: int = 0
    pages: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside an article: `article.text[start:end]` is its text; level 1 is the highest."""

    start: int
    end: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """The unit of citation: one article of a file, cleaned.

    `text` is what every offset means: paragraphs joined by one newline. It holds the headings; it holds neither
    the title nor the byline. `id` is derived from source and title, so that it survives changes of the text.
    """

    id: str
    source: str
    source_start: int
    source_end: int
    title: str
    text: str
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    issue: str | None = None
    date: str | None = None
    """ISO, as exact as known: `2025`, `2025-07` or `2025-07-03`."""
    lang: str = "zh"
    pages: tuple[int, int] | None = None
    headings: tuple[Heading, ...] = ()
    kind: ArticleKind = "article"
    """Leftovers (`contents`, `imprint`, `leftover`) are kept and shown, and not retrieved by default."""
    byline: str | None = None
    """The signature as printed, with offices and affiliations; `authors` holds the names alone."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: always `article.text[start:end] == text`."""

    id: str
    article_id: str
    start: int
    end: int
    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one leg said of a hit: its score and its rank in that leg, from 1."""

    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with its article; `parts` names each leg, so that a trace shows why it stands there."""

    passage: Passage
    article: Article
    score: float
    rank: int
    parts: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be searched; None means any. Dates are ISO prefixes, both ends inclusive."""

    source: str | None = None
    issue: str | None = None
    section: str | None = None
    author: str | None = None
    lang: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    article_ids: tuple[str, ...] | None = None
