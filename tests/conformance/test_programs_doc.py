"""docs/programs.md: its blocks run as they stand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lakegloss.programs import FAMILIES, SIGNATURES
from lakegloss.serving import DSPyModelLoader, DSPyPipelineExecutor
from tests.kits.mlflow_database import mlflow_database
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer

DOC = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", DOC, re.DOTALL)
FILES = re.findall(r"```yaml\n# (programs/\S+)\n(.*?)```", DOC, re.DOTALL)
OTHERS = [block for block in PYTHON if "spark_execute" not in block]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ProgramServer]:
    """A model, and a folder with the program of the document."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_database(tmp_path / "mlflow.db"))
    (tmp_path / "programs").mkdir()
    for place, text in FILES:
        (tmp_path / place).write_text(text, encoding="utf-8")
    with ProgramServer() as found:
        monkeypatch.setenv("LAKEGLOSS_MODEL", "m")
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", found.url)
        yield found


@pytest.mark.parametrize("number", range(len(OTHERS)))
def test_the_block_runs(
    number: int,
    server: ProgramServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names: dict[str, Any] = {}
    exec(compile(OTHERS[number], f"docs/programs.md:{number}", "exec"), names)  # noqa: S102
    printed = capsys.readouterr().out
    assert "Error" not in printed
    assert ("print(" in OTHERS[number]) == bool(printed.strip())
    results = [names[name] for name in ("result", "letter") if name in names]
    assert all(result.success for result in results), [result.error for result in results]
    assert bool(server.requests) == ("DSPyPipelineExecutor" in OTHERS[number])


def test_every_file_is_a_program(server: ProgramServer) -> None:
    with DSPyPipelineExecutor(sources=[DSPyModelLoader("programs")]) as executor:
        assert {"digest", "email-assistant-v1"} <= set(executor.list_signatures())
        found = executor.execute(model_id="digest", inputs={"report": "Sales rose."})
        assert found["summary"]
        letter = {"recipient": "Ann", "subject": "Lunch"}
        assert executor.execute_signature("email-assistant-v1", letter)["email_body"]


def test_the_tables_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = re.findall(r"^\| (\w+) \| ([^|]*) \| ([^|]*) \|$", DOC, re.MULTILINE)
    told = {name: (inputs, outputs) for name, inputs, outputs in rows if name in SIGNATURES}
    assert set(told) == set(SIGNATURES)
    for name, (inputs, outputs) in told.items():
        signature = SIGNATURES[name]
        assert re.findall(r"\w+", inputs) == list(signature.input_fields), name
        assert re.findall(r"\w+", outputs) == list(signature.output_fields), name
    assert len(FAMILIES) == 8
    variables = set(re.findall(r"`([A-Z][A-Z_]+)`", DOC.partition("## What the environment")[2]))
    read: set[str] = set()

    class Watched(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            read.add(name)
            return super().get(name, default)

    DSPyPipelineExecutor(
        environ=Watched(OPENAI_API_KEY="k"), cache_enabled=None, mlflow_tracking=True
    ).shutdown()
    assert {v for v in variables if not v.startswith("LAKEGLOSS_")} <= read
