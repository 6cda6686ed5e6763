"""The comment program is optimised on requests as a run makes them, one for each table."""

import json
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.requests import ModelRequest, estimate
from lakegloss.engine.attempt import Attempt, Usage
from lakegloss.learning.optimisation import optimise
from lakegloss.learning.optimisation.comment_examples import split_comments
from lakegloss.learning.optimisation.example_data import SplitExamples, examples_in_file
from lakegloss.programs.comment import CommentProgram, system_text
from lakegloss.settings import Settings
from tests.kits.model_server import asked_ids
from tests.kits.taught_model import KEY, LESSON, TaughtModel, engine_of, lm_of

KINDS = {
    "dep_delay": "Minutes between the planned and the real departure; negative where it was early.",
    "distance": "Great-circle length of the flight between both airports, in miles.",
    "tailnum": "Registration painted on the aircraft's tail, which identifies it for its life.",
    "seats": "Number of places for passengers that the cabin of this aircraft has.",
}
THEMES = ("flights", "planes", "weather", "crews", "gates", "bookings", "cargo", "fuel", "routes",
          "hotels", "meals", "visas")  # fmt: skip
SIDES = ("train", "train", "select", "gate")
GOLD = {f"{theme}_{kind}": text for theme in THEMES for kind, text in KINDS.items()}


@pytest.fixture
def examples(tmp_path: Path) -> SplitExamples:
    lines = [
        json.dumps({"table": f"air.{theme}", "column": column, "type": "double",
                    "text": GOLD[column], "split": SIDES[n % 4]})
        for n, theme in enumerate(THEMES)
        for column in (f"{theme}_{kind}" for kind in KINDS)
    ]  # fmt: skip
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(lines))
    rows, refused = examples_in_file(path, "comment")
    assert (len(rows), refused) == (48, 0)
    return split_comments([r for r in rows if r.weight], settings(), refused=refused)


def settings() -> Any:
    return Settings(model="m", endpoint="http://127.0.0.1:1/v1").drafting


class Commenter(TaughtModel):
    """Writes the house's comments where it is told of the codes or shown one; else it echoes."""

    def __call__(self, request: ModelRequest) -> Attempt:
        if request.schema_name != "comments":
            return super().__call__(request)
        self.asked[request.request_hash, request.variant] += 1
        system, *shown, last = request.messages
        told = KEY in system.content or any(m.role == "assistant" for m in shown)
        names = asked_ids([{"role": "user", "content": last.content}])
        text = json.dumps(
            {"comments": [{"id": id_, "text": GOLD[name] if told else f"The {name}."}
                          for id_, name in names.items() if name in GOLD]}
        )  # fmt: skip
        usage = Usage(input=request.input_tokens, output=estimate(text))
        return Attempt(status=200, text=text, finish_reason="stop", usage=usage)


def test_a_table_is_one_example_and_its_family_one_group(examples: SplitExamples) -> None:
    assert len(examples.train) == 6
    first = examples.train[0]
    assert set(first.inputs().keys()) == {"style", "language", "tables"}
    assert len(first.comments) == 4
    groups = {examples.group(e) for e in [*examples.train, *examples.select, *examples.gate]}
    assert groups == set(THEMES)
    assert all(text not in str(first.inputs()) for text in GOLD.values())


def test_the_metric_tells_good_comments_from_echoes_and_why(examples: SplitExamples) -> None:
    example = examples.train[0]
    program = CommentProgram()
    with engine_of(Commenter()) as engine:
        found = optimise(
            program, train=examples.train, select=examples.select, metric=examples.metric,
            optimizer="labeled", lm=lm_of(engine), group=examples.group, name="comment",
            is_screened=True,
        )  # fmt: skip
    assert found.changed, found.account
    state = json.loads(found.state)
    assert (state["program"], len(state["state"]["write"]["demos"]) > 0) == ("comment", True)
    restored = CommentProgram.restore(found.state)
    assert restored.version == found.program.version != program.version
    good = examples.metric(example, _prediction(example, GOLD))
    bad = examples.metric(example, _prediction(example, {n: f"The {n}." for n in GOLD}))
    assert good.score > bad.score + 0.3
    assert "c1: " in bad.why
    assert examples.metric(example, _prediction(example, {})).score == 0


def test_an_instruction_may_be_what_helps(examples: SplitExamples) -> None:
    with engine_of(Commenter(writes=f"Write catalog comments. {LESSON}")) as engine:
        found = optimise(
            CommentProgram(), train=examples.train, select=examples.select,
            metric=examples.metric, optimizer="gepa", lm=lm_of(engine), group=examples.group,
            is_screened=True,
        )  # fmt: skip
    assert found.changed, found.account
    assert KEY in system_text(CommentProgram.restore(found.state).write.signature)


def _prediction(example: Any, texts: dict[str, str]) -> Any:
    import dspy

    from lakegloss.programs.comment import Comment

    names = asked_ids([{"role": "user", "content": json.dumps({"tables": example.tables})}])
    made = [Comment(id=id_, text=texts[n]) for id_, n in names.items() if n in texts]
    return dspy.Prediction(comments=made)
