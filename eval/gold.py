"""Gold files (JSONL, one question a line) in, checked Cases out; what is wrong is refused by file and line.

`load_gold` checks the form of each line, `quote_problems` its quotes against the documents, `weak_lines` its use.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from eval.errors import GoldError
from eval.matching import squash
from eval.types import Case, Evidence

if TYPE_CHECKING:
    from pydantic import TypeAdapter

QUESTION_CHARS = 2000
EVIDENCE_CHARS = (12, 260)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a line of a gold file."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Line:
    """A case and where it stands."""

    path: Path
    number: int
    case: Case


Documents = Callable[[str], str | None]
"""Returns the text of a document by its path in the indexed folder, None where there is none."""


def load_gold(paths: Sequence[Path]) -> list[Case]:
    """Return the cases of gold files in order. Raises GoldError naming every bad line."""
    lines, problems = read_gold(paths)
    refuse(problems)
    return [line.case for line in lines]


def read_gold(paths: Sequence[Path]) -> tuple[list[Line], list[Problem]]:
    """Return the good lines of gold files and the problems of the others."""
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: dict[str, Line] = {}
    for path in paths:
        for number, text in _texts(path):
            case, faults = parse_case(text)
            problems += [Problem(path, number, fault) for fault in faults]
            if case is None:
                continue
            if (first := seen.get(case.id)) is not None:
                problems.append(Problem(path, number, f"id {case.id!r} stands already in {first.path}:{first.number}"))
                continue
            seen[case.id] = Line(path, number, case)
            if not faults:
                lines.append(seen[case.id])
    if not lines and not problems:
        raise GoldError(f"No question in {', '.join(map(str, paths))}. A gold file has one JSON object a line.")
    return lines, problems


def parse_case(text: str) -> tuple[Case | None, list[str]]:
    """Return the case of one line and what is wrong with it; None where it has not the form of a case."""
    from pydantic import ValidationError

    try:
        case = _adapter().validate_json(text)
    except ValidationError as error:
        return None, [_explain(dict(fault)) for fault in error.errors()]
    return case, list(_faults(case))


def quote_problems(lines: Iterable[Line], documents: Documents) -> list[Problem]:
    """Return every quote that does not stand in its document: such a gold set is about other articles."""
    return [Problem(line.path, line.number, fault) for line in lines for fault in _missing(line.case, documents)]


def weak_lines(lines: Iterable[Line]) -> list[Problem]:
    """Return quotes too short or long to be found fairly, and facts that their own quotes do not say."""
    return [Problem(line.path, line.number, fault) for line in lines for fault in _weaknesses(line.case)]


def folder_documents(folder: Path) -> Documents:
    """Return a look-up of squashed documents in a folder, read as the index reads them."""
    if not folder.is_dir():
        raise GoldError(f"{folder} is not a folder. Give the folder of articles that the gold was written for.")

    @cache
    def text(doc: str) -> str | None:
        from index.errors import UnreadableFile
        from index.readers import read_document

        path = (folder / doc).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return None
        try:
            return squash("\n".join(line.text for line in read_document(path, doc).lines))
        except UnreadableFile as error:
            raise GoldError(f"The gold names a document that cannot be read: {error}") from error

    return text


def refuse(problems: Sequence[Problem]) -> None:
    """Raise GoldError with the first problems, if there are any."""
    if not problems:
        return
    shown = "\n".join(f"  {problem}" for problem in problems[:SHOWN])
    more = f"\n  and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    raise GoldError(f"{len(problems)} problem(s) in the gold; mend these lines:\n{shown}{more}")


def dump_case(case: Case) -> str:
    """Return a case as a line of a gold file, without the keys that say nothing."""
    kept = {key: value for key, value in asdict(case).items() if value is not None}
    return json.dumps(kept, ensure_ascii=False)


def write_gold(path: Path, cases: Iterable[Case]) -> None:
    """Write cases as a gold file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(dump_case(case) + "\n" for case in cases), encoding="utf-8")


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path} cannot be read: {error}. A gold file is UTF-8, one JSON object a line.") from error
    # not splitlines: U+2028 and the like may stand inside a JSON string
    yield from ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


@lru_cache(maxsize=1)
def _adapter() -> "TypeAdapter[Case]":
    from pydantic import TypeAdapter

    return TypeAdapter(Case)


def _explain(fault: dict[str, object]) -> str:
    where = ".".join(str(part) for part in fault["loc"])  # type: ignore[attr-defined]
    if fault["type"] == "unexpected_keyword_argument":
        known = ", ".join(field.name for field in fields(Evidence if "evidence" in where else Case))
        return f"unknown key {where!r}; keys are: {known}"
    return f"{where or 'line'}: {fault['msg']}"


def _faults(case: Case) -> Iterator[str]:
    if not case.id.strip():
        yield "the id is empty"
    if not 1 <= len(case.question.strip()) <= QUESTION_CHARS:
        yield f"the question has {len(case.question)} characters; 1 to {QUESTION_CHARS} are allowed"
    if case.answerable:
        yield from _answerable_faults(case)
    elif case.answers or case.evidence:
        yield "unanswerable, but has evidence or answers"


def _answerable_faults(case: Case) -> Iterator[str]:
    if not case.answers or not case.evidence:
        yield "no evidence or no answers; only a question of kind 'unanswerable' has neither"
    if not all(case.answers) or not all(case.evidence):
        yield "a group of answers or evidence is empty"
    if any(not squash(alternative) for group in case.answers for alternative in group):
        yield "an accepted answer is blank and would stand in every text"
    if any(not squash(evidence.quote) for group in case.evidence for evidence in group):
        yield "a quote is blank"
    if case.near is not None:
        yield "'near' belongs to unanswerable questions"


def _missing(case: Case, documents: Documents) -> Iterator[str]:
    for evidence in (e for group in case.evidence for e in group):
        document = documents(evidence.doc)
        if document is None:
            yield f"no document {evidence.doc!r}"
        elif squash(evidence.quote) not in document:
            yield f"the quote does not stand in {evidence.doc}: {evidence.quote[:40]!r}"


def _weaknesses(case: Case) -> Iterator[str]:
    shortest, longest = EVIDENCE_CHARS
    for evidence in (e for group in case.evidence for e in group):
        length = len(squash(evidence.quote))
        if not shortest <= length <= longest:
            yield f"a quote of {length} characters; {shortest} to {longest} are useful: {evidence.quote[:40]!r}"
    if case.kind == "fact" and case.lang == "zh":
        yield from _unsaid_answers(case)


def _unsaid_answers(case: Case) -> Iterator[str]:
    said = "".join(squash(e.quote) for group in case.evidence for e in group).casefold()
    for group in case.answers:
        if not any(squash(alternative).casefold() in said for alternative in group):
            yield f"no quote says any of the answers {list(group)}"
