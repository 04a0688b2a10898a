"""The reader's choice of articles, as it stands in addresses and forms.

In: query or form fields. Out: `Choice`, which knows its filters and its fields.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams

from index.types import Filters

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
LONGEST = 500
MOST = 200  # articles


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader restricted the search to; empty fields do not restrict."""

    issue: str = ""
    section: str = ""
    author: str = ""
    lang: str = ""
    date_from: str = ""
    date_to: str = ""
    article: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def filters(self) -> Filters | None:
        """Return the same as the index floor's noun, None where nothing is restricted."""
        if not self:
            return None
        return Filters(
            issue=self.issue or None,
            section=self.section or None,
            author=self.author or None,
            lang=self.lang or None,
            date_from=self.date_from or None,
            date_to=self.date_to or None,
            article_ids=self.article or None,
        )

    def chosen(self) -> dict[str, str | tuple[str, ...]]:
        """Return the fields that restrict."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    def query(self) -> str:
        """Return the fields as the query of an address."""
        return urlencode(self.chosen(), doseq=True)


def read_choice(sent: QueryParams | FormData) -> Choice:
    """Return the choice in a query or a form; what cannot be used is left out."""
    one = {name: _text(sent, name) for name in ("issue", "section", "author")}
    dates = {name: _date(_text(sent, name)) for name in ("date_from", "date_to")}
    lang = _text(sent, "lang")
    articles = tuple(str(value)[:LONGEST] for value in sent.getlist("article") if value)[:MOST]
    return Choice(**one, **dates, lang=lang if lang in ("zh", "en") else "", article=articles)


def _text(sent: Mapping[str, object], name: str) -> str:
    return str(sent.get(name, "")).strip()[:LONGEST]


def _date(text: str) -> str:
    return text if DATE.fullmatch(text) else ""
