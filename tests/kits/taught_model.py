"""A model that answers well only where an instruction or a demonstration tells it house codes.

It is a function of a request, for `ScriptedTransport`: no server, no waiting. It also writes
instructions, as optimisers ask for, and in these it tells of the codes.
"""

import asyncio
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dspy
from aiohttp import web

from lakegloss.core.requests import Message, ModelRequest, estimate
from lakegloss.engine.attempt import Attempt, Usage
from lakegloss.engine.caller import CallPolicy
from lakegloss.engine.engine import Engine
from lakegloss.engine.http.transport import ScriptedTransport
from lakegloss.engine.journal import Journal
from lakegloss.engine.lm import language_model
from tests.kits.program_server import ProgramServer

KEY = "house code"
TEAMS = {"printer": "T-7", "invoice": "T-3", "login": "T-1"}
LESSON = f"Name the team by its {KEY}: printers T-7, invoices T-3, logins T-1."


class RouteTicket(dspy.Signature):
    """Name the team that takes the ticket."""

    ticket: str = dspy.InputField()
    team: str = dspy.OutputField()


def team_of(ticket: str) -> str:
    return next(team for word, team in TEAMS.items() if word in ticket)


def tickets(count: int, *, start: int = 0) -> list[dspy.Example]:
    """Examples, each different."""
    words = list(TEAMS)
    made = [(f"The {words[n % 3]} in room {n} fails.", n) for n in range(start, start + count)]
    return [dspy.Example(ticket=text, team=team_of(text)).with_inputs("ticket") for text, _ in made]


def exact(example: Any, prediction: Any) -> dspy.Prediction:
    """The metric: the very code, and else what was wanted."""
    right = prediction.team == example.team
    why = "" if right else f"It should be {example.team}, the {KEY} of that team."
    return dspy.Prediction(score=float(right), feedback=why)


class TaughtModel:
    """The script.

    Args:
        lucky: the share of answers that are right without being told, for optimisers that learn
            from differences between samples.
        writes: what proposals of instructions say; '' is an answer that cannot be read.
        spoil: may change an answer's text.
    """

    def __init__(
        self,
        *,
        lucky: float = 0.0,
        writes: str = LESSON,
        spoil: Callable[[ModelRequest, str], str] | None = None,
    ) -> None:
        self._lucky = lucky
        self._writes = writes
        self._spoil = spoil
        self._lock = threading.Lock()
        self.asked: Counter[tuple[str, str]] = Counter()
        self.prompts: list[str] = []

    @property
    def calls(self) -> int:
        return self.asked.total()

    def __call__(self, request: ModelRequest) -> Attempt:
        with self._lock:
            self.asked[request.request_hash, request.variant] += 1
            self.prompts.append("\n".join(m.content for m in request.messages))
        text = self._text(request)
        if self._spoil is not None:
            text = self._spoil(request, text)
        usage = Usage(input=request.input_tokens, output=estimate(text))
        return Attempt(status=200, text=text, finish_reason="stop", usage=usage)

    def _text(self, request: ModelRequest) -> str:
        wanted = json.loads(request.schema)["properties"] if request.schema else {"team": {}}
        if "team" in wanted:
            return json.dumps({"team": self._team(request)} | _rest(wanted, "team"))
        if not self._writes:
            return "I would rather not."
        return json.dumps({name: self._proposed(name) for name in wanted})

    def _proposed(self, name: str) -> Any:
        if name == "module_advice":
            return {"self": self._writes, "first": self._writes, "second": self._writes}
        return self._writes

    def _team(self, request: ModelRequest) -> str:
        *before, asked = request.messages
        told = any(KEY in m.content for m in before if m.role == "system")
        shown = any("T-" in m.content for m in before if m.role == "assistant")
        if told or shown or self._draw(request) < self._lucky:
            return team_of(asked.content)
        return "support"

    def _draw(self, request: ModelRequest) -> float:
        mark = f"{request.request_hash} {request.variant}".encode()
        return int.from_bytes(hashlib.sha256(mark).digest()[:8]) / 2**64


def _rest(wanted: dict[str, Any], but: str) -> dict[str, str]:
    return {name: "as told" for name in wanted if name != but}


def engine_of(model: TaughtModel, *, journal: Journal | None = None, **policy: Any) -> Engine:
    """The real engine over the script."""
    return Engine(ScriptedTransport(model), CallPolicy(**policy), run_id="run-1", journal=journal)


def lm_of(engine: Engine) -> Any:
    return language_model(engine, "taught", program=lambda: "RouteTicket")


class TaughtServer(ProgramServer):
    """The same model behind a real HTTP server.

    Attributes:
        questions: how often each question came, by the hash that a journal has for it.
    """

    def __init__(self, model: TaughtModel | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.model = model or TaughtModel()
        self.questions: Counter[str] = Counter()

    async def _answer(self, body: dict[str, Any]) -> web.Response:
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
        request = ModelRequest(
            model=body["model"],
            messages=tuple(Message(role=m["role"], content=m["content"]) for m in body["messages"]),
            schema=json.dumps(schema, separators=(",", ":")) if schema else "",
            schema_name="answer", max_tokens=body["max_tokens"],
            temperature=body.get("temperature"), input_tokens=100, assets=(), program="",
            program_version="",
        )  # fmt: skip
        self.questions[request.request_hash] += 1
        if self.latency:
            await asyncio.sleep(self.latency)
        found = self.model(request)
        return web.json_response(
            {
                "choices": [{"message": {"content": found.text}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 100, "completion_tokens": 10},
            }
        )


PROGRAM_FILE = """name: route_ticket
signature:
  instructions: Name the team that takes the ticket.
  inputs: {ticket: ""}
  outputs: {team: ""}
"""


def write_program(folder: Path) -> Path:
    """A program's file."""
    path = folder / "route.yaml"
    path.write_text(PROGRAM_FILE)
    return path


def write_examples(folder: Path, *, train: int = 10, select: int = 6, gate: int = 6) -> Path:
    """A file of examples, with their sides."""
    path = folder / "tickets.jsonl"
    sides = ["train"] * train + ["select"] * select + ["gate"] * gate
    lines = [
        json.dumps({"program": "route_ticket", "subject": f"ticket {n}", "split": side,
                    "inputs": {"ticket": example.ticket}, "outputs": {"team": example.team}})
        for n, (side, example) in enumerate(zip(sides, tickets(len(sides)), strict=True))
    ]  # fmt: skip
    path.write_text("\n".join(lines) + "\n")
    return path
