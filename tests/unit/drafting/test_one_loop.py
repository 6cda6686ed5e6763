"""The same faults give the same comments, whoever asks: batch run, cards, REST, served model."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from lakegloss.cli.main import app
from lakegloss.core.records import Source
from lakegloss.drafting.card_tasks import tasks_for
from lakegloss.drafting.commenter import Commenter
from lakegloss.drafting.drafter import ModelDrafter
from lakegloss.drafting.table_cards import TableCard, evidence_of, table_of
from lakegloss.engine.engine import engine_from
from lakegloss.programs.comment import CommentProgram
from lakegloss.serving.model.packaging import packaged
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.registry import comment_program
from tests.kits.service_server import RunningService

pytestmark = pytest.mark.slow
NAMES = """
amount balance batch branch capacity channel charge cluster contract country currency device deposit
discount distance driver duration engine factory freight harbour income invoice journey licence
margin meter network parcel payment penalty pension pipeline platform pressure quantity quota region
rental salary season segment shipment signal station storage supplier tariff temperature terminal
""".split()
CARD: dict[str, Any] = {
    "table": "sales.orders",
    "rows": 1000,
    "columns": [{"name": name, "type": "double"} for name in NAMES],
}
Texts = Mapping[str, str]
"""The model's texts by column."""


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as found:
        yield found


@pytest.fixture(scope="module")
def settings(server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return load_settings(environ={}, home=home, model="m", endpoint=server.url, attempts=1)


@pytest.fixture(scope="module")
def rest(settings: Settings) -> Iterator[RunningService]:
    with RunningService(settings) as found:
        yield found


@pytest.fixture(scope="module")
def served(settings: Settings) -> Iterator[Any]:
    import mlflow.pyfunc

    with packaged(comment_program(), settings) as folder:
        yield mlflow.pyfunc.load_model(str(folder))


def of_model(comments: list[dict[str, Any]]) -> Texts:
    return {c["column"]: c["comment"] for c in comments if c["source"] == "model"}


def by_batch_run(settings: Settings, card: Mapping[str, Any]) -> Texts:
    own, program = TableCard.model_validate(card), CommentProgram()
    tasks = tasks_for(table_of(own), evidence_of(own), settings, program)
    with engine_from(settings, run_id="run") as engine:
        drafter = ModelDrafter(settings, program, engine.ask)
        drafted = drafter.draft([tasks], (), keep=lambda: None)
    return {d.task.key.column: d.text for d in drafted.drafts if d.source is Source.MODEL}


def by_commenter(settings: Settings, card: Mapping[str, Any]) -> Texts:
    with Commenter(settings, environ={}) as writer:
        [answer] = writer.answers([card])
    return of_model([comment.model_dump() for comment in answer.comments])


def by_command(settings: Settings, card: Mapping[str, Any]) -> Texts:
    options = [f"--set=attempts={settings.attempts}", f"--home={settings.home}", "--model=m"]
    done = CliRunner().invoke(
        app, ["comment", "-", *options, f"--endpoint={settings.endpoint}"], input=json.dumps(card)
    )
    assert done.exit_code == 0, done.output
    return of_model(json.loads(done.stdout.splitlines()[0])["comments"])


@pytest.fixture
def everyone(
    settings: Settings, rest: RunningService, served: Any, server: ModelServer
) -> Callable[..., list[Texts]]:
    """Asks by all ways in turn, with the same faults for each; the texts and the requests."""

    def by_rest(_: Settings, card: Mapping[str, Any]) -> Texts:
        answer = rest.client.post("/api/v1/comments", json=card)
        assert answer.status_code == 200, answer.text
        return of_model(answer.json()["comments"])

    def by_served_model(_: Settings, card: Mapping[str, Any]) -> Texts:
        [answer] = served.predict(pd.DataFrame([copy.deepcopy(dict(card))]))
        return of_model(answer["comments"])

    ways = (by_batch_run, by_commenter, by_command, by_rest, by_served_model)

    def ask(faults: Mapping[str, float], **when: Any) -> list[Texts]:
        found, asked = [], []
        for way in ways:
            server.behave(faults, **when)
            found.append(way(settings, CARD))
            asked.append(server.settled_counts()["by_hash"])
        assert all(requests == asked[0] for requests in asked), "they ask for the same"
        return found

    return ask


WHOLE = {"", *NAMES}


@pytest.mark.parametrize(
    ("faults", "when"),
    [
        pytest.param({}, {}, id="no fault"),
        pytest.param({"context": 1.0}, {"largest": 12}, id="too long for the model"),
        pytest.param({"context": 1.0}, {"largest": 3}, id="far too long"),
        pytest.param({"filtered": 1.0}, {"largest": 12}, id="filtered"),
        pytest.param({"filtered_midway": 1.0}, {"largest": 12}, id="filtered midway"),
        pytest.param({"binary": 1.0}, {"largest": 12}, id="no JSON"),
        pytest.param({"broken_json": 1.0}, {"largest": 12}, id="half a JSON"),
        pytest.param({"length": 1.0}, {"largest": 12}, id="cut off"),
        pytest.param({"missing": 1.0}, {"largest": 12}, id="half of the ids"),
        pytest.param({"null": 1.0}, {"largest": 12}, id="empty"),
        pytest.param({"refusal": 1.0}, {"largest": 12}, id="refused"),
    ],
)
def test_smaller_requests_get_the_same_comments_whoever_asks(
    everyone: Callable[..., list[Texts]], faults: Mapping[str, float], when: Mapping[str, Any]
) -> None:
    first, *others = everyone(faults, **when)
    assert all(texts == first for texts in others)
    assert first.keys() == WHOLE


@pytest.mark.parametrize(
    ("faults", "seed"),
    [
        pytest.param({"other_tables": 0.3, "missing": 0.3}, 3, id="now and then"),
        pytest.param({"error_503": 0.4, "context": 0.3}, 5, id="busy and small"),
        pytest.param({"error_503": 0.3, "conflicting": 0.3, "filtered": 0.3}, 8, id="of all kinds"),
    ],
)
def test_faults_now_and_then_cost_each_caller_the_same(
    everyone: Callable[..., list[Texts]], faults: Mapping[str, float], seed: int
) -> None:
    first, *others = everyone(faults, seed=seed)
    assert all(texts == first for texts in others)


def test_what_is_filtered_costs_few_others(everyone: Callable[..., list[Texts]]) -> None:
    first, *others = everyone({"filtered": 1.0}, about="penalty")
    assert all(texts == first for texts in others)
    missing = WHOLE - first.keys()
    assert "penalty" in missing
    assert len(missing) <= 5


def test_what_came_before_a_filter_is_kept_and_not_asked_again(
    everyone: Callable[..., list[Texts]], server: ModelServer
) -> None:
    texts = everyone({"filtered_midway": 1.0}, largest=12)[-1]
    assert texts.keys() == WHOLE
    counts = server.settled_counts()
    assert counts["asked_ids"] < 2 * len(WHOLE), "what came at first is not asked about again"
