"""`lakegloss serve` and `lakegloss keys` as processes, killed and started again."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.kits.command_here import CommandHere, command_here
from tests.kits.places import ROOT
from tests.kits.program_server import ProgramServer

pytestmark = pytest.mark.slow
DOC = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    with ProgramServer() as model:
        yield {
            **{k: v for k, v in os.environ.items() if not k.startswith(("LAKEGLOSS", "API_"))},
            "LAKEGLOSS_HOME": str(tmp_path / "home"),
            "LAKEGLOSS_MODEL": "m",
            "LAKEGLOSS_ENDPOINT": model.url,
        }


@pytest.fixture
def keys(
    environ: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> CommandHere:
    """`lakegloss keys` in this process, on the home folder of the service."""
    run = command_here(tmp_path, monkeypatch, capsys)
    return lambda *arguments: run("keys", *arguments, LAKEGLOSS_HOME=environ["LAKEGLOSS_HOME"])


@contextmanager
def serving(environ: dict[str, str]) -> Iterator[tuple[str, "subprocess.Popen[str]", list[str]]]:
    """The address, the process, and the lines that it wrote."""
    command = [sys.executable, "-m", "lakegloss.cli.main", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    lines: list[str] = []
    for line in process.stderr:
        lines.append(line)
        if found := re.search(r"serving (http://\S+),", line):
            break
    else:
        raise AssertionError("".join(lines))
    rest = threading.Thread(target=lines.extend, args=(process.stderr,), daemon=True)
    rest.start()
    try:
        yield found[1], process, lines
    finally:
        process.kill()
        process.wait(10)
        rest.join(10)
        process.stderr.close()


def execute(url: str, key: str, **more: object) -> httpx.Response:
    body = {"program_id": "EmailDraft", "inputs": LETTER, **more}
    headers = {"x-api-key": key} if key else {}
    return httpx.post(f"{url}/api/v1/dspy/execute", json=body, headers=headers, timeout=30)


def test_keys_are_made_listed_and_revoked(environ: dict[str, str], keys: CommandHere) -> None:
    made = keys("add", "shop", "--scope", "execute", "--days", "3")
    secret = made.stdout.strip()
    assert re.fullmatch(r"lg_[\w\-]{43}", secret), made.stderr
    assert "serve.db" in made.stderr.replace("\n", ""), "services of others have it not"
    listed = json.loads(keys("list").stdout)
    assert (listed["name"], listed["scopes"]) == ("shop", ["execute"])
    assert secret not in str(listed)
    files = b"".join(p.read_bytes() for p in Path(environ["LAKEGLOSS_HOME"]).glob("serve.db*"))
    assert secret.encode() not in files
    again = keys("add", "shop")
    assert again.returncode == 2
    assert "a key 'shop' already" in again.stderr
    assert keys("revoke", "shop").returncode == 0
    assert keys("list").stdout == ""
    assert keys("revoke", "shop").returncode == 2


def test_a_killed_service_lost_nothing_that_it_answered(
    environ: dict[str, str], keys: CommandHere
) -> None:
    secret = keys("add", "shop").stdout.strip()
    with serving(environ) as (url, process, _):
        assert execute(url, "").status_code == 401
        done = [execute(url, secret).json()["execution_id"] for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    with serving(environ) as (url, _, _):
        for execution_id in done:
            place = f"{url}/api/v1/dspy/execution/{execution_id}"
            assert httpx.get(place, headers={"x-api-key": secret}).status_code == 200


def test_its_log_is_json_without_secrets(environ: dict[str, str], keys: CommandHere) -> None:
    secret = keys("add", "shop").stdout.strip()
    environ["LAKEGLOSS_API_KEY"] = "model-secret"
    with serving(environ) as (url, process, lines):
        good = execute(url, secret).json()
        execute(url, "lg_wrong")
        bad = httpx.post(
            f"{url}/api/v1/dspy/execute",
            json={"program_id": "SummarizeText", "inputs": {"document": "FAULT:400 hunter2"}},
            headers={"x-api-key": secret},
            timeout=30,
        ).json()["error"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in {0, -signal.SIGTERM}
    everything = [json.loads(line) for line in lines]
    told = [line for line in everything if line.get("event_type") != "notice"]
    notices = [line["message"] for line in everything if line.get("event_type") == "notice"]
    assert notices[-2].startswith("stopping")
    assert notices[-1] == "stopped"
    kinds = [line.get("event_type") for line in told]
    assert kinds == [
        "dspy_call_complete", "request", "request", "dspy_call_failed", "request",
    ]  # fmt: skip
    assert [told[n]["status"] for n in (1, 2, 4)] == [200, 401, 502]
    assert told[0]["execution_id"] == good["execution_id"]
    assert told[0]["request_id"] == told[1]["request_id"]
    assert told[3]["request_id"] == told[4]["request_id"] == bad["id"]
    assert told[3]["input_data"] == {"document": "str of 17"}
    assert "hunter2" not in "".join(lines)
    assert told[0]["token_usage"]["output_tokens"] == 5
    assert told[1]["key_name"] == "shop"
    assert not {secret, "model-secret", "lg_wrong"} & set(re.findall(r"[\w\-]+", "".join(lines)))


def test_an_open_address_needs_a_key(
    environ: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = command_here(tmp_path, monkeypatch, capsys)
    home = environ["LAKEGLOSS_HOME"]
    refused = run("serve", "--host", "0.0.0.0", "--port", "0", LAKEGLOSS_HOME=home)  # noqa: S104
    assert refused.returncode == 2
    assert "lakegloss keys add NAME" in refused.stderr.replace("\n", " ")
    wrong = run("serve", API_PORT="many")
    assert wrong.returncode == 2
    assert "API_PORT" in wrong.stderr


def test_a_port_that_is_taken(
    environ: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = command_here(tmp_path, monkeypatch, capsys)
    own = {k: v for k, v in environ.items() if k.startswith("LAKEGLOSS")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = run("serve", API_PORT=port, **own)
    assert refused.returncode == 2
    assert "did not start" in refused.stderr
    assert "--port" in refused.stderr


def test_the_documents_caller_in_node(
    environ: dict[str, str], keys: CommandHere, tmp_path: Path
) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    secret = keys("add", "shop").stdout.strip()
    [block] = re.findall(r"```typescript\n(.*?)```", DOC, re.DOTALL)
    script = tmp_path / "caller.mjs"
    with serving(environ) as (url, _, _):
        script.write_text(
            f"const service = {url!r}; const key = {secret!r};\n{block}\n"
            "console.log(JSON.stringify({ comments, meta }));\n"
        )
        done = subprocess.run(
            [node, str(script)], capture_output=True, text=True, check=False, timeout=60
        )
        wrong = script.read_text().replace(secret, "lg_wrong")
        script.write_text(wrong)
        refused = subprocess.run(
            [node, str(script)], capture_output=True, text=True, check=False, timeout=60
        )
    found = json.loads(done.stdout)
    assert [c["column"] for c in found["comments"]] == ["", "status"]
    assert refused.returncode != 0
    assert "unauthorized: There is no such key" in refused.stderr
