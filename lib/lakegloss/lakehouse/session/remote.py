"""Checks that a Spark Connect server answers, before a client would wait for it without a word."""

import socket
from typing import Any
from urllib.parse import urlsplit

from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import EnvironmentNotReadyError

VARIABLE = "SPARK_REMOTE"
_UNUSABLE: tuple[type[Exception], ...] = (ValueError, *SPARK_ERRORS)
_PORT = 15002
_TCP_SECONDS = 10.0
_REMEDY = (
    f"Start the server, correct {VARIABLE}, unset it for a local session, or wait longer "
    "(--wait SECONDS)."
)


def place_of_remote(remote: str) -> str:
    """The host and port of a server, as `sc://` addresses have them; '' for a local session.

    What else such an address holds, a token among it, is not told.

    Raises:
        EnvironmentNotReadyError: it is no such address.
    """
    if remote.startswith("local"):
        return ""
    try:
        parts = urlsplit(remote)
        host, port = parts.hostname or "", parts.port or _PORT
    except ValueError:
        host, port = "", 0
    if not host or parts.scheme != "sc":
        raise EnvironmentNotReadyError(
            f"{VARIABLE} is no address of a Spark Connect server.",
            remedy="Write it as sc://host:15002, or unset it for a local session.",
        )
    return f"{host}:{port}"


def require_remote(remote: str, *, wait: float) -> None:
    """Check that a server listens and speaks the protocol; no session is made.

    Args:
        wait: seconds, for the whole check.

    Raises:
        EnvironmentNotReadyError: it does not, or the address cannot be used.
    """
    place = place_of_remote(remote)
    if not place:
        return
    host, _, port = place.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=min(wait, _TCP_SECONDS)):
            pass
    except OSError as error:
        raise EnvironmentNotReadyError(
            f"No Spark answers at {place} ({VARIABLE}): {error.strerror or error}.", remedy=_REMEDY
        ) from None
    _require_ready(remote, place, wait)


def _require_ready(remote: str, place: str, wait: float) -> None:
    import grpc  # type: ignore[import-untyped]
    from pyspark.sql.connect.client import DefaultChannelBuilder

    try:
        channel: Any = DefaultChannelBuilder(remote).toChannel()
    except _UNUSABLE as error:
        raise EnvironmentNotReadyError(
            f"{VARIABLE} cannot be used for {place}: {type(error).__name__}.", remedy=_REMEDY
        ) from None
    try:
        grpc.channel_ready_future(channel).result(timeout=wait)
    except grpc.FutureTimeoutError:
        raise EnvironmentNotReadyError(
            f"What listens at {place} ({VARIABLE}) gave no answer of a Spark Connect server within "
            f"{wait:g} s.",
            remedy=_REMEDY,
        ) from None
    finally:
        channel.close()
