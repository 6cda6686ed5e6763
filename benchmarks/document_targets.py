"""Measures the targets of the production loop's document on real texts, with real models.

    python -m benchmarks.document_targets [--documents 6] [--home DIR] [--no-small]
        [--strong http://127.0.0.1:8199/v1]

The texts are those that installed packages ship, the references their authors' (see
tests/kits/package_documents.py): names of code in docstrings, one-line summaries of packages. Two
families are optimised on one half of them, as `PromptFamilyOptimizer` does it; the other half
measures the family's prompt as it is beside what the optimiser chose, whatever the gate said.
The small local model answers by itself; --strong takes any other OpenAI-compatible endpoint. Ends
with 0 whatever came out: the promises are the document's, not goals of lakegloss.
"""

import argparse
import asyncio
import json
import logging
import math
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from benchmarks.bench import record, table
from lakegloss.core.metrics.output_form import supported_entities, supported_words
from lakegloss.core.metrics.output_values import entities_of, texts_in
from lakegloss.core.metrics.overlap import rouge_l, set_f1
from lakegloss.core.optimisation.search_plan import OptimisationBudget
from lakegloss.core.production.family_history import FamilyOutcome, FamilyResult
from lakegloss.core.release.saved_text import read_saved
from lakegloss.core.statistics.intervals import LEAST_GROUPS, estimate
from lakegloss.engine.engine import engine_from
from lakegloss.engine.journal import Journal, read_journal
from lakegloss.engine.lm import language_model
from lakegloss.learning.families.family_examples import FamilyExamples
from lakegloss.learning.families.family_optimizer import PromptFamilyOptimizer
from lakegloss.learning.families.family_plans import FAMILY_PLANS, names_of
from lakegloss.learning.optimisation.candidates import candidate_of
from lakegloss.learning.optimisation.example_data import outputs_of_prediction
from lakegloss.learning.optimisation.metered import VARIANT
from lakegloss.learning.optimisation.session import OptimisationSession
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.programs.config import instance_of
from lakegloss.programs.families import FAMILIES, PromptFamily
from lakegloss.programs.saved import load_saved
from lakegloss.settings import Settings, load_settings
from tests.kits.answering_server import AnsweringServer, Said
from tests.kits.local_lm import MISSING, LocalServer
from tests.kits.package_documents import Document, texts_with_entities, texts_with_summaries

BENCH = "document_targets"
ENTITIES, SUMMARIES = PromptFamily.ENTITY_EXTRACTION, PromptFamily.SUMMARIZATION
SOURCES: Mapping[PromptFamily, Callable[[int], list[Document]]] = {
    ENTITIES: texts_with_entities, SUMMARIES: texts_with_summaries,
}  # fmt: skip
PROMISED: Mapping[str, float] = {
    "entity F1": 15, "ROUGE-L": 20, "not in the document": -30, "answers that can be read": 20,
    "answers to mend": -30,
}  # fmt: skip
"""The document's targets, in percent of what was before; below 0 where less is better."""
PASSES_AT = 0.5
"""The score from which an answer passes, as the product's metrics say; others a person mends."""
TRIES = 2
ROUNDS, LEVEL = 4_000, 0.95
SMALL_ANSWER, SMALL_CONTEXT, PATIENCE = 480, 8_192, 14_400.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=6, help="of each family; half to learn")
    parser.add_argument("--home", type=Path, help="keeps what was answered, for another run")
    parser.add_argument("--no-small", action="store_true")
    parser.add_argument("--strong", default="", help="address of another model, which may cost")
    parser.add_argument("--model", default="strong")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        if given.no_small or MISSING:
            why = f"not installed: {', '.join(MISSING)}; make lm" if MISSING else "--no-small"
            print(f"left out: the small local model ({why})")
        else:
            with small_model(home) as settings:
                measured += measure("small local model", settings, given.documents)
        if given.strong:
            settings = load_settings(
                environ={}, home=home / "strong", model=given.model, endpoint=given.strong,
                call_timeout=PATIENCE, attempts=2,
                api_key=os.environ.get("LAKEGLOSS_API_KEY", "none"),
            )  # fmt: skip
            measured += measure("strong model", settings, given.documents)
        else:
            print("left out: a strong model (--strong ADDRESS names its endpoint)")
    tell(measured)
    return 0


@contextmanager
def small_model(home: Path) -> Iterator[Settings]:
    """The settings of `lakegloss lm serve`, whose answers end after so many tokens."""
    with LocalServer("--context", str(SMALL_CONTEXT)) as server:
        address = server.options["endpoint"]

        def answer(body: dict[str, Any], _: object, __: int) -> Said:
            return forward(f"{address}/chat/completions", body | {"max_tokens": SMALL_ANSWER})

        with AnsweringServer(answer) as relay:
            options = server.options | {"endpoint": relay.url}
            yield load_settings(environ={}, home=home / "small", **options)  # type: ignore[arg-type]


def forward(address: str, body: Mapping[str, Any]) -> Said:
    """The status and the answer of another endpoint."""
    sent = urllib.request.Request(  # noqa: S310 - an address of this machine
        address, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(sent, timeout=600) as said:  # noqa: S310 - see above
            return said.status, said.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


# One family with one model.


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a program gave for a document; `outputs` is None where it could not be read."""

    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]
    outputs: Mapping[str, Any] | None
    tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The answers of one model on the other half: of the family as it is, and as it became."""

    model: str
    family: PromptFamily
    result: FamilyResult
    before: Sequence[Answer]
    after: Sequence[Answer]


def measure(model: str, settings: Settings, documents: int) -> list[Measured]:
    """Optimise each family on one half of its documents, and ask on the other."""
    together = min(len(SOURCES), settings.asking.calls.in_flight)

    def one(family: PromptFamily) -> Measured:
        found = SOURCES[family](documents)
        return measured_family(model, family, settings, sided(family, found))

    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(one, SOURCES))


def sided(family: PromptFamily, documents: Sequence[Document]) -> dict[str, list[dict[str, Any]]]:
    """Documents as examples of a family: the first half to learn from, the other for the gate."""
    half = len(documents) // 2
    train = half - half // 2
    sides = ["train"] * train + ["select"] * (half - train) + ["gate"] * (len(documents) - half)
    return {
        family.value: [
            {"inputs": one.inputs, "outputs": one.outputs, "group": one.name, "split": side}
            for one, side in zip(documents, sides, strict=True)
        ]
    }


def measured_family(
    model: str, family: PromptFamily, settings: Settings, given: dict[str, list[dict[str, Any]]]
) -> Measured:
    base = instance_of(FAMILIES[family], family.value)
    metric = FAMILY_PLANS[family].metric
    examples = FamilyExamples(given=given).of(names_of(family), base, metric)
    # What the search will ask of the base is asked at once: the search finds these answers paid.
    asked_first = [*examples.select, *examples.gate]
    if FAMILY_PLANS[family].optimizer == "bootstrap":
        asked_first += examples.train
    answers(base, asked_first, settings, family)
    sizes = [len(side) for side in (examples.train, examples.select, examples.gate)]
    store = ProductionStore(settings.home / f"{family.value}-{uuid4().hex[:8]}.db")
    optimizer = PromptFamilyOptimizer(
        {model: settings}, given, store, budget=OptimisationBudget(max_calls=most_calls(*sizes))
    )
    result = asyncio.run(optimizer.optimize_family(family, [model]))[model]
    store.close()
    better = base
    if result.state:
        better = instance_of(load_saved(read_saved(result.state)), family.value)
    return Measured(
        model=model, family=family, result=result,
        before=answers(base, examples.gate, settings, family),
        after=answers(better, examples.gate, settings, family),
    )  # fmt: skip


def most_calls(train: int, select: int, gate: int) -> int:
    """What a search of few candidates may take, the gate, and a second search where it fails."""
    return (TRIES - 1) * train + (3 + TRIES) * select + 2 * gate


def answers(
    program: Any, examples: Sequence[Any], settings: Settings, family: PromptFamily
) -> list[Answer]:
    """Ask a program about examples; what was asked before is read from the journal."""
    asking, run_id = settings.asking, f"targets-{uuid4().hex[:8]}"
    folder = asking.journal_folder / VARIANT
    paid = [response for _, part in read_journal(folder) for response in part]
    outputs: dict[int, Mapping[str, Any]] = {}

    def keep(example: Any, prediction: Any) -> float:
        outputs[id(example)] = outputs_of_prediction(prediction)
        return 1.0

    with engine_from(asking, run_id=run_id, journal=Journal(folder, run_id)) as engine:
        session = OptimisationSession(
            program, language_model(engine, asking.model, program=lambda: family.value), keep,
            budget=OptimisationBudget(), group=id, paid=paid, name=family.value,
            threads=asking.calls.in_flight,
        )  # fmt: skip
        scores = session.score(candidate_of(program), examples, "measure", 0, len(examples))
    return [
        Answer(
            inputs=dict(one.inputs()), expected=dict(one.labels()), outputs=outputs.get(id(one)),
            tokens=score.input_tokens + score.output_tokens,
        )
        for one, score in zip(examples, scores, strict=True)
    ]  # fmt: skip


# What the answers are worth.


def figures(family: PromptFamily, answer: Answer) -> dict[str, float | None]:
    """The figures of one answer; one that cannot be read has no claims that could be wrong."""
    name = "entity F1" if family == ENTITIES else "ROUGE-L"
    quality, invented = 0.0, None
    if answer.outputs is not None:
        by_family = entity_figures if family == ENTITIES else summary_figures
        quality, invented = by_family(answer.inputs, answer.expected, answer.outputs)
    return {
        name: quality,
        "not in the document": invented,
        "answers that can be read": float(answer.outputs is not None),
        "answers to mend": float(quality < PASSES_AT),
        "tokens": float(answer.tokens),
    }


def entity_figures(
    inputs: Mapping[str, Any], expected: Mapping[str, Any], outputs: Mapping[str, Any]
) -> tuple[float, float]:
    """F1 of the names, and the share of them that the text does not have."""
    names = entities_of({"entities": outputs.get("entities")}) or []
    wanted = entities_of({"entities": expected["entities"]}) or []
    return set_f1(names, wanted).score, 1 - supported_entities(names, [inputs["text"]]).score


def summary_figures(
    inputs: Mapping[str, Any], expected: Mapping[str, Any], outputs: Mapping[str, Any]
) -> tuple[float, float]:
    """ROUGE-L of the summary, and the share of words, key points included, that are not there."""
    said = "\n".join(texts_in(outputs, numbers=False))
    quality = rouge_l(str(outputs.get("summary") or ""), expected["summary"]).f1
    return quality, 1 - supported_words(said, [inputs["content"]]).score


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Means of pairs, their difference and the change in percent, with intervals.

    A bound is None where there are too few pairs, or too many draws of them were 0 before.
    """

    pairs: int
    before: float
    after: float
    difference: tuple[float | None, float | None]
    change: float | None
    change_between: tuple[float | None, float | None]


def compared(pairs: Sequence[tuple[float, float]]) -> Compared:
    """Compare what was before with what came after, document by document.

    The difference has the house's t interval over documents; the change in percent a bootstrap of
    whole pairs (percentiles, Efron 1979), which is too narrow for a dozen documents or fewer.
    """
    values = np.array(pairs, dtype=float).reshape(-1, 2)
    count, nothing = len(values), (None, None)
    if not count:
        return Compared(pairs=0, before=math.nan, after=math.nan, difference=nothing, change=None,
                        change_between=nothing)  # fmt: skip
    difference = estimate((n, float(then - first)) for n, (first, then) in enumerate(values))
    rng = np.random.default_rng(0)
    draws = values[rng.integers(count, size=(ROUNDS, count))].mean(axis=1)
    draws = draws[draws[:, 0] > 0]
    before, after = map(float, values.mean(axis=0))
    return Compared(
        pairs=count, before=before, after=after, difference=(difference.low, difference.high),
        change=100 * (after / before - 1) if before > 0 else None,
        change_between=between(100 * (draws[:, 1] / draws[:, 0] - 1))
        if count >= LEAST_GROUPS and len(draws) >= LEVEL * ROUNDS else nothing,
    )  # fmt: skip


def between(draws: Any) -> tuple[float, float]:
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def pairs_of(one: Measured) -> dict[str, list[tuple[float, float]]]:
    """The figures before and after by measure, of the documents that have both."""
    found: dict[str, list[tuple[float, float]]] = {}
    for before, after in zip(one.before, one.after, strict=True):
        first, then = figures(one.family, before), figures(one.family, after)
        for name, value in first.items():
            other = then[name]
            pairs = found.setdefault(name, [])
            if value is not None and other is not None:
                pairs.append((value, other))
    return found


def is_kept(measure: str, change: float | None) -> bool:
    """Whether a change in percent keeps the document's promise."""
    promised = PROMISED[measure]
    if change is None:
        return False
    return change >= promised if promised > 0 else change <= promised


def decided_by(result: FamilyResult) -> str:
    """Who decides what becomes of a search: the gate, or a person where it can say nothing."""
    settled = {FamilyOutcome.BETTER, FamilyOutcome.NOT_BETTER}
    return "the gate" if result.outcome in settled else "a person"


def tell(measured: Sequence[Measured]) -> None:
    for one in measured:
        found = {measure: compared(pairs) for measure, pairs in pairs_of(one).items()}
        rows = [row_of(measure, figure) for measure, figure in found.items()]
        table(f"{one.model}, {one.family.value}: as it is, and as the optimiser has it", rows)
        for measure in found.keys() & PROMISED.keys():
            keep(one, measure, found[measure])
    if measured:
        table("What the optimiser did", [searched(one) for one in measured])
        people = sum(decided_by(one.result) == "a person" for one in measured)
        record(
            BENCH, "decisions left to a person", people, f"of {len(measured)}", "-30 % promised",
            people <= 0.7 * len(measured),
        )  # fmt: skip


def keep(one: Measured, measure: str, found: Compared) -> None:
    """Record the change in percent; the difference where there was nothing before."""
    unit = "difference" if found.change is None else "% of before"
    value = found.after - found.before if found.change is None else found.change
    record(
        BENCH, f"{one.model}, {one.family.value}: {measure}", round(value, 2), unit,
        f"{PROMISED[measure]:+g} % promised", is_kept(measure, found.change),
    )  # fmt: skip


def row_of(measure: str, found: Compared) -> dict[str, object]:
    promised = PROMISED.get(measure)
    digits = 0 if measure == "tokens" else 3
    return {
        "measure": measure, "documents": found.pairs, "before": f"{found.before:.{digits}f}",
        "after": f"{found.after:.{digits}f}", "difference": shown(*found.difference, digits=digits),
        "change, %": "-" if found.change is None else f"{found.change:+.0f}",
        "between, %": shown(*found.change_between, digits=0),
        "promised, %": "-" if promised is None else f"{promised:+g}",
    }  # fmt: skip


def shown(low: float | None, high: float | None, *, digits: int) -> str:
    return "-" if low is None or high is None else f"{low:+.{digits}f} to {high:+.{digits}f}"


def searched(one: Measured) -> dict[str, object]:
    result = one.result
    return {
        "model": one.model, "family": one.family.value, "optimiser": result.optimizer,
        "outcome": result.outcome.value, "why": result.reason, "calls": result.calls,
        "tokens": result.tokens, "decided by": decided_by(result),
    }  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
