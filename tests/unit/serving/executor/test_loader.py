"""Programs from YAML files: what fits is loaded, what does not is told, nothing is evaluated."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dspy
import pytest

from lakegloss.errors import LakeglossError, SettingsError, SignatureError
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.split import split
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.loader import DSPyModelLoader, EntryPointSource
from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer

EMAIL = """
name: email-assistant-v1
description: Writes e-mails.
version: "3"
module: ChainOfThought
signature:
  instructions: Write an e-mail.
  inputs:
    recipient: who receives it
    subject:
    context: {description: what is known, default: ""}
    tags: {type: "list[str]", default: []}
  outputs:
    email_body: the text
    urgent: {description: whether it is, type: bool}
demos:
  - {recipient: Ann, email_body: "Dear Ann", urgent: false}
"""
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to(text: str, name: str = "program.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return to


def load(path: Path, **options: Any) -> dict[str, Any]:
    return DSPyModelLoader(**options).load_from_config(path)


def test_a_signature_of_its_own(write: Write) -> None:
    found = load(write(EMAIL))
    assert (found["name"], found["version"]) == ("email-assistant-v1", "3")
    signature = found["program"].predict.signature
    assert list(signature.output_fields) == ["reasoning", "email_body", "urgent"]
    assert signature.output_fields["urgent"].annotation is bool
    assert signature.instructions == "Write an e-mail."
    ready = split(found["program"])
    assert ready is not None
    assert ready.demos[0]["recipient"] == "Ann"
    checked = ready.check({"recipient": "a", "subject": "b"})
    assert checked.values["tags"] == []
    assert not checked.problems


def test_a_signature_of_the_library(write: Write) -> None:
    program = load(write("name: x\nsignature: EmailDraft\n"))["program"]
    assert isinstance(program, dspy.Predict)
    assert program.signature is SIGNATURES["EmailDraft"]


def test_a_chain(write: Write) -> None:
    program = load(
        write(
            "name: weekly\nchain:\n  inputs: [report]\n  steps:\n"
            "    - {signature: ExtractInfo, wiring: {document: report, info_types: facts}}\n"
            "    - {signature: SummarizeText, wiring: {document: ExtractInfo.extracted_info}}\n"
        )
    )["program"]
    assert program.inputs == ("report",)
    assert [step.name for step in program.plan] == ["ExtractInfo", "SummarizeText"]


def test_a_class_of_a_trusted_package(write: Write) -> None:
    name = "class: lakegloss.programs.how_might_we:HMWGenerator"
    assert type(load(write(f"name: x\n{name}\n"))["program"]).__name__ == "HMWGenerator"
    json = write("name: x\nclass: json:JSONDecoder\n")
    with pytest.raises(SettingsError, match="is not of a trusted package"):
        load(json)
    with pytest.raises(SignatureError, match="no signature and no dspy module"):
        load(json, trusted=["json"])
    for wrong in ("lakegloss.programs.nothing:X", "lakegloss.programs.library:Nothing"):
        with pytest.raises(SettingsError, match="cannot be imported"):
            load(write(f"name: x\nclass: {wrong}\n"))
    for wrong in ("lakegloss.programsx:X", "lakegloss.programs.library:a.b", "os"):
        with pytest.raises(SettingsError, match="not of a trusted package"):
            load(write(f"name: x\nclass: {wrong}\n"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x", "give one of signature, chain and class"),
        ("name: x\nsignature: EmailDraft\nchain: {inputs: [], steps: []}", "chain.steps"),
        ("name: x\nsignature: EmailDraf", "Did you mean EmailDraft"),
        ("name: x\nsignature: EmailDraft\nmodul: Predict", "modul: Extra inputs"),
        ("name: x\nsignature: EmailDraft\nmodule: ReAct", "module: Input should be"),
        ("name: ''\nsignature: EmailDraft", "name: String should have"),
        ("signature: EmailDraft", "name: Field required"),
        ("- a list", "the file: Input should be"),
        ("", "the file: Input should be"),
        ("name: [", "is not valid YAML"),
        ("name: x\nsignature: !!python/object/apply:os.system ['true']", "is not valid YAML"),
        ("name: x\nsignature: EmailDraft\ndemos: [{body: x}]", "a demo has 'body'"),
        (
            "name: x\nsignature: {instructions: i, inputs: {a: }, outputs: {a: }}",
            "'a' is an input and an output",
        ),
        (
            "name: x\nsignature: {instructions: i, inputs: {a b: }, outputs: {c: }}",
            "cannot be a field's name",
        ),
        (
            "name: x\nsignature: {instructions: i, inputs: {a: {type: code}}, outputs: {c: }}",
            "signature.inputs.a",
        ),
    ],
)
def test_what_is_wrong_is_told(write: Write, text: str, said: str) -> None:
    with pytest.raises(LakeglossError) as failure:
        load(write(text))
    assert said in str(failure.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read: No such file"):
        load(tmp_path / "none.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load(binary)
    bomb = tmp_path / "bomb.yaml"
    bomb.write_text("name: " + "x" * 1_000_001)
    with pytest.raises(SettingsError, match="more than 1,000,000 bytes"):
        load(bomb)


def test_an_executor_finds_them_by_name(write: Write, tmp_path: Path) -> None:
    write(EMAIL, "email-assistant-v1.yaml")
    write("name: [", "broken.yml")
    (tmp_path.parent / "outside.yaml").write_text(EMAIL)
    with ProgramServer() as server:
        settings = load_settings(environ={}, model="m", endpoint=server.url)
        sources = [DSPyModelLoader(tmp_path), EntryPointSource()]
        with DSPyPipelineExecutor(settings=settings, sources=sources, environ={}) as executor:
            inputs = {"recipient": "Ann", "subject": "s"}
            result = executor.execute(model_id="email-assistant-v1", inputs=inputs)
            assert result.success, result.error
            assert result["urgent"] is True
            assert "email-assistant-v1" in executor.list_signatures()
            assert [m["role"] for m in server.requests[0]["messages"]] == [
                "system", "user", "assistant", "user",
            ]  # fmt: skip
            outside = executor.execute(model_id="../outside", inputs=inputs)
            assert outside.error == "Model ../outside not found in registry"
            assert "not valid YAML" in executor.execute(model_id="broken", inputs=inputs).error


def test_a_package_offers_programs(tmp_path: Path) -> None:
    (tmp_path / "team_programs.py").write_text(
        "from lakegloss.programs import BaseSignature, SignatureField\n"
        "class Greet(BaseSignature):\n"
        "    'Greet.'\n"
        "    name = SignatureField()\n"
        "    greeting = SignatureField(prefix='Greeting:')\n"
    )
    info = tmp_path / "team_programs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: team-programs\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[lakegloss.programs]\ngreet = team_programs:Greet\nbroken = team_nothing:Greet\n"
    )
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from lakegloss.errors import ProgramNotFoundError\n"
        "from lakegloss.serving.executor.loader import EntryPointSource\n"
        "source = EntryPointSource()\n"
        "print(source.load('greet').signature.__name__, source.load('other'))\n"
        "try: source.load('broken')\n"
        "except ProgramNotFoundError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    first, second = done.stdout.strip().split("\n")
    assert first == "Greet None"
    assert "cannot be imported from team_nothing:Greet" in second
