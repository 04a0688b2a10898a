"""Public question sets in (BEIR folders, SQuAD and CMRC JSON), a folder of articles and a gold file out.

BEIR judges whole documents, so its evidence is a document's first sentence and its answers are left to a person;
SQuAD and CMRC mark the answer's place, so the sentence around it is the evidence.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.errors import GoldError
from eval.gold import write_gold
from eval.json_files import read_object, read_objects
from eval.types import Case, Evidence
from index.sentences import spans

QUOTE_CHARS = 200
NAME = re.compile(r"[^\w.-]+")


def import_squad(source: Path, out: Path) -> int:
    """Write articles and gold of a SQuAD or CMRC file; return how many questions. Raises GoldError."""
    return _write(out, _squad_cases(read_object(source, GoldError), out / "articles"))


def import_beir(source: Path, out: Path, *, split: str = "test") -> int:
    """Write articles and gold of a BEIR folder; return how many questions. Raises GoldError."""
    return _write(out, _beir_cases(source, out / "articles", split))


def _write(out: Path, cases: Iterator[Case]) -> int:
    found = list(cases)
    write_gold(out / "gold.jsonl", found)
    return len(found)


def _squad_cases(shape: Mapping[str, Any], folder: Path) -> Iterator[Case]:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for number, article in enumerate(shape["data"]):
            title = article.get("title") or f"article {number + 1}"
            doc = f"{number:05d}-{_name(title)}.txt"
            contexts = [paragraph["context"] for paragraph in article["paragraphs"]]
            _save(folder / doc, "\n\n".join([title, *contexts]))
            for paragraph in article["paragraphs"]:
                for question in paragraph["qas"]:
                    yield _squad_case(question, paragraph["context"], doc, title)
    except (KeyError, TypeError, AttributeError) as error:
        raise GoldError(f"This is not the JSON of SQuAD or CMRC: {error!r} is missing or of another kind.") from error


def _squad_case(question: Mapping[str, Any], context: str, doc: str, title: str) -> Case:
    answers = question.get("answers") or []
    if not answers or question.get("is_impossible"):
        return _case(question["id"], question["question"], title, doc)
    texts = tuple(dict.fromkeys(answer["text"] for answer in answers))
    quotes = dict.fromkeys(_around(context, answer["answer_start"], answer["text"]) for answer in answers)
    evidence = (tuple(Evidence(doc, quote) for quote in quotes),)
    return _case(question["id"], question["question"], title, doc, (texts,), evidence, texts[0])


def _around(context: str, start: int, answer: str) -> str:
    """Return the sentence that holds an answer, cut around it where it is too long for a quote."""
    start = start if context[start : start + len(answer)] == answer else max(0, context.find(answer))
    found = next(((s, e) for s, e in spans(context) if s <= start < e), (0, len(context)))
    low, high = found[0], max(found[1], start + len(answer))
    if high - low > QUOTE_CHARS:
        low = max(low, start - QUOTE_CHARS // 2)
        high = min(high, max(low + QUOTE_CHARS, start + len(answer)))
    return context[low:high].strip()


def _beir_cases(source: Path, folder: Path, split: str) -> Iterator[Case]:
    wanted = _judgements(source / "qrels" / f"{split}.tsv")
    try:
        queries = {line["_id"]: line["text"] for line in read_objects(source / "queries.jsonl")}
        firsts = _beir_documents(source / "corpus.jsonl", folder)
    except KeyError as error:
        raise GoldError(f"{source} is not a BEIR folder: a line of it lacks {error}.") from error
    for name, docs in wanted.items():
        evidence = tuple(firsts[doc] for doc in docs if doc in firsts)
        if name in queries and evidence:
            # any judged document is enough, and only a person can say what an answer has to contain
            answers = (tuple(dict.fromkeys(e.quote for e in evidence)),)
            yield _case(name, queries[name], "", evidence[0].doc, answers, (evidence,))


def _beir_documents(corpus: Path, folder: Path) -> dict[str, Evidence]:
    """Write every document as a file and return its first sentence, by its id in the set."""
    folder.mkdir(parents=True, exist_ok=True)
    firsts: dict[str, Evidence] = {}
    taken: set[str] = set()
    for number, line in enumerate(read_objects(corpus)):
        text, name = line.get("text") or "", _name(line["_id"])
        doc = f"{name}.txt" if name not in taken else f"{name}-{number}.txt"
        taken.add(name)
        _save(folder / doc, f"{line.get('title') or ''}\n\n{text}".strip())
        if sentences := spans(text):
            start, end = sentences[0]
            firsts[line["_id"]] = Evidence(doc, text[start : min(end, start + QUOTE_CHARS)])
    return firsts


def _judgements(path: Path) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if int(row["score"]) > 0:
                    wanted[row["query-id"]].append(row["corpus-id"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise GoldError(
            f"{path} is not a BEIR judgement file: {error!r}. It has query-id, corpus-id, score."
        ) from error
    return wanted


def _case(
    name: object,
    question: str,
    title: str,
    doc: str,
    answers: tuple[tuple[str, ...], ...] = (),
    evidence: tuple[tuple[Evidence, ...], ...] = (),
    reference: str = "",
) -> Case:
    return Case(
        id=str(name),
        question=question.strip(),
        lang="zh" if re.search(r"[\u4e00-\u9fff]", question) else "en",
        kind="fact" if evidence else "unanswerable",
        answers=answers,
        evidence=evidence,
        style="imported",
        reference=reference,
        article=title,
        article_key=doc,
    )


def _name(text: object) -> str:
    return NAME.sub("_", str(text)).strip("._")[:60] or "untitled"


def _save(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8")
