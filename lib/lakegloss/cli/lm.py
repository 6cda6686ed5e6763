"""Defines the commands that serve a small model on this machine, for trying things."""

from pathlib import Path
from typing import Annotated

import typer

from lakegloss.cli.console import (
    note,
    out,
)
from lakegloss.core.text.terminal import safe

lm = typer.Typer(help="A small model on this machine, for trying things.", no_args_is_help=True)


@lm.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 finds a free one.")] = 8080,
    threads: Annotated[int, typer.Option(min=0, max=256, help="0 takes half of the cores.")] = 0,
    context: Annotated[
        int, typer.Option(min=2048, max=131_072, help="Tokens of a request and its answer.")
    ] = 8192,
    weights: Annotated[
        Path | None, typer.Option(help="Another model: a GGUF file of an instruction model.")
    ] = None,
) -> None:
    """Serve a small model on this machine, OpenAI-compatible, until Ctrl-C."""
    from lakegloss.engine.local_lm import local_model, settings_for
    from lakegloss.engine.local_lm import serve as run_server

    model = local_model(weights, port=port, threads=threads, context=context)

    def ready(address: str) -> None:
        note("It is for trying things: its comments are weak (docs/local-model.md).")
        note("In another terminal:")
        for name, value in settings_for(model, address).items():
            out.print(f"export {name}={safe(value)}", soft_wrap=True)
        note("Ctrl-C ends it.")

    run_server(model, ready)
