"""Runs programs of several steps over rows, from the driver."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from lakegloss.core.ddl import is_in
from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Usage
from lakegloss.engine.engine import Engine, engine_from
from lakegloss.engine.execution import Executed, ModelRoute, execute
from lakegloss.engine.http.endpoint import endpoint_from
from lakegloss.engine.limits.budget import cost_of
from lakegloss.engine.outcome import Outcome
from lakegloss.errors import LakeglossError, SettingsError
from lakegloss.lakehouse.execute.rows import FACTS, RowResult
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import RunLog
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.ledgers.tables import RESPONSES
from lakegloss.lakehouse.threads import run_into
from lakegloss.programs.asking import Patience
from lakegloss.programs.split import program_name
from lakegloss.settings_views import AskSettings


def by_module(
    ledgers: Ledgers,
    settings: AskSettings,
    program: Any,
    rows: Mapping[str, Mapping[str, Any]],
    log: RunLog,
    max_tokens: int,
    asks: int,
) -> dict[str, RowResult]:
    """Run a module of any shape over rows, from the driver; returns results by the rows' keys."""
    if settings.calls.transport != "driver":
        raise SettingsError(
            f"The transport {settings.calls.transport!r} carries programs of one predictor only.",
            remedy="Set transport to 'driver'.",
        )
    name = program_name(program)
    endpoint = endpoint_from(settings)
    held = paid_answers(ledgers, name, settings.model)
    with engine_from(settings, run_id=log.run_id, endpoint=endpoint) as engine:
        route = ModelRoute(
            name=settings.model,
            model=settings.model,
            engine=Replaying(engine, held),
            temperature=settings.temperature,
            max_tokens=max_tokens,
        )

        async def all_rows() -> dict[str, Executed]:
            waiting, patience = iter(rows.items()), Patience(asks=asks)
            found: dict[str, Executed] = {}

            async def work(items: Iterator[tuple[str, Mapping[str, Any]]]) -> None:
                for key, inputs in items:
                    found[key] = await execute(
                        program, inputs, [route], name=name, patience=patience
                    )

            await asyncio.gather(*(work(waiting) for _ in range(settings.calls.in_flight)))
            return found

        try:
            executed = run_in_new_loop(all_rows())
        finally:
            log.input_tokens, log.output_tokens = engine.spent.input, engine.spent.output
            log.cost = cost_of(settings.calls, log.input_tokens, log.output_tokens)
    log.count(calls=sum(each.attempts for each in executed.values()))
    sweep(ledgers, settings.journal_folder, log.run_id)
    return {
        key: RowResult(
            outputs={n: v for n, v in each.outputs.items() if n not in {"steps", *FACTS}},
            error=_message_of(each.error),
            input_tokens=each.usage.input,
            output_tokens=each.usage.output,
            latency=each.seconds,
            model=each.model,
        )
        for key, each in executed.items()
    }


def paid_answers(ledgers: Ledgers, program: str, model: str) -> dict[str, list[Response]]:
    """The paid answers to a program's requests, by request hash."""
    where = f"usable AND {is_in('program', [program])} AND {is_in('model', [model])}"
    found: dict[str, list[Response]] = {}
    for row in rows_of(ledgers.read(RESPONSES).where(where), RESPONSES):
        found.setdefault(row["request_hash"], []).append(Response(**(row | {"assets": ()})))
    return found


class Replaying:
    """An engine that gives each paid answer once, and then asks for new ones.

    So the model is asked again where a paid answer cannot be read.

    Attributes:
        reused: how many paid answers it gave; read: their tokens, which were paid before.
    """

    def __init__(self, engine: Engine, held: Mapping[str, list[Response]]) -> None:
        self._engine = engine
        self._held = {key: list(responses) for key, responses in held.items()}
        self._lock = threading.Lock()
        self.reused = 0
        self.read = Usage()

    def begin(self, request: ModelRequest, *, attempts: int | None = None) -> "Future[Outcome]":
        """See `Engine.begin`."""
        with self._lock:
            held = self._held.get(request.request_hash)
            known = held.pop() if held else None
            if known is not None:
                self.reused += 1
                self.read += Usage(input=known.input_tokens, output=known.output_tokens)
        if known is None:
            return self._engine.begin(request, attempts=attempts)
        done: Future[Outcome] = Future()
        done.set_result(Outcome(responses=(known,)))
        return done

    def close(self) -> None:
        """See `Engine.close`."""
        self._engine.close()

    async def disconnect(self) -> None:
        """See `Engine.disconnect`."""
        await self._engine.disconnect()


def run_in_new_loop(work: Any) -> Any:
    """Run a coroutine in another thread, because a notebook's thread already runs a loop."""
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any] | None]] = []
    result: Future[Any] = Future()

    async def noted() -> Any:
        running.append((asyncio.get_running_loop(), asyncio.current_task()))
        return await work

    thread = threading.Thread(
        target=run_into, args=(result, lambda: asyncio.run(noted())), name="lakegloss-execute"
    )
    thread.start()
    try:
        thread.join()
    finally:  # an interrupt cancels the open calls; the answers that came are kept
        if thread.is_alive():
            for loop, task in running:
                if task is not None:
                    loop.call_soon_threadsafe(task.cancel)
            thread.join()
    return result.result()


def _message_of(error: Exception | None) -> str:
    if error is None:
        return ""
    return error.said if isinstance(error, LakeglossError) else f"{type(error).__name__}: {error}"
