"""A text in, its names out: people, places, organisations, Latin words and quoted strings, folded."""

import re

from index.scripts import fold

_NAME_TAGS = ("nr", "ns", "nt", "nz")
_LATIN = re.compile(r"[a-z][a-z0-9+&./-]*[a-z0-9]|[a-z]")
_QUOTED = re.compile(r"[“\"「『《]([^“”\"「」『』《》]{2,40})[”\"」』》]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CAPITALISED = re.compile(r"\b[A-Z][A-Za-z0-9&.-]*\b")


def quoted(text: str) -> list[str]:
    """Return the strings in quotation marks and title marks, as written.

    >>> quoted("她读了《渡口》，说“很好看”。")
    ['渡口', '很好看']
    """
    return _QUOTED.findall(text)


def latin_names(text: str) -> list[str]:
    """Return every Latin word of a Chinese text, folded: in Chinese each is a name, a term or a unit."""
    return [word.strip(".-/") for word in _LATIN.findall(fold(text))]


def english_names(text: str) -> list[str]:
    """Return the capitalised words of an English text that do not open a sentence.

    >>> english_names("The tram of Elmford is run by ETO.")
    ['Elmford', 'ETO']
    """
    found = []
    for match in _CAPITALISED.finditer(text):
        before = text[: match.start()].rstrip()
        opens = not before or before[-1] in ".!?:\n。！？"
        if not opens or (len(match.group()) > 1 and match.group().isupper()):
            found.append(match.group().rstrip("."))
    return found


def capitalised(text: str) -> list[str]:
    """Return the capitalised words of an English text; behind `the` only abbreviations, as the others may be no names.

    >>> capitalised("Pears of Elmford cross the Delta.")
    ['Pears', 'Elmford']
    """
    found = ((match.group().rstrip("."), text[: match.start()]) for match in _CAPITALISED.finditer(text))
    return [word for word, before in found if word.isupper() or not before.endswith("the ")]


def chinese_names(text: str) -> list[str]:
    """Return the Chinese people, places, organisations and other proper names that the segmenter's dictionary tags."""
    import rjieba

    return [word for word, tag in rjieba.tag(fold(text)) if tag.startswith(_NAME_TAGS) and len(_HAN.findall(word)) > 1]


def people(text: str) -> list[str]:
    """Return the names of people that the segmenter's dictionary tags in a Chinese text."""
    import rjieba

    return [word for word, tag in rjieba.tag(fold(text)) if tag.startswith("nr") and len(word) > 1]


def places(text: str) -> list[str]:
    """Return the Chinese place names of a text, in order."""
    import rjieba

    return [word for word, tag in rjieba.tag(fold(text)) if tag == "ns" and len(word) > 1]
