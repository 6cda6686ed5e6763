"""The documents' own blocks, where the documents are at hand."""

import ast
import asyncio
import inspect
import json
import logging
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import dspy
import mlflow
import pytest
import yaml

from lakegloss.learning import TelepromptFineTuner
from lakegloss.programs import BaseSignature, SignatureField
from lakegloss.release import DSPyPhase2Manager, RealTimeOptimizer
from lakegloss.release.production_loop.environment import (
    SWITCHES,
    VARIABLES,
    alerts_from,
    config_from,
    require_enabled,
)
from lakegloss.serving import DSPyPipelineExecutor, ExecutionMode, ParallelExecutor, autolog
from lakegloss.settings import load_settings
from tests.kits.dbxmetagen_names import names_taken
from tests.kits.mlflow_database import mlflow_database
from tests.kits.phase2 import (
    EnoughError,
    environment,
    invoked,
    names_for,
    run_until_stopped,
)
from tests.kits.places import ROOT, SHARED
from tests.kits.program_server import ProgramServer
from tests.kits.service_server import RunningService

FOLDER = SHARED / "reference" / "systems"
KNOWN = yaml.safe_load((Path(__file__).parent / "blocks.yml").read_text(encoding="utf-8"))
DOCUMENTS = [name for name in KNOWN if name.endswith(".md")]
WAYS = {"run", "prelude", "curl", "command", "variables", "no"}
PHASE2 = "lightrag-dspy-phase2.md"
IMPORTS = (
    (r"from hokusai\.dspy_signatures import", "from lakegloss.programs import"),
    (r"from (?:hokusai|src)\.services\.dspy_pipeline_executor import",
     "from lakegloss.serving import"),
    (r"from hokusai\.services\.dspy\.validators import", "from lakegloss.programs import"),
    (r"from src\.services\.dspy_model_loader import", "from lakegloss.serving import"),
    (r"from hokusai\.integrations\.mlflow_dspy import", "from lakegloss.serving import"),
    (r"from hokusai\.services\.teleprompt_finetuner import", "from lakegloss.learning import"),
    (r"from src\.dbxmetagen\.\w+ import", "from lakegloss.compat.dbxmetagen import"),
    (r"from lightrag\.dspy_integration\.phase2 import", "from lakegloss.release import"),
)  # fmt: skip
RUNNABLE = [
    (document, number)
    for document in DOCUMENTS
    for number, block in KNOWN[document].items()
    if block["how"] in {"run", "prelude"}
]


def blocks(document: str) -> list[str]:
    path = FOLDER / document
    if not path.is_file():
        pytest.skip(f"{document} is not at hand: it is not part of this repository")
    text = path.read_text(encoding="utf-8")
    found = re.finditer(r"^( *)```\w*\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(match[2]) for match in found]


def test_every_block_has_a_way_and_a_reason() -> None:
    for document in DOCUMENTS:
        for number, block in KNOWN[document].items():
            assert block["how"] in WAYS, (document, number)
            assert ("reason" in block) == (block["how"] == "no"), (document, number)
            assert ("prelude" in block) == (block["how"] == "prelude"), (document, number)


def test_what_runs_where_the_documents_are_runs_in_our_own_words_everywhere() -> None:
    ours = {
        f"{path.stem}::{node.name}"
        for path in Path(__file__).parent.glob("test_calls*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    for document in DOCUMENTS:
        for number, block in KNOWN[document].items():
            runs = block["how"] != "no"
            assert ("ours" in block) == runs, (document, number)
            assert not runs or block["ours"] in ours, (document, number)


def test_the_tests_that_reasons_name_are_there() -> None:
    files = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    reasons = [
        block["reason"]
        for document in DOCUMENTS
        for block in KNOWN[document].values()
        if "reason" in block
    ]
    named = {name for reason in reasons for name in re.findall(r"test_\w+", reason)}
    assert named
    assert named <= files


def test_our_own_words_need_no_document() -> None:
    """They run in every clone: only this file reads what is not in the repository."""
    for path in Path(__file__).parent.glob("test_*.py"):
        names = {n.id for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name)}
        assert ("SHARED" in names) == (path.name == Path(__file__).name), path.name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_is_listed(document: str) -> None:
    assert list(KNOWN[document]) == list(range(len(blocks(document))))


@pytest.fixture
def server() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


class Remark(BaseSignature):
    """Say something about the data."""

    text = SignatureField("data", default="")
    remark = SignatureField("what is to be said", prefix="Remark:")


class SummarizeEmail(BaseSignature):
    """Summarize an email into key points."""

    email_content = SignatureField("the email")
    summary = SignatureField("the key points", prefix="Summary:")


def good_examples() -> list[dict[str, Any]]:
    """Examples that users liked."""
    return [
        {"inputs": {"email_content": f"Delay {n}."}, "outputs": {"summary": f"Late by {n} weeks."}}
        for n in range(6)
    ]


class Letter(BaseSignature):
    """Write an e-mail."""

    recipient = SignatureField("who receives it")
    subject = SignatureField("what it is about")
    context = SignatureField("what is known", default="")
    email_body = SignatureField("the text", prefix="Body:")


TEXT = "Sales rose by 4 % in May."
TAKEN: dict[str, dict[str, Any]] = {
    "report": {"report_text": TEXT},
    "document": {"document": TEXT},
    "documents": {
        "DSPyPipelineExecutor": DSPyPipelineExecutor,
        "documents": [{"text": f"d{n}", "categories": "a, b"} for n in range(25)],
    },
    "signatures": {"BaseSignature": BaseSignature, "SignatureField": SignatureField},
    "summarize_email": {"SummarizeEmail": SummarizeEmail},
    "good_examples": {
        "collect_good_examples": good_examples,
        "finetuner": TelepromptFineTuner(),
        "YourSignature": SummarizeEmail,
    },
    "inputs": {"inputs": {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}},
    "failures": {"data": {"text": "x"}, "logger": logging.getLogger("test")},
    "custom": {"MySignatureClass": Remark},
    "long_document": {"mlflow": mlflow, "long_document": TEXT * 40},
    "long_running": {"data": {"text": "x"}},
    "registered": {"ExecutionMode": ExecutionMode},
    "my_program": {
        "my_program": dspy.Predict("text -> result"),
        "inputs": {"text": "x"},
        "ExecutionMode": ExecutionMode,
    },
    "imports": {"DSPyPipelineExecutor": DSPyPipelineExecutor},
    "steps": {
        "dspy": dspy,
        "SummarySignature": dspy.Signature("raw_data -> summary"),
        "GenerationSignature": dspy.Signature("summary -> text"),
    },
    "your_signature": {
        "dspy": dspy,
        "List": list,
        "Dict": dict,
        "asyncio": asyncio,
        "YourSignature": dspy.Signature("text -> result"),
    },
}
YAML = """name: email
signature:
  instructions: Write.
  inputs: {recipient: who}
  outputs: {email_body: text}
"""


KEY = "a-key-of-sixteen-or-more"
LETTER_YAML = """name: email-assistant-v1
signature:
  instructions: Write an e-mail.
  inputs:
    recipient: who receives it
    subject: what it is about
    context: {description: what is known, default: ""}
  outputs: {email_body: the text}
"""


def prelude(name: str, tmp_path: Path, executor: DSPyPipelineExecutor) -> dict[str, Any]:
    """What a block takes for granted."""
    register(executor)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "email_assistant.yaml").write_text(YAML)
    names = {"executor": executor} | TAKEN.get(name, {}) | names_for(name)
    if name == "dbxmetagen":
        names |= names_taken(tmp_path)
    if name == "long_running":  # the block makes an executor, which would not know the program
        names["DSPyPipelineExecutor"] = lambda **_: executor
    return names


def register(executor: DSPyPipelineExecutor) -> None:
    executor.register_signature(
        "email-assistant-v1",
        dspy.Predict(Letter),
    )
    executor.register_signature("LongRunningTask", Remark)
    executor.register_signature("cached-program", dspy.Predict("a: int -> result"))
    executor.register_signature("fast-program", dspy.Predict("input: int -> result"))
    executor.register_signature("summarizer-v2", dspy.Predict("text -> summary"))


def rewritten(block: str) -> str:
    for pattern, ours in IMPORTS:
        block = re.sub(pattern, ours, block)
    return block


@pytest.mark.parametrize(("document", "number"), RUNNABLE)
def test_the_block_runs(
    document: str,
    number: int,
    server: ProgramServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    block = blocks(document)[number]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAKEGLOSS_MODEL", "m")
    monkeypatch.setenv("LAKEGLOSS_ENDPOINT", server.url)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_database(tmp_path / "mlflow.db"))
    monkeypatch.setenv("MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", "1")
    if document == PHASE2:
        for variable, value in environment(tmp_path, server.url).items():
            monkeypatch.setenv(variable, value)
    with DSPyPipelineExecutor(mlflow_tracking=False) as executor:
        names = prelude(KNOWN[document][number].get("prelude", ""), tmp_path, executor)
        try:
            execute(rewritten(block), f"{document}:{number}", names)
        finally:
            autolog(disable=True)
            close(names)
    result = names.get("result")
    if getattr(result, "success", True) is False:
        # Ids that the documents take from a registry, and one that is to fail.
        assert "not found in registry" in result.error, result.error


def execute(block: str, place: str, names: dict[str, Any]) -> None:
    """Run a block; one that awaits at its top runs in a loop of its own, and is stopped there."""
    code = compile(block, place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if not code.co_flags & inspect.CO_COROUTINE:
        exec(code, names)  # noqa: S102 - that is the test
        return

    async def whole() -> None:
        try:
            with suppress(EnoughError):
                await eval(code, names)  # noqa: S307 - as above
        finally:
            for made in list(names.values()):
                if isinstance(made, RealTimeOptimizer):
                    await made.stop()
                if isinstance(made, DSPyPhase2Manager):
                    await made.stop_production_mode()

    asyncio.run(whole())


COMMANDS = [
    (document, number)
    for document in DOCUMENTS
    for number, block in KNOWN[document].items()
    if block["how"] == "command"
]


@pytest.mark.parametrize(("document", "number"), COMMANDS)
def test_the_lines_of_a_command_run(
    document: str, number: int, server: ProgramServer, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    block = blocks(document)[number]
    for variable, value in environment(tmp_path, server.url).items():
        monkeypatch.setenv(variable, value)
    lines = re.findall(r"^python -m lightrag\.dspy_integration\.phase2 (.*)$", block, re.MULTILINE)
    assert lines
    for line in lines:
        done = run_until_stopped() if line == "--start" else invoked(line)
        assert done.exit_code == 0, (line, done.output)


def test_the_variables_of_the_document_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that it exports is one that the loop knows, with a value that it takes."""
    for document in DOCUMENTS:
        for number, block in KNOWN[document].items():
            if block["how"] != "variables":
                continue
            told = dict(re.findall(r"^export (\w+)=(\S+)$", blocks(document)[number], re.MULTILINE))
            require_enabled(told)
            config = config_from(told)
            assert set(told) <= {*SWITCHES, *VARIABLES}
            assert config["performance_degradation_threshold"] == 0.15
            assert config["feedback_volume_threshold"] == 50
            assert [one.threshold for one in alerts_from(told)][:2] == [5000, 0.9]


CURLS = [
    (document, number)
    for document in DOCUMENTS
    for number, block in KNOWN[document].items()
    if block["how"] == "curl"
]


@pytest.mark.parametrize(("document", "number"), CURLS)
def test_the_command_is_answered(
    document: str, number: int, server: ProgramServer, tmp_path: Path
) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = blocks(document)[number]
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "email-assistant-v1.yaml").write_text(LETTER_YAML)
    settings = load_settings(
        environ={}, home=tmp_path, model="m", endpoint=server.url,
        serve_programs=tmp_path / "programs",
    )  # fmt: skip
    with RunningService(settings, environ={"SECRET_KEY": KEY}) as service:
        ours = command.replace("http://localhost:8001", service.url).replace("YOUR_TOKEN", KEY)
        done = subprocess.run(  # noqa: S602 - the document's own command
            f"{ours.rstrip()} --silent --show-error --fail-with-body",
            shell=True, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        found = json.loads(done.stdout)
        assert found
        if "execute" in command:
            results = found.get("results", [found])
            assert [r["success"] for r in results] == [True] * len(results)
            assert all(r["outputs"]["email_body"] for r in results)


def close(names: dict[str, Any]) -> None:
    for made in names.values():
        if isinstance(made, DSPyPipelineExecutor | ParallelExecutor):
            made.shutdown()
