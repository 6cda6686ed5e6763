"""Templates of reasoning: three depths, examples of real work, and what a curator gets."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.learning.judgements import new_feedback
from lakegloss.core.production.executions import RecordedExecution
from lakegloss.core.production.family_history import FamilyOutcome
from lakegloss.errors import InputError
from lakegloss.learning.families.cot_optimizer import ACECoTIntegration, CoTOptimizer
from lakegloss.learning.families.cot_templates import COT_TASKS, CoTDepth, cot_template
from lakegloss.learning.production.production_store import ProductionStore
from lakegloss.serving import DSPyPipelineExecutor
from lakegloss.settings import load_settings
from tests.kits.answering_server import AnsweringServer, Said, completion

CITIES = (
    "Oslo Lima Kyoto Cairo Dublin Quito Berne Hanoi Accra Sofia Malta Perth Turin Nairobi Lyon "
    "Bergen Sousse Cusco Rabat Tunis Graz Split Ghent Porto Davos Izmir Minsk Omsk Pisa Riga"
).split()


def link(source: str, target: str) -> dict[str, Any]:
    return {"source": source, "target": target, "relation": "leads to", "strength": 1.0}


def answer(body: Mapping[str, Any], _: object, __: int) -> Said:
    """Leaves out links that the text does not state only where examples show it."""
    shown = any(m["role"] == "assistant" for m in body["messages"])
    asked = json.loads(body["messages"][-1]["content"])
    links = asked.get("links", [])
    kept = [one for one in links if one["target"] in asked["text"]] if shown else links
    return 200, completion(json.dumps({"reasoning": "I looked.", "verified": kept}))


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    with AnsweringServer(answer) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProductionStore]:
    found = ProductionStore(tmp_path / "production.db")
    yield found
    found.close()


def record(store: ProductionStore) -> None:
    """Executions whose invented links people took out."""
    for number, city in enumerate(CITIES):
        other = CITIES[(number * 7 + 3) % len(CITIES)]
        given = [link(city, other), link(city, f"Nowhere{number}")]
        run = RecordedExecution(
            execution_id=f"e{number}", program="ExtractRelationships", at=datetime.now(UTC),
            inputs={"text": f"The {city} road {number * 13} leads to {other}."},
            outputs={"relationships": given},
        )  # fmt: skip
        store.record(run)
        if number != 4:  # nobody judged it
            store.add(new_feedback(run.judged, corrections={"relationships": given[:1]}))


def optimizer(
    server: AnsweringServer, store: ProductionStore, home: Path, **more: Any
) -> CoTOptimizer:
    settings = load_settings(environ={}, home=home, model="m", endpoint=server.url)
    return CoTOptimizer({"3b": settings}, store=store, **more)


class Curator:
    def __init__(self) -> None:
        self.templates: dict[tuple[str, str], str] = {}

    def set_cot_template(self, task: str, depth: str, template: str) -> None:
        self.templates[task, depth] = template


def test_a_template_gets_better_and_the_curator_gets_it(
    server: AnsweringServer, store: ProductionStore, tmp_path: Path
) -> None:
    record(store)
    work = optimizer(server, store, tmp_path)
    examples = work.make_examples("graph_verification")
    assert len(examples) == 29, "what nobody judged is no example"
    assert examples[0]["inputs"]["links"] != examples[0]["outputs"]["verified"]
    name = work.create_dspy_cot_module(
        "Check the graph of the text.", "graph_verification", "standard", "BootstrapFewShot"
    )
    found = work.performance(name)
    assert found.outcome is FamilyOutcome.BETTER, found
    assert found.before is not None
    assert found.before < 0.8
    assert found.after == 1.0
    template = work.get_optimized_cot_template(name)
    assert template.startswith("Check the graph of the text.\n\nReason in short steps.")
    assert "Example 1\nGiven: {" in template
    assert "Nowhere" in template, "an example shows what is to be left out"
    assert work.make_examples("general_reflection") == []

    proven = work.create_dspy_cot_module("", "general_reflection", "minimal", "LabeledFewShot")
    assert work.performance(proven).outcome is FamilyOutcome.NO_EXAMPLES
    assert work.get_optimized_cot_template(proven) == cot_template("general_reflection", "minimal")
    curator = Curator()
    handed = ACECoTIntegration(work).integrate_with_ace_curator(curator)
    assert handed == {("graph_verification", "standard"): name}
    assert curator.templates == {("graph_verification", "standard"): template}
    ACECoTIntegration(work).integrate_with_ace_curator(curator, also_unproven=True)
    assert set(curator.templates) == {
        ("graph_verification", "standard"), ("general_reflection", "minimal")
    }  # fmt: skip

    settings = load_settings(environ={}, home=tmp_path, model="m", endpoint=server.url)
    with DSPyPipelineExecutor(settings=settings, mlflow_tracking=False) as executor:
        executor.register_signature(name, work.program(name))
        result = executor.execute(model_id=name, inputs={
            "text": "Rome leads to Bari.", "links": [link("Rome", "Bari"), link("Rome", "Mars")],
        })  # fmt: skip
    assert [one["target"] for one in result["verified"]] == ["Bari"]


def test_answers_that_people_mended_are_examples_of_reflection(
    server: AnsweringServer, store: ProductionStore, tmp_path: Path
) -> None:
    outputs = {"answer": "Seven.", "used_passages": [0], "answerable": True}
    for number in range(3):
        run = RecordedExecution(
            execution_id=f"e{number}", program="GenerateAnswer", at=datetime.now(UTC),
            outputs=outputs,
            inputs={"question": f"How many towers has gate {number}?", "context": ["Six towers."]},
        )  # fmt: skip
        store.record(run)
        said: dict[str, Any] = [{"corrections": {"answer": "Six."}}, {"rating": 5}, {"rating": 1}][
            number
        ]
        store.add(new_feedback(run.judged, **said))
    examples = optimizer(server, store, tmp_path).make_examples("general_reflection")
    assert [one["outputs"] for one in examples] == [
        {"holds": False, "answer": "Six."}, {"holds": True, "answer": "Seven."}
    ]  # fmt: skip


@pytest.mark.parametrize("task", COT_TASKS)
def test_deeper_templates_ask_for_more(task: str) -> None:
    lengths = [len(cot_template(task, depth)) for depth in CoTDepth]
    assert lengths == sorted(set(lengths))
    with pytest.raises(InputError, match="no depth 'endless'"):
        cot_template(task, "endless")


def test_unknown_names_are_refused(
    server: AnsweringServer, store: ProductionStore, tmp_path: Path
) -> None:
    work = optimizer(server, store, tmp_path)
    with pytest.raises(InputError, match="no task 'poetry'"):
        work.create_dspy_cot_module("x", "poetry", "standard", "BootstrapFewShot")
    with pytest.raises(InputError, match="no optimiser 'Magic'"):
        work.create_dspy_cot_module("x", "graph_verification", "standard", "Magic")
    with pytest.raises(InputError, match="no module 'nothing'"):
        work.get_optimized_cot_template("nothing")
    assert not server.bodies
    assert asyncio.iscoroutinefunction(work.create_dspy_cot_module) is False
