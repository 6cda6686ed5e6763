"""Finds the addresses of MLflow's servers, and checks whether they listen."""

import os
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from lakegloss.errors import SettingsError
from lakegloss.settings_views import RegistrySettings

UNITY_CATALOG = "databricks-uc"
_CONNECT_SECONDS = 3.0


def require_listener(uri: str) -> None:
    """Check that a server listens at an address, as MLflow would try for minutes to reach it.

    Raises:
        SettingsError: it is not an address.
        OSError: nothing listens there.
    """
    try:
        place = urlsplit(uri)
        port = place.port or (443 if place.scheme == "https" else 80)
    except ValueError as error:  # not the address itself: a login may stand in it
        raise SettingsError(
            f"An address cannot be read: {error}.", remedy="Write http://HOST:PORT."
        ) from None
    if place.scheme in {"http", "https"} and place.hostname and not _has_proxy(place.hostname):
        socket.create_connection((place.hostname, port), _CONNECT_SECONDS).close()


def place_of(uri: str) -> str:
    """An address without the login that it may hold."""
    place = urlsplit(uri)
    return f"{place.scheme}://{place.netloc.rpartition('@')[2]}" if place.hostname else uri


def _has_proxy(host: str) -> bool:
    return bool(getproxies()) and not proxy_bypass(host)


def uris_of(
    settings: RegistrySettings, environ: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """The addresses of the tracking server and of the registry.

    `registry_uri`, else MLflow's own variables, else the workspace on Databricks, else a file in
    the home folder.
    """
    env = os.environ if environ is None else environ
    tracking = env.get("MLFLOW_TRACKING_URI", "")
    registry = settings.registry_uri or env.get("MLFLOW_REGISTRY_URI", "")
    if "DATABRICKS_RUNTIME_VERSION" in env or "DATABRICKS_APP_NAME" in env:
        return tracking or "databricks", registry or UNITY_CATALOG
    local = f"sqlite:///{settings.home.absolute() / 'mlflow.db'}"
    if registry.startswith(UNITY_CATALOG):
        return tracking or registry.replace(UNITY_CATALOG, "databricks", 1), registry
    return tracking or registry or local, registry or tracking or local
