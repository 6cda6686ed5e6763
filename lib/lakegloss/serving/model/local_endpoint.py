"""Answers as a registered model does, without MLflow: for SQL on this machine.

The model's key and the calls stay in this process; Spark's workers only send cards here.
"""

import asyncio
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from lakegloss.drafting.commenter import Commenter
from lakegloss.engine.loop import LoopThread

_MOST_BYTES = 64_000_000
_LEAVE = 0.5
"""The seconds that open requests get at the end."""


@contextmanager
def local_endpoint(commenter: Commenter) -> Iterator[str]:
    """Answer requests at an address on this machine that nobody can guess; gives the address."""
    path = f"/{secrets.token_urlsafe(16)}/invocations"
    loop = LoopThread("lakegloss-local-endpoint")

    async def answer(request: web.Request) -> web.Response:
        try:
            rows = (await request.json())["dataframe_records"]
            cards = [dict(row) for row in rows]
        except (ValueError, KeyError, TypeError):
            return web.json_response({"message": "send dataframe_records"}, status=400)
        answers = await asyncio.wrap_future(commenter.begin(cards))
        found = [answer.model_dump() for answer in answers]
        return web.json_response({"predictions": found}, dumps=_dumped)

    async def begin() -> tuple[web.AppRunner, int]:
        app = web.Application(client_max_size=_MOST_BYTES)
        app.router.add_post(path, answer)
        # At the end nobody waits for open requests any more.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_LEAVE)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner, runner.addresses[0][1]

    runner, port = loop.submit(begin()).result()
    try:
        yield f"http://127.0.0.1:{port}{path}"
    finally:
        loop.submit(runner.cleanup()).result()
        loop.close()


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
