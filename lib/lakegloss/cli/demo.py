"""Defines `lakegloss demo`: all steps on a real lakehouse, then the registered program."""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from lakegloss.cli.console import apply_view, describe_view, note, out, progress
from lakegloss.cli.options import Home, ReportFile, opened, read_settings
from lakegloss.cli.sql import show_query
from lakegloss.core.text.terminal import safe
from lakegloss.errors import LakeglossError
from lakegloss.settings import Settings

_QUERY = "SELECT `column`, comment, version FROM lakegloss_column_comments('nycflights13.flights')"
_ROWS = 6
_PATIENCE = 120.0


def demo(home: Home = None, html: ReportFile = None) -> None:
    """Describe a real lakehouse from end to end: load, profile, draft, apply, report, serve."""
    from lakegloss.lakehouse.apply.apply import apply
    from lakegloss.lakehouse.demo.demo import load_demo
    from lakegloss.lakehouse.describe.describe import describe
    from lakegloss.lakehouse.report.report import render_terminal, write_report

    settings = read_settings(None, home, None)
    with opened(settings) as spark, _registered(settings) as address:
        with progress() as tell:
            schemas = load_demo(spark, progress=tell)
            drafted = describe(spark, settings, schemas, progress=tell)
            written = apply(spark, settings, schemas, progress=tell)
            tell("report", 0, 1)
            path = html or settings.home / "report.html"
            data = write_report(spark, settings, path, patterns=schemas)
            tell("report", 1, 1)
        out.print(describe_view(drafted))
        out.print(apply_view(written))
        out.print(render_terminal(data))
        _show_served(spark, settings, address())
    out.print(f"The report with plots: [bold]{safe(str(path.absolute()))}[/bold]")
    out.print(f"Undo it all: [bold]lakegloss undo {written.run_id or 'RUN'}[/bold]", soft_wrap=True)


@contextmanager
def _registered(settings: Settings) -> Iterator[Callable[[], str]]:
    """Register the comment program and let MLflow serve it while the rest of the demo runs.

    The registry is a file in the home folder, whatever server the environment names.

    Gives a function that waits for its address; '' where MLflow is missing or fails, which ends no
    demo.
    """
    if importlib.util.find_spec("mlflow") is None:
        note("the registered program is left out: it needs `pip install 'lakegloss[mlflow]'`")
        yield lambda: ""
        return
    ready, ended = Event(), Event()
    found: list[str] = []

    def work() -> None:
        try:
            _serve(settings, found, ready, ended)
        except (LakeglossError, OSError) as error:
            note(f"the registered program is left out: {safe(str(error), 300)}")
        finally:
            ready.set()

    thread = Thread(target=work, name="lakegloss-demo-model", daemon=True)
    thread.start()

    def address() -> str:
        ready.wait(_PATIENCE)
        return found[0] if found else ""

    try:
        yield address
    finally:
        ended.set()
        thread.join(_PATIENCE)


def _serve(settings: Settings, found: list[str], ready: Event, ended: Event) -> None:
    from lakegloss.programs.comment import CommentProgram
    from lakegloss.programs.saved import save
    from lakegloss.release.registry import Registry, default_name
    from lakegloss.serving.model.packaging import register
    from lakegloss.serving.model.process import served

    saved = save(CommentProgram())
    registry = Registry(settings, environ={})  # the demo's own, whatever server is set
    name = default_name(settings, saved.name, registry.uri)
    version, _ = register(registry, name, saved, settings)
    registries = {
        "MLFLOW_TRACKING_URI": registry.tracking_uri,
        "MLFLOW_REGISTRY_URI": registry.uri,
    }
    with served(f"models:/{version.reference}", environ=registries) as address:
        found.append(address)
        ready.set()
        ended.wait()


def _show_served(spark: Any, settings: Settings, address: str) -> None:
    if not address:
        return
    out.print(
        "\nThe program is registered in MLflow and served by it; SQL asks it by ai_query, here "
        "over a stand-in of that name:"
    )
    out.print(f"[bold]{safe(_QUERY)}[/bold]", soft_wrap=True)
    show_query(spark, settings, _QUERY, f"{address}/invocations", limit=_ROWS, hint=False)
    out.print(
        "... and so on. By hand: [bold]lakegloss promote lakegloss_comment 1[/bold], "
        "[bold]mlflow models serve[/bold], [bold]lakegloss sql run[/bold] (docs/versions.md, "
        "docs/sql.md)\n"
    )
