"""The parts of retrieval taken out one by one: `python -m eval.ablate ../shared INDEX` (`eval/ABLATIONS.md`).

INDEX is an index of the gold's articles. Every row is over the answerable questions of the development gold, its
weights fitted anew without the fold of the question (folds by article), so that no figure has seen its question.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.gold import load_gold
from eval.retrieval_metrics import retrieval_measures
from eval.statistics import estimate, paired
from eval.types import Case
from index.lexicon import Lexicon, load_lexicon
from index.opened import OpenIndex, open_index
from index.types import Hit
from qa.fusion import fused_legs, standardised
from qa.gathering import gather
from qa.imprints import ImprintRetriever
from qa.joining import copies_last, joined
from qa.query import Query, term_weights, understand
from qa.ranking_model import RankingModel
from qa.ranking_training import Ranked, holds_evidence, public_examples
from qa.regression import fit_listwise, folds
from qa.rerank import LEGS, MET, NAMES, Candidates
from qa.retriever import RERANKED, Retriever
from qa.training_data import squash

OUT = Path(__file__).parent / "ABLATIONS.md"
MEASURES = ("all@1", "all@5", "all@1000ch", "all@2000ch")
POOL = 1000
SHARE, RIDGE = 5, 5.0
"""One in so many of the public questions is fitted on beside the gold: the same balance as the shipped weights."""

Row = npt.NDArray[np.float64]
Values = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A retrieval with something missing."""

    name: str
    legs: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    lexicon: bool = True
    query: Callable[[Query], Query] = lambda query: query
    second: bool = True
    joins: bool = True
    copies: bool = True
    served: bool = False
    """Each part of a question searched for, and imprints, as an answer does."""

    @property
    def masked(self) -> npt.NDArray[np.bool_]:
        """Which features are left."""
        gone = {*self.features, *(f"{leg}{end}" for leg in self.legs for end in ("", "_blind", "_near"))}
        return np.array([name not in gone for name in NAMES])


def _no_bigrams(query: Query) -> Query:
    return replace(query, weights={term: weight for term, weight in query.weights.items() if weight == 1.0})


def _all_words(query: Query) -> Query:
    return replace(query, weights=term_weights(query.text))


def _words_alone(query: Query) -> Query:
    """Return the query with each class cut down to its first term: no synonyms, translations or names."""
    return replace(query, classes=tuple(replace(each, terms=each.terms[:1]) for each in query.classes))


VARIANTS = (
    Variant("everything"),
    Variant("everything, as served: with parts of questions and imprints", served=True),
    Variant("without exact terms (bm25)", legs=("bm25",)),
    Variant("without terms across languages", legs=("dictionary",), features=("pair", "title")),
    Variant("without the bilingual list", lexicon=False),
    Variant("without synonyms, translations, names", query=_words_alone),
    Variant("without passage vectors", legs=("dense",)),
    Variant("without window vectors", legs=("window",)),
    Variant("without any vectors", legs=("dense", "window")),
    Variant("with question words", query=_all_words),
    Variant("without bigrams in the question", query=_no_bigrams),
    Variant("without what the exact terms see", features=tuple(f"{leg}_blind" for leg in (*LEGS, *MET))),
    Variant("without late interaction", features=(*MET, *(f"{name}_blind" for name in MET))),
    Variant("without the title", features=("title",)),
    Variant("without the best two sentences", features=("pair",)),
    Variant("without trigrams", features=("grams",)),
    Variant("without fit of the answer's kind", features=("fit",)),
    Variant("without second stage", second=False),
    Variant("without joining neighbours", joins=False),
    Variant("without moving copies back", copies=False),
)


def main(arguments: Sequence[str]) -> None:
    """Measure every variant and write the table."""
    shared, index = Path(arguments[0]), open_index(Path(arguments[1]))
    cases = [case for case in load_gold([shared / "gold" / "corpus-dev.jsonl"]) if case.answerable]
    sets = dict(public_examples(shared / "data"))
    public = [each for found in sets.values() for each in found[::SHARE]]
    measured = {variant.name: measure(variant, cases, index, public) for variant in VARIANTS}
    text = table(measured, cases) + legs_table(sets)
    OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def measure(variant: Variant, cases: Sequence[Case], index: OpenIndex, public: Sequence[Ranked]) -> Values:
    """Return each measure of each question, ranked by weights that were fitted without its fold."""
    retriever = Retriever(index)
    tables = [_candidates(variant, case, index, retriever) for case in cases]
    texts = [_texts(variant, found, found.legs["fused"].astype(np.float64)) for found, _ in tables]
    if variant.second:
        weights = _weights(variant, cases, tables, public)
        texts = [
            _served(case, index, own) if variant.served else _texts(variant, found, rows @ own)
            for case, (found, rows), own in zip(cases, tables, weights, strict=True)
        ]
    rows = [retrieval_measures(case.evidence, found) for case, found in zip(cases, texts, strict=True)]
    return {name: [row[name] for row in rows] for name in MEASURES}


def table(measured: Mapping[str, Values], cases: Sequence[Case]) -> str:
    """Return the table in Markdown."""
    groups = {lang: [at for at, case in enumerate(cases) if case.lang == lang] for lang in ("zh", "en")}
    heads = [f"{lang} {name}" for lang in groups for name in MEASURES]
    lines = [
        "# What each part of retrieval brings",
        "",
        f"Development gold, {len(groups['zh'])} Chinese and {len(groups['en'])} English questions with an answer; "
        "weights out of fold by article. Made by `python -m eval.ablate ../shared INDEX`. "
        "`*`: differs from everything with p < 0.05 (paired randomisation test, not corrected).",
        "",
        f"| | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
    ]
    whole = measured["everything"]
    for name, values in measured.items():
        cells = [_cell(whole[m], values[m], groups[lang]) for lang in groups for m in MEASURES]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    spans = [_interval(whole[m], groups[lang]) for lang in groups for m in MEASURES]
    lines += [f"| everything, 95 % interval | {' | '.join(spans)} |", ""]
    return "\n".join(lines)


def legs_table(sets: Mapping[str, Sequence[Ranked]]) -> str:
    """Return what each leg alone and the fusion, before any reranking, make of the public sets, in Markdown."""
    lines = [
        "",
        "# What the legs see",
        "",
        "Public questions on titles that the embedding never saw, and translated lines as questions across languages; "
        "first right / MRR@10 among the candidates. "
        "The term list has seen the translated lines, the embedding has not. "
        "`p`: fusion against the best leg by MRR, paired randomisation test.",
        "",
        f"| | {' | '.join(LEGS)} | fused | p |",
        f"|---|{'---|' * (len(LEGS) + 2)}",
    ]
    for name, found in [*sets.items(), ("all of them", [each for part in sets.values() for each in part])]:
        legs = [[_reciprocal(each.rows[:, at], each.right) for each in found] for at in range(len(LEGS))]
        fused = [_reciprocal(each.fused, each.right) for each in found]
        difference = paired(max(legs, key=sum), fused)
        cells = [
            f"{sum(v == 1 for v in values) / len(values):.3f} / {np.mean(values):.3f}" for values in [*legs, fused]
        ]
        lines.append(f"| {name} ({len(found)}) | {' | '.join(cells)} | {difference.p:.3f} |")
    return "\n".join([*lines, ""])


def _reciprocal(scores: Row, right: npt.NDArray[np.bool_]) -> float:
    rank = int(np.flatnonzero(right[np.argsort(-scores, kind="stable")])[0]) + 1
    return 1 / rank if rank <= 10 else 0.0


def _candidates(variant: Variant, case: Case, index: OpenIndex, retriever: Retriever) -> tuple[Candidates, Row]:
    lexicon = load_lexicon() if variant.lexicon else Lexicon(b"")
    query = variant.query(understand(case.question, index.lexical, lexicon))
    found = retriever.candidates(query, POOL)
    assert found is not None, f"nothing was found for {case.id}"
    legs = {name: found.legs[name] * np.float32(name not in variant.legs) for name in LEGS}
    fused = fused_legs(legs, found.seen)
    best = np.argsort(-fused, kind="stable")[:RERANKED]
    kept = Candidates(
        rows=found.rows[best],
        legs={name: scores[best] for name, scores in {**legs, "fused": fused}.items()},
        standard={name: standardised(scores)[best] for name, scores in legs.items()},
        idf=found.idf,
        seen=found.seen,
        passages=[found.passages[at] for at in best],
        articles=[found.articles[at] for at in best],
        views=[found.views[at] for at in best],
        pieces=[found.pieces[at] for at in best],
    )
    return kept, retriever.features(query, kept).astype(np.float64)


def _weights(
    variant: Variant, cases: Sequence[Case], tables: Sequence[tuple[Candidates, Row]], public: Sequence[Ranked]
) -> list[Row]:
    """Return for each question weights that were fitted without its fold."""
    fold_of = folds([case.article_key or case.id for case in cases])
    labels = [
        holds_evidence([[squash(quote.quote) for quote in group] for group in case.evidence], found)
        for case, (found, _) in zip(cases, tables, strict=True)
    ]
    weights = {}
    for fold in set(fold_of.tolist()):
        known = [at for at in range(len(cases)) if fold_of[at] != fold and labels[at].any()]
        rows = [each.rows for each in public] + [tables[at][1] for at in known]
        right = [each.right for each in public] + [labels[at] for at in known]
        weights[fold] = fit_listwise([part * variant.masked for part in rows], right, ridge=RIDGE) * variant.masked
    return [weights[int(fold)] for fold in fold_of]


def _texts(variant: Variant, found: Candidates, scores: Row) -> list[str]:
    hits = [
        Hit(found.passages[at], found.articles[at], float(scores[at]), rank)
        for rank, at in enumerate(np.argsort(-scores, kind="stable").tolist(), 1)
    ]
    hits = joined(hits) if variant.joins else hits
    hits = copies_last(hits[:25]) if variant.copies else hits
    return [hit.passage.text for hit in hits[:20]]


def _served(case: Case, index: OpenIndex, weights: Row) -> list[str]:
    model = RankingModel(dict(zip(NAMES, weights.tolist(), strict=True)))
    retriever = ImprintRetriever(Retriever(index, model=model), index.leftovers())
    return [hit.passage.text for hit in gather(retriever, case.question, k=20).hits]


def _cell(whole: Sequence[float], values: Sequence[float], at: Sequence[int]) -> str:
    difference = paired([whole[i] for i in at], [values[i] for i in at])
    return f"{difference.b:.3f}{'*' if difference.p < 0.05 else ''}"


def _interval(values: Sequence[float], at: Sequence[int]) -> str:
    found = estimate([values[i] for i in at])
    return f"{found.low:.2f} to {found.high:.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
