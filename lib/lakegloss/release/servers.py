"""Finds the addresses of MLflow's servers, checks whether they listen, and how long to try."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass, url2pathname

from lakegloss.errors import SettingsError
from lakegloss.settings_views import RegistrySettings

UNITY_CATALOG = "databricks-uc"
_CONNECT_SECONDS = 3.0
_CALM = {
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",  # the files are small
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # the default of 7 takes minutes
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


def calm_mlflow() -> None:
    """Let MLflow show no bars for small files, and give up sooner than after minutes."""
    for name, value in _CALM.items():
        os.environ.setdefault(name, value)


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


def local_folder(address: str) -> Path | None:
    """The folder of this machine that an address names; None if it names another place."""
    place = urlsplit(address)
    if place.scheme != "file" or place.netloc or place.query or place.fragment:
        return None
    return Path(url2pathname(place.path))


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
