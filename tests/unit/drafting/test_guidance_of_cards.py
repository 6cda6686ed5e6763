"""The file of guidance counts for cards as for tables of a lake, whoever sends them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lakegloss.cli.main import app
from lakegloss.drafting.commenter import Commenter
from lakegloss.errors import InputError, SettingsError
from lakegloss.lakehouse.describe.guidance_file import read_guidance
from lakegloss.settings import load_settings
from tests.kits.service_server import RunningService

CARD = {
    "table": "prod.lots",
    "columns": [{"name": "cdvar", "type": "string"}, {"name": "wt_kg", "type": "double"}],
}
MEANING = "code of the variety"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "guidance.yaml"
    path.write_text(f"glossary:\n  cdvar: {{meaning: {MEANING}, tables: prod.*}}\n", "utf-8")
    return path


def text_of(answer: Any) -> str:
    return str(next(c["comment"] for c in answer["comments"] if c["column"] == "cdvar"))


def test_the_command_reads_it(file: Path) -> None:
    def asked(*options: str) -> str:
        done = CliRunner().invoke(app, ["comment", "-", *options], input=json.dumps(CARD))
        assert done.exit_code == 0, done.output
        return text_of(json.loads(done.stdout))

    assert MEANING in asked(f"--set=guidance={file}").lower()
    assert MEANING not in asked().lower()


def test_a_file_that_cannot_be_used_is_no_silence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("glosary: {cdvar: x}\n", "utf-8")
    for path in (bad, tmp_path / "nowhere.yaml"):
        done = CliRunner().invoke(
            app, ["comment", "-", f"--set=guidance={path}"], input=json.dumps(CARD)
        )
        assert isinstance(done.exception, SettingsError)
        assert path.name in str(done.exception)


def test_the_service_reads_it(file: Path, tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", environ={}, guidance=file)
    with RunningService(settings) as service:
        answer = service.client.post("/api/v1/comments", json=CARD)
        assert MEANING in text_of(answer.json()).lower()
        elsewhere = {**CARD, "table": "other.lots"}
        other = service.client.post("/api/v1/comments", json=elsewhere)
        assert MEANING not in text_of(other.json()).lower()


def test_lines_of_the_card_stand_beside_it(file: Path) -> None:
    card = {**CARD, "guidance": ["glossary: wt means weight of the lot"]}
    with Commenter(load_settings(environ={}), guidance=read_guidance(file), environ={}) as writer:
        [answer] = writer.answers([card])
    assert MEANING in text_of(answer.model_dump()).lower()


def test_names_that_hold_dots_are_told_by_words_too(tmp_path: Path) -> None:
    cards = tmp_path / "cards.json"
    dotted = {"table": "ops.plan", "columns": [{"name": "Nb var."}]}
    cards.write_text(json.dumps(dotted), "utf-8")
    done = CliRunner().invoke(app, ["words", "--cards", str(cards)])
    assert isinstance(done.exception, InputError)
    assert "in backticks" in done.exception.remedy
