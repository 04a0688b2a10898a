"""A reader's opinion of an answer becomes a question of the gold file, evidence filled in from its citations.

In: feedback. Out: a line appended to `feedback-gold.jsonl`; a maintainer completes its answer groups there.
"""

import os
from pathlib import Path

from eval.gold import dump_case
from eval.types import Case, Evidence
from web.feedback import Feedback

FILE = "feedback-gold.jsonl"


def as_case(item: Feedback) -> Case:
    """Return a gold question: every cited quote a group of evidence and, for now, what the answer must contain."""
    answer = item.answer
    unanswerable = item.label == "not_in_corpus" or not answer["citations"]
    cited = [] if unanswerable else answer["citations"]
    first = cited[0]["article"] if cited else None
    return Case(
        id=f"feedback-{item.id}",
        question=answer["question"],
        lang=answer["lang"],
        style="reader",
        kind="unanswerable" if unanswerable else "fact",
        answers=tuple((citation["quote"],) for citation in cited),
        evidence=tuple((Evidence(doc=c["article"]["source"], quote=c["quote"]),) for c in cited),
        reference="" if unanswerable else answer["answer"],
        article=first["title"] if first else "",
    )


def append(folder: Path, item: Feedback) -> Path:
    """Write an opinion as a gold question; return the file."""
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(dump_case(as_case(item)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path
