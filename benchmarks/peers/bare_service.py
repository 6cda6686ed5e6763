"""Serves one route that calls the model and does nothing else: what FastAPI and HTTP cost.

    python -m benchmarks.peers.bare_service ADDRESS_OF_THE_MODEL

Prints its own address when it is ready. It checks, keeps and limits nothing.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import uvicorn
from fastapi import FastAPI, Request


def bare_app(model: str) -> FastAPI:
    """An app whose only route sends the document to the model and returns its answer."""

    @asynccontextmanager
    async def connected(app: FastAPI) -> AsyncIterator[None]:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as app.state.session:
            yield

    app = FastAPI(lifespan=connected)

    @app.post("/api/v1/dspy/execute")
    async def execute(request: Request) -> dict[str, Any]:
        document = (await request.json())["inputs"]["document"]
        body = {"messages": [{"role": "user", "content": document}]}
        async with request.app.state.session.post(f"{model}/chat/completions", json=body) as answer:
            return {"result": await answer.json()}

    return app


async def serve(model: str) -> None:
    config = uvicorn.Config(bare_app(model), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # uvicorn has no event for it  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    await running


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
