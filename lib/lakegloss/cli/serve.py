"""Defines the commands of the REST service: `lakegloss serve` and those for its keys."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from lakegloss.cli.console import note, out
from lakegloss.cli.options import Config, EndpointUrl, Home, Sets, read_settings
from lakegloss.cli.termination import leave_sigterm_to_others
from lakegloss.core.text.terminal import safe
from lakegloss.errors import EnvironmentNotReadyError, SettingsError
from lakegloss.settings_views import DatabaseSettings

keys = typer.Typer(help="Keys of the service's callers.", no_args_is_help=True)

Host = Annotated[str | None, typer.Option(help="Address to listen at.")]
Port = Annotated[int | None, typer.Option(help="Port to listen at; 0 is any that is free.")]
ServedModel = Annotated[str | None, typer.Option(help="Model name.")]


def serve(
    host: Host = None,
    port: Port = None,
    model: ServedModel = None,
    endpoint: EndpointUrl = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
) -> None:
    """Serve programs and comments over HTTP (docs/service.md). Ctrl-C finishes what runs."""
    settings = read_settings(
        config, home, sets, serve_host=_host(host), serve_port=_port(port),
        model=model, endpoint=endpoint,
    )  # fmt: skip
    with _installed():
        import uvicorn

        from lakegloss.serving.api.access.callers import is_app, secret_of
        from lakegloss.serving.api.app import create_app
        from lakegloss.serving.api.logs import JsonFormatter
        from lakegloss.serving.api.start import start_service
    _log_to_stderr(JsonFormatter())
    if not is_app(settings.serve_callers, os.environ):
        _require_keys(settings, settings.serve_host, secret_of(os.environ, settings.serve_host))

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if self.started:
                bound = self.servers[0].sockets[0].getsockname()[1]
                named = settings.serve_host
                address = f"http://[{named}]:{bound}" if ":" in named else f"http://{named}:{bound}"
                _say(f"serving {address}, documentation at {address}/docs")

        def handle_exit(self, sig: int, frame: Any) -> None:
            service.stop_soon()
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: Any = None) -> None:
            # Printed here, as a signal handler must not write to a stream in use.
            _say(f"stopping: what runs has {settings.serve_drain} s to end")
            await super().shutdown(sockets)
            _say("stopped")  # the signal ends the process next

    leave_sigterm_to_others()  # uvicorn hears it, and finishes what runs
    service = start_service(settings)  # reports errors before a server starts
    app = create_app(settings, service=service)
    server = Server(
        uvicorn.Config(
            app,
            host=settings.serve_host,
            port=settings.serve_port,
            timeout_graceful_shutdown=settings.serve_drain,
            access_log=False,
            log_config=None,
            server_header=False,
            h11_max_incomplete_event_size=65_536,
            proxy_headers=False,
            limit_concurrency=6 * service.settings.serve_workers
            + 100,  # Places refuses before, and better
        )
    )
    try:
        server.run()
    except SystemExit:  # uvicorn raises it if it does not start, or if the port is taken
        raise EnvironmentNotReadyError(
            f"The service did not start at {settings.serve_host}:{settings.serve_port}.",
            remedy="See the lines above; choose another port with --port.",
        ) from None
    finally:
        service.close()


def _host(given: str | None) -> str | None:
    own = "LAKEGLOSS_SERVE_HOST" in os.environ
    return given or (None if own else os.environ.get("API_HOST") or None)


def _port(given: int | None) -> int | None:
    text = "" if "LAKEGLOSS_SERVE_PORT" in os.environ else os.environ.get("API_PORT", "")
    if given is not None or not text:
        return given
    if not text.isdigit():
        raise SettingsError(f"API_PORT={text[:20]!r} is no port.", remedy="Set a number.")
    return int(text)


def _require_keys(settings: DatabaseSettings, host: str, secret: str) -> None:
    """Refuse to listen beyond this machine while there is no key: then only it may call."""
    with _store(settings) as store:
        known, keyed, place = bool(store.all_keys()), store.is_keyed(), store.place
    if secret or known:
        return
    from lakegloss.serving.api.access.callers import is_loopback

    if not is_loopback(host):
        raise SettingsError(
            f"No key is in {place}, and {host} can be reached by others.",
            remedy="Run `lakegloss keys add NAME` first, or listen at 127.0.0.1.",
        )
    if keyed:
        _say(f"the keys in {place} were revoked: nobody may call; `lakegloss keys add NAME`")
        return
    _say(f"no key is in {place}: only this machine may call; `lakegloss keys add NAME` makes one")


def _say(text: str) -> None:
    """Print a text for a person at a terminal; without a terminal, log it as a line."""
    if sys.stderr.isatty():
        note(text)
    else:
        logging.getLogger("lakegloss.api").info(text, extra={"event_type": "notice"})


def _log_to_stderr(formatter: logging.Formatter) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    logging.getLogger("lakegloss.api").setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


@contextmanager
def _installed() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise EnvironmentNotReadyError(
            f"The service needs a package that is not installed: {error.name}.",
            remedy="pip install 'lakegloss[serve]'",
        ) from None


@contextmanager
def _store(settings: DatabaseSettings) -> Iterator[Any]:
    with _installed():
        from lakegloss.serving.api.database.store import Store, database_of
    store = Store(database_of(settings))
    try:
        yield store
    finally:
        store.close()


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="execute, comment, read or admin; several times. By default the first 3."
        ),
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Days until it expires.")
    ] = None,
    rate: Annotated[
        int | None, typer.Option(min=1, max=1_000_000_000, help="Requests a minute.")
    ] = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
) -> None:
    """Make a key; its secret is printed once."""
    settings = read_settings(config, home, sets)
    with _installed():
        from lakegloss.serving.api.access.keys import COMMENT, EXECUTE, READ, new_key
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    scopes = scope or [EXECUTE, COMMENT, READ]
    secret, key = new_key(name, scopes, expires_at=expires_at, rate=rate)
    with _store(settings) as store:
        store.add_key(key)
        place = store.place
    note(f"This is shown once; services with {place} as their database know it within 5 seconds.")
    out.print(secret, soft_wrap=True, markup=False, highlight=False)


@keys.command("list")
def list_keys(config: Config = None, home: Home = None, sets: Sets = None) -> None:
    """The keys, without their secrets, as lines of JSON."""
    with _store(read_settings(config, home, sets)) as store:
        for key in store.all_keys():
            line = {
                "name": key.name,
                "scopes": sorted(key.scopes),
                "expires_at": key.expires_at and key.expires_at.isoformat(timespec="seconds"),
                "rate": key.rate,
            }
            out.print(safe(json.dumps(line, ensure_ascii=False)), soft_wrap=True)


@keys.command("revoke")
def revoke_key(
    name: Annotated[str, typer.Argument(help="The key's name.")],
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
) -> None:
    """Forget a key; a running service refuses it within 5 seconds."""
    with _store(read_settings(config, home, sets)) as store:
        if not store.remove_key(name):
            raise SettingsError(f"There is no key {name!r}.", remedy="See `lakegloss keys list`.")
    note(f"revoked {safe(name)}")
