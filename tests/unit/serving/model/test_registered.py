"""The registered model as others call it: loaded by MLflow, over HTTP, and clean."""

import copy
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lakegloss.errors import VersionRefusedError
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.saved import save
from lakegloss.serving.model.packaging import packaged
from tests.kits.model_server import ModelServer
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer
from tests.kits.registry import comment_program, settings_in
from tests.kits.served_model import ServedModel

pytestmark = pytest.mark.slow
_CARD: dict[str, Any] = {
    "table": "sales.orders",
    "rows": 3,
    "columns": [
        {"name": "order_id", "type": "bigint", "key_role": "primary", "distinct": 3},
        {"name": "status", "type": "string", "frequent": [{"value": "open", "share": 0.7}]},
    ],
}


def card(**more: Any) -> dict[str, Any]:
    """A card of its own: MLflow changes what it is given."""
    return copy.deepcopy(_CARD) | more


@pytest.fixture(scope="module")
def model_server() -> Iterator[ModelServer]:
    with ModelServer() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, model_server: ModelServer) -> Iterator[Path]:
    settings = settings_in(
        tmp_path_factory.mktemp("home"), model="m", endpoint=model_server.url, attempts=1
    )
    with packaged(comment_program(), settings, version="lakegloss_comment/7") as model:
        yield model


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Any:
    import mlflow.pyfunc

    return mlflow.pyfunc.load_model(str(folder))


def told(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert isinstance(answers, list)
    return answers


# In Python.


def test_a_card_gets_its_comments(loaded: Any) -> None:
    [answer] = told(loaded.predict(pd.DataFrame([card()])))
    assert {c["source"] for c in answer["comments"]} == {"model"}
    assert [c["column"] for c in answer["comments"]] == ["", "order_id", "status"]
    assert "status" in answer["comments"][2]["comment"].lower()
    assert (answer["version"], answer["model"], answer["error"]) == ("lakegloss_comment/7", "m", "")
    assert answer["input_tokens"] > 0


def test_rows_fail_alone(loaded: Any) -> None:
    twice = card(columns=[{"name": "a"}, {"name": "A"}])
    cards = [card(), twice, card(style="loud"), card(task="sing"), card()]
    answers = told(loaded.predict(pd.DataFrame(cards)))
    assert [bool(a["error"]) for a in answers] == [False, True, True, True, False]
    assert "twice" in answers[1]["error"]
    assert "style" in answers[2]["error"]
    assert "sing" in answers[3]["error"]


def test_rows_share_requests_and_what_they_cost(loaded: Any, model_server: ModelServer) -> None:
    before = model_server.settled_counts()
    cards = [
        {"table": f"shared.t{n}", "columns": [{"name": f"only_{n}", "type": "string"}]}
        for n in range(40)
    ]
    answers = told(loaded.predict(pd.DataFrame(cards)))
    after = model_server.settled_counts()
    assert after["requests"] - before["requests"] < 10
    assert sum(a["input_tokens"] for a in answers) == (
        after["input_tokens"] - before["input_tokens"]
    )
    assert all(a["input_tokens"] > 0 for a in answers)


def test_the_same_table_twice_is_answered_twice(loaded: Any) -> None:
    answers = told(loaded.predict(pd.DataFrame([card(), card(), card(rows=9)])))
    assert [len(a["comments"]) for a in answers] == [3, 3, 3]
    assert {c["source"] for a in answers for c in a["comments"]} == {"model"}


def test_a_timeout_is_of_the_whole_request(tmp_path: Path) -> None:
    import mlflow.pyfunc

    with ModelServer(latency=30.0) as hangs:
        settings = settings_in(tmp_path, model="m", endpoint=hangs.url, attempts=1)
        with packaged(comment_program(), settings) as model:
            found = mlflow.pyfunc.load_model(str(model))
            cards = [{"table": f"s.t{n}", "columns": [{"name": "a"}]} for n in range(400)]
            start = time.monotonic()
            answers = told(found.predict(pd.DataFrame(cards), params={"timeout": 2.0}))
            assert time.monotonic() - start < 8
            assert {a["problem"] for a in answers} == {"The model took too long."}


@pytest.mark.parametrize("seconds", [-1.0, 0.0, float("nan")])
def test_a_timeout_of_no_time_is_refused(loaded: Any, seconds: float) -> None:
    answers = told(loaded.predict(pd.DataFrame([card()] * 2), params={"timeout": seconds}))
    assert [a["comments"] for a in answers] == [[], []]
    assert all("timeout" in a["error"] for a in answers)


def test_values_that_nobody_foresaw_cost_their_row_alone(loaded: Any) -> None:
    deep: Any = 1
    for _ in range(3_000):
        deep = [deep]
    answers = told(loaded.predict(pd.DataFrame([card(rows=deep), card(rows="many"), card()])))
    assert [bool(a["error"]) for a in answers] == [True, True, False]


def test_a_wide_type_costs_nothing(loaded: Any) -> None:
    fields = ",".join(f"field_number_{n}:string" for n in range(200))
    wide = {"name": "w", "type": f"struct<{fields}>"}
    [answer] = told(loaded.predict(pd.DataFrame([card(columns=[wide])])))
    assert answer["error"] == ""


def test_an_empty_batch_has_the_columns(loaded: Any) -> None:
    answers = loaded.predict(pd.DataFrame(columns=["table", "columns"]))
    assert len(answers) == 0
    assert "comments" in answers.columns


def test_a_large_batch_keeps_its_order(loaded: Any) -> None:
    cards = [
        {"table": f"s.t{n}", "columns": [{"name": f"col_{n}", "type": "string"}]}
        for n in range(200)
    ]
    answers = told(loaded.predict(pd.DataFrame(cards)))
    assert [a["table"] for a in answers] == [c["table"] for c in cards]
    assert all(a["comments"][1]["column"] == f"col_{n}" for n, a in enumerate(answers))
    assert all(f"col {n} " in a["comments"][1]["comment"] for n, a in enumerate(answers))


def test_values_of_numpy_and_missing_ones(loaded: Any) -> None:
    odd = {
        "table": "s.t",
        "rows": np.float64(3),
        "columns": np.array([{"name": "a", "null_share": None, "distinct": np.int64(2)}]),
        "comment": None,
        "guidance": np.array(["Write US English."]),
    }
    [answer] = told(loaded.predict(pd.DataFrame([odd])))
    assert answer["error"] == ""


def test_parameters_are_for_rows_that_choose_nothing(loaded: Any) -> None:
    commented = {"name": "a", "comment": "State of the order in its processing."}
    cards = [
        {"table": "s.t", "columns": [commented]},
        {"table": "s.t", "columns": [commented], "policy": "missing"},
    ]
    answers = told(loaded.predict(pd.DataFrame(cards), params={"policy": "all"}))
    assert [len(a["comments"]) for a in answers] == [2, 1]
    judged = told(loaded.predict(pd.DataFrame(cards), params={"task": "quality"}))
    assert (judged[0]["quality"][1]["column"], judged[0]["quality"][1]["problems"]) == ("a", [])
    assert judged[0]["quality"][1]["score"] > 0.8
    assert judged[0]["comments"] == []


def test_what_the_schema_does_not_know_is_refused(loaded: Any) -> None:
    import mlflow.exceptions

    for wrong in ({"columns": [{"name": "a"}]}, {"table": "t", "columns": [{"nam": "a"}]}):
        with pytest.raises(mlflow.exceptions.MlflowException):
            loaded.predict(pd.DataFrame([wrong]))


def test_rules_answer_while_the_endpoint_is_down_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow.pyfunc

    settings = settings_in(tmp_path, model="m", endpoint="http://127.0.0.1:9/v1", attempts=1)
    with packaged(comment_program(), settings) as model:
        found = mlflow.pyfunc.load_model(str(model))
        [answer] = told(found.predict(pd.DataFrame([card()])))
        assert (answer["model"], answer["error"]) == ("rules", "")
        assert answer["problem"], "it says why"
        assert answer["comments"][1]["source"] == "rules"
        monkeypatch.setenv("LAKEGLOSS_API_KEY_FILE", str(tmp_path / "no-such-file"))
        again = mlflow.pyfunc.load_model(str(model))
        [answer] = told(again.predict(pd.DataFrame([card()])))
        assert answer["problem"] == "the model's endpoint refused the key"


def test_the_environment_goes_before_what_was_registered(
    folder: Path, monkeypatch: pytest.MonkeyPatch, model_server: ModelServer
) -> None:
    import mlflow.pyfunc

    monkeypatch.setenv("LAKEGLOSS_MODEL", "another")
    found = mlflow.pyfunc.load_model(str(folder))
    [answer] = told(found.predict(pd.DataFrame([card()])))
    assert answer["model"] == "another"


def test_a_program_that_was_changed_is_not_served(folder: Path, tmp_path: Path) -> None:
    import mlflow.pyfunc

    copied = tmp_path / "model"
    shutil.copytree(folder, copied)
    file = copied / "artifacts" / "program.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Write the catalog comments", "Obey"), encoding="utf-8")
    with pytest.raises(VersionRefusedError, match="was changed after it was registered"):
        mlflow.pyfunc.load_model(str(copied))


# A program of one's own.


def test_a_program_is_served_the_same_way(tmp_path: Path) -> None:
    import mlflow.pyfunc

    with ProgramServer() as server:
        settings = settings_in(tmp_path, model="m", endpoint=server.url, attempts=1)
        saved = save(SIGNATURES["EmailDraft"])
        with packaged(saved, settings, version="lakegloss_mail/1") as model:
            found = mlflow.pyfunc.load_model(str(model))
            rows = [
                {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"},
                {"recipient": "Bob", "subject": "FAULT:400", "key_points": "x"},
            ]
            good, bad = told(found.predict(pd.DataFrame(rows)))
            assert "noon" in good["email_body"]
            assert good["meta"]["version"] == "lakegloss_mail/1"
            assert good["meta"]["program_version"] == saved.version
            assert bad["email_body"] is None
            assert bad["meta"]["error"] == "the model's endpoint gave no answer", "no address"
            deep: Any = "x"
            for _ in range(100):
                deep = [deep]
            odd, fine = told(found.predict(pd.DataFrame([rows[0] | {"key_points": deep}, rows[0]])))
            assert "nested" in odd["meta"]["error"]
            assert "noon" in fine["email_body"]
            [late] = told(found.predict(pd.DataFrame(rows[:1]), params={"timeout": -1.0}))
            assert late["email_body"] is None
            assert "timeout" in late["meta"]["error"]
            assert late["meta"].keys() == good["meta"].keys()


# Over HTTP.


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[ServedModel]:
    with ServedModel(folder) as found:
        yield found


def test_every_way_to_ask_gets_the_same_answer(served: ServedModel, loaded: Any) -> None:
    names = list(_CARD)
    split = {"columns": names, "data": [[card()[name] for name in names]]}
    bodies: list[dict[str, Any]] = [
        {"dataframe_records": [card()]},
        {"dataframe_split": split},
        {"inputs": [card()]},
        {"dataframe_records": [card()], "params": {"timeout": 30.0}},
    ]
    found = [served.ask(body) for body in bodies]
    [here] = told(loaded.predict(pd.DataFrame([card()])))
    wanted = json.dumps(here["comments"])
    assert {json.dumps(answer["predictions"][0]["comments"]) for answer in found} == {wanted}


def test_rows_without_a_count_beside_rows_with_one(served: ServedModel) -> None:
    without = {k: v for k, v in card().items() if k != "rows"}
    found = served.ask({"dataframe_records": [card(), without]})["predictions"]
    assert [a["error"] for a in found] == ["", ""]


def test_an_empty_request_is_an_empty_answer(served: ServedModel) -> None:
    body = {"dataframe_split": {"columns": ["table", "columns"], "data": []}}
    assert served.ask(body) == {"predictions": []}


def test_a_wrong_request_is_a_400(served: ServedModel) -> None:
    for body in ({}, {"dataframe_records": [{"columns": []}]}, {"inputs": [{"table": "x"}]}):
        status, text = served.post(json.dumps(body).encode())
        assert status == 400, text


def test_many_at_once_are_answered_each(served: ServedModel) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(number: int) -> str:
        own = {"table": f"s.t{number}", "columns": [{"name": f"col_{number}"}]}
        [answer] = served.ask({"dataframe_records": [own]})["predictions"]
        return str(answer["comments"][1]["comment"])

    with ThreadPoolExecutor(16) as pool:
        texts = list(pool.map(one, range(64)))
    assert all(f"col {n} " in text for n, text in enumerate(texts))


# In a process that has nothing of ours.


def test_it_loads_where_lakegloss_is_not_installed(folder: Path) -> None:
    code = (
        "import sys, json\n"
        "root = sys.argv[1]\n"
        "sys.path[:] = [p for p in sys.path if not p.startswith(root) or 'site-packages' in p]\n"
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]\n"
        "import importlib.util\n"
        "assert importlib.util.find_spec('lakegloss') is None\n"
        "import mlflow.pyfunc, pandas as pd\n"
        "model = mlflow.pyfunc.load_model(sys.argv[2])\n"
        "import lakegloss\n"
        "assert lakegloss.__file__.startswith(sys.argv[2]), lakegloss.__file__\n"
        "answer = model.predict(pd.DataFrame([{'table': 's.orders', 'columns': [\n"
        "    {'name': 'order_id', 'type': 'bigint'}]}]))\n"
        "print(json.dumps(answer))\n"
    )
    root = str(ROOT)
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, root, str(folder)],
        check=False, capture_output=True, text=True, env=env, cwd="/", timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    [answer] = json.loads(done.stdout.splitlines()[-1])
    assert answer["comments"][1]["column"] == "order_id"
    assert time.monotonic() - start < 60


def test_its_requirements_are_pinned(folder: Path) -> None:
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").split()
    assert all("==" in line for line in lines)
    assert {"mlflow", "dspy", "aiohttp", "pydantic"} <= {line.split("==")[0] for line in lines}
    assert not any(line.startswith(("pyspark", "lakegloss")) for line in lines)


def test_ping(served: ServedModel) -> None:
    with urllib.request.urlopen(f"{served.url}/ping", timeout=10) as answer:
        assert answer.status == 200
